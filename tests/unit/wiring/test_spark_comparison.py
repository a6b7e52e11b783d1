"""The comparison of two engines sees every kind of difference, and none where there is none."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.wiring.spark.comparison import RELATIVE_TOLERANCE, compared

OURS = """
    select * from (values
        (date '2026-09-01', 'a', 1, ['x', 'y'], 0.1 :: double),
        (date '2026-09-01', 'b', 2, cast([] as varchar[]), null),
        (date '2026-09-02', 'a', 3, ['x'], 1e-9)
    ) as rows (business_day, key, counted, codes, rate)
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"create schema ccr; create table ccr.rates as {OURS}")
        yield connection


def written(connection: duckdb.DuckDBPyConnection, folder: Path, sql: str) -> Path:
    """What the other engine wrote, in a folder for each day."""
    connection.execute(f"copy ({sql}) to '{folder}' (format parquet, partition_by (business_day))")
    return folder


def test_the_same_rows_in_another_order_and_narrower_types_are_equal(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    theirs = f"select rate, codes, counted :: tinyint as counted, key, business_day from ({OURS}) order by 1"
    found = compared(connection, "ccr", "rates", written(connection, tmp_path / "rates", theirs))
    assert (found.is_equal, found.rows, found.rows_on_spark, found.inexact_columns) == (True, 3, 3, 1)


@pytest.mark.parametrize(
    ("change", "differing"),
    [
        ("* replace (case when key = 'b' then 5 else counted end as counted)", 1),
        ("* replace (list_reverse(codes) as codes)", 1),
        ("* replace (coalesce(rate, 0) as rate)", 1),
        (f"* replace (rate * (1 + 3 * {RELATIVE_TOLERANCE}) as rate)", 2),
        ("* replace (case when key = 'b' then 'c' else key end as key)", 1),
    ],
)
def test_a_value_that_differs_is_found_and_shown(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, change: str, differing: int
) -> None:
    folder = written(connection, tmp_path / "rates", f"select {change} from ({OURS})")
    found = compared(connection, "ccr", "rates", folder)
    assert not found.is_equal
    assert found.differing == differing
    assert "on Spark" in found.example


def test_what_rounding_does_to_a_double_is_no_difference(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    theirs = f"select * replace (rate * (1 + {RELATIVE_TOLERANCE} / 2) as rate) from ({OURS})"
    assert compared(connection, "ccr", "rates", written(connection, tmp_path / "rates", theirs)).is_equal


@pytest.mark.parametrize(
    "theirs", [f"select * from ({OURS}) where counted < 3", f"{OURS} union all ({OURS} limit 1)"]
)
def test_a_row_too_few_or_too_many_is_a_difference(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, theirs: str
) -> None:
    found = compared(connection, "ccr", "rates", written(connection, tmp_path / "rates", theirs))
    assert not found.is_equal
    assert found.rows != found.rows_on_spark


def test_a_table_that_was_never_written_has_no_rows(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    found = compared(connection, "ccr", "rates", tmp_path / "nothing")
    assert (found.is_equal, found.rows, found.rows_on_spark, found.differing) == (False, 3, 0, 3)


def test_columns_of_other_names_are_named(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    theirs = f"select * rename (rate as ratio) from ({OURS})"
    found = compared(connection, "ccr", "rates", written(connection, tmp_path / "rates", theirs))
    assert not found.is_equal
    assert found.example == "columns only in the warehouse: rate; columns only on Spark: ratio"


def test_a_whole_number_that_became_a_double_is_a_difference(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    theirs = f"select * replace (cast(counted as double) as counted) from ({OURS})"
    found = compared(connection, "ccr", "rates", written(connection, tmp_path / "rates", theirs))
    assert not found.is_equal
    assert found.example == "columns of another type there: counted INTEGER DOUBLE"
