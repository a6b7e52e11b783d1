"""How a rate is judged: who is held at all, against what, with how much doubt, and how it scores."""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from orchestration.policy.parts import Cited, Count, Part, Positive, Share, refuse
from orchestration.policy.vocabulary import WEEKDAYS, Bound, Interval, Period, ShopType, Weekday


class SmallNumberGuard(Part):
    """Below so many orders, so few negatives fix the score; the first that fits the shop speaks."""

    shop_type: ShopType | None = None
    den_lt: Positive
    num_le: Count
    score: Annotated[int, Field(strict=True, ge=0, le=100)]


class ProbabilityAbove(Part):
    """How sure one must be that the true rate is above so many times the benchmark."""

    at_least: Share
    ratio_to_benchmark: Annotated[float, Field(strict=True, gt=0)]


class Eligibility(Part):
    """What must hold before any tier is looked at."""

    min_orders: Positive
    min_distinct_buyers: Count
    prob_above_threshold: ProbabilityAbove | None = None
    """Asked before a tier of severity 1 or more; where it is not written, it is not asked."""
    small_n: tuple[SmallNumberGuard, ...]
    sources: Cited

    @model_validator(mode="after")
    def _guards_can_speak(self) -> Self:
        seen: set[str | None] = set()
        for index, guard in enumerate(self.small_n):
            if guard.shop_type in seen or None in seen:
                raise refuse(
                    "guard_unreachable",
                    f"small_n guard {index + 1} never speaks: an earlier one fits the same shops",
                    "Put the guard without shop_type last, and one guard for each shop type.",
                    ("small_n", index),
                )
            seen.add(guard.shop_type)
        return self


class Benchmark(Part):
    """What a shop is held against: the other shops of its category, pooled."""

    level: Literal["main_category"]
    statistic: Literal["pooled_leave_one_out"]
    min_shops: Literal[5]
    fallback: tuple[Literal["parent"], Literal["platform"]]
    sources: Cited


class Statistics(Part):
    """The doubt that is put beside a rate, and how much of it a decision must survive."""

    interval: Interval
    level: Share
    use: Bound
    """Which end of the interval a tier that costs anything rests on."""
    empirical_bayes: Annotated[bool, Field(strict=True)]
    """Whether a rate is drawn towards those of its category by how few orders it has."""
    min_orders_for_prior: Positive | None = None
    """Shops with fewer orders do not shape the category's prior."""
    fdr_q: Share | None = None
    """The share of a day's flagged shops that may be chance; not written, nothing is corrected."""
    sources: Cited

    @model_validator(mode="after")
    def _prior_has_shops(self) -> Self:
        if self.level < 0.5:
            raise refuse(
                "out_of_range",
                f"level is {self.level}: the interval would miss more often than it holds",
                "Write 95 % as 0.95.",
                ("level",),
            )
        if self.empirical_bayes != (self.min_orders_for_prior is not None):
            raise refuse(
                "value_missing" if self.empirical_bayes else "unknown_key",
                f"empirical_bayes is {str(self.empirical_bayes).lower()}, and min_orders_for_prior is "
                f"{self.min_orders_for_prior or 'missing'}",
                "Write min_orders_for_prior where empirical_bayes is true, and only there.",
                ("min_orders_for_prior",),
            )
        return self


Knot = tuple[float, float]


def _is_pair(knot: Any) -> bool:
    if not isinstance(knot, list) or len(knot) != 2:
        return False
    return all(isinstance(number, int | float) and not isinstance(number, bool) for number in knot)


class Score(Part):
    """A score from 100 down to 0 by how many times the benchmark a rate is; straight between knots."""

    knots: Annotated[tuple[Knot, ...], Field(min_length=2)]
    """[ratio to the benchmark, score], from ratio 0 up."""
    sources: Cited

    @model_validator(mode="before")
    @classmethod
    def _each_is_a_pair(cls, value: Any) -> Any:
        knots = value.get("knots") if isinstance(value, dict) else None
        for index, knot in enumerate(knots if isinstance(knots, list) else ()):
            if not _is_pair(knot):
                raise refuse(
                    "bad_value",
                    f"knot {index + 1} is {knot!r}",
                    "Write it as [ratio, score]: two numbers.",
                    ("knots", index),
                )
        return value

    @model_validator(mode="after")
    def _only_falls(self) -> Self:
        if self.knots[0][0] != 0:
            raise refuse(
                "knots_out_of_order",
                f"the first knot stands at ratio {self.knots[0][0]:g}",
                "Begin at 0: a shop without a negative has a score too.",
                ("knots", 0),
            )
        for index, (ratio, score) in enumerate(self.knots):
            if not 0 <= score <= 100:
                raise refuse(
                    "out_of_range",
                    f"knot {index + 1}, at ratio {ratio:g}, scores {score:g}",
                    "A score lies between 0 and 100.",
                    ("knots", index),
                )
        for index, ((before, higher), (ratio, score)) in enumerate(pairwise(self.knots), start=1):
            if ratio <= before:
                raise refuse(
                    "knots_out_of_order",
                    f"knot {index + 1}, at ratio {ratio:g}, does not come after ratio {before:g}",
                    "Order the knots by ratio, each once.",
                    ("knots", index),
                )
            if score > higher:
                raise refuse(
                    "score_rises",
                    f"knot {index + 1} raises the score from {higher:g} to {score:g} for a worse rate",
                    "Let no score be above the one before it.",
                    ("knots", index),
                )
        return self


class Evaluation(Part):
    """When shops are judged, and how long a decision keeps the next one away."""

    every: Period
    ends_on: Weekday | Literal["month_end"] | None = None
    """Of a week the day, of a month `month_end`; a day ends on itself and says nothing."""
    period: Literal["natural_day", "natural_week", "natural_month"] | None = None
    """What is judged as one; left out it is the natural period that `every` names."""
    cooldown_days: Positive | None = None
    sources: Cited

    @model_validator(mode="after")
    def _ends_as_it_recurs(self) -> Self:
        fitting = {"day": (None,), "week": WEEKDAYS, "month": ("month_end",)}[self.every]
        if self.ends_on not in fitting:
            raise refuse(
                "wrong_period",
                f"every is '{self.every}', and ends_on is {self.ends_on or 'missing'}",
                "A week ends on a weekday, a month on `month_end`; with `every: day` leave ends_on out.",
                ("ends_on",),
            )
        if self.period is not None and self.period != f"natural_{self.every}":
            raise refuse(
                "wrong_period",
                f"every is '{self.every}', but the period is '{self.period}'",
                f"Write natural_{self.every}, or leave it out.",
                ("period",),
            )
        return self

    @property
    def weekday(self) -> int | None:
        """The ISO number of the day a week ends on, Monday 1 to Sunday 7."""
        return WEEKDAYS.index(self.ends_on) + 1 if self.ends_on in WEEKDAYS else None
