"""What a shop, and the shop's lawyer, may rely on in the published scores."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero


def sound() -> list[Expectation]:
    """Without these the scores are wrong, and nothing may be decided from them."""
    return [*_identity(), *_arithmetic(), *_sums(), *_standing()]


def plausible() -> list[Expectation]:
    """Without these the scores are surprising, and a person should look."""
    return [
        ExpectMetricToBeZero(
            column="unscored_platform_count",
            description="Every platform whose orders arrived has a score (D.10-12).",
        ),
        ExpectColumnValuesToBeBetween(
            column="lowest_market_rate",
            min_value=0.001,
            description="Every market's thirty-day rate is at least 0.1 %: below it feedback was lost.",
        ),
        ExpectColumnValuesToBeBetween(
            column="highest_market_rate",
            max_value=0.25,
            description="Every market's thirty-day rate is at most 25 %: above it praise was read as blame.",
        ),
        ExpectColumnValuesToBeBetween(
            column="highest_excluded_share",
            max_value=0.3,
            description="At most 30 % of a market's paid orders are excluded: "
            "more invites the question who asked for it (D.10-17).",
        ),
        ExpectColumnValuesToBeBetween(
            column="insufficient_share",
            max_value=0.95,
            description="At least one shop in twenty has orders enough to be judged.",
        ),
        ExpectColumnValuesToBeBetween(
            column="benchmark_share",
            min_value=0.95,
            description="At least 95 % of the judged shops have a benchmark (D.10-19).",
        ),
        ExpectColumnValuesToBeBetween(
            column="broad_benchmark_share",
            min_value=0.9,
            description="At least 90 % of the benchmarks rest on five shops or more (D.10-19).",
        ),
    ]


def _identity() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="null_key_count",
            description="Every score says whose it is: platform, subject, window, dimension.",
        ),
        ExpectMetricToBeZero(
            column="repeated_grain_count",
            description="Each subject has one score for each day, window and dimension (D.10-1).",
        ),
        ExpectMetricToBeZero(
            column="unknown_word_count",
            description="Every subject type and dimension is a word we know (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="wrong_window_count",
            description="A window of W days starts W - 1 days before its business day.",
        ),
    ]


def _arithmetic() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="effective_numerator_count",
            description="Effective negatives lie between none and all effective orders (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="real_numerator_count",
            description="Real negatives lie between none and all real orders (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="effective_above_real_count",
            description="Exclusions only take away: effective counts never exceed the real ones (D.10-6).",
        ),
        ExpectMetricToBeZero(
            column="wrong_rate_count",
            description="A rate is its numerator divided by its denominator (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="rate_without_orders_count",
            description="A rate is unknown exactly where there are no orders (D.10-4).",
        ),
        ExpectMetricToBeZero(
            column="interval_count",
            description="A rate lies inside its interval, and the interval between zero and one (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="benchmark_count",
            description="A benchmark is a rate between zero and one that rests on orders (D.10-3).",
        ),
        ExpectMetricToBeZero(
            column="ratio_count",
            description="A ratio is the rate, or its lower bound, divided by the benchmark (D.10-3).",
        ),
    ]


def _sums() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="overall_below_dimension_count",
            description="Overall negatives are no fewer than those of any dimension (D.10-5).",
        ),
        ExpectMetricToBeZero(
            column="overall_above_total_count",
            description="Overall negatives are no more than the dimensions together (D.10-5).",
        ),
        ExpectMetricToBeZero(
            column="several_denominators_count",
            description="All dimensions of a subject divide by the same orders (D.10-5).",
        ),
        ExpectMetricToBeZero(
            column="shops_unlike_platform_count",
            description="The shops of a platform add up to the platform (D.10-5).",
        ),
    ]


def _standing() -> list[Expectation]:
    return [
        ExpectMetricToBeZero(
            column="unknown_status_count",
            description="Every score is ok, insufficient, no_orders or provisional (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="ok_below_minimum_count",
            description="No score is called ok on fewer orders than its policy demands (D.10-4).",
        ),
        ExpectMetricToBeZero(
            column="without_policy_count",
            description="Every score names its policy and the version of it (D.10-18).",
        ),
        ExpectMetricToBeZero(
            column="policy_not_in_force_count",
            description="Every score rests on a version of the rule book that was in force (D.10-18).",
        ),
    ]
