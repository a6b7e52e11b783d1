"""Each reason why an order does not count, with an order it holds for and one it just misses."""

from typing import Any, NamedTuple

import pytest

from tests.support.raw_rows import Row, deliver, line, order
from tests.support.warehouse import DbtProject, Warehouse

DAY = "2026-09-01"


class Case(NamedTuple):
    told: Row
    codes: list[str]
    lines: list[Row] | None = None


UNPAID = {"status": "created", "paid_at": None}

CASES = {
    "ordinary": Case({}, []),
    "unpaid": Case(UNPAID, ["unpaid"]),
    "cancelled before it was paid": Case(
        {"status": "cancelled", "paid_at": None}, ["closed_before_pay", "unpaid"]
    ),
    "closed before it was paid": Case(
        {"status": "closed", "paid_at": None}, ["closed_before_pay", "unpaid"]
    ),
    "closed at a time, unpaid": Case(
        UNPAID | {"closed_at": f"{DAY} 10:30:00"}, ["closed_before_pay", "unpaid"]
    ),
    "closed after it was paid": Case({"status": "closed", "closed_at": f"{DAY} 20:00:00"}, []),
    "cancelled before it was shipped": Case({"status": "cancelled"}, ["cancelled_before_ship"]),
    "cancelled after it was shipped": Case(
        {"status": "cancelled", "shipped_at": f"{DAY} 11:00:00"}, []
    ),
    "for nothing": Case({"pay_amount_fen": 0}, ["zero_amount"]),
    "for one fen": Case({"pay_amount_fen": 1, "list_amount_fen": None}, ["low_price_lt_1yuan"]),
    "for 99 fen": Case({"pay_amount_fen": 99, "list_amount_fen": 99}, ["low_price_lt_1yuan"]),
    "for one yuan": Case({"pay_amount_fen": 100, "list_amount_fen": 100}, []),
    "below 30 percent of the list": Case({"pay_amount_fen": 2_999}, ["low_price_lt_30pct"]),
    "at 30 percent of the list": Case({"pay_amount_fen": 3_000}, []),
    "without a list price": Case({"pay_amount_fen": 2_999, "list_amount_fen": None}, []),
    "cheap in both ways": Case(
        {"pay_amount_fen": 50}, ["low_price_lt_1yuan", "low_price_lt_30pct"]
    ),
    "of a lottery": Case({"order_kind": "lottery"}, ["lottery_or_lucky_bag"]),
    "of kind gift": Case({"order_kind": "gift"}, ["gift_line_only"]),
    "with gift lines only": Case(
        {}, ["gift_line_only"], [{"is_gift": True}, {"line_id": "2", "is_gift": True}]
    ),
    "with one line that is no gift": Case({}, [], [{"is_gift": True}, {"line_id": "2"}]),
    "without lines": Case({}, [], []),
    "with a line not said to be a gift": Case({}, [], [{"is_gift": None}]),
    "a sample": Case({"order_kind": "sample"}, ["sample_order"]),
    "a top-up": Case({"order_kind": "top_up"}, ["collection_or_topup"]),
    "of the staff": Case({"order_kind": "internal"}, ["internal_purchase"]),
    "a presale": Case({"order_kind": "presale"}, []),
    "of no kind": Case({"order_kind": None, "risk_flag": None}, []),
    "refunded after thirty minutes": Case({"refunded_at": f"{DAY} 10:35:00"}, ["instant_refund"]),
    "refunded a second later": Case({"refunded_at": f"{DAY} 10:35:01"}, []),
    "under review": Case({"risk_flag": "risk_review"}, ["risk_review"]),
    "cancelled by the platform": Case(
        {"risk_flag": "abnormal_cancel"}, ["platform_abnormal_cancel"]
    ),
    "a sample for nothing": Case(
        {"order_kind": "sample", "pay_amount_fen": 0}, ["sample_order", "zero_amount"]
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("exclusions"), dbt_project)
    for name, case in CASES.items():
        lines = [{}] if case.lines is None else case.lines
        deliver(
            warehouse,
            orders=[order(name, DAY, **case.told)],
            order_lines=[line(name, DAY, **told) for told in lines],
        )
    warehouse.run(DAY, DAY, select="staging intermediate.trade")
    return warehouse


def judged(warehouse: Warehouse, name: str) -> dict[str, Any]:
    (row,) = warehouse.rows("intermediate.int_orders_judged", where=f"order_key = 'douyin:{name}'")
    return row


@pytest.mark.parametrize("name", CASES)
def test_an_order_is_excluded_for_each_reason_that_holds(built: Warehouse, name: str) -> None:
    codes = CASES[name].codes
    row = judged(built, name)
    assert row["exclusion_codes"] == codes
    assert row["is_paid"] is ("unpaid" not in codes)


def test_every_reason_has_a_row_of_its_own(built: Warehouse) -> None:
    rows = built.rows("intermediate.int_order_exclusions", where="order_key = 'douyin:cheap in both ways'")
    assert [row["exclusion_code"] for row in rows] == ["low_price_lt_1yuan", "low_price_lt_30pct"]


def test_every_order_is_kept(built: Warehouse) -> None:
    assert len(built.rows("intermediate.int_orders_judged")) == len(CASES)
