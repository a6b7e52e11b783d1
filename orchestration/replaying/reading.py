"""Rows of the warehouse as dicts. Every statement of the room passes here, and all of them only read."""

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

Row = dict[str, Any]

_KEYS = {
    "order": "select order_key as key, shop_key from intermediate.int_orders_judged",
    "shop": "select shop_key as key, shop_key from ccr.dim_shops",
}


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


def known_key(
    connection: duckdb.DuckDBPyConnection, what: str, asked: str, shops: Iterable[str] | None = None
) -> str:
    """The key of an order or shop that is meant, whole or without its platform; with `shops`, of theirs.

    Raises ReplayError with the nearest keys where there is none, and with all of them where several fit.
    """
    own = None if shops is None else sorted(shops)
    within = "" if own is None else " of the shops within the scope"
    fitting = _keys(
        connection,
        f"select distinct key from ({_KEYS[what]}) "
        "where ($shops is null or shop_key in (select unnest($shops))) "
        "and (key = $asked or ends_with(key, ':' || $asked)) order by key",
        asked,
        own,
    )
    if asked in fitting:
        return asked
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ReplayError(f"{what} '{asked}' is there on several platforms: say {' or '.join(fitting)}")
    near = _keys(
        connection,
        f"select key from (select distinct key from ({_KEYS[what]}) "
        "where $shops is null or shop_key in (select unnest($shops))) order by greatest("
        "jaro_winkler_similarity(key, $asked), "
        "jaro_winkler_similarity(substr(key, instr(key, ':') + 1), $asked)) desc, key limit 3",
        asked,
        own,
    )
    hint = f"the nearest are {', '.join(near)}" if near else f"there is no {what} at all yet"
    raise ReplayError(f"no {what} '{asked}' is known{within}; {hint}")


def _keys(
    connection: duckdb.DuckDBPyConnection, sql: str, asked: str, shops: Sequence[str] | None
) -> Sequence[str]:
    return [str(row["key"]) for row in rows(connection, sql, asked=asked, shops=shops)]
