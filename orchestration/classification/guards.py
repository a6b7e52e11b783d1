"""Reasons why words that look negative do not count, for texts that stand alone."""

from collections.abc import Sequence

from orchestration.classification.spans import Hit, asserted_issues
from orchestration.classification.verdict import OTHER, Span, cited

# The kind of praise that names a fault to deny it: 没有破损.
DENIAL = "denial"

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
    "size_preference": frozenset({OTHER, "not_as_described"}),
}
_MISUNDERSTOOD = frozenset(
    {"missing_item", "wrong_item", "damaged_on_arrival", "quality_defect", "lost_or_stalled", OTHER}
)
_TAUGHT = frozenset({"quality_defect"})


def guard_of(hits: Sequence[Hit], text: str, field: str) -> tuple[str, Span] | None:
    """The guard that covers everything the text complains of, with its words."""
    complaints = asserted_issues(hits)
    for code in TEXT_GUARDS:
        words = [hit for hit in hits if hit.entry.role == "guard" and hit.entry.code == code]
        if words and all(_covers(code, hit, words[-1]) for hit in complaints):
            return code, cited(words[-1], text, field)
    return None


def _covers(code: str, complaint: Hit, words: Hit) -> bool:
    issue = complaint.entry.code or OTHER
    if code == "misunderstanding":
        # What was feared first and cleared after; a fault named after the clearing stands.
        return issue in _MISUNDERSTOOD and complaint.start < words.start
    if code == "size_preference" and issue == "not_as_described":
        return complaint.entry.severity == 1
    return issue in _TOLERATED.get(code, frozenset())


def denied(hits: Sequence[Hit], text: str, field: str) -> tuple[str, Span] | None:
    """Whether all negative words are negated or only feared, and by which guard that goes."""
    words = [hit for hit in hits if hit.entry.role == "issue"]
    if any(hit.state == "asserted" for hit in words):
        return None
    negated = [hit for hit in hits if hit.entry.kind == DENIAL or hit.state == "negated"]
    if negated:
        return "positive_with_negative_word", cited(negated[0], text, field)
    return ("hearsay", cited(words[0], text, field)) if words else None
