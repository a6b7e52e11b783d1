"""Statements of the room: each is a file of SQL, its values always bound, its rows Arrow or dicts."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

_QUERIES = Path(__file__).parent / "queries"
Row = dict[str, Any]


class RecordsError(LookupError):
    """What was asked for cannot be shown; says the rule and what to ask instead."""


@cache
def statement(name: str) -> str:
    """The SQL of `queries/<name>.sql`."""
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def prepare(connection: duckdb.DuckDBPyConnection, name: str, **named: object) -> None:
    """Run a statement that lays out a temporary table; nothing of it stays in the warehouse."""
    connection.execute(statement(name), named)


def relation(connection: duckdb.DuckDBPyConnection, name: str, **named: object) -> duckdb.DuckDBPyRelation:
    """The rows of a statement, not fetched yet."""
    return connection.sql(statement(name), params=named)


def arrow(connection: duckdb.DuckDBPyConnection, name: str, **named: object) -> pa.Table:
    """The rows of a statement as an Arrow table."""
    return relation(connection, name, **named).to_arrow_table()


def rows(connection: duckdb.DuckDBPyConnection, name: str, **named: object) -> Sequence[Row]:
    """The rows of a statement as dicts."""
    return arrow(connection, name, **named).to_pylist()
