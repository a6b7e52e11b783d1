"""Whether and how a decision, or an evaluation that it rests on, may be appealed."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from orchestration.policy.parts import Cited, Part, Positive, Text, refuse, refuse_twice
from orchestration.policy.vocabulary import AppealSubject, Calendar, Channel, Evidence, IssueCode


class Appealable(Part):
    """Whether a decision can be appealed, and the issues for which it cannot be."""

    default: Annotated[bool, Field(strict=True)]
    never: Annotated[tuple[IssueCode, ...], Field(alias="not")] = ()

    @model_validator(mode="after")
    def _exceptions_are_some(self) -> Self:
        refuse_twice("not", self.never)
        if self.never and not self.default:
            raise refuse(
                "bad_value",
                "nothing can be appealed, and yet some issues are taken out",
                "Leave `not:` out, or write `default: true`.",
                ("not",),
            )
        return self

    def allows(self, issue: str) -> bool:
        """Whether a decision that rests on an issue can be appealed."""
        return self.default and issue not in self.never


def _in_full(value: object) -> object:
    return {"default": value} if isinstance(value, bool) else value


AppealableOrNot = Annotated[Appealable, BeforeValidator(_in_full, json_schema_input_type=bool | Appealable)]


class Reconsideration(Part):
    """What the second round asks for."""

    evidence_must_differ: Annotated[bool, Field(strict=True)]


class AppealReason(Part):
    """One reason that an appeal may give, by the platform's own code where it has one."""

    code: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]*$")]
    zh: Text
    en: Text
    subjects: Annotated[tuple[AppealSubject, ...], Field(min_length=1)]
    """What it may be given against."""
    channels: tuple[Channel, ...] = ()
    """Of feedback and sessions, the channels it is for; none named: all."""
    issues: tuple[IssueCode, ...] = ()
    """The issues it is for; none named: all that can be appealed."""
    evidence: tuple[Evidence, ...] = ()
    """What must come with it, beside the evidence that every appeal needs."""
    needs_statement: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _can_be_given(self) -> Self:
        for name in ("subjects", "channels", "issues", "evidence"):
            refuse_twice(name, getattr(self, name))
        if self.channels and not {"feedback", "session"} & set(self.subjects):
            raise refuse(
                "bad_value",
                f"reason '{self.code}' names channels, and is given against {', '.join(self.subjects)}",
                "Only feedback and sessions come by a channel: name one of them, or leave channels out.",
                ("channels",),
            )
        if self.subjects == ("session",) and self.channels and "im_session" not in self.channels:
            raise refuse(
                "bad_value",
                f"reason '{self.code}' is for sessions, and 'im_session' is not among its channels",
                "Add im_session to `channels:`, or leave them out.",
                ("channels",),
            )
        return self


class AppealTerms(Part):
    """How a decision may be appealed. Whatever is left out, or null, is not known."""

    window_days: Positive | None
    """Days to file in, counted from the decision's day."""
    calendar: Calendar = "natural"
    rounds: Annotated[int, Field(strict=True, ge=1, le=2)] | None = None
    decision_sla_days: Positive | None = None
    sla_calendar: Calendar | None = None
    suspends_execution: Annotated[bool, Field(strict=True)] | None = None
    reconsideration: Reconsideration | None = None
    evidence_required: tuple[Evidence, ...] = ()
    statement_max_chars: Positive | None = None
    report_window_days: Positive | None = None
    """How old an evaluation may be, in days, to be reported."""
    reasons: tuple[AppealReason, ...] = ()
    """The reasons an appeal may give; none listed: they are not known, and any is taken."""
    sources: Cited

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        refuse_twice("evidence_required", self.evidence_required)
        self._reasons_are_some()
        if (self.decision_sla_days is None) != (self.sla_calendar is None):
            raise refuse(
                "value_missing",
                "decision_sla_days and sla_calendar are not both there",
                "Write both: 5 working days are not 5 natural ones.",
                ("decision_sla_days" if self.sla_calendar is None else "sla_calendar",),
            )
        if self.reconsideration is not None and self.rounds != 2:
            raise refuse(
                "bad_value",
                f"a reconsideration is described, but rounds is {self.rounds or 'missing'}",
                "Write `rounds: 2`, or leave the reconsideration out.",
                ("reconsideration",),
            )
        return self

    def _reasons_are_some(self) -> None:
        seen: set[str] = set()
        for index, reason in enumerate(self.reasons):
            if reason.code in seen:
                raise refuse(
                    "named_twice",
                    f"reason '{reason.code}' is named twice",
                    "Keep one of them.",
                    ("reasons", index, "code"),
                )
            seen.add(reason.code)
        reported = {subject for reason in self.reasons for subject in reason.subjects}
        if self.report_window_days is not None and self.reasons and not reported & {"feedback", "session"}:
            raise refuse(
                "bad_value",
                "evaluations may be reported for some days, and no reason is given against one",
                "Add a reason with `subjects: [feedback]`, or leave report_window_days out.",
                ("report_window_days",),
            )


class RateAppeals(AppealTerms):
    """A ladder says once whether its decisions can be appealed."""

    appealable: AppealableOrNot
    """true, false, or `{default: true, not: [issue codes]}`."""


class TicketAppeals(AppealTerms):
    """Rules of tickets say one by one whether an appeal is open; said here too, they must agree."""

    appealable: AppealableOrNot | None = None
    """true, false, or `{default: true, not: [issue codes]}`."""
