"""Decides after-sale requests and complaints from reason, words and blame."""

from collections.abc import Sequence
from typing import NamedTuple

from orchestration.classification.guards import denied, guard_of
from orchestration.classification.spans import Hit, SpanFinder, asserted_issues
from orchestration.classification.verdict import (
    NOTHING,
    OTHER,
    UNCERTAIN_FROM,
    Found,
    Span,
    Tag,
    Verdict,
    cited,
    decide,
    heaviest,
    probability_of,
    tags_of,
    text_probability,
    valued,
)
from orchestration.classification.weighing import Reading

# A chosen quality reason is a statement of the consumer; proof or admission leaves little doubt.
PROBABILITY_OF_REASON = 0.93
PROBABILITY_PROVEN = 0.98
PROBABILITY_GUARDED = 0.05
# Who asks for money or complains to the platform is more often dissatisfied than who reviews.
PRIOR_OF_REMARK = 0.35
PRIOR_OF_COMPLAINT = 0.70
LEAST_OF_NAMED_COMPLAINT = 0.75

_GUARD_OF_BLAME = {"consumer": "consumer_at_fault", "platform": "platform_at_fault"}
_TICKET = "ticket_overdue_after_track_stall"
_SLOW = "no_reply"


class Request(NamedTuple):
    """One after-sale request or complaint, as the first version of it says."""

    kind: str | None
    reason_code: str | None
    reason_text: str | None
    text: str | None
    blame: str | None
    is_proven: bool


class Reason(NamedTuple):
    """What a chosen reason says: issues or a guard, or that it says nothing."""

    found: tuple[Found, ...]
    guard: tuple[str, Span] | None
    is_understood: bool


def read_reason(reason_text: str | None, reason_code: str | None, finder: SpanFinder) -> Reason:
    """The reason text, and the reason code where the text says nothing."""
    for field, value in (("reason_text", reason_text), ("reason_code", reason_code)):
        if not value:
            continue
        hits = finder.find(value)
        issues = _longest_each([hit for hit in hits if hit.entry.role == "issue"])
        guards = [hit for hit in hits if hit.entry.role == "guard"]
        spans = [_reason_span(hit, value, field) for hit in issues]
        if issues:
            found = [
                Found(hit.entry.code or OTHER, hit.entry.severity, span)
                for hit, span in zip(issues, spans, strict=True)
            ]
            return Reason(tuple(found), None, True)
        if guards:
            code = guards[0].entry.code or ""
            return Reason((), (code, _reason_span(guards[0], value, field)), True)
        if hits:
            return Reason((), None, True)
    return Reason((), None, not (reason_text or reason_code))


def _longest_each(hits: Sequence[Hit]) -> list[Hit]:
    """包装破损/商品损坏 names one issue twice: the first hit of each issue."""
    first: dict[str | None, Hit] = {}
    for hit in hits:
        first.setdefault(hit.entry.code, hit)
    return list(first.values())


def _reason_span(hit: Hit, value: str, field: str) -> Span:
    return valued(field, value, "reason_code") if field == "reason_code" else cited(hit, value, field)


def judge_after_sale(
    request: Request, reason: Reason, reading: Reading | None, reason_reading: Reading | None
) -> Verdict:
    """The first reason decides; the remark may add an issue, and decides where no reason was given."""
    words = text_probability(reading)
    guard = _guard_of_request(request, reason)
    if guard is not None:
        return _guarded(*guard, words)
    remark = _found_in(request.text, reading, "text")
    found = reason.found or _found_in(request.reason_text, reason_reading, "reason_text")
    if found:
        probability = PROBABILITY_PROVEN if request.is_proven else PROBABILITY_OF_REASON
        return Verdict("negative", probability, words, None, _compound(tags_of((*found, *remark))))
    if reading is not None and request.text is not None:
        return _by_words(request.text, reading, PRIOR_OF_REMARK, found=remark)
    if reason.is_understood:
        return Verdict("not_negative", PROBABILITY_GUARDED, None, None, (NOTHING,))
    return Verdict("uncertain", UNCERTAIN_FROM, None, None, (NOTHING,), "unknown_reason")


def _guard_of_request(request: Request, reason: Reason) -> tuple[str, Span] | None:
    """The guard of what was asked for, of the reason chosen, or of who is to blame."""
    if request.kind == "price_protection" and not reason.found:
        return "price_only", valued("after_sale_kind", request.kind, "reason_code")
    return reason.guard or _guard_of_blame(request)


def _guard_of_blame(request: Request) -> tuple[str, Span] | None:
    code = _GUARD_OF_BLAME.get(request.blame or "")
    return None if code is None else (code, valued("blame", request.blame, "reason_code"))


def judge_complaint(request: Request, category: Reason, reading: Reading | None) -> Verdict:
    """Category and words name the issue; blame may guard it."""
    words = text_probability(reading)
    blamed = _guard_of_blame(request)
    if blamed is not None:
        return _guarded(*blamed, words)
    text = _found_in(request.text, reading, "text")
    named = [item for item in text if item.issue != OTHER]
    if reading is not None and request.text is not None:
        guard = guard_of(reading.hits, request.text, "text")
        if guard is not None:
            return _guarded(*guard, words)
    if category.guard is not None and not named:
        return _guarded(*category.guard, words)
    found = (*text, *(category.found if not named else ()))
    prior = PRIOR_OF_COMPLAINT
    if reading is None or request.text is None:
        if category.found:
            probability = PROBABILITY_PROVEN if request.is_proven else prior
            return Verdict("negative", probability, None, None, tags_of(category.found))
        return Verdict("uncertain", UNCERTAIN_FROM, None, None, (NOTHING,), "complaint_without_words")
    least = LEAST_OF_NAMED_COMPLAINT if named or category.found else 0.0
    return _by_words(request.text, reading, prior, found=found, least=least)


def _by_words(
    text: str, reading: Reading, prior: float, *, found: Sequence[Found], least: float = 0.0
) -> Verdict:
    words = text_probability(reading)
    probability = max(probability_of(reading.evidence, prior), least)
    decision = decide(probability)
    guard = guard_of(reading.hits, text, "text")
    if guard is None and decision != "negative":
        guard = denied(reading.hits, text, "text")
    if guard is not None:
        return _guarded(*guard, words)
    if decision == "not_negative":
        return Verdict(decision, probability, words, None, (NOTHING,))
    span = heaviest(reading, text, "text")
    evidence = list(found) or ([Found(OTHER, 1, span)] if span else [])
    unclear = "probability_near_threshold" if decision == "uncertain" else None
    return Verdict(decision, probability, words, None, _compound(tags_of(evidence)) or (NOTHING,), unclear)


def _found_in(text: str | None, reading: Reading | None, field: str) -> list[Found]:
    if text is None or reading is None:
        return []
    return [
        Found(hit.entry.code or OTHER, hit.entry.severity, cited(hit, text, field))
        for hit in asserted_issues(reading.hits)
    ]


def _compound(tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """A ticket is overdue after a stall only where a stall is told; else it is a slow answer."""
    issues = {tag.issue for tag in tags}
    if _TICKET not in issues or "lost_or_stalled" in issues:
        return tags
    if _SLOW in issues:
        return tuple(tag for tag in tags if tag.issue != _TICKET)
    return tuple(tag._replace(issue=_SLOW) if tag.issue == _TICKET else tag for tag in tags)


def _guarded(code: str, span: Span, words: float | None) -> Verdict:
    return Verdict("guarded", PROBABILITY_GUARDED, words, code, (NOTHING._replace(spans=(span,)),))
