"""When orders become brushing, for whom a row is written then, and when they cease to be."""

import pytest

from tests.support.raw_rows import Row, deliver, line, order
from tests.support.warehouse import DbtProject, Warehouse

FIRST, LAST = "2026-09-01", "2026-09-06"


def on_waybill(order_id: str, day: str, waybill: str | None, **told: object) -> Row:
    """A shipped order."""
    return order(order_id, day, status="shipped", waybill_no=waybill) | told


def burst(name: str, count: int, **told: object) -> tuple[list[Row], list[Row]]:
    """One buyer's orders of one product, a day each to become known, all paid on the first day."""
    orders = [
        order(f"{name}{number}", f"2026-09-0{number}", buyer_id=name, paid_at=f"{FIRST} 12:00:00")
        for number in range(1, count + 1)
    ]
    lines = [line(row["order_id"], row["business_day"], product_id=name, **told) for row in orders]
    return orders, lines


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("brushing"), dbt_project)
    orders = [
        on_waybill("a1", "2026-09-01", "A"),
        on_waybill("a2", "2026-09-02", "A"),
        on_waybill("a3", "2026-09-04", "A"),
        on_waybill("a4", "2026-09-05", "A"),
        on_waybill("two1", "2026-09-01", "TWO"),
        on_waybill("two2", "2026-09-02", "TWO"),
        on_waybill("two2", "2026-09-03", "TWO", status="signed", updated_at="2026-09-03"),
        on_waybill("shops1", "2026-09-01", "SHOPS"),
        on_waybill("shops2", "2026-09-01", "SHOPS"),
        on_waybill("shops3", "2026-09-01", "SHOPS", shop_id="another"),
        *[
            on_waybill(f"{shop}{number}", day, "BOTH", shop_id=shop)
            for shop in ("east", "west")
            for number, day in enumerate(["2026-09-01", "2026-09-02", "2026-09-05"], 1)
        ],
        on_waybill("fixed1", "2026-09-01", "FIXED"),
        on_waybill("fixed2", "2026-09-01", "FIXED"),
        on_waybill("fixed3", "2026-09-01", "FIXED"),
        on_waybill("fixed3", "2026-09-03", "ITS OWN", updated_at="2026-09-03"),
        *[on_waybill(f"none{number}", "2026-09-01", None) for number in range(4)],
        *[on_waybill(f"blank{number}", "2026-09-01", " ") for number in range(4)],
    ]
    five, five_lines = burst("five", 5)
    four, four_lines = burst("four", 4)
    gifts, gift_lines = burst("gifts", 5, is_gift=True)
    spread, spread_lines = burst("spread", 5)
    spread[4]["paid_at"] = "2026-09-02 12:00:00"
    mixed, mixed_lines = burst("mixed", 5)
    mixed_lines[4]["product_id"] = "another"
    twice, twice_lines = burst("twice", 4)
    twice_lines += [row | {"line_id": "2"} for row in twice_lines]
    deliver(
        warehouse,
        orders=[*orders, *five, *four, *gifts, *spread, *mixed, *twice],
        order_lines=[
            *five_lines, *four_lines, *gift_lines, *spread_lines, *mixed_lines, *twice_lines
        ],
    )  # fmt: skip
    warehouse.run(FIRST, LAST, select="staging intermediate.trade")
    return warehouse


def brushing(warehouse: Warehouse, order_id: str) -> list[tuple[str, bool]]:
    """Whether the order is brushing on each of its judged days."""
    rows = warehouse.rows(
        "intermediate.int_orders_judged", "business_day", f"order_key = 'douyin:{order_id}'"
    )
    return [(f"{row['business_day']:%d}", "brushing_cluster" in row["exclusion_codes"]) for row in rows]


def test_the_third_order_on_a_waybill_makes_all_three_brushing_that_day(built: Warehouse) -> None:
    assert brushing(built, "a1") == [("01", False), ("04", True)]
    assert brushing(built, "a2") == [("02", False), ("04", True)]
    assert brushing(built, "a3") == [("04", True)]


def test_the_fourth_order_on_a_waybill_changes_nothing_for_the_others(built: Warehouse) -> None:
    assert brushing(built, "a4") == [("05", True)]
    assert "05" not in dict(brushing(built, "a1"))


def test_two_orders_on_a_waybill_are_a_parcel(built: Warehouse) -> None:
    assert brushing(built, "two2") == [("02", False), ("03", False)]


def test_a_waybill_is_counted_in_each_shop_by_itself(built: Warehouse) -> None:
    assert brushing(built, "shops1") == [("01", False)]
    assert brushing(built, "east1") == [("01", False), ("05", True)]


def test_a_corrected_waybill_lets_all_orders_out_again(built: Warehouse) -> None:
    assert brushing(built, "fixed1") == [("01", True), ("03", False)]
    assert brushing(built, "fixed3") == [("01", True), ("03", False)]


@pytest.mark.parametrize("order_id", ["none0", "blank0"])
def test_no_waybill_is_no_shared_waybill(built: Warehouse, order_id: str) -> None:
    assert brushing(built, order_id) == [("01", False)]


def test_the_fifth_order_of_a_product_by_a_buyer_in_a_day_makes_all_five_brushing(
    built: Warehouse,
) -> None:
    assert brushing(built, "five1") == [("01", False), ("05", True)]
    assert brushing(built, "five4") == [("04", False), ("05", True)]
    assert brushing(built, "five5") == [("05", True)]


@pytest.mark.parametrize(
    ("name", "why_not"),
    [
        ("four", "four orders are no burst"),
        ("gifts", "a gift is not bought"),
        ("spread", "the fifth was paid on another day"),
        ("mixed", "the fifth is of another product"),
        ("twice", "two lines of one order are one order"),
    ],
)
def test_a_buyer_who_buys_often_is_not_always_brushing(built: Warehouse, name: str, why_not: str) -> None:
    assert brushing(built, f"{name}1") == [("01", False)], why_not
