"""Which order a feedback belongs to, from which day on, and what waits for one."""

from typing import Any

import pytest

from tests.support.raw_rows import INTAKE, Row, complaint, deliver, message, order, review, session
from tests.support.warehouse import DbtProject, Warehouse

FIRST, LAST = "2026-09-01", "2026-09-20"
TALK = "2026-09-10"


def placed(order_id: str, buyer: str, day: str, **told: Any) -> Row:
    return order(order_id, day, buyer_id=buyer, **told)


def talk(buyer: str, **told: Any) -> Row:
    return session(f"talk of {buyer}", TALK, buyer_id=buyer, **told)


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("links"), dbt_project)
    sessions = [
        talk("named", order_id="named"),
        talk("one"),
        talk("two"),
        talk("presale"),
        talk("both"),
        talk("second later"),
        talk("stranger"),
        talk("elsewhere"),
        talk("too early"),
        talk("too late"),
        talk("late delivery"),
        session("talk of nobody", TALK, buyer_id=None),
    ]
    deliver(
        warehouse,
        orders=[
            order("early", "2026-09-01"),
            order("early", "2026-09-03", updated_at="2026-09-03"),
            order("late", "2026-09-08"),
            order("named", "2026-09-02"),
            order("told later", "2026-09-01"),
            placed("one1", "one", "2026-09-02"),
            placed("two1", "two", "2026-09-02"),
            placed("two2", "two", "2026-09-03"),
            placed("presale1", "presale", "2026-09-13"),
            placed("presale2", "presale", "2026-09-14"),
            placed("both before", "both", "2026-09-05"),
            placed("both after", "both", "2026-09-10", created_at="2026-09-10 16:00:00"),
            placed("second later1", "second later", "2026-09-09"),
            placed("second later2", "second later", "2026-09-12", created_at="2026-09-08 12:00:00"),
            placed("elsewhere1", "elsewhere", "2026-09-09", shop_id="another"),
            placed("too early1", "too early", "2026-09-01", created_at="2026-08-11 14:59:59"),
            placed("too late1", "too late", "2026-09-17", created_at="2026-09-17 15:00:01"),
            placed("late delivery1", "late delivery", "2026-09-15", created_at="2026-09-09 12:00:00"),
        ],
        reviews=[review("early", "2026-09-05"), review("late", "2026-09-05"), review("never", TALK)],
        complaints=[
            complaint("told later", TALK, buyer_id=None),
            complaint("told later", "2026-09-12", buyer_id=None, order_id="told later"),
            complaint("two", TALK, buyer_id="two"),
        ],
        im_sessions=sessions,
        im_messages=[message(row["session_id"], TALK, 1) for row in sessions],
    )
    warehouse.run(FIRST, LAST, select=INTAKE)
    return warehouse


def link(warehouse: Warehouse, key: str) -> tuple[str, str, str, float] | None:
    rows = warehouse.rows("intermediate.int_feedback_links", where=f"feedback_key = 'douyin:{key}'")
    if not rows:
        return None
    (row,) = rows
    return (
        f"{row['business_day']:%d}",
        row["order_key"].removeprefix("douyin:"),
        row["link_method"],
        row["link_confidence"],
    )


def pending(warehouse: Warehouse) -> dict[str, str]:
    rows = warehouse.rows("intermediate.int_feedback_pending")
    return {row["feedback_key"].removeprefix("douyin:"): row["why"] for row in rows}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("review:early", ("05", "early", "native", 1.0)),
        ("review:late", ("08", "late", "native", 1.0)),
        ("im_session:talk of named", ("10", "named", "native", 1.0)),
        ("im_session:talk of one", ("10", "one1", "buyer_time_inferred", 0.9)),
        ("im_session:talk of two", ("10", "two2", "buyer_time_inferred", 0.45)),
        ("complaint:two", ("10", "two2", "buyer_time_inferred", 0.45)),
        ("im_session:talk of presale", ("13", "presale1", "buyer_time_inferred", 0.9)),
        ("im_session:talk of both", ("10", "both before", "buyer_time_inferred", 0.9)),
        ("im_session:talk of second later", ("10", "second later1", "buyer_time_inferred", 0.9)),
        ("im_session:talk of late delivery", ("15", "late delivery1", "buyer_time_inferred", 0.9)),
        ("complaint:told later", ("12", "told later", "native", 1.0)),
        ("review:never", None),
        ("im_session:talk of elsewhere", None),
        ("im_session:talk of too early", None),
        ("im_session:talk of too late", None),
    ],
)
def test_feedback_is_linked_on_the_day_its_order_is_known(
    built: Warehouse, key: str, expected: tuple[str, str, str, float] | None
) -> None:
    assert link(built, key) == expected


def test_what_counts_for_no_order_is_pending_and_says_why(built: Warehouse) -> None:
    assert pending(built) == {
        "review:never": "order_unknown",
        "im_session:talk of two": "ambiguous",
        "complaint:two": "ambiguous",
        "im_session:talk of stranger": "no_order_given",
        "im_session:talk of nobody": "no_order_given",
        "im_session:talk of elsewhere": "no_order_given",
        "im_session:talk of too early": "no_order_given",
        "im_session:talk of too late": "no_order_given",
    }


def test_a_session_before_its_order_waits_and_is_linked_on_the_orders_day(
    warehouse: Warehouse,
) -> None:
    deliver(
        warehouse,
        orders=[placed("o", "b", "2026-09-13")],
        im_sessions=[session("s", TALK, buyer_id="b")],
        im_messages=[message("s", TALK, 1)],
    )
    warehouse.run(FIRST, "2026-09-12", select=INTAKE)
    assert link(warehouse, "im_session:s") is None
    assert pending(warehouse) == {"im_session:s": "no_order_given"}
    warehouse.run("2026-09-13", "2026-09-13", select=INTAKE)
    assert link(warehouse, "im_session:s") == ("13", "o", "buyer_time_inferred", 0.9)
    assert pending(warehouse) == {}


def test_an_order_that_is_taken_back_leaves_its_feedback_pending(warehouse: Warehouse) -> None:
    deliver(warehouse, orders=[order("r", "2026-09-02")], reviews=[review("r", "2026-09-03")])
    warehouse.run(FIRST, "2026-09-04", select=INTAKE)
    assert link(warehouse, "review:r") == ("03", "r", "native", 1.0)
    warehouse.redeliver("raw.orders", "2026-09-02", [])
    warehouse.run("2026-09-02", "2026-09-04", select=INTAKE)
    assert link(warehouse, "review:r") is None
    assert pending(warehouse) == {"review:r": "order_unknown"}
