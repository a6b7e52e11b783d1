"""What may be relied on in the delivered complaints."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero
from expectations.suites._deliveries import delivered_plausibly, delivered_soundly, required


def sound() -> list[Expectation]:
    """Without these a complaint cannot be held against a shop."""
    return [
        *required("complaint_id", "shop_id", "created_at", "updated_at"),
        *delivered_soundly(),
        ExpectMetricToBeZero(
            column="raw_buyer_id_count",
            description="Buyers are keyed hashes of 32 hex digits, never raw ids (D.10-26).",
        ),
        ExpectMetricToBeZero(
            column="unknown_blame_count",
            description="Every blame is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="negative_evidence_count",
            description="No complaint has less than no evidence.",
        ),
    ]


def plausible() -> list[Expectation]:
    """Without these the day is surprising, and a person should look."""
    return [
        *delivered_plausibly(),
        ExpectMetricToBeZero(
            column="updated_before_created_count",
            description="No complaint was changed before it was made (D.10-11).",
        ),
        ExpectColumnValuesToBeBetween(
            column="text_share",
            min_value=0.3,
            description="At least 30 % of the complaints have words: fewer means a lost column.",
        ),
        ExpectColumnValuesToBeBetween(
            column="linkable_share",
            min_value=0.5,
            description="At least half of the complaints name an order or a buyer: "
            "the others can be held against nobody (D.10-15).",
        ),
    ]
