"""Decisions, their measures, the words of their orders, and what is owed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The tables as they were before the ledger had revisions."""
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(64), primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("shop_key", sa.Text, nullable=False),
        sa.Column("policy_id", sa.Text, nullable=False),
        sa.Column("policy_version", sa.Text, nullable=False),
        sa.Column("policy_sha256", sa.String(64), nullable=False),
        sa.Column("rule_family", sa.Text, nullable=False),
        sa.Column("rule_id", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("severity", sa.SmallInteger, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
        sa.Column("period_key", sa.Text, nullable=False),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("business_day", sa.Date, nullable=False),
        sa.Column("num", sa.BigInteger),
        sa.Column("den", sa.BigInteger),
        sa.Column("rate", sa.Double),
        sa.Column("ci_low", sa.Double),
        sa.Column("ci_high", sa.Double),
        sa.Column("benchmark_rate", sa.Double),
        sa.Column("benchmark_level", sa.Text),
        sa.Column("ratio", sa.Double),
        sa.Column("ratio_low", sa.Double),
        sa.Column("distinct_buyers", sa.BigInteger),
        sa.Column("issue_codes", sa.JSON, nullable=False),
        sa.Column("human_review", sa.Boolean, nullable=False),
        sa.Column("appealable", sa.Boolean),
        sa.Column("appeal_deadline", sa.Date),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
    )
    op.create_index("decisions_of_a_shop", "decisions", ["shop_key", "rule_family", "mode", "period_end"])
    op.create_index("decisions_of_a_day", "decisions", ["business_day"])
    op.create_table(
        "measures",
        _decision(primary_key=True),
        sa.Column("measure_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("measure_code", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("days", sa.Integer),
        sa.Column("points", sa.Integer),
        sa.Column("params", sa.JSON, nullable=False),
    )
    op.create_table(
        "decision_orders",
        _decision(primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("order_key", sa.Text, nullable=False),
        sa.Column("feedback_key", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("dimension", sa.Text, nullable=False),
        sa.Column("issue_code", sa.Text),
        sa.Column("span_field", sa.Text, nullable=False),
        sa.Column("span_text", sa.Text, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.String(64), primary_key=True),
        _decision(index=True),
        sa.Column("measure_no", sa.Integer, nullable=False),
        sa.Column("entry_type", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("business_day", sa.Date, nullable=False),
    )


def _decision(*, primary_key: bool = False, index: bool = False) -> "sa.Column[str]":
    return sa.Column(
        "decision_id",
        sa.String(64),
        sa.ForeignKey("decisions.decision_id"),
        primary_key=primary_key,
        index=index or None,
        nullable=False,
    )
