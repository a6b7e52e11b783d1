"""Which columns a column is made of, read from a model's SQL, once for each text."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.wiring import column_lineage
from orchestration.wiring.column_lineage import ColumnLineage, relations


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute("create schema shop")
        connection.execute("create table shop.orders (order_key varchar, paid_on date, amount_fen bigint)")
        connection.execute("create table shop.refunds (order_key varchar, amount_fen bigint, asked_on date)")
        connection.execute("create table shop.net (order_key varchar, day date, net_fen bigint)")
        yield connection


def node(sql: str, name: str = "net") -> Any:
    return SimpleNamespace(schema="shop", name=name, compiled_code=sql)


def sources(lineage: ColumnLineage, model: Any) -> dict[str, list[str]]:
    read: dg.TableColumnLineage = lineage.metadata(model)["dagster/column_lineage"]
    return {
        column: [f"{dep.asset_key.path[-1]}.{dep.column_name}" for dep in deps]
        for column, deps in read.deps_by_column.items()
    }


NET = """
    with everything as (
        select * from shop.orders
        union all
        select order_key, asked_on, -amount_fen from "warehouse"."shop"."refunds"
    )
    select order_key, paid_on as day, sum(amount_fen) as net_fen
    from everything where paid_on <= date '{day}' group by all
"""


def test_columns_are_followed_through_names_unions_and_stars(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lineage = ColumnLineage.load(tmp_path / "lineage.json", relations(warehouse))
    assert sources(lineage, node(NET.format(day="2026-09-01"))) == {
        "day": ["orders.paid_on", "refunds.asked_on"],
        "net_fen": ["orders.amount_fen", "refunds.amount_fen"],
        "order_key": ["orders.order_key", "refunds.order_key"],
    }


def test_a_column_of_no_other_is_said_to_have_none(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lineage = ColumnLineage.load(tmp_path / "lineage.json", relations(warehouse))
    said = sources(
        lineage,
        node("""
            select order_key, date '2026-09-01' as day,
                (select max(r.amount_fen) from shop.refunds as r where r.order_key = o.order_key) as net_fen
            from shop.orders as o
        """),
    )
    assert said["day"] == []
    assert said["order_key"] == ["orders.order_key"]
    assert "refunds.amount_fen" in said["net_fen"]


@pytest.mark.parametrize("sql", ["select order_key from where (", "select order_key from shop.orders"])
def test_what_cannot_be_read_whole_is_not_told(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, sql: str
) -> None:
    lineage = ColumnLineage.load(tmp_path / "lineage.json", relations(warehouse))
    assert lineage.metadata(node(sql)) == {}


def test_another_day_is_the_same_text_and_is_not_read_again(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ColumnLineage.load(tmp_path / "kept" / "lineage.json", relations(warehouse))
    told = sources(first, node(NET.format(day="2026-09-01")))
    first.save()

    def fails(*_given: object, **_named: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(column_lineage, "parse_one", fails)
    again = ColumnLineage.load(tmp_path / "kept" / "lineage.json", relations(warehouse))
    assert sources(again, node(NET.format(day="2026-09-02"))) == told
    with pytest.raises(AssertionError, match="read again"):
        again.metadata(node(NET.format(day="2026-09-02").replace("sum", "max")))


def test_relations_have_their_columns_in_their_order(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert list(relations(warehouse)["shop"]["refunds"].items()) == [
        ("order_key", "VARCHAR"),
        ("amount_fen", "BIGINT"),
        ("asked_on", "DATE"),
    ]
