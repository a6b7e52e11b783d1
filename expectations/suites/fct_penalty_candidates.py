"""What must hold before anyone is held to account: the last gate before the ledger."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero


def sound() -> list[Expectation]:
    """Without these a decision could not be explained, or would be posted twice."""
    return [*_identity(), *_mandate(), *_numbers(), *_evidence()]


def plausible() -> list[Expectation]:
    """Without these the list is surprising, and a person should look."""
    return [
        ExpectColumnValuesToBeBetween(
            column="candidate_shop_share",
            max_value=0.2,
            description="At most one in five judged shops of a platform is a candidate.",
        ),
        ExpectColumnValuesToBeBetween(
            column="ticket_share",
            max_value=0.05,
            description="The day's tickets touch at most 5 % of a platform's orders of the week.",
        ),
        ExpectColumnValuesToBeBetween(
            column="highest_ratio",
            max_value=50,
            description="No lower bound is more than fifty times its benchmark: "
            "more means a broken benchmark (D.10-19).",
        ),
    ]


def _identity() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="null_identity_count",
            description="Every candidate says who, under which policy, for which period (D.10-1).",
        ),
        ExpectMetricToBeZero(
            column="repeated_identity_count",
            description="No candidate is proposed twice on a day (D.10-1).",
        ),
        ExpectMetricToBeZero(
            column="period_count",
            description="No period ends before it starts, or after the day it is judged on.",
        ),
    ]


def _mandate() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="without_rule_count",
            description="Every candidate names its tier, rule and severity (D.10-21).",
        ),
        ExpectMetricToBeZero(
            column="without_version_count",
            description="Every candidate names its policy's version and checksum (D.10-18).",
        ),
        ExpectMetricToBeZero(
            column="unknown_policy_count",
            description="Every cited policy version stands in the rule book, unaltered (D.10-18).",
        ),
        ExpectMetricToBeZero(
            column="unknown_rule_count",
            description="Every cited rule stands in the cited policy version (D.10-18).",
        ),
        ExpectMetricToBeZero(
            column="policy_not_in_force_count",
            description="Every cited policy version was in force on the day (D.10-18).",
        ),
        ExpectMetricToBeZero(
            column="unknown_mode_count",
            description="Every candidate is to be enforced or in the shadow (D.10-22).",
        ),
        ExpectMetricToBeZero(
            column="enforced_without_mandate_count",
            description="Nothing is enforced that its policy does not yet, "
            "or does not at all, enforce (D.10-22).",
        ),
    ]


def _numbers() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="numerator_count",
            description="Counted negatives lie between one and all effective orders (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="rate_count",
            description="A candidate's rate is its numerator divided by its denominator, "
            "inside its interval (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="ratio_count",
            description="A candidate's ratio is its rate, or the lower bound, divided "
            "by the benchmark (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="ticket_amount_count",
            description="Every ticket knows what the order cost (D.10-10).",
        ),
    ]


def _evidence() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="without_words_count",
            description="Every candidate can show the words that caused it (D.10-21).",
        ),
        ExpectMetricToBeZero(
            column="orders_not_listed_count",
            description="Every order counted against a shop is listed with its words (D.10-21).",
        ),
    ]
