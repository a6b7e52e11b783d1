"""What every raw table promises of its deliveries, whatever it holds."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero


def required(*columns: str) -> list[Expectation]:
    """One expectation for each column the contract requires."""
    return [
        ExpectMetricToBeZero(
            column=f"null_{column}_count",
            description=f"Every row has its {column} (D.10-9).",
        )
        for column in columns
    ]


def delivered_soundly() -> list[Expectation]:
    """A missing, empty or refused delivery is no lie: it is implausible, not unsound."""
    return [
        ExpectMetricToBeZero(
            column="miscounted_row_count",
            description="The lake holds exactly the rows that the gate accepted (D.10-13).",
        ),
        ExpectMetricToBeZero(
            column="without_provenance_count",
            description="Every row says which platform, file, line and batch it came from.",
        ),
        ExpectColumnValuesToBeBetween(
            column="quarantined_share",
            max_value=0.5,
            description="Of twenty rows or more, at most half fail the contract (D.10-9).",
        ),
        ExpectColumnValuesToBeBetween(
            column="repeated_share",
            max_value=0.5,
            description="Of twenty rows or more, at most half repeat another row (D.10-1).",
        ),
    ]


def delivered_plausibly() -> list[Expectation]:
    """A delivery like those of other days: whole, punctual, of the usual size."""
    return [
        ExpectMetricToBeZero(
            column="refused_delivery_count",
            description="No delivery was refused as a whole (D.10-12).",
        ),
        ExpectMetricToBeZero(
            column="missing_delivery_count",
            description="Every platform that owes a delivery made it (D.10-12).",
        ),
        ExpectColumnValuesToBeBetween(
            column="worst_quarantined_share",
            max_value=0.01,
            description="Of each delivery's rows, at most 1 % fail the contract (D.10-9).",
        ),
        ExpectColumnValuesToBeBetween(
            column="lowest_volume_ratio",
            min_value=0.4,
            description="No delivery has less than 40 % of its usual rows for the weekday (D.10-13).",
        ),
        ExpectColumnValuesToBeBetween(
            column="highest_volume_ratio",
            max_value=1.6,
            description="No delivery has more than 160 % of its usual rows for the weekday (D.10-13).",
        ),
        ExpectColumnValuesToBeBetween(
            column="repeated_share",
            max_value=0.05,
            description="Of twenty rows or more, at most 5 % repeat another row (D.10-1).",
        ),
        ExpectColumnValuesToBeBetween(
            column="conflicting_share",
            max_value=0.01,
            description="At most 1 % of the rows contradict another row of the same key and time (D.10-1).",
        ),
        ExpectColumnValuesToBeBetween(
            column="late_share",
            max_value=0.2,
            description="At most 20 % of the rows are news of more than seven days ago (D.10-14).",
        ),
        ExpectMetricToBeZero(
            column="from_the_future_count",
            description="No row speaks of a time after the day that follows its delivery (D.10-11).",
        ),
    ]
