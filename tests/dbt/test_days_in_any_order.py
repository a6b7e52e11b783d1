"""A day's tables are a function of what was delivered until then, whatever ran before."""

from typing import Any

import pytest

from tests.support.raw_rows import INTAKE, Row, deliver
from tests.support.restless_deliveries import DAYS, FIRST, LAST, SOURCES, restless_deliveries
from tests.support.warehouse import DbtProject, Warehouse

Contents = dict[str, list[dict[str, Any]]]

OUT_OF_ORDER = ["2026-09-04", "2026-09-02", "2026-09-07", "2026-09-08", "2026-09-01",
                "2026-09-06", "2026-09-03", "2026-09-05"]  # fmt: skip


@pytest.fixture(scope="module")
def delivered() -> dict[str, list[Row]]:
    return restless_deliveries()


@pytest.fixture(scope="module")
def at_once(
    dbt_project: DbtProject,
    tmp_path_factory: pytest.TempPathFactory,
    delivered: dict[str, list[Row]],
) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("at_once"), dbt_project)
    deliver(warehouse, **delivered)
    warehouse.run(FIRST, LAST, select=INTAKE)
    return warehouse


def land(warehouse: Warehouse, delivered: dict[str, list[Row]], day: str) -> None:
    for source, rows in delivered.items():
        of_day = [row for row in rows if row["business_day"] == day]
        warehouse.redeliver(f"raw.{source}", day, of_day)


def slices(warehouse: Warehouse, first: str, last: str) -> Contents:
    """The tables that are cut into days, their days from first to last."""
    where = f"business_day between date '{first}' and date '{last}'"
    tables = [
        f"intermediate.{table}"
        for table in warehouse.tables("intermediate")
        if table != "int_feedback_pending"  # says what waits by the last processed day
    ]
    return {table: warehouse.rows(table, where=where) for table in tables}


def test_the_deliveries_are_restless(at_once: Warehouse) -> None:
    """The other tests here would prove little if little happened."""

    def seen(sql: str) -> set[Any]:
        return {next(iter(row.values())) for row in at_once.query(sql)}

    order_codes = "select exclusion_code from intermediate.int_order_exclusions"
    event_codes = "select unnest(exclusion_codes) from intermediate.int_feedback_events"
    assert len(seen(order_codes)) == 15
    assert len(seen(event_codes)) == 8
    assert seen("select why from intermediate.int_feedback_pending") == {
        "ambiguous", "no_order_given", "order_unknown",
    }  # fmt: skip
    assert seen("select link_method from intermediate.int_feedback_links") == {
        "native", "buyer_time_inferred",
    }  # fmt: skip
    assert True in seen(
        "select lag(is_brushing) over (partition by order_key order by business_day)"
        " and not is_brushing from intermediate.int_order_days"
    ), "no order ever leaves a brushing cluster"
    assert len(at_once.tables("intermediate")) == 8


def test_day_by_day_equals_all_days_at_once(
    warehouse: Warehouse, at_once: Warehouse, delivered: dict[str, list[Row]]
) -> None:
    for day in DAYS:
        land(warehouse, delivered, day)
        warehouse.run(day, day, select=INTAKE)
    assert warehouse.contents("intermediate") == at_once.contents("intermediate")


def test_days_in_any_order_equal_all_days_at_once(
    warehouse: Warehouse, at_once: Warehouse, delivered: dict[str, list[Row]]
) -> None:
    last_processed = FIRST
    for day in OUT_OF_ORDER:
        land(warehouse, delivered, day)
        last_processed = max(last_processed, day)
        warehouse.run(day, last_processed, select=INTAKE)
    assert warehouse.contents("intermediate") == at_once.contents("intermediate")


def test_a_day_knows_nothing_of_the_days_after_it(
    warehouse: Warehouse, at_once: Warehouse, delivered: dict[str, list[Row]]
) -> None:
    deliver(warehouse, **delivered)
    warehouse.run(FIRST, "2026-09-04", select=INTAKE)
    assert slices(warehouse, FIRST, LAST) == slices(at_once, FIRST, "2026-09-04")


def test_a_window_needs_what_was_delivered_before_it_and_no_earlier_run(
    warehouse: Warehouse, at_once: Warehouse, delivered: dict[str, list[Row]]
) -> None:
    deliver(warehouse, **delivered)
    warehouse.run("2026-09-05", LAST, select=INTAKE)
    assert slices(warehouse, FIRST, LAST) == slices(at_once, "2026-09-05", LAST)


def test_running_a_window_again_changes_nothing(at_once: Warehouse) -> None:
    before = at_once.contents("intermediate")
    at_once.run("2026-09-03", LAST, select=INTAKE)
    assert at_once.contents("intermediate") == before


def test_a_day_that_comes_again_empty_is_as_if_it_never_came(
    warehouse: Warehouse, delivered: dict[str, list[Row]], dbt_project: DbtProject, tmp_path: Any
) -> None:
    taken_back = "2026-09-03"
    deliver(warehouse, **delivered)
    warehouse.run(FIRST, LAST, select=INTAKE)
    for source in SOURCES:
        warehouse.redeliver(f"raw.{source}", taken_back, [])
    warehouse.run(taken_back, LAST, select=INTAKE)

    (tmp_path / "never").mkdir()
    never = Warehouse(tmp_path / "never", dbt_project)
    deliver(
        never,
        **{
            source: [row for row in rows if row["business_day"] != taken_back]
            for source, rows in delivered.items()
        },
    )
    never.run(FIRST, LAST, select=INTAKE)
    assert warehouse.contents("intermediate") == never.contents("intermediate")
