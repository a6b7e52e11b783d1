"""What may be relied on in the delivered reviews."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero
from expectations.suites._deliveries import delivered_plausibly, delivered_soundly, required


def sound() -> list[Expectation]:
    """Without these a review cannot be held against an order."""
    return [
        *required("review_id", "order_id", "shop_id", "created_at", "updated_at"),
        *delivered_soundly(),
        ExpectMetricToBeZero(
            column="raw_buyer_id_count",
            description="Buyers are keyed hashes of 32 hex digits, never raw ids (D.10-26).",
        ),
        ExpectMetricToBeZero(
            column="rating_off_scale_count",
            description="Every rating lies on the scale of one to five (D.10-9).",
        ),
    ]


def plausible() -> list[Expectation]:
    """Without these the day is surprising, and a person should look."""
    return [
        *delivered_plausibly(),
        ExpectMetricToBeZero(
            column="updated_before_created_count",
            description="No review was changed before it was written (D.10-11).",
        ),
        ExpectColumnValuesToBeBetween(
            column="text_share",
            min_value=0.05,
            description="At least 5 % of the reviews that a buyer gave have words: "
            "fewer means a lost column.",
        ),
        ExpectColumnValuesToBeBetween(
            column="low_rating_share",
            max_value=0.5,
            description="At most half of the ratings are one or two: more means a scale read upside down.",
        ),
    ]
