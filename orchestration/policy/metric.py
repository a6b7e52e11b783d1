"""The rates a policy may be about: what each counts, and how a document names it."""

from typing import Annotated, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from orchestration.policy.parts import Cited, Count, Part, Positive, refuse, refuse_twice
from orchestration.policy.vocabulary import (
    CHANNELS,
    DIMENSIONS,
    Channel,
    Cohort,
    Dimension,
    Grain,
    MetricId,
    RateKind,
)

CCR = "ccr_rate"
# Tags are decided once for every policy, at this probability.
DECISION_THRESHOLD = 0.5
_CCR_WINDOWS = (7, 30)
_CCR_MATURITY = 7


class Definition(NamedTuple):
    """What a rate counts. The documents choose among its grains and cohorts."""

    numerator: str
    denominator: str
    grains: tuple[Grain, ...] = ("order",)
    cohorts: tuple[Cohort, ...] = ("paid_at",)
    worse_when_high: bool = True


METRICS: dict[MetricId, Definition] = {
    "ccr_rate": Definition(
        "orders with valid negative feedback",
        "effective orders",
        ("order", "sku_order"),
        ("paid_at", "signed_at"),
    ),
    "product_negative_review_rate": Definition(
        "orders whose first product rating is 1 or 2 stars", "signed orders", cohorts=("signed_at",)
    ),
    "quality_return_rate": Definition(
        "orders whose first-requested after-sale reason is quality", "signed orders", cohorts=("signed_at",)
    ),
    "im_dissatisfaction_rate": Definition(
        "sessions whose person was rated 1 to 3 stars",
        "rated sessions started in service hours",
        ("session",),
        ("started_at",),
    ),
    "platform_help_rate": Definition(
        "orders whose consumer took the same demand to the platform",
        "orders whose consumer asked the merchant",
    ),
    "reply_3min_rate": Definition(
        "sessions answered within 3 minutes", "sessions with a question", ("session",), ("started_at",), False
    ),
    "tmall_item_negative_feedback_rate": Definition(
        "orders refunded first for quality, or rated 1 or 2 stars for their description",
        "signed orders",
        cohorts=("signed_at",),
    ),
    "order_defect_rate": Definition(
        "orders with a 1 or 2 star feedback, a claim that was not denied, or a chargeback", "orders"
    ),
    "negative_customer_experience_rate": Definition(
        "orders whose consumer reported a product or listing problem", "orders", ("order", "sku_order")
    ),
}


class DimensionRule(Part):
    """Whether a dimension counts, and under which other it is shown."""

    enabled: Annotated[bool, Field(strict=True)]
    count_as: Dimension | None = None


def _each_dimension(value: object) -> object:
    if not isinstance(value, list | dict):
        raise refuse("bad_value", f"dimensions is {value!r}", "List them, or map each to `{enabled: true}`.")
    for index, name in enumerate(value):
        if name not in DIMENSIONS:
            at = (name,) if isinstance(value, dict) else (index,)
            remedy = f"Use one of {', '.join(DIMENSIONS)}."
            raise refuse("unknown_code", f"unknown code '{name}' for dimensions", remedy, at)
    if isinstance(value, dict):
        return value
    refuse_twice("dimensions", value)
    return {name: {"enabled": True} for name in value}


Dimensions = Annotated[
    dict[Dimension, DimensionRule],
    BeforeValidator(
        _each_dimension, json_schema_input_type=tuple[Dimension, ...] | dict[Dimension, DimensionRule]
    ),
]


class Metric(Part):
    """The rate that is judged."""

    id: MetricId
    grain: Grain
    cohort: Cohort
    """Whose date puts an order, or a session, into the window."""
    window_days: Positive
    maturity_days: Count
    """So many days after the window's end its rate is called mature; 0 where no lag is known."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    dimensions: Dimensions
    """A list of those that count, or a mapping: `{logistics: {enabled: true, count_as: service}}`."""
    rate: RateKind = "plain"
    decision_threshold: Annotated[float, Field(strict=True)] = DECISION_THRESHOLD
    """The probability from which words are a negative; tags are decided once, at 0.5."""
    sources: Cited

    @property
    def definition(self) -> Definition:
        """What the rate counts."""
        return METRICS[self.id]

    @property
    def is_counted(self) -> bool:
        """Whether the counts of the rate exist here; the others are declared and wait for theirs."""
        return self.id == CCR

    def counted_as(self) -> dict[str, str | None]:
        """Each dimension there is, with the one under which it is shown, or None where it does not count."""
        counts = {name: rule.count_as or name for name, rule in self.dimensions.items() if rule.enabled}
        return {name: counts.get(name) for name in DIMENSIONS}

    @model_validator(mode="after")
    def _can_be_counted(self) -> Self:
        refuse_twice("channels", self.channels)
        definition = self.definition
        for name, allowed in (("grain", definition.grains), ("cohort", definition.cohorts)):
            if getattr(self, name) not in allowed:
                raise refuse(
                    "wrong_for_metric",
                    f"{name} is '{getattr(self, name)}', but {self.id} counts {definition.numerator} "
                    f"over {definition.denominator}",
                    f"Write {' or '.join(allowed)}.",
                    (name,),
                )
        if self.decision_threshold != DECISION_THRESHOLD:
            raise refuse(
                "not_supported",
                f"decision_threshold is {self.decision_threshold}, but tags are decided once for all",
                f"Write {DECISION_THRESHOLD} or leave it out; another needs the classifier changed.",
                ("decision_threshold",),
            )
        if self.is_counted:
            self._is_counted_so()
        elif self.rate != "plain":
            raise refuse(
                "not_supported",
                f"{self.id} has no adjusted rate",
                "Write `rate: plain`, or leave it out.",
                ("rate",),
            )
        return self

    @model_validator(mode="after")
    def _dimensions_lead_somewhere(self) -> Self:
        counted = {name for name, rule in self.dimensions.items() if rule.enabled}
        if not counted:
            raise refuse("value_missing", "no dimension is enabled", "Enable one at least.", ("dimensions",))
        for name, rule in self.dimensions.items():
            if rule.count_as is None:
                continue
            target = self.dimensions.get(rule.count_as)
            says = None
            if not rule.enabled:
                says = f"{name} is not enabled and counts as nothing"
            elif rule.count_as == name or target is None or not target.enabled or target.count_as is not None:
                says = f"{name} counts as '{rule.count_as}', which does not stand for itself"
            if says:
                remedy = "Name another dimension that is enabled and counts as itself, or leave count_as out."
                raise refuse("wrong_dimension", says, remedy, ("dimensions", name, "count_as"))
        return self

    def _is_counted_so(self) -> None:
        """CCR is counted by models that every policy shares: what they do not do is refused, not ignored."""
        for name, supported in (("grain", "order"), ("cohort", "paid_at")):
            if getattr(self, name) != supported:
                raise refuse(
                    "not_supported",
                    f"{name} is '{getattr(self, name)}', but {self.id} is counted here by {supported}",
                    "Write that value; another one needs the models changed first.",
                    (name,),
                )
        if self.window_days not in _CCR_WINDOWS:
            raise refuse(
                "not_supported",
                f"window_days is {self.window_days}, but {self.id} is counted here over 7 or 30 days",
                "Write one of them; another one needs the models changed first.",
                ("window_days",),
            )
        if self.maturity_days != _CCR_MATURITY:
            raise refuse(
                "not_supported",
                f"maturity_days is {self.maturity_days}, but {self.id} is called mature here after "
                f"{_CCR_MATURITY} days",
                "Write that number; another one needs the models changed first.",
                ("maturity_days",),
            )
        counted = [name for name, rule in self.dimensions.items() if rule.enabled]
        for name, given, known in (
            ("channels", self.channels, CHANNELS),
            ("dimensions", counted, DIMENSIONS),
        ):
            if sorted(given) != sorted(known):
                raise refuse(
                    "not_supported",
                    f"{name} are counted all together here, not in part",
                    f"List them all: {', '.join(known)}.",
                    (name,),
                )
