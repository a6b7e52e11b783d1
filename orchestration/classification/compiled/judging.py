"""Judges reviews one after another: decision, guard, issues and the places of their evidence."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.evidence import (
    DIMENSION_OF_FIELD,
    LOGISTICS,
    MOST_SPANS,
    NONE,
    OVERALL,
    PRODUCT,
    SERVICE,
    SPAN_END,
    SPAN_START,
    Verdicts,
    cite,
    cite_clause,
    cite_rating,
    tag,
)
from orchestration.classification.compiled.grams import Floats, Integers
from orchestration.classification.compiled.guarding import NOBODY, Tolerance, denied_by, guarded_by
from orchestration.classification.compiled.hits import END, FIRST, HIT_CODE, HIT_ROLE, ISSUE, STATE
from orchestration.classification.compiled.issues import (
    IssueScorer,
    Names,
    Naming,
    heaviest_of_issue,
    is_sarcastic,
    named_issues,
    severity_of,
)
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import Bytes, Places
from orchestration.classification.compiled.numbers import probability
from orchestration.classification.compiled.readings import Page, Reader, Seen, read
from orchestration.classification.compiled.states import ASSERTED

DECISIONS = ("negative", "guarded", "uncertain", "not_negative")
NEGATIVE, GUARDED, UNCERTAIN, NOT_NEGATIVE = range(len(DECISIONS))
_WORST = 1


class Rules(NamedTuple):
    """What a review is judged by. The priors are by the lowest star, 0 where there is none.

    `dimensions` is by code; `denied` and `feared` are the guards of denied and of feared words.
    """

    priors: Floats
    odds: Floats
    low: int
    least_of_low: float
    negative_from: float
    uncertain_from: float
    tolerance: Tolerance
    denied: int
    feared: int
    dimensions: Places
    naming: Naming


class Cursor(NamedTuple):
    """How far a batch is judged: rows, tags, spans."""

    rows: int
    tags: int
    spans: int


@kernel
def judge_each(
    data: Bytes,
    offsets: Integers,
    first: int,
    stars: npt.NDArray[np.int16],
    reader: Reader,
    rules: Rules,
    page: Page,
    names: Names,
    verdicts: Verdicts,
) -> Cursor:
    """Judges rows from the first on until the room for tags or spans may not do."""
    tags, spans = 0, 0
    most = len(rules.dimensions) + 1
    for row in range(first, len(stars)):
        if tags + most > len(verdicts.tags) or spans + most * MOST_SPANS > len(verdicts.spans):
            return Cursor(row, tags, spans)
        if offsets[row + 1] > offsets[row]:
            seen = read(data, offsets[row], offsets[row + 1], reader, page)
        else:
            seen = Seen(0, 0, False, False, 0.0)
        tags, spans = _judge(row, seen, stars, rules, page, names, verdicts, tags, spans)
    return Cursor(len(stars), tags, spans)


@inlined
def _judge(
    row: int,
    seen: Seen,
    stars: npt.NDArray[np.int16],
    rules: Rules,
    page: Page,
    names: Names,
    verdicts: Verdicts,
    tags: int,
    spans: int,
) -> tuple[int, int]:
    lowest = _lowest(stars, row)
    is_low = 0 < lowest <= rules.low
    verdicts.guard[row] = NOBODY
    if not seen.has_letters:
        verdicts.decision[row] = NEGATIVE if is_low else NOT_NEGATIVE
        verdicts.probability[row] = rules.priors[lowest]
        verdicts.words[row] = np.nan
        return (
            _tag_by_stars(row, stars, rules, verdicts, tags, spans)
            if is_low
            else (_tag_nothing(row, verdicts, tags), spans)
        )
    words_alone = probability(seen.evidence, rules.odds[0])
    chance = probability(seen.evidence, rules.odds[lowest]) if lowest else words_alone
    if is_low:
        chance = max(chance, rules.least_of_low)
    verdicts.probability[row], verdicts.words[row] = chance, words_alone
    decision = NOT_NEGATIVE
    if chance >= rules.negative_from:
        decision = NEGATIVE
    elif chance >= rules.uncertain_from:
        decision = UNCERTAIN
    verdicts.decision[row] = decision
    guard, words = NOBODY, NOBODY
    if decision != NOT_NEGATIVE:
        guard, words = guarded_by(page.hits, seen.found, rules.tolerance, words_alone)
    if guard == NOBODY and not is_low:
        denial, is_feared = denied_by(page.hits, seen.found)
        # A model may take denied words for the complaint itself: then its word does not stand.
        if denial != NOBODY and (decision != NEGATIVE or (not is_feared and _is_in_heaviest(page, denial))):
            guard, words = (rules.feared if is_feared else rules.denied), denial
    if guard != NOBODY:
        verdicts.decision[row], verdicts.guard[row] = GUARDED, guard
        spans = cite(row, 1, 1, page, words, len(rules.dimensions), verdicts, spans)
        return _tag_nothing(row, verdicts, tags), spans
    if decision == NOT_NEGATIVE:
        return _tag_nothing(row, verdicts, tags), spans
    return _tag_issues(row, seen, stars, is_low, rules, page, names, verdicts, tags, spans)


@kernel
def _lowest(stars: npt.NDArray[np.int16], row: int) -> int:
    """The lower of the product's and the overall stars, 0 where neither is given."""
    overall, product = _star(stars, row, OVERALL), _star(stars, row, PRODUCT)
    if overall == 0 or product == 0:
        return max(overall, product)
    return min(overall, product)


@kernel
def _star(stars: npt.NDArray[np.int16], row: int, field: int) -> int:
    given = int(stars[row, field - 1])
    return given if 1 <= given <= 5 else 0


@inlined
def _tag_nothing(row: int, verdicts: Verdicts, tags: int) -> int:
    tag(verdicts.tags, tags, row, 1, NONE, NONE, 0)
    return tags + 1


@kernel
def _tag_issues(
    row: int,
    seen: Seen,
    stars: npt.NDArray[np.int16],
    is_low: bool,
    rules: Rules,
    page: Page,
    names: Names,
    verdicts: Verdicts,
    tags: int,
    spans: int,
) -> tuple[int, int]:
    naming, hits = rules.naming, page.hits
    scorer = naming.chinese if seen.is_chinese else naming.latin
    count = named_issues(page.features, seen.length + 2, scorer, naming, hits, seen.found, names)
    if is_sarcastic(scorer, naming, hits, seen.found, names):
        verdicts.guard[row] = naming.sarcasm
    if count == 0:
        # The words say nothing that is known: the clause that weighs most, or else the stars.
        if page.heaviest[1] > page.heaviest[0] and (not is_low or seen.evidence > 0):
            tag(verdicts.tags, tags, row, 1, naming.other, rules.dimensions[naming.other], 1)
            start, end = _showing(page, seen, scorer, naming.main_words)
            return tags + 1, cite_clause(row, 1, 1, page, start, end, verdicts, spans)
        return _tag_by_stars(row, stars, rules, verdicts, tags, spans)
    for number in range(1, count + 1):
        code = names.order[number - 1]
        severity = severity_of(naming, names, code)
        tag(verdicts.tags, tags, row, number, code, int(rules.dimensions[code]), severity)
        tags += 1
        first, cited = spans, 0
        if names.told[code]:
            for hit in range(seen.found):
                if (
                    cited < MOST_SPANS
                    and hits[hit, HIT_ROLE] == ISSUE
                    and hits[hit, STATE] == ASSERTED
                    and hits[hit, HIT_CODE] == code
                ):
                    cited += 1
                    spans = cite(row, number, cited, page, hit, len(rules.dimensions), verdicts, spans)
        else:
            start, end = _showing(page, seen, scorer, int(naming.columns[code]))
            cited = 1
            spans = cite_clause(row, number, cited, page, start, end, verdicts, spans)
        if number == 1:
            # The clause that shows best what is wrong stands beside the words of the main issue.
            start, end = _showing(page, seen, scorer, naming.main_words)
            if not _meet(verdicts, first, spans, start, end):
                spans = cite_clause(row, number, cited + 1, page, start, end, verdicts, spans)
    return tags, spans


@kernel
def _showing(page: Page, seen: Seen, scorer: IssueScorer, column: int) -> tuple[int, int]:
    """The clause that speaks most for a column; without one, what made the model say negative."""
    if column == NONE:
        return int(page.heaviest[0]), int(page.heaviest[1])
    marks, places = page.sheet.marks, page.sheet.places
    heaviest_of_issue(page, marks, seen.length, not seen.is_chinese, scorer, column)
    return int(places[page.clause[0]]), int(places[page.clause[1] - 1]) + 1


@inlined
def _is_in_heaviest(page: Page, hit: int) -> bool:
    """Whether a hit stands in the clause that weighs most."""
    return bool(page.hits[hit, FIRST] < page.heaviest[1] and page.hits[hit, END] > page.heaviest[0])


@kernel
def _meet(verdicts: Verdicts, first: int, spans: int, start: int, end: int) -> bool:
    """Whether words cited in rows first..spans meet a clause, or the clause is empty."""
    if end <= start:
        return True
    for cited in range(first, spans):
        if verdicts.spans[cited, SPAN_START] < end and verdicts.spans[cited, SPAN_END] > start:
            return True
    return False


@kernel
def _tag_by_stars(
    row: int, stars: npt.NDArray[np.int16], rules: Rules, verdicts: Verdicts, tags: int, spans: int
) -> tuple[int, int]:
    """A tag that only the stars speak for: of the product, or of what else was starred low."""
    product = _star(stars, row, PRODUCT)
    field = OVERALL
    if 0 < product <= rules.low:
        field = PRODUCT
    elif product:
        if 0 < _star(stars, row, SERVICE) <= rules.low:
            field = SERVICE
        elif 0 < _star(stars, row, LOGISTICS) <= rules.low:
            field = LOGISTICS
    given = _star(stars, row, field)
    severity = 2 if given == _WORST else 1
    tag(verdicts.tags, tags, row, 1, rules.naming.other, DIMENSION_OF_FIELD[field], severity)
    return tags + 1, cite_rating(row, field, given, verdicts, spans)
