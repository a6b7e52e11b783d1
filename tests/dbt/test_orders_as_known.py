"""What is known of an order at the end of each day, and on which days that changes."""

from typing import Any

from tests.support.raw_rows import Row, deliver, line, order
from tests.support.warehouse import Warehouse

FIRST, LAST = "2026-09-01", "2026-09-05"
TRADE = "staging intermediate.trade"


def judge(warehouse: Warehouse, **delivered: list[Row]) -> None:
    deliver(warehouse, **delivered)
    warehouse.run(FIRST, LAST, select=TRADE)


def known(warehouse: Warehouse, order_id: str, column: str) -> list[tuple[str, Any]]:
    """The column on each judged day of the order, as (day of the month, value)."""
    rows = warehouse.rows(
        "intermediate.int_orders_judged", "business_day", f"order_key = 'douyin:{order_id}'"
    )
    return [(f"{row['business_day']:%d}", row[column]) for row in rows]


def test_lines_that_come_a_day_later_touch_their_order(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[order("o", "2026-09-01")],
        order_lines=[
            line("o", "2026-09-02", theme="live"),
            line("o", "2026-09-02", line_id="2", theme="shop"),
        ],
    )
    assert known(warehouse, "o", "line_count") == [("01", 0), ("02", 2)]
    assert known(warehouse, "o", "has_content_theme") == [("01", False), ("02", True)]


def test_the_lines_known_stand_on_every_judged_day(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[order("o", "2026-09-01"), order("o", "2026-09-03", updated_at="2026-09-03")],
        order_lines=[line("o", "2026-09-01"), line("o", "2026-09-02", quantity=2)],
    )
    rows = warehouse.rows("intermediate.int_order_lines_known", "business_day")
    assert [(f"{row['business_day']:%d}", row["line_key"], row["quantity"]) for row in rows] == [
        ("01", "douyin:o:1", 1),
        ("02", "douyin:o:1", 2),
        ("03", "douyin:o:1", 2),
    ]


def test_a_gift_from_a_live_room_gives_no_content_theme(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[order("o", "2026-09-01"), order("video", "2026-09-01")],
        order_lines=[
            line("o", "2026-09-01"),
            line("o", "2026-09-01", line_id="2", theme="live", is_gift=True),
            line("video", "2026-09-01", theme="short_video"),
        ],
    )
    assert known(warehouse, "o", "has_content_theme") == [("01", False)]
    assert known(warehouse, "video", "has_content_theme") == [("01", True)]


def test_a_line_that_comes_before_its_order_waits_for_it(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[order("o", "2026-09-02")],
        order_lines=[line("o", "2026-09-01"), line("never came", "2026-09-01")],
    )
    assert known(warehouse, "o", "line_count") == [("02", 1)]
    assert len(warehouse.rows("intermediate.int_order_lines_known")) == 1


def test_an_older_version_that_comes_late_is_not_the_state(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[
            order("o", "2026-09-01", status="signed", updated_at="2026-09-01 20:00:00"),
            order("o", "2026-09-02", status="shipped", updated_at="2026-09-01 15:00:00"),
        ],
    )
    assert known(warehouse, "o", "status") == [("01", "signed"), ("02", "signed")]


def test_of_several_versions_of_a_day_the_latest_is_the_state(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[
            order("o", "2026-09-01", status="shipped", updated_at="2026-09-01 15:00:00"),
            order("o", "2026-09-01", status="paid", updated_at="2026-09-01 11:00:00"),
        ],
    )
    assert known(warehouse, "o", "status") == [("01", "shipped")]


def test_a_tie_in_time_is_broken_by_content_not_by_arrival(warehouse: Warehouse) -> None:
    tied = [
        order("a", "2026-09-01", status="shipped", _row_sha256="ff"),
        order("a", "2026-09-02", status="signed", _row_sha256="00"),
        order("b", "2026-09-01", status="shipped", _row_sha256="00"),
        order("b", "2026-09-02", status="signed", _row_sha256="ff"),
    ]
    judge(warehouse, orders=[row | {"updated_at": "2026-09-01 11:00:00"} for row in tied])
    assert known(warehouse, "a", "status") == [("01", "shipped"), ("02", "shipped")]
    assert known(warehouse, "b", "status") == [("01", "shipped"), ("02", "signed")]


def test_a_payment_day_may_be_corrected(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[
            order("o", "2026-09-02"),
            order("o", "2026-09-04", paid_at="2026-09-01 23:00:00", updated_at="2026-09-04"),
        ],
    )
    assert [(day, str(value)) for day, value in known(warehouse, "o", "order_day")] == [
        ("02", "2026-09-02"),
        ("04", "2026-09-01"),
    ]


def test_an_identical_redelivery_touches_and_changes_nothing(warehouse: Warehouse) -> None:
    first = order("o", "2026-09-01")
    judge(warehouse, orders=[first, first, first | {"business_day": "2026-09-03"}])
    assert known(warehouse, "o", "status") == [("01", "paid"), ("03", "paid")]
    counts = {
        f"{row['business_day']:%d}": row["delivered_count"] for row in warehouse.rows("staging.stg_orders")
    }
    assert counts == {"01": 2, "03": 1}


def test_platforms_do_not_share_orders(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[order("o", "2026-09-01"), order("o", "2026-09-01", platform="pinduoduo")],
        order_lines=[line("o", "2026-09-01", platform="pinduoduo")],
    )
    rows = warehouse.rows("intermediate.int_orders_judged", "order_key")
    assert [(row["order_key"], row["line_count"]) for row in rows] == [
        ("douyin:o", 0),
        ("pinduoduo:o", 1),
    ]


def test_an_order_id_may_hold_quotes_and_semicolons(warehouse: Warehouse) -> None:
    judge(warehouse, orders=[order("o'; drop table raw.orders; --", "2026-09-01")])
    (row,) = warehouse.rows("intermediate.int_orders_judged")
    assert row["order_key"] == "douyin:o'; drop table raw.orders; --"


def test_a_day_that_comes_again_empty_leaves_no_ghost(warehouse: Warehouse) -> None:
    judge(
        warehouse,
        orders=[
            order("o", "2026-09-01"),
            order("o", "2026-09-02", status="shipped", updated_at="2026-09-02"),
            order("only then", "2026-09-02"),
            order("o", "2026-09-03", status="paid", updated_at="2026-09-01 09:00:00"),
        ],
        order_lines=[line("o", "2026-09-02")],
    )
    assert known(warehouse, "o", "status") == [("01", "paid"), ("02", "shipped"), ("03", "shipped")]
    warehouse.redeliver("raw.orders", "2026-09-02", [])
    warehouse.redeliver("raw.order_lines", "2026-09-02", [])
    warehouse.run("2026-09-02", LAST, select=TRADE)
    assert known(warehouse, "o", "status") == [("01", "paid"), ("03", "paid")]
    assert known(warehouse, "only then", "status") == []
    assert warehouse.rows("intermediate.int_order_lines_known") == []
