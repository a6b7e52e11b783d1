"""What a filing, a second filing and a decision must keep to: the first rule broken, in words."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from orchestration.appeals.clock import Due, term
from orchestration.appeals.filing import AppealEvent, Case, FeedbackFacts, Subject, Terms
from orchestration.appeals.refusals import not_appealable

# a subject of ours; decisions and bills are looked up by whoever keeps them
LOOKED_UP = frozenset({"feedback", "session", "order"})


class Broken(NamedTuple):
    """One rule that an event breaks."""

    code: str
    says: str


def broken_by_filing(event: AppealEvent, case: Case, deadline: Due) -> Iterator[Broken]:
    """The rules that a first filing breaks, the weightiest first."""
    terms, subject = case.terms, case.subject
    if event.subject_type is None or event.subject_key is None:
        yield Broken("subject_unknown", "the filing does not say what it is about")
        return
    if subject is None and event.subject_type in LOOKED_UP:
        says = f"the {event.subject_type} {event.subject_key} is not known by {event.business_day}"
        yield Broken("subject_unknown", says)
        return
    if subject is not None and subject.shop_key not in (None, event.shop_key):
        says = f"{event.subject_key} belongs to another shop than {event.shop_key}"
        yield Broken("wrong_shop", says)
        return
    yield from _not_open(subject, terms)
    yield from _reason(event, subject, terms)
    if deadline.on is not None and event.happened_on > deadline.on:
        yield Broken("filed_late", f"filed on {event.happened_on}, the last day was {deadline.on}")
    yield from broken_by_content(event, terms)


def broken_by_content(event: AppealEvent, terms: Terms) -> Iterator[Broken]:
    """What is wrong with the statement and the evidence."""
    length, most = event.statement_length, terms.statement_max_chars
    if length is not None and most is not None and length > most:
        yield Broken("statement_too_long", f"the statement has {length} characters, {most} are allowed")
    reason = next((each for each in terms.reasons if each.code == event.reason_code), None)
    asked = [*terms.evidence_required, *(reason.evidence_required if reason else ())]
    there = {kind_of(piece) for piece in event.evidence}
    missing = [kind for kind in dict.fromkeys(asked) if kind not in there]
    if reason is not None and reason.needs_statement and not (event.statement or "").strip():
        missing.append("a statement")
    if missing:
        yield Broken("evidence_missing", f"missing: {', '.join(missing)}")


def broken_by_second_round(event: AppealEvent, terms: Terms, seen: frozenset[str]) -> Iterator[Broken]:
    """A reconsideration is the last chance, and needs evidence that was not handed in before."""
    if terms.rounds == 1:
        yield Broken("too_many_rounds", "the policy hears an appeal once")
    if terms.evidence_must_differ is not False and not hashes_of(event.evidence) - seen:
        yield Broken("evidence_unchanged", "the reconsideration brings no evidence that is new")


def deadline_of(event: AppealEvent, case: Case) -> Due:
    """The last day to file: a report goes by the age of the feedback, an appeal by the notice."""
    terms, subject = case.terms, case.subject
    if event.is_report and terms.report_window_days is not None:
        given = subject.occurred_on if subject else None
        return _from(given, terms.report_window_days, "natural", "the feedback's day is not known")
    return _from(
        noticed_on(event, subject), terms.window_days, terms.calendar, "nobody said when the shop was told"
    )


def noticed_on(event: AppealEvent, subject: Subject | None) -> date | None:
    """The day from which the term runs: that of the notice, else that on which the feedback was known."""
    if event.noticed_at is not None:
        return event._replace(happened_at=event.noticed_at).happened_on
    return subject.known_on if subject else None


def taken_out(subject_type: str | None, subject: Subject, terms: Terms) -> list[FeedbackFacts]:
    """The feedback that counts no more once an appeal is upheld: its subject, no more.

    Of an order, feedback that counts only for what cannot be appealed stays.
    """
    if subject_type != "order":
        return list(subject.feedback)
    return [each for each in subject.feedback if set(each.issues) - terms.never_issues]


def closed_issues(subject: Subject, terms: Terms) -> set[str]:
    """The issues of a subject for which no appeal is open."""
    return subject.issues & terms.never_issues


def _from(start: date | None, days: int | None, calendar: str | None, why_not: str) -> Due:
    return Due(None, why_not) if start is None else term(start, days, calendar)


def _not_open(subject: Subject | None, terms: Terms) -> Iterator[Broken]:
    if terms.appealable is False:
        yield Broken("not_appealable", f"policy {terms.policy_id} opens no appeal against what it says")
    elif subject is not None and subject.issues and subject.issues <= terms.never_issues:
        yield Broken("not_appealable", not_appealable(closed_issues(subject, terms)))


def _reason(event: AppealEvent, subject: Subject | None, terms: Terms) -> Iterator[Broken]:
    if not terms.reasons:
        return
    channels = {each.channel for each in subject.feedback} if subject else set()
    issues = subject.issues if subject else set()
    offered = [each.code for each in terms.reasons if each.fits(event.subject_type, channels, issues)]
    if event.reason_code not in offered:
        said = f"reason {event.reason_code!r}" if event.reason_code else "no reason"
        listed = ", ".join(offered) or "none for this subject"
        yield Broken("unknown_reason", f"{said} is given; offered are: {listed}")


def kind_of(piece: str) -> str:
    """The kind of a piece of evidence, `kind:sha256`."""
    return piece.partition(":")[0].strip()


def hashes_of(evidence: tuple[str, ...]) -> frozenset[str]:
    """What the pieces are, whatever kind they are called."""
    return frozenset(piece.rpartition(":")[2].strip() for piece in evidence)
