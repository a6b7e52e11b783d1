"""Any table of the warehouse as one file, whole or only the rows of some shops."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.publishing.row_files import ROWS_AT_ONCE, ExportRefusedError, refuse_file, write_rows

# How the rows of a shop are told, by the columns it takes; the first that a table has.
_SHOP_OF_ROW: Mapping[tuple[str, ...], str] = {
    ("shop_key",): "shop_key in (select unnest($shops))",
    ("subject_type", "subject_id"): "subject_type = 'shop' and subject_id in (select unnest($shops))",
    ("platform", "shop_id"): "platform || ':' || shop_id in (select unnest($shops))",
}


def export(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    path: Path,
    *,
    shops: Sequence[str] | None = None,
    release: Callable[[int], None] | None = None,
) -> int:
    """Write `schema.name` to a .parquet, .csv, .json or .jsonl file and return its rows.

    Rows are sorted by all columns, so that the same rows give the same bytes. With `shops` only rows of
    these are written, and a table that names no shop is refused. `release`: see `write_rows`.
    """
    refuse_file(path)
    relation = _relation(connection, table)
    if shops is None:
        found = connection.sql(f"select * from {relation} order by all")
    else:
        of_shops = _SHOP_OF_ROW[_columns_of_shop(connection, table)]
        found = connection.sql(
            f"select * from {relation} where {of_shops} order by all", params={"shops": list(shops)}
        )
    return write_rows(found.to_arrow_reader(ROWS_AT_ONCE), path, release)


def _relation(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The table as SQL names it: only a name that the catalogue has comes out."""
    tables = {
        f"{schema}.{name}": f"{_quoted(schema)}.{_quoted(name)}"
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = current_database() order by all"
        ).fetchall()
    }
    if table in tables:
        return tables[table]
    by_name = [known for known in tables if known.split(".", 1)[1] == table]
    near = by_name or difflib.get_close_matches(table, list(tables), n=3, cutoff=0.5)
    raise ExportRefusedError(
        f"there is no table '{table}'; "
        + (
            f"did you mean {' or '.join(near)}?"
            if near
            else f"tables are named schema.name, and there are {len(tables)}"
        )
    )


def _columns_of_shop(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    columns = {
        name
        for (name,) in connection.execute(
            "select column_name from information_schema.columns "
            "where table_catalog = current_database() and table_schema || '.' || table_name = $table",
            {"table": table},
        ).fetchall()
    }
    for needed in _SHOP_OF_ROW:
        if columns.issuperset(needed):
            return needed
    raise ExportRefusedError(
        f"'{table}' has no column that says whose shop a row is about, so a scope cannot be kept: "
        "export a table with shop_key, such as ccr.fct_negative_orders, or ask the governance team"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
