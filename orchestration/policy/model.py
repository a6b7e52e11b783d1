"""A policy version as a document: a ladder over a rate, or rules for tickets per order."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from orchestration.policy.appealing import RateAppeals, TicketAppeals
from orchestration.policy.escalating import Escalation
from orchestration.policy.judging import Benchmark, Eligibility, Evaluation, Score, Statistics
from orchestration.policy.metric import Metric
from orchestration.policy.parts import (
    Cited,
    Code,
    Compensation,
    Dates,
    Exclusions,
    Measure,
    Name,
    Params,
    Part,
    Source,
    Text,
    refuse,
)
from orchestration.policy.reach import refuse_dead_rules, refuse_dead_tiers
from orchestration.policy.terms import Caps, Execution, Exemptions, RoundingRule, StageScope
from orchestration.policy.vocabulary import (
    NEEDS_A_PERSON,
    IssueCode,
    Mode,
    Requirement,
    Straddle,
)

SCHEMA = "ccr-policy/1"


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
    exclusive_group: Name | None = None
    """Of the policies that name one group, one decision about the same conduct stands: the hardest."""
    mode: Mode
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    """Where its days begin and end."""
    dates: Dates
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    exclusions: Exclusions
    params: Params
    execution: Execution | None = None
    exemptions: Exemptions | None = None

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
    straddle: Straddle
    """How a window is judged that a change of versions falls into."""
    metric: Metric
    eligibility: Eligibility
    benchmark: Benchmark | None = None
    statistics: Statistics
    score: Score | None = None
    ladder: tuple[Tier, ...] = ()
    """The most severe tier first; without one nobody is punished."""
    evaluation: Evaluation
    caps: Caps | None = None
    rounding: RoundingRule | None = None
    appeals: RateAppeals

    @model_validator(mode="after")
    def _ladder_can_be_climbed(self) -> Self:
        refuse_dead_tiers(
            [(tier.tier, tier.rule, tier.severity, tier.when.thresholds()) for tier in self.ladder]
        )
        return self


class TicketPolicy(PolicyBase):
    """Each order with an established complaint costs a compensation; there is no rate."""

    kind: Literal["per_order_ticket"]
    stage_scope: StageScope
    rules: Annotated[tuple[TicketRule, ...], Field(min_length=1)]
    escalation: Escalation | None = None
    appeals: TicketAppeals

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
