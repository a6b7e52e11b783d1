"""Finds the phrases of a text and says which of them the writer asserts."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.automaton import (
    NONE,
    PHRASE,
    PROFILE,
    Automaton,
    beginnings,
    longest,
)
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import LETTER, Codes, Marks, Places, Sheet
from orchestration.classification.compiled.states import (
    ASSERTED,
    FEAR_OPEN,
    NEGATED,
    NEGATION_OPEN,
    OPEN_ROWS,
    QUESTION_OPEN,
    TOPIC_OPEN,
    Scopes,
    closed,
    covers,
    opened,
    start_of,
    state_of_complaint,
    state_of_praise,
)

# The columns of a hit; first and end are places of the text, end is exclusive.
ENTRY, HIT_ROLE, HIT_CODE, HIT_SEVERITY, FIRST, END, STATE, LATE, DENIES = range(9)
HIT_COLUMNS = 9

# The columns of a profile, what entries of one kind have in common.
ROLE, CODE, SEVERITY, WINDOW, IS_LATIN, KIND, IS_BARE, IS_DENIAL = range(8)
PROFILE_COLUMNS = 8

ROLES = (
    "issue", "topic", "guard", "praise", "dissatisfaction", "acceptance", "demand",
    "negation", "contrast", "hypothetical", "question", "neutral", "teaching", "remedy", "irony",
)  # fmt: skip
(
    ISSUE, TOPIC, GUARD, PRAISE, DISSATISFACTION, ACCEPTANCE, DEMAND,
    NEGATION, CONTRAST, HYPOTHETICAL, QUESTION, NEUTRAL, TEACHING, REMEDY, IRONY,
) = range(len(ROLES))  # fmt: skip

_TOPIC_WINDOW = 8

Hits = npt.NDArray[np.int32]
Table = npt.NDArray[np.int32]


class Finder(NamedTuple):
    """The phrases, their profiles, and by topic and kind the code and severity they combine to.

    `negated_praise` holds the number, code and severity of the entry that negated praise becomes.
    """

    automaton: Automaton
    profiles: Table
    combined: npt.NDArray[np.int32]
    negated_praise: npt.NDArray[np.int32]


@inlined
def hits_of(sheet: Sheet, count: int, finder: Finder, begins: Places, scopes: Scopes, hits: Hits) -> int:
    """Writes the hits of a sheet in order, with their state; returns their number."""
    codes, marks, letters = sheet.codes, sheet.marks, sheet.letters
    nodes, phrases, profiles = finder.automaton.nodes, finder.automaton.phrases, finder.profiles
    for row in range(OPEN_ROWS):
        closed(scopes, row)
    is_late, topic, found, place = 0, 0, 0, 1
    for number in range(beginnings(nodes, letters, count, begins)):
        start = begins[number]
        if start < place:
            continue
        node, end = longest(nodes, letters, start)
        if node == NONE:
            continue
        place = end
        profile = np.uint32(phrases[np.uint32(node), PROFILE])
        if profiles[profile, IS_LATIN] and (marks[start - 1] | marks[end]) & LETTER:
            continue
        role = profiles[profile, ROLE]
        if role == TOPIC:
            topic = profiles[profile, KIND]
            opened(scopes, TOPIC_OPEN, start, end, _TOPIC_WINDOW)
        elif role == CONTRAST:
            is_late = 1
            closed(scopes, NEGATION_OPEN)
        elif role in (NEGATION, HYPOTHETICAL, QUESTION):
            _open_scope(codes, marks, scopes, profiles, profile, start, end)
        else:
            hits[found, ENTRY], hits[found, LATE] = phrases[np.uint32(node), PHRASE], is_late
            found += _is_hit(
                codes, marks, count, finder, scopes, profiles, profile, topic, start, end, hits, found
            )
    return found


@inlined
def _open_scope(
    codes: Codes, marks: Marks, scopes: Scopes, profiles: Table, profile: np.uint32, start: int, end: int
) -> None:
    role, window = profiles[profile, ROLE], profiles[profile, WINDOW]
    if role == HYPOTHETICAL:
        opened(scopes, FEAR_OPEN, start, end, window)
    elif role == QUESTION:
        opened(scopes, QUESTION_OPEN, start, end, window)
    elif not profiles[profile, IS_LATIN] and covers(codes, marks, scopes, NEGATION_OPEN, start):
        # 不是没有坏: a negation of a negation asserts.
        closed(scopes, NEGATION_OPEN)
    else:
        opened(scopes, NEGATION_OPEN, start, end, window)


@inlined
def _is_hit(
    codes: Codes,
    marks: Marks,
    count: int,
    finder: Finder,
    scopes: Scopes,
    profiles: Table,
    profile: np.uint32,
    topic: int,
    start: int,
    end: int,
    hits: Hits,
    row: int,
) -> bool:
    """Fills a hit; a bare complaint without its topic is none."""
    role, code, severity = profiles[profile, ROLE], profiles[profile, CODE], profiles[profile, SEVERITY]
    first, state, denies, kind = start, ASSERTED, profiles[profile, IS_DENIAL], profiles[profile, KIND]
    if kind:
        issue = finder.combined[topic, kind, 0]
        if issue != NONE and covers(codes, marks, scopes, TOPIC_OPEN, start):
            code, severity, first = issue, finder.combined[topic, kind, 1], start_of(scopes, TOPIC_OPEN)
        elif profiles[profile, IS_BARE]:
            return False
    if role in (ISSUE, DISSATISFACTION):
        state = state_of_complaint(codes, marks, count, scopes, start, end, severity)
    elif role in (PRAISE, ACCEPTANCE):
        state = state_of_praise(codes, marks, scopes, start, end, profiles[profile, IS_LATIN] != 0)
        if role == PRAISE and state == NEGATED:
            turned = finder.negated_praise
            hits[row, ENTRY], code, severity = turned[0], turned[1], turned[2]
            role, first, state, denies = ISSUE, start_of(scopes, NEGATION_OPEN), ASSERTED, 0
    hits[row, HIT_ROLE], hits[row, HIT_CODE], hits[row, HIT_SEVERITY] = role, code, severity
    # Places of the text rather than of the sheet.
    hits[row, FIRST], hits[row, END], hits[row, STATE], hits[row, DENIES] = first - 1, end - 1, state, denies
    return True


@kernel
def placed(hits: Hits, found: int, places: Places) -> None:
    """Turns places of the normal form into those of the text as written."""
    for number in range(found):
        hits[number, FIRST] = places[hits[number, FIRST]]
        hits[number, END] = places[hits[number, END] - 1] + 1
