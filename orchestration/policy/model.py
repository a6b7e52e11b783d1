"""A policy version as a document: a ladder over a rate, or rules for tickets per order."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from orchestration.policy.parts import (
    Appeals,
    Cited,
    Code,
    Compensation,
    Count,
    Dates,
    Exclusions,
    Measure,
    Name,
    Params,
    Part,
    Positive,
    RateAppeals,
    Source,
    Text,
    refuse,
)
from orchestration.policy.reach import refuse_dead_rules, refuse_dead_tiers
from orchestration.policy.vocabulary import (
    CHANNELS,
    DIMENSIONS,
    NEEDS_A_PERSON,
    Channel,
    Dimension,
    IssueCode,
    Mode,
    RateKind,
    Requirement,
    ShopType,
)

SCHEMA = "ccr-policy/1"


class Metric(Part):
    """The rate that is judged."""

    id: Literal["ccr_rate"]
    grain: Literal["order"]
    cohort: Literal["paid_at"]
    window_days: Literal[7, 30]
    channels: tuple[Channel, ...]
    dimensions: tuple[Dimension, ...]
    rate: RateKind = "plain"
    sources: Cited

    @model_validator(mode="after")
    def _counts_all_there_is(self) -> Self:
        for name, known in (("channels", CHANNELS), ("dimensions", DIMENSIONS)):
            if sorted(getattr(self, name)) != sorted(known):
                raise refuse(
                    "not_supported",
                    f"{name} are counted all together here, not in part",
                    f"List them all: {', '.join(known)}.",
                    (name,),
                )
        return self


class SmallNumberGuard(Part):
    """Below so many orders, so few negatives fix the score; the first that fits the shop speaks."""

    shop_type: ShopType | None = None
    den_lt: Positive
    num_le: Count
    score: Annotated[int, Field(strict=True, ge=0, le=100)]


class Eligibility(Part):
    """What must hold before any tier is looked at."""

    min_orders: Positive
    min_distinct_buyers: Count
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


class AtLeast(Part):
    """A threshold; the value itself is over it."""

    at_least: Annotated[float, Field(strict=True, gt=0)]


class When(Part):
    """The conditions of a tier; all of those given must hold."""

    ratio_to_benchmark_low: AtLeast | None = None
    ratio_to_benchmark: AtLeast | None = None
    rate: AtLeast | None = None
    num_effective: AtLeast | None = None
    occurrences_90d: AtLeast | None = None

    def thresholds(self) -> dict[str, float]:
        """Each condition given, with its threshold."""
        named = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: condition.at_least for name, condition in named if condition is not None}


class Tier(Part):
    """One step of the ladder."""

    tier: Code
    rule: Code
    severity: Annotated[int, Field(strict=True, ge=0, le=3)]
    when: When
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    human_review: Literal["required", "none"] = "none"
    sources: Cited

    @model_validator(mode="after")
    def _grave_measures_wait_for_a_person(self) -> Self:
        for index, measure in enumerate(self.measures):
            if measure.code in NEEDS_A_PERSON and self.human_review != "required":
                raise refuse(
                    "human_review_missing",
                    f"tier '{self.tier}' orders '{measure.code}' without a person's confirmation",
                    "Add `human_review: required`.",
                    ("measures", index),
                )
        return self


class Evaluation(Part):
    """When shops are judged, and how long a decision keeps the next one away."""

    every: Literal["week"]
    ends_on: Literal["sunday"]
    cooldown_days: Positive
    sources: Cited


class TicketRule(Part):
    """One rule of a ticket policy: these issues, with this proof, cost this much."""

    rule: Code
    issues: Annotated[tuple[IssueCode, ...], Field(min_length=1)]
    severity: Annotated[int, Field(strict=True, ge=0, le=3)]
    requires: Annotated[tuple[Requirement, ...], Field(min_length=1)]
    compensation: Compensation
    appealable: Annotated[bool, Field(strict=True)]
    sources: Cited


class PolicyBase(Part):
    """What both kinds of policy say."""

    document_schema: Annotated[Literal["ccr-policy/1"], Field(alias="schema")]
    policy_id: Name
    platform: Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9_]*)$")]
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")]
    supersedes: str | None = None
    title: Text
    rule_family: Name
    mode: Mode
    dates: Dates
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    exclusions: Exclusions
    params: Params

    @model_validator(mode="after")
    def _cites_what_it_declares(self) -> Self:
        declared: set[str] = set()
        for index, source in enumerate(self.sources):
            if source.id in declared:
                raise refuse(
                    "named_twice",
                    f"source '{source.id}' is declared twice",
                    "Give each source an id of its own.",
                    ("sources", index, "id"),
                )
            declared.add(source.id)
        for place, cited in _citations(self, ()):
            if cited not in declared:
                raise refuse(
                    "source_missing",
                    f"source '{cited}' is cited and never declared",
                    f"Declare it under `sources:`; declared are {', '.join(sorted(declared))}.",
                    place,
                )
        return self


class RatePolicy(PolicyBase):
    """Shops are judged by a rate against a ladder of tiers, the most severe first."""

    kind: Literal["rate"]
    metric: Metric
    eligibility: Eligibility
    benchmark: Benchmark
    ladder: Annotated[tuple[Tier, ...], Field(min_length=1)]
    evaluation: Evaluation
    appeals: RateAppeals

    @model_validator(mode="after")
    def _ladder_can_be_climbed(self) -> Self:
        refuse_dead_tiers(
            [(tier.tier, tier.rule, tier.severity, tier.when.thresholds()) for tier in self.ladder]
        )
        if self.evaluation.cooldown_days < self.metric.window_days:
            raise refuse(
                "orders_punished_twice",
                f"a cooldown of {self.evaluation.cooldown_days} days is shorter than the window of "
                f"{self.metric.window_days}",
                "Let cooldown_days be no less than window_days: overlapping windows hold the same orders.",
                ("evaluation", "cooldown_days"),
            )
        return self


class TicketPolicy(PolicyBase):
    """Each order with an established complaint costs a compensation; there is no rate."""

    kind: Literal["per_order_ticket"]
    rules: Annotated[tuple[TicketRule, ...], Field(min_length=1)]
    appeals: Appeals

    @model_validator(mode="after")
    def _rules_can_be_reached(self) -> Self:
        refuse_dead_rules([(rule.rule, rule.severity, rule.issues, rule.requires) for rule in self.rules])
        return self


Policy = Annotated[RatePolicy | TicketPolicy, Field(discriminator="kind")]
POLICY: TypeAdapter[RatePolicy | TicketPolicy] = TypeAdapter(Policy)


def _citations(part: Part, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name in type(part).model_fields:
        value: Any = getattr(part, name)
        below = (*place, name)
        if isinstance(value, Part):
            yield from _citations(value, below)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Part):
                    yield from _citations(item, (*below, index))
                elif name == "sources":
                    yield (*below, index), item
