"""The lake as the warehouse sees it: views made once, and anew where what they were made of changed."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.wiring.warehouse import LakeTable, opened, show_lake

ORDERS = LakeTable("raw", "orders", pa.schema([("order_id", pa.string()), ("fen", pa.int32())]))


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(tmp_path / "warehouse.duckdb") as connection:
        yield connection


def land(lake: Path, day: str, columns: dict[str, list[object]]) -> None:
    folder = lake / "raw" / "orders" / f"business_day={day}"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / "part.parquet")


def shown(warehouse: duckdb.DuckDBPyConnection, lake: Path, table: LakeTable = ORDERS) -> list[tuple[object]]:
    show_lake(warehouse, lake, [table])
    return warehouse.execute("select * from raw.orders order by all").fetchall()


def made(warehouse: duckdb.DuckDBPyConnection) -> int:
    [(number,)] = warehouse.execute("select view_oid from duckdb_views() where not internal").fetchall()
    return number


def test_a_view_is_made_once_and_finds_days_that_come_later(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    land(tmp_path, "2026-09-02", {"order_id": ["b"]})
    shown(warehouse, tmp_path)
    first = made(warehouse)
    land(tmp_path, "2026-09-03", {"order_id": ["c"]})
    assert [row[0] for row in shown(warehouse, tmp_path)] == ["b", "c"]
    assert made(warehouse) == first


def test_a_table_without_a_file_is_empty_until_one_comes_and_after_the_last_one_went(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert shown(warehouse, tmp_path) == []
    land(tmp_path, "2026-09-02", {"order_id": ["b"]})
    assert len(shown(warehouse, tmp_path)) == 1
    (tmp_path / "raw" / "orders" / "business_day=2026-09-02" / "part.parquet").unlink()
    assert shown(warehouse, tmp_path) == []


def test_a_view_is_made_anew_where_its_columns_changed(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    land(tmp_path, "2026-09-02", {"order_id": ["b"]})
    assert len(shown(warehouse, tmp_path)[0]) == 2
    land(tmp_path, "2026-09-02", {"order_id": ["b"], "fen": [5]})
    assert len(shown(warehouse, tmp_path)[0]) == 3
    first = made(warehouse)
    shown(
        warehouse,
        tmp_path,
        LakeTable("raw", "orders", pa.schema([("order_id", pa.string()), ("fen", pa.int64())])),
    )
    assert made(warehouse) != first


def test_a_view_of_another_lake_is_not_taken_for_this_one_s(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        land(tmp_path / name, "2026-09-02", {"order_id": [name]})
    assert shown(warehouse, tmp_path / "a")[0][0] == "a"
    assert shown(warehouse, tmp_path / "b")[0][0] == "b"
