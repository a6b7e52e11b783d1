"""What follows a decision: caps, rounding, the wait, exemptions; and of tickets their stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from orchestration.policy.parts import Cited, Count, Part, Positive, refuse, refuse_twice
from orchestration.policy.vocabulary import Exemption, Rounding

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
    first_time_within_days: Positive | None = None
    """A decision is the first where none took money within so many days; left out: where none ever did."""
    sources: Cited

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        refuse_twice("granted", self.granted)
        if self.first_time_within_days is not None and "first_time" not in self.granted:
            raise refuse(
                "bad_value",
                "it says when a decision is the first one, and the first one is not let off",
                "Add first_time to `granted:`, or leave first_time_within_days out.",
                ("first_time_within_days",),
            )
        return self


class StageScope(Part):
    """The part of the trade in which service is judged; the ticket models go by this one."""

    dimensions: tuple[Literal["service"]]
    begins: Annotated[Literal["order_placed"], Field(alias="from")]
    until: Literal["refund_succeeded"]
    sources: Cited
