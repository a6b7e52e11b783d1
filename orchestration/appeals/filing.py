"""What appeals are judged by: an event as it was delivered, the terms of a policy, the facts of a subject."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from orchestration.appeals.clock import shanghai_day


class AppealEvent(NamedTuple):
    """One delivered event of one appeal, known from `business_day` on."""

    business_day: date
    platform: str
    appeal_key: str
    appeal_id: str
    event_no: int
    event: str
    shop_key: str
    actor: str
    happened_at: datetime
    subject_type: str | None = None
    subject_key: str | None = None
    decision_id: str | None = None
    reason_code: str | None = None
    statement: str | None = None
    statement_length: int | None = None
    evidence: tuple[str, ...] = ()
    noticed_at: datetime | None = None
    result_reason: str | None = None
    reviewer_kind: str | None = None
    note: str | None = None
    row_sha256: str = ""

    @property
    def happened_on(self) -> date:
        """Its business day; what is written down for an earlier day happened on that day."""
        return min(shanghai_day(self.happened_at), self.business_day)

    @property
    def is_report(self) -> bool:
        """A report says that an evaluation is abnormal; an appeal is against what came of it."""
        return self.subject_type in ("feedback", "session") and self.decision_id is None


@dataclass(frozen=True)
class Reason:
    """One reason for which a platform hears an appeal; empty lists do not restrict it."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    subject_types: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    issue_codes: tuple[str, ...] = ()
    evidence_required: tuple[str, ...] = ()
    needs_statement: bool = False

    def fits(self, subject_type: str | None, channels: set[str], issues: set[str]) -> bool:
        """Whether the reason is offered for a subject; what is not known of it does not speak against it."""
        return (
            (not self.subject_types or subject_type in self.subject_types)
            and (not self.channels or not channels or bool(channels & set(self.channels)))
            and (not self.issue_codes or not issues or bool(issues & set(self.issue_codes)))
        )


@dataclass(frozen=True)
class Terms:
    """How a policy lets one appeal; what is None is not known, and binds nobody."""

    policy_id: str | None = None
    version: str | None = None
    appealable: bool | None = None
    never_issues: frozenset[str] = frozenset()
    window_days: int | None = None
    calendar: str | None = None
    report_window_days: int | None = None
    rounds: int | None = None
    evidence_must_differ: bool | None = None
    decision_sla_days: int | None = None
    sla_calendar: str | None = None
    suspends_execution: bool | None = None
    evidence_required: tuple[str, ...] = ()
    statement_max_chars: int | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class FeedbackFacts:
    """One feedback as known by a day, with the issues for which it counts against its order."""

    feedback_key: str
    channel: str
    shop_key: str | None
    order_key: str | None
    occurred_on: date
    known_on: date
    issues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What an appeal is about, as known by a day. A shop of None is not known here."""

    subject_key: str
    shop_key: str | None = None
    feedback: tuple[FeedbackFacts, ...] = ()

    @property
    def issues(self) -> set[str]:
        """Every issue that counts against it."""
        return {issue for each in self.feedback for issue in each.issues}

    @property
    def known_on(self) -> date | None:
        """The day the last of its feedback became known."""
        return max((each.known_on for each in self.feedback), default=None)

    @property
    def occurred_on(self) -> date | None:
        """The day the last of its feedback was given."""
        return max((each.occurred_on for each in self.feedback), default=None)


@dataclass(frozen=True)
class Case:
    """The terms and facts that one event is judged by; a subject of None is not known."""

    terms: Terms = field(default_factory=Terms)
    subject: Subject | None = None
