"""Reasons why words that look negative do not count, for texts that stand alone."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from orchestration.classification.compiled.guarding import (
    COVERED,
    COVERED_IF_EARLIER,
    COVERED_IF_MINOR,
    NOBODY,
    STANDS,
    Tolerance,
    denied_by,
    guarded_by,
)
from orchestration.classification.spans import Hit, as_rows, number_of, taxonomy_codes
from orchestration.classification.verdict import OTHER, Span, cited

# The first guard that is found speaks.
TEXT_GUARDS = (
    "misunderstanding",
    "usage_question",
    "buyer_remorse",
    "price_only",
    "size_preference",
    "spec_question",
)

# What a text may complain of and still be guarded: 太坑了刚买就降价 names no fault but the price.
_TOLERATED = {
    "price_only": frozenset({OTHER}),
    "buyer_remorse": frozenset({OTHER}),
    "size_preference": frozenset({OTHER}),
}
_TOLERATED_IF_MINOR = {"size_preference": frozenset({"not_as_described"})}
# What was feared first and cleared after; a fault named after the clearing stands.
_TOLERATED_IF_EARLIER = {
    "misunderstanding": frozenset(
        {"missing_item", "wrong_item", "damaged_on_arrival", "quality_defect", "lost_or_stalled", OTHER}
    )
}
# A rhetorical question (没勺子怎么吃？) reads like one about use, until all its words are weighed. What
# only the price is blamed for is said in the strongest words, so nothing outweighs that guard.
_UP_TO = 0.7
_NEVER_OUTWEIGHED = frozenset({"price_only"})
_CERTAIN = 2.0
DENIED = "positive_with_negative_word"
FEARED = "hearsay"


@cache
def tolerance() -> Tolerance:
    """The tables as compiled code takes them."""
    covers = np.full((len(TEXT_GUARDS), len(taxonomy_codes())), STANDS, dtype=np.int8)
    for place, guard in enumerate(TEXT_GUARDS):
        for issue in _TOLERATED.get(guard, frozenset()):
            covers[place, number_of(issue)] = COVERED
        for issue in _TOLERATED_IF_MINOR.get(guard, frozenset()):
            covers[place, number_of(issue)] = COVERED_IF_MINOR
        for issue in _TOLERATED_IF_EARLIER.get(guard, frozenset()):
            covers[place, number_of(issue)] = COVERED_IF_EARLIER
    guards = np.asarray([number_of(guard) for guard in TEXT_GUARDS], dtype=np.int32)
    up_to = np.asarray([_CERTAIN if guard in _NEVER_OUTWEIGHED else _UP_TO for guard in TEXT_GUARDS])
    return Tolerance(guards, covers, up_to)


def guard_of(hits: Sequence[Hit], text: str, field: str) -> tuple[str, Span] | None:
    """The guard that covers everything a request complains of, with its words.

    Who asks for a refund says why, so the words of a guard stand whatever the others weigh.
    """
    code, words = guarded_by(as_rows(hits), len(hits), tolerance(), 0.0)
    return None if code == NOBODY else (taxonomy_codes()[code], cited(hits[words], text, field))


def denied(hits: Sequence[Hit], text: str, field: str) -> tuple[str, Span] | None:
    """Whether all negative words are negated or only feared, and by which guard that goes."""
    words, is_feared = denied_by(as_rows(hits), len(hits))
    if words == NOBODY:
        return None
    return FEARED if is_feared else DENIED, cited(hits[words], text, field)
