"""What may be relied on in the delivered chat messages."""

from great_expectations.expectations.core import ExpectColumnValuesToBeBetween
from great_expectations.expectations.expectation import Expectation

from expectations.custom.expect_metric_to_be_zero import ExpectMetricToBeZero
from expectations.suites._deliveries import delivered_plausibly, delivered_soundly, required


def sound() -> list[Expectation]:
    """Without these a session cannot be read in its order, or by its speakers."""
    return [
        *required("session_id", "message_id", "seq", "role", "sent_at", "text"),
        *delivered_soundly(),
        ExpectMetricToBeZero(
            column="unknown_role_count",
            description="Every speaker is a word of the contract (D.10-9).",
        ),
        ExpectMetricToBeZero(
            column="negative_seq_count",
            description="No message stands before the start of its session.",
        ),
    ]


def plausible() -> list[Expectation]:
    """Without these the day is surprising, and a person should look."""
    return [
        *delivered_plausibly(),
        ExpectColumnValuesToBeBetween(
            column="consumer_share",
            min_value=0.1,
            max_value=0.95,
            description="Between 10 % and 95 % of the messages are the consumers': "
            "a conversation has two sides.",
        ),
        ExpectColumnValuesToBeBetween(
            column="blank_share",
            max_value=0.2,
            description="At most 20 % of the messages are blank.",
        ),
        ExpectColumnValuesToBeBetween(
            column="orphan_share",
            max_value=0.05,
            description="At most 5 % of the messages belong to no session delivered "
            "in the seven days before (D.10-2).",
        ),
    ]
