"""Names the issues of a text that is negative: the words of the lexicon and one model per issue.

Each issue has a linear model on n-grams folded to fewer features, and a stack that weighs its
margin with whether the lexicon found the issue.
"""

from typing import NamedTuple

import numpy as np

from orchestration.classification.compiled.grams import (
    FEATURE_BITS,
    WEIGHT_STEP,
    Carries,
    Features,
    Floats,
    Steps,
    clause_weights,
    gram_count,
    summed,
)
from orchestration.classification.compiled.hits import (
    FIRST,
    HIT_CODE,
    HIT_ROLE,
    HIT_SEVERITY,
    IRONY,
    ISSUE,
    STATE,
    Hits,
)
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import Marks, Places
from orchestration.classification.compiled.numbers import logistic
from orchestration.classification.compiled.readings import Page
from orchestration.classification.compiled.states import ASSERTED

ISSUE_BITS = 15
# An issue is named from the first chance on; the likeliest one from the second where no other is.
NAMED_FROM = 0.5
LIKELIEST_FROM = 0.3

# Below these odds a chance is below `LIKELIEST_FROM`, with a margin, and decides nothing.
_ODDS_THAT_MATTER = np.log(LIKELIEST_FROM / (1.0 - LIKELIEST_FROM)) - 0.01

_FOLD = FEATURE_BITS - ISSUE_BITS
_UNMODELLED = -1
# So many weights fill a cache line.
_LINE = 32


class IssueScorer(NamedTuple):
    """The models of one script: weights in steps by folded n-gram and issue, and their stacks.

    The rows of weights stand as `in_lines` lays them.
    """

    shortest: int
    longest: int
    steps: Steps
    intercepts: Floats
    stack: Floats


class Naming(NamedTuple):
    """The models of both scripts, which issue each column is of, and what the taxonomy says.

    `columns` is by code, -1 where an issue has no model; `other` is the nameless issue, `main_words`
    the column that points at the clause to show, -1 where nothing does.
    """

    chinese: IssueScorer
    latin: IssueScorer
    columns: Places
    severities: Places
    other: int
    sarcasm: int
    main_words: int


class Names(NamedTuple):
    """Where the issues of one text are gathered, by code; `order` lists the codes named."""

    sums: Carries
    margins: Floats
    chances: Floats
    told: Places
    first: Places
    order: Places


def in_lines(steps: Steps) -> Steps:
    """The weights with each row on cache lines of its own: a text looks up rows that lie far apart."""
    rows, columns = steps.shape
    room = np.zeros(rows * line_room(columns) + _LINE, dtype=steps.dtype)
    begin = -(room.ctypes.data // room.itemsize) % _LINE
    lines = room[begin : begin + rows * line_room(columns)].reshape(rows, -1)
    lines[:, :columns] = steps
    return lines


def line_room(columns: int) -> int:
    """How many weights a row of so many takes with what fills up its last cache line."""
    return -(-columns // _LINE) * _LINE


def new_names(codes: int, columns: int) -> Names:
    """Room for the issues of one text."""
    return Names(
        sums=np.zeros(line_room(columns), dtype=np.int32),
        margins=np.zeros(columns),
        chances=np.zeros(codes),
        told=np.zeros(codes, dtype=np.int32),
        first=np.zeros(codes, dtype=np.int32),
        order=np.zeros(codes, dtype=np.int32),
    )


@kernel
def issue_margins(
    features: Features, length: int, scorer: IssueScorer, sums: Carries, margins: Floats
) -> None:
    """Writes the log-odds that the n-grams of a frame give each issue."""
    steps, width = scorer.steps, len(sums)
    for column in range(width):
        sums[column] = 0
    for order in range(scorer.shortest, scorer.longest + 1):
        grams, count = features[order - 1], length - order + 1
        # Four rows at a time: their memory is waited for together, and sums are stored once for all.
        fours = max(count, 0) >> 2
        for four in range(fours):
            first, second = _row(grams[4 * four]), _row(grams[4 * four + 1])
            third, fourth = _row(grams[4 * four + 2]), _row(grams[4 * four + 3])
            for column in range(width):
                sums[column] += (np.int32(steps[first, column]) + np.int32(steps[second, column])) + (
                    np.int32(steps[third, column]) + np.int32(steps[fourth, column])
                )
        for at in range(4 * fours, count):
            row = _row(grams[at])
            for column in range(width):
                sums[column] += steps[row, column]
    root = np.sqrt(float(max(gram_count(length, scorer.shortest, scorer.longest), 1)))
    for column in range(len(margins)):
        margins[column] = sums[column] * WEIGHT_STEP / root + scorer.intercepts[column]


@kernel
def _row(feature: np.int32) -> np.uint32:
    """The row of weights of a feature."""
    return np.uint32(feature) >> np.uint32(_FOLD)


@kernel
def told_issues(hits: Hits, found: int, names: Names) -> int:
    """Lists the issues that hits assert, in order.

    The gravest severity of each stands in `told`, the place of its first words in `first`.
    """
    names.told[:] = 0
    count = 0
    for number in range(found):
        if hits[number, HIT_ROLE] == ISSUE and hits[number, STATE] == ASSERTED:
            code = hits[number, HIT_CODE]
            if names.told[code] == 0:
                names.first[code] = hits[number, FIRST]
                names.order[count] = code
                count += 1
            names.told[code] = max(names.told[code], hits[number, HIT_SEVERITY])
    return count


@kernel
def named_issues(
    features: Features, length: int, scorer: IssueScorer, naming: Naming, hits: Hits, found: int, names: Names
) -> int:
    """Lists the issues of a text, those told in the order of their words, then the likeliest first."""
    count = told_issues(hits, found, names)
    names.chances[:] = 0.0
    issue_margins(features, length, scorer, names.sums, names.margins)
    count = _likely(scorer, naming, names, count)
    if count > 1:
        count = _without(names.order, count, naming.other)
    for nth in range(1, count):
        code, before = names.order[nth], nth
        while before > 0 and _goes_before(names, code, names.order[before - 1]):
            names.order[before] = names.order[before - 1]
            before -= 1
        names.order[before] = code
    return count


@kernel
def _likely(scorer: IssueScorer, naming: Naming, names: Names, told: int) -> int:
    """The issues that are likely, else those told, else the likeliest.

    The chance of an issue that is neither told nor anywhere near likely stays 0.
    """
    likely, best = 0, _UNMODELLED
    for code in range(len(names.chances)):
        column = naming.columns[code]
        if code == naming.sarcasm:
            continue
        if column != _UNMODELLED:
            odds = scorer.stack[column, 0] + scorer.stack[column, 1] * names.margins[column]
            odds += scorer.stack[column, 2] if names.told[code] else 0.0
            # Exponentials cost more than all else here; most issues are far from likely.
            if names.told[code] or odds >= _ODDS_THAT_MATTER:
                names.chances[code] = logistic(odds)
        elif names.told[code]:
            # The lexicon alone speaks for an issue without a model.
            names.chances[code] = NAMED_FROM
        likely += names.chances[code] >= NAMED_FROM
        if best == _UNMODELLED or names.chances[code] > names.chances[best]:
            best = code
    if likely:
        count = 0
        for code in range(len(names.chances)):
            if names.chances[code] >= NAMED_FROM:
                names.order[count] = code
                count += 1
        return count
    if told == 0 and names.chances[best] >= LIKELIEST_FROM:
        names.order[0] = best
        return 1
    return told


@kernel
def is_sarcastic(scorer: IssueScorer, naming: Naming, hits: Hits, found: int, names: Names) -> bool:
    """Whether a text just named means the opposite of its praise."""
    column = naming.columns[naming.sarcasm]
    if column == _UNMODELLED:
        return False
    odds = scorer.stack[column, 0] + scorer.stack[column, 1] * names.margins[column]
    for number in range(found):
        if hits[number, HIT_ROLE] == IRONY:
            return bool(odds + scorer.stack[column, 2] >= 0.0)
    return bool(odds >= 0.0)


@kernel
def _without(order: Places, count: int, left_out: int) -> int:
    kept = 0
    for nth in range(count):
        if order[nth] != left_out:
            order[kept] = order[nth]
            kept += 1
    return kept


@kernel
def severity_of(naming: Naming, names: Names, code: int) -> int:
    """How grave an issue is by the words that tell it, or else by the taxonomy."""
    told = names.told[code]
    return told if told > 0 else naming.severities[code]


@kernel
def _goes_before(names: Names, code: int, other: int) -> bool:
    if names.told[code] and names.told[other]:
        return bool(names.first[code] < names.first[other])
    if names.told[code] or names.told[other]:
        return bool(names.told[code] > 0)
    return bool(names.chances[code] > names.chances[other])


@inlined
def heaviest_of_issue(
    page: Page, marks: Marks, count: int, is_latin: bool, scorer: IssueScorer, column: int
) -> None:
    """Writes where the clause begins and ends that speaks most for an issue, in places of the text."""
    carries, sums, length = page.carries, page.sums, count + 2
    for at in range(length):
        carries[at] = 0
    for order in range(scorer.shortest, scorer.longest + 1):
        grams = page.features[order - 1]
        for at in range(length - order + 1):
            carries[at] += scorer.steps[_row(grams[at]), column]
    summed(carries, length, sums)
    clause_weights(marks, count, is_latin, sums, page.begins, page.clause)
