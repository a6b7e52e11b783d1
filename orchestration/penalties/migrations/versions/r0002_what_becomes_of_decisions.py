"""What becomes of a decision: events, double entry, terms, reassessments, suspensions; an audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BEFORE_EVENTS = "issued before the ledger kept what becomes of a decision"


def upgrade() -> None:
    """Old rows keep every value; what they say by now is said in the new columns and events too."""
    _decisions()
    _double_entry()
    _new_tables()
    # A decision stands where its last event says, so each that was issued before has its first one.
    op.execute(
        "insert into decision_events (decision_id, seq, status, business_day, actor, reason) "
        "select decision_id, 1, case when mode = 'shadow' then 'shadow' "
        "when human_review then 'awaiting_review' else 'noticed' end, "
        f"business_day, 'pipeline', '{_BEFORE_EVENTS}' from decisions"
    )


def _decisions() -> None:
    # In SQL, because SQLite takes a constraint with a new column, and Alembic would rebuild the table.
    op.execute(
        "alter table decisions add column shadowed_by text constraint decisions_shadowed_by_is_known "
        "check (shadowed_by in ('policy', 'horizon', 'exclusive_group'))"
    )
    for name, kind in (
        ("suppressed_by", sa.String(64)),
        ("execute_after", sa.Date()),
        ("num_consumed", sa.BigInteger()),
        ("num_weighed", sa.Double()),
        ("occurrences_90d", sa.BigInteger()),
        ("threshold_rate", sa.Double()),
        ("prior_alpha", sa.Double()),
        ("prior_beta", sa.Double()),
    ):
        op.add_column("decisions", sa.Column(name, kind))
    op.add_column("measures", sa.Column("stated_fen", sa.BigInteger()))
    op.add_column("decision_orders", sa.Column("buyer_key", sa.Text()))
    op.add_column("decision_orders", sa.Column("consumed_by", sa.String(64)))
    op.create_index("ix_decision_orders_order_key", "decision_orders", ["order_key"])
    # Nothing but its policy could make a decision a shadow then. The guards come back after all revisions.
    on = " on decisions" if op.get_bind().dialect.name == "postgresql" else ""
    for guard in ("decisions_refuse_change", "decisions_refuse_update"):
        op.execute(f"drop trigger if exists {guard}{on}")
    op.execute("update decisions set shadowed_by = 'policy' where mode = 'shadow'")


def _double_entry() -> None:
    # Every entry until now was an issue.
    with op.batch_alter_table("entries") as table:
        table.add_column(sa.Column("debit", sa.Text, nullable=False, server_default="outstanding"))
        table.add_column(sa.Column("credit", sa.Text, nullable=False, server_default="imposed"))
        table.add_column(sa.Column("appeal_key", sa.Text))
    with op.batch_alter_table("entries") as table:
        table.alter_column("debit", server_default=None)
        table.alter_column("credit", server_default=None)
        table.create_check_constraint(
            "entries_accounts_are_of_the_type",
            "entry_type = 'issue' and debit = 'outstanding' and credit = 'imposed'"
            " or entry_type = 'freeze' and debit = 'frozen' and credit = 'outstanding'"
            " or entry_type = 'execute' and debit = 'paid' and credit = 'frozen'"
            " or entry_type = 'pay' and debit = 'paid' and credit = 'frozen'"
            " or entry_type = 'exempt' and debit = 'exempted' and credit = 'outstanding'"
            " or entry_type = 'exempt' and debit = 'exempted' and credit = 'frozen'"
            " or entry_type = 'reverse' and debit = 'reversed' and credit = 'outstanding'"
            " or entry_type = 'reverse' and debit = 'reversed' and credit = 'frozen'"
            " or entry_type = 'refund' and debit = 'reversed' and credit = 'paid'"
            " or entry_type = 'expire' and debit = 'reversed' and credit = 'paid'",
        )
        table.create_check_constraint(
            "entries_amount_is_not_negative",
            "amount_fen >= 0 and (entry_type <> 'expire' or amount_fen = 0)",
        )
        table.create_check_constraint(
            "entries_points_come_by_issue_alone",
            "entry_type = 'issue' and points >= 0 or entry_type <> 'issue' and points <= 0",
        )


def _new_tables() -> None:
    op.create_table(
        "decision_events",
        _decision(),
        _number("seq"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("business_day", sa.Date, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("appeal_key", sa.Text),
        _known(
            "decision_events",
            "status",
            "'noticed', 'awaiting_review', 'confirmed', 'executed', 'expired', 'exempted_first', "
            "'exempted_resolved', 'exempted_study', 'suspended', 'resumed', 'reversed', 'lowered', "
            "'suppressed', 'void', 'shadow'",
        ),
    )
    op.create_index("events_of_a_day", "decision_events", ["business_day"])
    op.create_table(
        "measure_terms",
        _decision(),
        _number("measure_no"),
        _number("seq"),
        sa.Column("shop_key", sa.Text, nullable=False, index=True),
        sa.Column("measure_code", sa.Text, nullable=False),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("merged_into", sa.String(64)),
        sa.Column("business_day", sa.Date, nullable=False),
        sa.Column("appeal_key", sa.Text),
        _known("measure_terms", "change", "'started', 'ended_early'"),
    )
    op.create_table(
        "reassessments",
        _decision(),
        _number("seq"),
        sa.Column("business_day", sa.Date, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("num", sa.BigInteger),
        sa.Column("den", sa.BigInteger),
        sa.Column("rate", sa.Double),
        sa.Column("ratio_low", sa.Double),
        sa.Column("tier", sa.Text),
        sa.Column("appeal_key", sa.Text),
        sa.Column("detail", sa.JSON, nullable=False),
        _known("reassessments", "cause", "'later_numbers', 'appeal', 'earlier_reversal', 'correction'"),
        _known(
            "reassessments",
            "outcome",
            "'worse', 'better', 'proposed_reversal', 'reversed', 'lowered', 'upheld'",
        ),
    )
    op.create_table(
        "suspensions",
        sa.Column("suspension_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("scope_key", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("to_day", sa.Date, nullable=False),
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        _known("suspensions", "kind", "'penalties_off', 'force_majeure', 'grace', 'protection'"),
        _known("suspensions", "scope", "'platform', 'policy', 'rule_family', 'shop'"),
        sa.CheckConstraint("from_day <= to_day", name="suspensions_end_after_they_begin"),
    )
    op.create_table(
        "audit_log",
        sa.Column("audit_id", sa.String(64), primary_key=True),
        sa.Column("happened_at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.UniqueConstraint("happened_at", "actor", "action", "object_key"),
    )


def _decision() -> "sa.Column[str]":
    return sa.Column("decision_id", sa.String(64), sa.ForeignKey("decisions.decision_id"), primary_key=True)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)


def _known(table: str, column: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} in ({words})", name=f"{table}_{column}_is_known")
