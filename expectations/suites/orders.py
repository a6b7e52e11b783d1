"""What may be relied on in the delivered orders: every denominator rests on them."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero
from expectations.suites._deliveries import delivered_plausibly, delivered_soundly, required


def sound() -> list[Expectation]:
    """Without these an order cannot be counted, or is counted on the wrong day."""
    return [
        *required(
            "order_id",
            "shop_id",
            "buyer_id",
            "status",
            "created_at",
            "pay_amount_fen",
            "updated_at",
        ),
        *delivered_soundly(),
        ExpectMetricToBeZero(
            column="raw_buyer_id_count",
            description="Buyers are keyed hashes of 32 hex digits, never raw ids (D.10-26).",
        ),
        ExpectMetricToBeZero(
            column="unknown_status_count",
            description="Every order status is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="unknown_order_kind_count",
            description="Every order kind is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="unknown_risk_flag_count",
            description="Every risk flag is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="negative_amount_count",
            description="No amount of an order is below zero (D.10-10).",
        ),
        ExpectMetricToBeZero(
            column="paid_before_created_count",
            description="No order was paid before it was created (D.10-11).",
        ),
    ]


def plausible() -> list[Expectation]:
    """Without these the day is surprising, and a person should look."""
    return [
        *delivered_plausibly(),
        ExpectColumnValuesToBeBetween(
            column="disordered_share",
            max_value=0.02,
            description="At most 2 % of the orders were shipped before they were paid, "
            "or signed before they were shipped (D.10-11).",
        ),
    ]
