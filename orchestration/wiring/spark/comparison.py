"""Compares tables of the warehouse with those that Spark wrote, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

# Engines add doubles in orders of their own. Whole numbers, texts, days and lists are compared exactly.
RELATIVE_TOLERANCE = 1e-12
_FLOATING = ("DOUBLE", "FLOAT")
# Sums of whole numbers are as wide as an engine makes them.
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


@dataclass(frozen=True)
class Compared:
    """One table on both sides. `example` is the first row that differs, in words."""

    table: str
    rows: int
    rows_on_spark: int
    differing: int
    inexact_columns: int
    example: str = ""

    @property
    def is_equal(self) -> bool:
        """As many rows, and each the same."""
        return self.rows == self.rows_on_spark and self.differing == 0


def compared(connection: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path) -> Compared:
    """The warehouse's table beside the Parquet files of `folder`.

    Rows are put in the order of their exact columns and paired by their place in it.
    """
    table = f'{schema}."{name}"'
    columns = _columns(connection, table)
    theirs = _files(folder, columns)
    differences = _columns_apart(columns, _columns(connection, theirs) if theirs else columns)
    if differences:
        return Compared(f"{schema}.{name}", 0, 0, 1, 0, differences)
    exact = [column for column, kind in columns.items() if kind not in _FLOATING]
    inexact = [column for column in columns if column not in exact]
    order = ", ".join(f'"{column}"' for column in [*exact, *inexact])
    typed = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns.items())
    for side, relation in (("ours", table), ("theirs", theirs or f"(select * from {table} where false)")):
        connection.execute(
            f"create or replace temp table {side} as "
            f"select *, row_number() over (order by {order}) as row_no from (select {typed} from {relation})"
        )
    differs = _differs(exact, inexact)
    joined = "from ours full outer join theirs on ours.row_no = theirs.row_no"
    rows, rows_on_spark, differing = connection.execute(
        f"select count(ours.row_no), count(theirs.row_no), count(*) filter (where {differs}) {joined}"
    ).fetchall()[0]
    example = ""
    if differing:
        example = _example(connection, [*exact, *inexact], f"{joined} where {differs}")
    return Compared(f"{schema}.{name}", rows, rows_on_spark, differing, len(inexact), example)


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return {row[0]: row[1] for row in described}


def _files(folder: Path, columns: dict[str, str]) -> str | None:
    """A relation over what Spark wrote; None where it wrote no row."""
    if next(folder.rglob("*.parquet"), None) is None:
        return None
    files = str(folder / "**" / "*.parquet").replace("'", "''")
    types = "{'business_day': date}" if "business_day" in columns else "{}"
    partitioned = next(folder.glob("business_day=*"), None) is not None
    options = (
        f"hive_partitioning = true, hive_types = {types}" if partitioned else "hive_partitioning = false"
    )
    return f"read_parquet('{files}', {options})"


def _columns_apart(ours: dict[str, str], theirs: dict[str, str]) -> str:
    absent = sorted(ours.keys() - theirs.keys())
    more = sorted(theirs.keys() - ours.keys())
    retyped = [
        f"{name} {kind} {theirs[name]}"
        for name, kind in ours.items()
        if name in theirs and kind != theirs[name] and not {kind, theirs[name]} <= set(_WHOLE)
    ]
    return "; ".join(
        f"{words}: {', '.join(names)}"
        for words, names in (
            ("columns only in the warehouse", absent),
            ("columns only on Spark", more),
            ("columns of another type there", retyped),
        )
        if names
    )


def _differs(exact: Sequence[str], inexact: Sequence[str]) -> str:
    tests = ["ours.row_no is null", "theirs.row_no is null"]
    tests += [f'ours."{column}" is distinct from theirs."{column}"' for column in exact]
    for column in inexact:
        ours, theirs = f'ours."{column}"', f'theirs."{column}"'
        tests.append(
            f"({ours} is null) <> ({theirs} is null) or "
            f"abs({ours} - {theirs}) > {RELATIVE_TOLERANCE} * greatest(abs({ours}), abs({theirs}))"
        )
    return " or ".join(f"coalesce({test}, false)" for test in tests)


def _example(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], found: str) -> str:
    fields = ", ".join(f'ours."{column}", theirs."{column}"' for column in columns)
    row = connection.execute(f"select {fields} {found} order by ours.row_no limit 1").fetchall()[0]
    pairs = zip(columns, row[::2], row[1::2], strict=True)
    return "; ".join(
        f"{column}: {ours!r} here, {theirs!r} on Spark" if ours != theirs else f"{column}: {ours!r}"
        for column, ours, theirs in pairs
    )
