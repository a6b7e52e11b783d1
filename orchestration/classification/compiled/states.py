"""The scopes that are open while a text is read, and what they make of a phrase."""

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import CLAUSE_END, DENYING, SENTENCE_END, Codes, Marks
from orchestration.classification.compiled.scopes import (
    is_asked,
    is_carried_on,
    is_denied_after,
    is_rhetorical,
    reaches,
)

STATES = ("asserted", "negated", "hypothetical", "questioned")
ASSERTED, NEGATED, FEARED, QUESTIONED = range(len(STATES))

# What can be open, a row each: where its word starts and ends and how far it reaches. Of a
# complaint that was denied only the end is kept.
NEGATION_OPEN, FEAR_OPEN, QUESTION_OPEN, TOPIC_OPEN, DENIED = range(5)
OPEN_ROWS = 5
_START, _END, _WINDOW = range(3)
_NOWHERE = -10_000

_PRAISE_WINDOW = 2
_PRAISE_WINDOW_LATIN = 14
_GRAVE = 3

Scopes = npt.NDArray[np.int64]


@kernel
def opened(scopes: Scopes, row: int, start: int, end: int, window: int) -> None:
    """Opens a scope in place of the one that was open."""
    scopes[row, _START], scopes[row, _END], scopes[row, _WINDOW] = start, end, window


@kernel
def closed(scopes: Scopes, row: int) -> None:
    """Closes a scope."""
    scopes[row, _START], scopes[row, _END], scopes[row, _WINDOW] = _NOWHERE, _NOWHERE, 0


@kernel
def start_of(scopes: Scopes, row: int) -> int:
    """Where the word of an open scope starts."""
    return scopes[row, _START]


@kernel
def covers(codes: Codes, marks: Marks, scopes: Scopes, row: int, start: int) -> bool:
    """Whether an open scope covers a phrase in its own clause."""
    return reaches(codes, marks, scopes[row, _END], start, scopes[row, _WINDOW], CLAUSE_END)


@kernel
def state_of_complaint(
    codes: Codes, marks: Marks, count: int, scopes: Scopes, start: int, end: int, severity: int
) -> int:
    """What is said of a problem; one that is denied denies those listed after it."""
    is_negated = covers(codes, marks, scopes, NEGATION_OPEN, start)
    # 这不是欺诈吗 says that it is.
    if (
        is_negated
        and is_rhetorical(codes, scopes[NEGATION_OPEN, _START], scopes[NEGATION_OPEN, _END])
        and is_asked(codes, marks, end, count)
    ):
        return ASSERTED
    denied_until = scopes[DENIED, _END]
    is_carried = denied_until >= 0 and is_carried_on(codes, marks, denied_until, start)
    if is_negated or is_carried or is_denied_after(codes, end, count):
        scopes[DENIED, _END] = end
        return NEGATED
    if reaches(codes, marks, scopes[FEAR_OPEN, _END], start, scopes[FEAR_OPEN, _WINDOW], SENTENCE_END):
        return FEARED
    if covers(codes, marks, scopes, QUESTION_OPEN, start):
        return QUESTIONED
    return QUESTIONED if severity < _GRAVE and is_asked(codes, marks, end, count) else ASSERTED


@kernel
def state_of_praise(codes: Codes, marks: Marks, scopes: Scopes, start: int, end: int, is_latin: bool) -> int:
    """What is said of praise; only a negation close before it turns it round."""
    if (marks[start] & DENYING) != 0:
        # 没有破损、漏液: praise that denies one fault denies those listed after it.
        scopes[DENIED, _END] = end
    else:
        window = min(scopes[NEGATION_OPEN, _WINDOW], _PRAISE_WINDOW_LATIN if is_latin else _PRAISE_WINDOW)
        if reaches(codes, marks, scopes[NEGATION_OPEN, _END], start, window, CLAUSE_END):
            return NEGATED
    return FEARED if covers(codes, marks, scopes, FEAR_OPEN, start) else ASSERTED
