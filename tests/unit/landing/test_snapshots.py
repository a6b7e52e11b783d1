from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from orchestration.landing import land_snapshot
from tests.unit.landing.parcels import Row, as_csv, deliver, jsonl

SHOP: Row = {"shop_id": "s1", "name": "一号店", "shop_type": "flagship", "opened_at": "2020-05-01"}


def shops(lake: Path, table: str = "shops", name: str = "douyin.parquet") -> list[Row]:
    path = lake / "raw" / table / name
    if not path.exists():
        return []
    with pq.ParquetFile(path) as file:
        return file.read().to_pylist()


def test_a_snapshot_is_landed_in_place_of_the_one_before(tmp_path: Path) -> None:
    path = deliver(tmp_path / "landing", "douyin/shops.jsonl", jsonl([SHOP, {**SHOP, "shop_id": "s2"}]))
    (delivery,) = land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    assert (delivery.status, delivery.row_count) == ("present", 2)
    row = shops(tmp_path / "lake")[0]
    assert (row["platform"], row["name"], row["shop_type"]) == ("douyin", "一号店", "flagship")
    path.write_bytes(jsonl([SHOP]))
    land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    assert [row["shop_id"] for row in shops(tmp_path / "lake")] == ["s1"]


def test_a_shop_may_have_opened_on_a_day_and_in_the_future(tmp_path: Path) -> None:
    rows = [SHOP, {**SHOP, "opened_at": "2020-05-01T00:00:00Z"}, {**SHOP, "opened_at": "2090-01-01"}]
    deliver(tmp_path / "landing", "douyin/shops.csv", as_csv(rows))
    land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    first, second, third = (row["opened_at"] for row in shops(tmp_path / "lake"))
    assert first == datetime(2020, 4, 30, 16, tzinfo=UTC)
    assert second == datetime(2020, 5, 1, tzinfo=UTC)
    assert third.date() == date(2089, 12, 31)


def test_a_snapshot_delivered_no_more_leaves_no_ghost(tmp_path: Path) -> None:
    path = deliver(tmp_path / "landing", "douyin/shops.jsonl", jsonl([SHOP, {**SHOP, "shop_type": "booth"}]))
    land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    (misfit,) = shops(tmp_path / "lake", "quarantine_snapshots", "douyin.shops.parquet")
    assert (misfit["column_name"], misfit["reason"]) == ("shop_type", "unknown_value")
    path.unlink()
    (delivery,) = land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    assert delivery.status == "missing"
    assert shops(tmp_path / "lake") == []
    assert shops(tmp_path / "lake", "quarantine_snapshots", "douyin.shops.parquet") == []


def test_a_refused_snapshot_leaves_the_last_good_one_standing(tmp_path: Path) -> None:
    path = deliver(tmp_path / "landing", "douyin/shops.jsonl", jsonl([SHOP, {**SHOP, "shop_type": "booth"}]))
    deliver(tmp_path / "landing", "taobao/shops.jsonl", jsonl([SHOP]))
    land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    path.write_bytes(b"{")
    douyin, taobao = land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
    assert (douyin.status, taobao.status) == ("refused", "present")
    assert len(shops(tmp_path / "lake")) == 1
    assert len(shops(tmp_path / "lake", "quarantine_snapshots", "douyin.shops.parquet")) == 1


def test_landing_a_snapshot_again_gives_the_same_bytes(tmp_path: Path) -> None:
    deliver(tmp_path / "landing", "douyin/shops.csv", as_csv([SHOP]))
    written = []
    for _ in range(2):
        land_snapshot(tmp_path / "landing", tmp_path / "lake", "shops")
        written.append((tmp_path / "lake/raw/shops/douyin.parquet").read_bytes())
    assert written[0] == written[1]


def test_a_source_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'orders' is no snapshot; it is one of shops, products, categories"):
        land_snapshot(tmp_path, tmp_path, "orders")
