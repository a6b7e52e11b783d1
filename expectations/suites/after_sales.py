"""What may be relied on in the delivered after-sales requests."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero
from expectations.suites._deliveries import delivered_plausibly, delivered_soundly, required


def sound() -> list[Expectation]:
    """Without these a request cannot be held against an order."""
    return [
        *required("after_sale_id", "order_id", "shop_id", "requested_at", "updated_at"),
        *delivered_soundly(),
        ExpectMetricToBeZero(
            column="unknown_kind_count",
            description="Every kind of after-sale is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="unknown_blame_count",
            description="Every blame is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="negative_amount_count",
            description="No refund is below zero (D.10-10).",
        ),
        ExpectMetricToBeZero(
            column="negative_evidence_count",
            description="No request has less than no evidence.",
        ),
    ]


def plausible() -> list[Expectation]:
    """Without these the day is surprising, and a person should look."""
    return [
        *delivered_plausibly(),
        ExpectMetricToBeZero(
            column="updated_before_requested_count",
            description="No request was changed before it was made (D.10-11).",
        ),
        ExpectColumnValuesToBeBetween(
            column="reason_share",
            min_value=0.5,
            description="At least half of the requests say why: fewer means a lost column.",
        ),
    ]
