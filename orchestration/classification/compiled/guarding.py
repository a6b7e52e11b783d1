"""Which guard covers what a text complains of, by tables of what each guard tolerates."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.hits import (
    DENIES,
    FIRST,
    GUARD,
    HIT_CODE,
    HIT_ROLE,
    HIT_SEVERITY,
    ISSUE,
    STATE,
    Hits,
)
from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.states import ASSERTED, NEGATED

# What a guard makes of an issue: it stands, it is covered, only where it is minor, or only where
# it was told before the guard's words.
STANDS, COVERED, COVERED_IF_MINOR, COVERED_IF_EARLIER = range(4)
_MINOR = 1
NOBODY = -1


class Tolerance(NamedTuple):
    """The guards in the order in which they speak, and by guard and issue what is covered.

    `up_to`, by guard: the probability from which the words as a whole outweigh the guard's.
    """

    guards: npt.NDArray[np.int32]
    covers: npt.NDArray[np.int8]
    up_to: npt.NDArray[np.float64]


@kernel
def guarded_by(hits: Hits, found: int, tolerance: Tolerance, chance: float) -> tuple[int, int]:
    """The code of the guard that covers every complaint and the hit with its last words, or NOBODY.

    `chance` is the probability that the words as a whole are negative.
    """
    for place in range(len(tolerance.guards)):
        if chance >= tolerance.up_to[place]:
            continue
        code, words = tolerance.guards[place], NOBODY
        for number in range(found):
            if hits[number, HIT_ROLE] == GUARD and hits[number, HIT_CODE] == code:
                words = number
        if words != NOBODY and _covers_all(hits, found, tolerance, place, words):
            return code, words
    return NOBODY, NOBODY


@kernel
def _covers_all(hits: Hits, found: int, tolerance: Tolerance, place: int, words: int) -> bool:
    for number in range(found):
        if hits[number, HIT_ROLE] != ISSUE or hits[number, STATE] != ASSERTED:
            continue
        how = tolerance.covers[place, hits[number, HIT_CODE]]
        if how == STANDS:
            return False
        if how == COVERED_IF_MINOR and hits[number, HIT_SEVERITY] != _MINOR:
            return False
        if how == COVERED_IF_EARLIER and hits[number, FIRST] >= hits[words, FIRST]:
            return False
    return True


@kernel
def denied_by(hits: Hits, found: int) -> tuple[int, bool]:
    """The hit that shows that all negative words are denied, or feared (second value), or NOBODY."""
    denial, fear = NOBODY, NOBODY
    for number in range(found):
        is_issue, state = hits[number, HIT_ROLE] == ISSUE, hits[number, STATE]
        if is_issue and state == ASSERTED:
            return NOBODY, False
        if denial == NOBODY and (hits[number, DENIES] or state == NEGATED):
            denial = number
        if fear == NOBODY and is_issue:
            fear = number
    return (denial, False) if denial != NOBODY else (fear, True)
