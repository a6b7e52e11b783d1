"""Finds the phrases of many texts, one after another."""

from orchestration.classification.compiled.grams import Integers
from orchestration.classification.compiled.hits import HIT_COLUMNS, Finder, Hits, hits_of, placed
from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import READ_AT_MOST, Alphabet, Bytes, decoded, tidied
from orchestration.classification.compiled.readings import Page


@kernel
def find_each(
    data: Bytes,
    offsets: Integers,
    first: int,
    alphabet: Alphabet,
    finder: Finder,
    page: Page,
    hits: Hits,
    hit_ends: Integers,
) -> int:
    """Searches texts from the first on until the room for hits may not do; returns where it stopped."""
    sheet, kept = page.sheet, 0
    for text in range(first, len(offsets) - 1):
        if kept + READ_AT_MOST > len(hits):
            return text
        count, _, is_dubious = decoded(data, offsets[text], offsets[text + 1], alphabet, sheet)
        if is_dubious:
            count = tidied(sheet, count, alphabet)
        found = hits_of(sheet, count, finder, page.begins, page.scopes, page.hits)
        placed(page.hits, found, sheet.places)
        for number in range(found):
            for column in range(HIT_COLUMNS):
                hits[kept, column] = page.hits[number, column]
            kept += 1
        hit_ends[text] = kept
    return len(offsets) - 1
