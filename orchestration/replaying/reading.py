"""Rows of the warehouse as dicts. Every statement of the room passes here, and all of them only read."""

from collections.abc import Sequence
from typing import Any

import duckdb

Row = dict[str, Any]


class ReplayError(LookupError):
    """What was asked for cannot be replayed; says why and what can."""


def rows(connection: duckdb.DuckDBPyConnection, sql: str, **named: object) -> list[Row]:
    """The rows of a statement, its parameters given by name."""
    relation = connection.execute(sql, named)
    names = [column[0] for column in relation.description or ()]
    return [dict(zip(names, values, strict=True)) for values in relation.fetchall()]


def first(connection: duckdb.DuckDBPyConnection, sql: str, **named: object) -> Row | None:
    """The first row of a statement, or None."""
    found = rows(connection, sql, **named)
    return found[0] if found else None


def known_key(connection: duckdb.DuckDBPyConnection, what: str, keys: str, asked: str) -> str:
    """The key that is meant, whole or without its platform; `keys` is a statement that gives all as `key`.

    Raises ReplayError with the nearest keys where there is none, and with all of them where several fit.
    """
    fitting = _keys(
        connection, f"select key from ({keys}) where key = $asked or ends_with(key, ':' || $asked)", asked
    )
    if asked in fitting:
        return asked
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ReplayError(f"{what} '{asked}' is there on several platforms: say {' or '.join(fitting)}")
    near = _keys(
        connection,
        f"select key from ({keys}) order by greatest("
        "jaro_winkler_similarity(key, $asked), "
        "jaro_winkler_similarity(substr(key, instr(key, ':') + 1), $asked)) desc, key limit 3",
        asked,
    )
    hint = f"the nearest are {', '.join(near)}" if near else f"there is no {what} at all yet"
    raise ReplayError(f"no {what} '{asked}' is known; {hint}")


def _keys(connection: duckdb.DuckDBPyConnection, sql: str, asked: str) -> Sequence[str]:
    return [str(row["key"]) for row in rows(connection, sql, asked=asked)]
