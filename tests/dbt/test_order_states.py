"""A state of an order begins where something that counts of it changes, and nowhere else."""

from datetime import date
from typing import Any

import pytest

from tests.support.inputs import Inputs, days
from tests.support.raw_rows import deliver, line, order
from tests.support.warehouse import DbtProject, Warehouse

FIRST, LAST = "2026-09-01", "2026-09-10"
COUNTS = "int_platform_days int_policies_in_force int_orders_counted int_order_states"
TWO_LINES = ({"line_id": "l1", "product": "p1"}, {"line_id": "l2", "product": "p2"})


def eventful(warehouse: Warehouse) -> Inputs:
    """An order that is made, paid, shipped, and changes in one thing a day from then on."""
    inputs = Inputs(warehouse)
    inputs.deliver(FIRST, LAST)
    made = {"paid": "2026-09-02", "created_at": "2026-09-01 08:00:00"}
    inputs.order("o1", paid=None, known="2026-09-01", created_at="2026-09-01 08:00:00")
    inputs.order("o1", **made)
    inputs.order("o1", **made, known="2026-09-03", status="shipped")
    inputs.order("o1", **made, known="2026-09-04", lines=TWO_LINES)
    inputs.order("o1", **made, known="2026-09-05", lines=TWO_LINES, codes=["risk_review"])
    inputs.order("o1", **made, known="2026-09-06", lines=TWO_LINES, shop="s2")
    inputs.order("o1", **made, known="2026-09-08", lines=TWO_LINES, shop="s2", status="signed")
    inputs.order("o1", **made, known="2026-09-09", lines=TWO_LINES, shop="s2", buyer="another")
    return inputs


def states(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    rows = warehouse.rows("intermediate.int_order_states", "business_day")
    return [
        (f"{row['business_day']:%d}", row["shop_key"][-2:], row["is_paid"], row["excluding_codes"])
        for row in rows
    ]


BEGUN = [
    ("01", "s1", False, ["unpaid"]),
    ("02", "s1", True, []),
    ("04", "s1", True, []),
    ("05", "s1", True, ["risk_review"]),
    ("06", "s2", True, []),
    ("09", "s2", True, []),
]


def test_a_state_begins_where_something_that_counts_changes(warehouse: Warehouse) -> None:
    eventful(warehouse).count(FIRST, LAST, COUNTS)
    assert states(warehouse) == BEGUN


def test_a_state_is_compared_with_the_one_of_an_earlier_run(warehouse: Warehouse) -> None:
    inputs = eventful(warehouse)
    for day in days(FIRST, LAST):
        inputs.count(day, day, COUNTS)
    assert states(warehouse) == BEGUN


def test_a_state_that_a_correction_takes_back_is_gone(warehouse: Warehouse) -> None:
    inputs = eventful(warehouse)
    inputs.count(FIRST, LAST, COUNTS)
    inputs.forget("intermediate.int_orders_judged", business_day=date(2026, 9, 5))
    inputs.count("2026-09-05", LAST, COUNTS)
    assert states(warehouse) == [state for state in BEGUN if state[0] != "05"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> dict[str, int | None]:
    """The number of each order's lines; `same` has those of `two`, delivered the other way round."""
    warehouse = Warehouse(tmp_path_factory.mktemp("line_sets"), dbt_project)
    orders = ["one", "two", "same", "gift", "creator", "product", "none"]
    deliver(
        warehouse,
        orders=[order(name, FIRST) for name in orders],
        order_lines=[
            line("one", FIRST),
            line("two", FIRST),
            line("two", FIRST, line_id="2"),
            line("same", FIRST, line_id="2"),
            line("same", FIRST),
            line("gift", FIRST, is_gift=True),
            line("creator", FIRST, creator_id="another"),
            line("product", FIRST, product_id="another"),
        ],
    )
    warehouse.run(FIRST, FIRST, select="staging intermediate.trade")
    rows = warehouse.rows("intermediate.int_orders_judged")
    return {row["order_key"].removeprefix("douyin:"): row["line_set"] for row in rows}


def test_lines_of_the_same_have_the_same_number(judged: dict[str, int | None]) -> None:
    assert judged["same"] == judged["two"]
    assert judged["none"] is None


def test_lines_that_count_otherwise_have_another_number(judged: dict[str, int | None]) -> None:
    others = [judged[name] for name in ("one", "two", "gift", "creator", "product")]
    assert len(set(others)) == len(others)
