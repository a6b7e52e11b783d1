"""Reads texts one after another: letters, hits, weights, facts, evidence."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.facts import FACTS, counted, log_odds
from orchestration.classification.compiled.grams import (
    MOST_ORDERS,
    Carries,
    Features,
    Floats,
    Integers,
    Rolling,
    Scorer,
    carried,
    clause_weights,
    hashed,
    margin_of,
)
from orchestration.classification.compiled.hits import HIT_COLUMNS, Finder, Hits, hits_of, placed
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import (
    READ_AT_MOST,
    Alphabet,
    Bytes,
    Places,
    Sheet,
    decoded,
    new_sheet,
    read_as_chinese,
    tidied,
)
from orchestration.classification.compiled.numbers import rounded
from orchestration.classification.compiled.states import OPEN_ROWS, Scopes

_FACT_COUNT = len(FACTS)


class Page(NamedTuple):
    """What one text is worked on: used again for the next, so that memory does not grow."""

    sheet: Sheet
    begins: Places
    rolling: Rolling
    features: Features
    carries: Carries
    sums: Integers
    scopes: Scopes
    hits: Hits
    facts: Floats
    heaviest: Places
    clause: Places


class Reader(NamedTuple):
    """Everything that texts are read by."""

    alphabet: Alphabet
    finder: Finder
    chinese: Scorer
    latin: Scorer
    is_concrete: npt.NDArray[np.bool_]


class Seen(NamedTuple):
    """What reading one text left on its page."""

    length: int
    found: int
    has_letters: bool
    is_chinese: bool
    evidence: float


def new_page() -> Page:
    """An empty page; a thread needs one of its own."""
    framed = READ_AT_MOST + 2
    return Page(
        sheet=new_sheet(READ_AT_MOST),
        begins=np.zeros(framed, dtype=np.int32),
        rolling=np.zeros(framed, dtype=np.uint64),
        features=np.zeros((MOST_ORDERS, framed), dtype=np.int32),
        carries=np.zeros(framed, dtype=np.int32),
        sums=np.zeros(framed, dtype=np.int64),
        scopes=np.zeros((OPEN_ROWS, 3), dtype=np.int64),
        hits=np.zeros((READ_AT_MOST, HIT_COLUMNS), dtype=np.int32),
        facts=np.zeros(_FACT_COUNT),
        heaviest=np.zeros(2, dtype=np.int32),
        clause=np.zeros(2, dtype=np.int32),
    )


@inlined
def weighed(page: Page, count: int, scorer: Scorer, is_latin: bool) -> None:
    """Writes the facts that the n-grams give, and the clause that weighs most."""
    length, shortest, longest = count + 2, scorer.shortest, scorer.longest
    hashed(page.sheet.codes, length, shortest, longest, page.rolling, page.features)
    total = carried(page.features, length, shortest, longest, scorer.steps, page.carries, page.sums)
    page.facts[0] = margin_of(total, length, scorer)
    page.facts[1], page.facts[2] = clause_weights(
        page.sheet.marks, count, is_latin, page.sums, page.begins, page.heaviest
    )


@inlined
def searched(
    data: Bytes, first: int, last: int, alphabet: Alphabet, finder: Finder, page: Page
) -> tuple[int, int, bool]:
    """Brings the text in bytes first..last to normal form and searches it.

    Returns its length, how many hits stand on the page, and whether it has letters.
    """
    count, has_letters, is_dubious = decoded(data, first, last, alphabet, page.sheet)
    if is_dubious:
        count = tidied(page.sheet, count, alphabet)
    found = hits_of(page.sheet, count, finder, page.begins, page.scopes, page.hits)
    return count, found, has_letters


@inlined
def read(data: Bytes, first: int, last: int, reader: Reader, page: Page) -> Seen:
    """Reads the text in bytes first..last; hits and heaviest clause stand where they were written."""
    sheet = page.sheet
    count, found, has_letters = searched(data, first, last, reader.alphabet, reader.finder, page)
    counted(page.hits, 0, found, reader.is_concrete, page.facts)
    is_chinese = read_as_chinese(sheet.marks, count)
    scorer = reader.chinese if is_chinese else reader.latin
    weighed(page, count, scorer, not is_chinese)
    evidence = log_odds(page.facts, scorer)
    placed(page.hits, found, sheet.places)
    if count:
        page.heaviest[0] = sheet.places[page.heaviest[0]]
        page.heaviest[1] = sheet.places[page.heaviest[1] - 1] + 1
    return Seen(count, found, has_letters, is_chinese, rounded(evidence))


@kernel
def read_each(
    data: Bytes,
    offsets: Integers,
    first: int,
    reader: Reader,
    page: Page,
    hits: Hits,
    hit_ends: Integers,
    evidence: Floats,
    heaviest: Places,
    has_letters: npt.NDArray[np.bool_],
    others: Reader,
    other_evidence: Floats,
) -> int:
    """Reads texts from the first on until the room for hits may not do; returns where it stopped.

    Another model of the same phrases weighs each text too where there is room for its evidence.
    """
    kept = 0
    for text in range(first, len(offsets) - 1):
        if kept + READ_AT_MOST > len(hits):
            return text
        seen = read(data, offsets[text], offsets[text + 1], reader, page)
        for number in range(seen.found):
            for column in range(HIT_COLUMNS):
                hits[kept, column] = page.hits[number, column]
            kept += 1
        hit_ends[text] = kept
        evidence[text] = seen.evidence
        heaviest[text, 0], heaviest[text, 1] = page.heaviest[0], page.heaviest[1]
        has_letters[text] = seen.has_letters
        if len(other_evidence):
            scorer = others.chinese if seen.is_chinese else others.latin
            weighed(page, seen.length, scorer, not seen.is_chinese)
            other_evidence[text] = rounded(log_odds(page.facts, scorer))
    return len(offsets) - 1
