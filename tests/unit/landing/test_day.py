"""A day of a source is landed whole: the same delivery, the same bytes, and no ghosts."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from orchestration.landing import Delivery, land_source_day, write_deliveries
from orchestration.landing.contract import DELIVERIES, QUARANTINE, RAW_TABLES
from tests.unit.landing.parcels import DAY, KEY, as_csv, deliver, jsonl, land, order, quarantine, raw

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def contents(lake: Path) -> dict[str, str]:
    """Every file of the lake with the hash of its bytes."""
    return {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.rglob("*"))
        if path.is_file()
    }


def test_a_day_lands_where_the_house_looks_for_it(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order(), order(status="lost")]))
    deliver(landing, f"taobao/orders/{DAY}.csv", as_csv([order()]))
    write_deliveries(lake, DAY, land(landing, lake))
    assert list(contents(lake)) == [
        f"raw/deliveries/business_day={DAY}/deliveries.parquet",
        f"raw/orders/business_day={DAY}/douyin.parquet",
        f"raw/orders/business_day={DAY}/taobao.parquet",
        f"raw/quarantine/business_day={DAY}/douyin.orders.parquet",
    ]


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("orders/business_day={}/douyin.parquet", RAW_TABLES["orders"]),
        ("quarantine/business_day={}/douyin.orders.parquet", QUARANTINE),
        ("deliveries/business_day={}/deliveries.parquet", DELIVERIES),
    ],
)
def test_a_file_has_the_columns_of_its_table(landing: Path, lake: Path, file: str, schema: object) -> None:
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order(), order(status="lost")]))
    write_deliveries(lake, DAY, land(landing, lake))
    written = pq.read_schema(lake / "raw" / file.format(DAY))
    assert written.equals(schema)
    assert pq.read_metadata(lake / "raw" / file.format(DAY)).metadata is None


def test_a_row_says_where_it_came_from(landing: Path, lake: Path) -> None:
    content = jsonl([order()])
    deliver(landing, f"douyin/orders/{DAY}.jsonl", content)
    (delivery,) = land(landing, lake)
    (row,) = raw(lake)
    assert row["platform"] == "douyin"
    assert row["_source_file"] == f"douyin/orders/{DAY}.jsonl"
    assert row["_line"] == 1
    assert row["_batch_id"] == hashlib.sha256(content).hexdigest()
    assert delivery.batch_ids == (row["_batch_id"],)


def test_landing_a_day_again_gives_the_same_bytes(landing: Path, lake: Path) -> None:
    rows = [order(order_id=f"o{n}", status="lost" if n % 10 == 0 else "paid") for n in range(30_000)]
    deliver(landing, f"douyin/orders/{DAY}/a.jsonl", jsonl(rows))
    deliver(landing, f"douyin/orders/{DAY}/b.csv", as_csv(rows))
    write_deliveries(lake, DAY, land(landing, lake))
    first = contents(lake)
    for _ in range(2):
        write_deliveries(lake, DAY, land(landing, lake))
        assert contents(lake) == first
    elsewhere = lake.with_name("other lake")
    write_deliveries(elsewhere, DAY, land(landing, elsewhere))
    assert contents(elsewhere) == first


@pytest.mark.parametrize(
    "correct",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"{"),
    ],
    ids=["empty", "gone", "refused"],
)
def test_a_day_landed_again_without_rows_leaves_no_ghost(
    landing: Path, lake: Path, correct: Callable[[Path], object]
) -> None:
    path = deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order(), order(status="lost")]))
    deliver(landing, f"douyin/orders/{NEXT_DAY}.jsonl", jsonl([order()]))
    land(landing, lake)
    land(landing, lake, day=NEXT_DAY)
    correct(path)
    land(landing, lake)
    assert list(contents(lake)) == [f"raw/orders/business_day={NEXT_DAY}/douyin.parquet"]
    assert not (lake / f"raw/orders/business_day={DAY}").exists()


def test_a_platform_delivered_no_more_leaves_no_ghost_and_others_stay(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order()]))
    gone = deliver(landing, f"taobao/orders/{DAY}.jsonl", jsonl([order(), order(status="lost")]))
    land(landing, lake)
    gone.unlink()
    gone.parent.rmdir()
    gone.parent.parent.rmdir()
    land(landing, lake)
    assert list(contents(lake)) == [f"raw/orders/business_day={DAY}/douyin.parquet"]


def test_landing_one_source_leaves_the_quarantine_of_others_alone(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order(status="lost")]))
    line = {"order_id": "o1", "line_id": "1", "product_id": "p1", "quantity": -1}
    lines = deliver(landing, f"douyin/order_lines/{DAY}.jsonl", jsonl([line]))
    land(landing, lake)
    land(landing, lake, "order_lines")
    lines.unlink()
    land(landing, lake, "order_lines")
    assert len(quarantine(lake)) == 1
    assert quarantine(lake, "order_lines") == []


def test_what_a_killed_run_left_behind_is_swept_away(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order()]))
    deliver(lake, f"raw/.landing/orders.{DAY}/douyin.0.rows", b"half a file")
    land(landing, lake)
    assert list(contents(lake)) == [f"raw/orders/business_day={DAY}/douyin.parquet"]


def test_a_failure_leaves_the_day_as_it_was(
    landing: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.landing.filing import Clerk

    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order()]))
    land(landing, lake)
    before = contents(lake)
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order(order_id="new")]))
    deliver(landing, f"taobao/orders/{DAY}.jsonl", jsonl([order()]))
    file = Clerk.file

    def fail_at_the_second(clerk: Clerk, platform: str, found: object) -> object:
        if platform == "taobao":
            raise MemoryError
        return file(clerk, platform, found)  # type: ignore[arg-type]

    monkeypatch.setattr(Clerk, "file", fail_at_the_second)
    with pytest.raises(MemoryError):
        land(landing, lake)
    assert contents(lake) == before


def status_of(landing: Path, lake: Path, source: str = "orders") -> list[tuple[str, str]]:
    return [(delivery.platform, delivery.status) for delivery in land(landing, lake, source)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{DAY}.jsonl", b""),
        (f"{DAY}.jsonl", b"\n\r\n  \n"),
        (f"{DAY}.jsonl", b"\xef\xbb\xbf"),
        (f"{DAY}.csv", b""),
        (f"{DAY}.csv", b"order_id,shop_id,buyer_id,status,created_at,pay_amount_fen,updated_at\n"),
        (f"{DAY}/part-0.csv", b""),
    ],
)
def test_a_file_without_rows_is_an_empty_day(landing: Path, lake: Path, name: str, content: bytes) -> None:
    deliver(landing, f"douyin/orders/{name}", content)
    assert status_of(landing, lake) == [("douyin", "empty")]


def test_a_day_without_a_file_is_missing(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/orders/{NEXT_DAY}.jsonl", jsonl([order()]))
    assert status_of(landing, lake) == [("douyin", "missing")]


def test_a_day_of_misfits_only_is_present(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/orders/{DAY}.jsonl", jsonl([order(status="lost")]))
    assert status_of(landing, lake) == [("douyin", "present")]


def test_only_orders_are_due_from_a_platform_without_the_folder(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/reviews/{NEXT_DAY}.jsonl", b"")
    assert status_of(landing, lake) == [("douyin", "missing")]
    assert status_of(landing, lake, "reviews") == [("douyin", "missing")]
    assert status_of(landing, lake, "complaints") == []


def test_the_first_landed_day_is_that_of_any_source(landing: Path, lake: Path) -> None:
    deliver(landing, f"douyin/reviews/{DAY}.jsonl", b"")
    deliver(landing, f"douyin/orders/{NEXT_DAY}.jsonl", b"")
    deliver(landing, "taobao/shops.csv", b"")
    douyin, taobao = land(landing, lake, day=NEXT_DAY)
    assert douyin.first_landed_day == DAY
    assert taobao.first_landed_day is None


def test_a_source_that_is_no_daily_one_is_refused(landing: Path, lake: Path) -> None:
    with pytest.raises(ValueError, match="'shops' is no daily source; it is one of orders, order_lines"):
        land_source_day(landing, lake, "shops", DAY, KEY)


def test_a_landing_folder_that_is_not_there_is_no_empty_day(landing: Path, lake: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no landing folder"):
        land(landing, lake)


def test_deliveries_are_written_in_order_and_replaced(lake: Path) -> None:
    refused = Delivery("b", "orders", "refused", 1, refusal="why")
    present = Delivery("a", "reviews", "present", 2, 5, 1, None, date(2026, 8, 1), ("x", "y"))
    path = write_deliveries(lake, DAY, [refused, present])
    first = path.read_bytes()
    assert write_deliveries(lake, DAY, [present, refused]).read_bytes() == first
    with pq.ParquetFile(path) as file:
        rows = file.read().to_pylist()
    assert [row["platform"] for row in rows] == ["a", "b"]
    assert rows[0] == {
        "platform": "a",
        "source": "reviews",
        "status": "present",
        "file_count": 2,
        "row_count": 5,
        "quarantined_count": 1,
        "refusal": None,
        "first_landed_day": date(2026, 8, 1),
        "batch_ids": ["x", "y"],
    }
    write_deliveries(lake, DAY, [])
    assert not path.exists()
