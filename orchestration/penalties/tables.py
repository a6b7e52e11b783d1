"""The tables of the ledger, and the triggers that let nothing in them be changed or removed."""

import json
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.schema import CreateIndex, CreateTable

METADATA = MetaData()

decisions = Table(
    "decisions",
    METADATA,
    Column("decision_id", String(64), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("shop_key", Text, nullable=False),
    Column("policy_id", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("policy_sha256", String(64), nullable=False),
    Column("rule_family", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("mode", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_key", Text, nullable=False),
    Column("period_key", Text, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("num", BigInteger),
    Column("den", BigInteger),
    Column("rate", Double),
    Column("ci_low", Double),
    Column("ci_high", Double),
    Column("benchmark_rate", Double),
    Column("benchmark_level", Text),
    Column("ratio", Double),
    Column("ratio_low", Double),
    Column("distinct_buyers", BigInteger),
    Column("issue_codes", JSON, nullable=False),
    Column("human_review", Boolean, nullable=False),
    Column("appealable", Boolean),
    Column("appeal_deadline", Date),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reasons", JSON, nullable=False),
    Index("decisions_of_a_shop", "shop_key", "rule_family", "mode", "period_end"),
    Index("decisions_of_a_day", "business_day"),
)

_DECISION = ("decision_id", String(64))

measures = Table(
    "measures",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("measure_no", Integer, primary_key=True, autoincrement=False),
    Column("measure_code", Text, nullable=False),
    Column("amount_fen", BigInteger),
    Column("days", Integer),
    Column("points", Integer),
    Column("params", JSON, nullable=False),
)

decision_orders = Table(
    "decision_orders",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("order_key", Text, nullable=False),
    Column("feedback_key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("dimension", Text, nullable=False),
    Column("issue_code", Text),
    Column("span_field", Text, nullable=False),
    Column("span_text", Text, nullable=False),
)

# What is owed: only decisions in force have entries, a shadow owes nothing.
entries = Table(
    "entries",
    METADATA,
    Column("entry_id", String(64), primary_key=True),
    Column(*_DECISION, ForeignKey("decisions.decision_id"), nullable=False, index=True),
    Column("measure_no", Integer, nullable=False),
    Column("entry_type", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("points", Integer, nullable=False),
    Column("business_day", Date, nullable=False),
)


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value, so that the same decision is stored as the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def create(connection: Connection) -> None:
    """Make tables, indexes and triggers that are not there yet."""
    for table in METADATA.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            connection.execute(CreateIndex(index, if_not_exists=True))
    for statement in guard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def guard_statements(dialect: str) -> list[str]:
    """The statements that make every table append-only."""
    tables = [table.name for table in METADATA.sorted_tables]
    if dialect == "sqlite":
        return [statement for table in tables for statement in _sqlite_guards(table)]
    if dialect == "postgresql":
        return [_POSTGRES_FUNCTION, *(_postgres_guard(table) for table in tables)]
    raise ValueError(
        f"the ledger cannot be guarded on '{dialect}': its tables must refuse UPDATE and DELETE; "
        "use a sqlite or postgresql URL"
    )


def _sqlite_guards(table: str) -> list[str]:
    keys = [column.name for column in METADATA.tables[table].primary_key.columns]
    same = " and ".join(f"{key} = new.{key}" for key in keys)
    refusals = [
        f"create trigger if not exists {table}_refuse_{verb} before {verb} on {table} "
        f"begin select raise(abort, 'the ledger is append-only: no {verb} on {table}'); end"
        for verb in ("update", "delete")
    ]
    # INSERT OR REPLACE removes the old row without asking the delete trigger.
    replacing = (
        f"create trigger if not exists {table}_refuse_replace before insert on {table} "
        f"when exists (select 1 from {table} where {same}) "
        f"begin select raise(abort, 'the ledger is append-only: {table} has this row already'); end"
    )
    return [*refusals, replacing]


_POSTGRES_FUNCTION = """
create or replace function refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception using
        message = 'the ledger is append-only: no ' || lower(tg_op) || ' on ' || tg_table_name;
end $$
"""


def _postgres_guard(table: str) -> str:
    # A statement trigger fires even where no row matches, and on TRUNCATE.
    return (
        f"create or replace trigger {table}_refuse_change "
        f"before update or delete or truncate on {table} "
        "for each statement execute function refuse_ledger_change()"
    )
