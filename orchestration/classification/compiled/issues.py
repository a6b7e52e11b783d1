"""Names the issues of a text that is negative: the words of the lexicon and one model per issue.

Each issue has a linear model on n-grams folded to fewer features, and a stack that weighs its
margin with whether the lexicon found the issue.
"""

from typing import NamedTuple

import numpy as np

from orchestration.classification.compiled.grams import (
    FEATURE_BITS,
    WEIGHT_STEP,
    Features,
    Floats,
    Integers,
    Steps,
    gram_count,
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
from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import LATIN_PIECE_END, PIECE_END, Marks, Places
from orchestration.classification.compiled.numbers import logistic
from orchestration.classification.compiled.states import ASSERTED

ISSUE_BITS = 15
# An issue is named from the first chance on; the likeliest one from the second where no other is.
NAMED_FROM = 0.5
LIKELIEST_FROM = 0.3

_FOLD = FEATURE_BITS - ISSUE_BITS
_UNMODELLED = -1


class IssueScorer(NamedTuple):
    """The models of one script: weights in steps by folded n-gram and issue, and their stacks."""

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

    sums: Integers
    margins: Floats
    chances: Floats
    told: Places
    first: Places
    order: Places


def new_names(codes: int, columns: int) -> Names:
    """Room for the issues of one text."""
    return Names(
        sums=np.zeros(columns, dtype=np.int64),
        margins=np.zeros(columns),
        chances=np.zeros(codes),
        told=np.zeros(codes, dtype=np.int32),
        first=np.zeros(codes, dtype=np.int32),
        order=np.zeros(codes, dtype=np.int32),
    )


@kernel
def issue_margins(
    features: Features, length: int, scorer: IssueScorer, sums: Integers, margins: Floats
) -> None:
    """Writes the log-odds that the n-grams of a frame give each issue."""
    steps, width = scorer.steps, len(sums)
    for column in range(width):
        sums[column] = 0
    for order in range(scorer.shortest, scorer.longest + 1):
        for at in range(length - order + 1):
            row = features[order - 1, at] >> _FOLD
            for column in range(width):
                sums[column] += steps[row, column]
    root = np.sqrt(float(max(gram_count(length, scorer.shortest, scorer.longest), 1)))
    for column in range(width):
        margins[column] = sums[column] * WEIGHT_STEP / root + scorer.intercepts[column]


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
    """The issues that are likely, else those told, else the likeliest."""
    likely, best = 0, _UNMODELLED
    for code in range(len(names.chances)):
        column = naming.columns[code]
        if code == naming.sarcasm:
            continue
        if column != _UNMODELLED:
            odds = scorer.stack[column, 0] + scorer.stack[column, 1] * names.margins[column]
            names.chances[code] = logistic(odds + (scorer.stack[column, 2] if names.told[code] else 0.0))
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


@kernel
def heaviest_of_issue(
    features: Features,
    marks: Marks,
    count: int,
    is_latin: bool,
    scorer: IssueScorer,
    column: int,
    heaviest: Places,
) -> None:
    """Writes where the clause begins and ends that speaks most for an issue, in places of the text."""
    ends = LATIN_PIECE_END if is_latin else PIECE_END
    most, total, begin = -np.inf, 0, 1
    heaviest[0], heaviest[1] = 0, count
    for at in range(1, count + 2):
        if at <= count and (marks[at] & ends) == 0:
            for order in range(scorer.shortest, scorer.longest + 1):
                if at + order <= count + 2:
                    total += scorer.steps[features[order - 1, at] >> _FOLD, column]
            continue
        if at > begin:
            weight = total * WEIGHT_STEP / np.sqrt(float(at - begin))
            if weight > most:
                most, heaviest[0], heaviest[1] = weight, begin - 1, at - 1
        total, begin = 0, at + 1
