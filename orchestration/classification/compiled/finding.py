"""Finds the phrases of many texts, one after another."""

from orchestration.classification.compiled.grams import Integers
from orchestration.classification.compiled.hits import HIT_COLUMNS, Finder, Hits, placed
from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import READ_AT_MOST, Alphabet, Bytes
from orchestration.classification.compiled.readings import Page, searched


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
    kept = 0
    for text in range(first, len(offsets) - 1):
        if kept + READ_AT_MOST > len(hits):
            return text
        _, found, _ = searched(data, offsets[text], offsets[text + 1], alphabet, finder, page)
        placed(page.hits, found, page.sheet.places)
        for number in range(found):
            for column in range(HIT_COLUMNS):
                hits[kept, column] = page.hits[number, column]
            kept += 1
        hit_ends[text] = kept
    return len(offsets) - 1
