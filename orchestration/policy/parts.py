"""The parts every policy is made of: dates, sources, exclusions, measures."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from orchestration.policy.vocabulary import (
    MEASURE_PARAMETERS,
    EvaluationExclusion,
    Grade,
    MeasureCode,
    OrderExclusion,
    Payout,
)


def refuse(rule: str, says: str, remedy: str, at: tuple[str | int, ...] = ()) -> Exception:
    """The error of one broken rule; `at` is the place below the part that raises it."""
    # pydantic fills `{…}` of the template from the context: texts go in whole, never as template.
    context: dict[str, Any] = {"says": says, "remedy": remedy, "at": at}
    return PydanticCustomError("refused:" + rule, "{says}", context)  # type: ignore[arg-type]


def _iso_day(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == len("2026-07-14"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise refuse("not_a_day", f"{value!r} is not a day", "Write it as 2026-07-14.")


Day = Annotated[date, BeforeValidator(_iso_day)]
Fen = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Cited = Annotated[tuple[str, ...], Field(min_length=1)]
Share = Annotated[float, Field(strict=True, gt=0, lt=1)]


class Part(BaseModel):
    """Frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Source(Part):
    """Where a number comes from, and how far it can be trusted."""

    id: Code
    grade: Grade
    says: Text
    where: Text | None = None

    @model_validator(mode="after")
    def _others_can_be_looked_up(self) -> Self:
        if self.grade != "ours" and self.where is None:
            raise refuse(
                "source_missing",
                f"source '{self.id}' is not ours and says nowhere where it stands",
                "Add `where:` with the page or document, or grade it `ours`.",
            )
        return self


class Dates(Part):
    """The life of one version; `effective_to` is the first day it no longer holds."""

    consult_from: Day | None = None
    public_from: Day | None = None
    effective_from: Day
    transition_to: Day | None = None
    enforced_from: Day
    effective_to: Day | None = None
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_their_order(self) -> Self:
        if self.enforced_from < self.effective_from:
            raise refuse(
                "enforced_before_effective",
                f"enforced from {self.enforced_from}, but in effect only from {self.effective_from}",
                "Enforce on the day of effect or later: no rule punishes before it holds.",
                ("enforced_from",),
            )
        order = ("consult_from", "public_from", "effective_from", "transition_to", "effective_to")
        given = [(name, getattr(self, name)) for name in order if getattr(self, name) is not None]
        for (before, earlier), (after, later) in pairwise(given):
            too_early = later <= earlier if after == "effective_to" else later < earlier
            if too_early:
                raise refuse(
                    "dates_out_of_order",
                    f"{after} {later} does not come after {before} {earlier}",
                    f"The order is {', '.join(order)}.",
                    (after,),
                )
        return self


class Exclusions(Part):
    """The codes that keep an order, or one evaluation, from counting."""

    orders: tuple[OrderExclusion, ...]
    evaluations: tuple[EvaluationExclusion, ...]
    sources: Cited

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for scope, codes in (("orders", self.orders), ("evaluations", self.evaluations)):
            refuse_twice(scope, codes)
        return self


class Params(Part):
    """The numbers behind the exclusion codes.

    The order and feedback models judge every platform once by these; a document states them so
    that a reader finds them, and one that states another number is refused, not ignored.
    """

    instant_refund_minutes: Literal[30]
    low_price_fen: Literal[100]
    low_price_pct: Literal[30]
    waybill_orders: Literal[3]
    buyer_product_orders_per_day: Literal[5]
    template_buyers: Literal[5]
    reviews_per_buyer_shop_month: Literal[3]
    service_hours: tuple[Literal["08:00:00"], Literal["22:59:59"]]
    sources: tuple[str, ...] = ()


_PARAMETERS: dict[str, dict[str, Any]] = {
    **{name: {"type": "integer", "minimum": 1} for name in ("amount_fen", "days", "points")},
    "pct": {"type": "integer", "minimum": 1, "maximum": 100},
}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    required = list(properties)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


class Measure(Part):
    """One consequence, written in the document as `code: {parameters}`."""

    code: MeasureCode
    amount_fen: Annotated[int, Field(strict=True, ge=0)] | None = None
    days: Positive | None = None
    points: Positive | None = None
    pct: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_one_key(cls, value: object) -> object:
        if not isinstance(value, dict) or len(value) != 1:
            raise refuse(
                "bad_value",
                "a measure is one code with its parameters",
                "Write it as `fine: {amount_fen: 200000}`, one code in each list item.",
            )
        ((code, parameters),) = value.items()
        if not isinstance(parameters, dict) or "code" in parameters:
            raise refuse(
                "bad_value",
                f"the parameters of measure '{code}' are not a mapping of parameters",
                "Write `{}` where a measure has none.",
                (code,),
            )
        return {"code": code, **parameters}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        # As it is written: one code, and below it what that code must say.
        return {
            "description": cls.__doc__,
            "oneOf": [
                _closed({code: _closed({name: _PARAMETERS[name] for name in needed})})
                for code, needed in MEASURE_PARAMETERS.items()
            ],
        }

    @model_validator(mode="after")
    def _says_what_it_must(self) -> Self:
        needed = MEASURE_PARAMETERS[self.code]
        for name in ("amount_fen", "days", "points", "pct"):
            given = getattr(self, name) is not None
            if given and name not in needed:
                raise refuse(
                    "unknown_key",
                    f"measure '{self.code}' has no '{name}'",
                    f"It takes: {', '.join(needed) or 'nothing'}.",
                    (self.code, name),
                )
            if not given and name in needed:
                raise refuse(
                    "value_missing",
                    f"measure '{self.code}' does not say its '{name}'",
                    f"Add `{name}:`.",
                    (self.code,),
                )
        if self.amount_fen == 0:
            raise refuse(
                "out_of_range",
                f"measure '{self.code}' takes nothing",
                "Give an amount in fen, or use `warning: {}`.",
                (self.code, "amount_fen"),
            )
        return self

    def parameters(self) -> dict[str, int]:
        """The parameters that are set."""
        return {name: getattr(self, name) for name in MEASURE_PARAMETERS[self.code]}


class Compensation(Part):
    """What a consumer is paid for one order: a share of what was paid, within bounds."""

    pct_of_paid: Annotated[float, Field(strict=True, gt=0, le=1)]
    min_fen: Fen
    max_fen: Fen
    payout: Payout

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.min_fen > self.max_fen:
            raise refuse(
                "out_of_range",
                f"at least {self.min_fen} fen but at most {self.max_fen}",
                "Let min_fen be no more than max_fen.",
                ("min_fen",),
            )
        return self


def refuse_twice(field: str, values: Iterable[str]) -> None:
    """Refuse a list that names a thing twice; the fault stands at the second."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise refuse("named_twice", f"'{value}' is named twice", "Name it once.", (field, index))
        seen.add(value)
