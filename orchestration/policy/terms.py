"""What follows a decision, from caps to appeals; and of tickets their stage and escalation."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from orchestration.policy.parts import Cited, Count, Part, Positive, refuse, refuse_twice
from orchestration.policy.vocabulary import (
    Calendar,
    EscalationInput,
    Evidence,
    Exemption,
    IssueCode,
    Rounding,
)

_UNIT_FEN = {"down_to_thousand_yuan": 100_000, "none": 1}


class Cap(Part):
    """The most that one kind of measure may take from a shop in so many days."""

    measure: Literal["fine", "deposit_deduct", "violation_points"]
    max_fen: Annotated[int, Field(strict=True, ge=0)] | None = None
    max_points: Annotated[int, Field(strict=True, ge=0)] | None = None
    within_days: Positive

    @model_validator(mode="after")
    def _in_its_own_unit(self) -> Self:
        unit, other = (
            ("max_points", "max_fen") if self.measure == "violation_points" else ("max_fen", "max_points")
        )
        if not getattr(self, unit) or getattr(self, other) is not None:
            raise refuse(
                "bad_value",
                f"the cap of '{self.measure}' does not say its {unit}",
                f"Write `{unit}:` above 0, and not `{other}:`.",
                (unit,),
            )
        return self


class Caps(Part):
    """Limits over all decisions of a policy on one shop."""

    amounts: Annotated[tuple[Cap, ...], Field(min_length=1)]
    sources: Cited

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: set[tuple[str, int]] = set()
        for index, cap in enumerate(self.amounts):
            if (cap.measure, cap.within_days) in seen:
                raise refuse(
                    "named_twice",
                    f"'{cap.measure}' is capped twice within {cap.within_days} days",
                    "Keep one of them.",
                    ("amounts", index),
                )
            seen.add((cap.measure, cap.within_days))
        return self


class RoundingRule(Part):
    """How a fine is rounded, once, when it is issued."""

    fine: Rounding
    sources: Cited

    def rounded(self, fen: int) -> int:
        """A fine in fen as it would be issued."""
        unit = _UNIT_FEN[self.fine]
        return fen // unit * unit


class Execution(Part):
    """When a decision is told, and how long it lies before it is carried out."""

    notice: Literal["immediate"]
    freeze_days_before_execute: Count
    sources: Cited


class Exemptions(Part):
    """Reasons why a decision is made and not carried out."""

    granted: Annotated[tuple[Exemption, ...], Field(min_length=1)]
    sources: Cited

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        refuse_twice("granted", self.granted)
        return self


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
    sources: Cited

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        refuse_twice("evidence_required", self.evidence_required)
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


class RateAppeals(AppealTerms):
    """A ladder says once whether its decisions can be appealed."""

    appealable: AppealableOrNot
    """true, false, or `{default: true, not: [issue codes]}`."""


class TicketAppeals(AppealTerms):
    """Rules of tickets say one by one whether an appeal is open; said here too, they must agree."""

    appealable: AppealableOrNot | None = None
    """true, false, or `{default: true, not: [issue codes]}`."""


class StageScope(Part):
    """The part of the trade in which service is judged; the ticket models go by this one."""

    dimensions: tuple[Literal["service"]]
    begins: Annotated[Literal["order_placed"], Field(alias="from")]
    until: Literal["refund_succeeded"]
    sources: Cited


class Escalation(Part):
    """What makes further tickets graver. Nothing is counted by it here: no source names steps."""

    by: Annotated[tuple[EscalationInput, ...], Field(min_length=1)]
    sources: Cited

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        refuse_twice("by", self.by)
        return self
