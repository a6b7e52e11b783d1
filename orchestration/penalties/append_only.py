"""The triggers that let nothing in the ledger be changed or removed, and how to write what may be there."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Insert, Table, exists, insert, literal, literal_column, select, text
from sqlalchemy.dialects import postgresql

from orchestration.penalties.tables import METADATA


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


def is_guarded(connection: Connection) -> bool:
    """Whether every table refuses changes already."""
    dialect = connection.dialect.name
    wanted = {name for table in METADATA.tables for name in _guards_of(dialect, table)}
    return wanted <= set(connection.execute(text(_GUARDS_THERE[dialect])).scalars())


_GUARDS_THERE = {
    "sqlite": "select name from sqlite_master where type = 'trigger'",
    "postgresql": (
        "select tgname from pg_trigger join pg_class on pg_class.oid = tgrelid "
        "where relnamespace = current_schema()::regnamespace and tgenabled <> 'D'"
    ),
}


def _guards_of(dialect: str, table: str) -> list[str]:
    refused = ("update", "delete", "replace") if dialect == "sqlite" else ("change",)
    return [f"{table}_refuse_{each}" for each in refused]


def _sqlite_guards(table: str) -> list[str]:
    keys = [column.name for column in METADATA.tables[table].primary_key.columns]
    same = " and ".join(f"{key} = new.{key}" for key in keys)
    refusals = [
        f"create trigger {table}_refuse_{verb} before {verb} on {table} "
        f"begin select raise(abort, 'the ledger is append-only: no {verb} on {table}'); end"
        for verb in ("update", "delete")
    ]
    # INSERT OR REPLACE removes the old row without asking the delete trigger.
    replacing = (
        f"create trigger {table}_refuse_replace before insert on {table} "
        f"when exists (select 1 from {table} where {same}) "
        f"begin select raise(abort, 'the ledger is append-only: {table} has this row already'); end"
    )
    former = [f"drop trigger if exists {guard}" for guard in _guards_of("sqlite", table)]
    return [*former, *refusals, replacing]


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


def insert_absent(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write the rows whose primary key is not there yet and return how many those were.

    Rows that are there are left as they are, whatever the others say.
    """
    absent = _absent_in_sqlite if connection.dialect.name == "sqlite" else _absent_in_postgres
    written = (absent(table, row).returning(literal_column("1")) for row in rows)
    return sum(len(connection.execute(statement).all()) for statement in written)


def _absent_in_sqlite(table: Table, row: Mapping[str, Any]) -> Insert:
    # The guard against INSERT OR REPLACE fires before ON CONFLICT DO NOTHING is looked at, so the row is
    # asked for instead; there is one writer at a time, and nobody comes between.
    there = (
        select(literal_column("1"))
        .select_from(table)
        .where(*(column == row[column.name] for column in table.primary_key.columns))
    )
    values = [literal(value, table.c[name].type) for name, value in row.items()]
    return insert(table).from_select(list(row), select(*values).where(~exists(there.correlate(None))))


def _absent_in_postgres(table: Table, row: Mapping[str, Any]) -> Insert:
    keys = [column.name for column in table.primary_key.columns]
    return postgresql.insert(table).values(row).on_conflict_do_nothing(index_elements=keys)
