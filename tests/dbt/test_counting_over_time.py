"""Each day's partition is what was known by its end, whatever ran before, in whatever order."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.inputs import Inputs, days
from tests.support.restless_market import FIRST, LAST, restless_market
from tests.support.warehouse import DbtProject, Warehouse

COUNTED = ("intermediate", "ccr", "penalties")
Contents = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Contents:
    """The market counted in one run over all its days."""
    warehouse = Warehouse(tmp_path_factory.mktemp("one_run"), dbt_project)
    restless_market(warehouse).count(FIRST, LAST)
    return warehouse.contents(*COUNTED)


def test_the_market_is_restless_enough(one_run: Contents) -> None:
    changes = one_run["ccr.fct_negative_orders"]
    candidates = one_run["penalties.fct_penalty_candidates"]
    assert {row["change"] for row in changes} == {1, -1}
    assert {row["dimension"] for row in changes} >= {"overall", "product", "content", "service"}
    assert {(row["subject_type"], row["mode"]) for row in candidates} >= {
        ("shop", "shadow"),
        ("shop", "enforce"),
        ("order", "enforce"),
    }
    assert {row["tier"] for row in candidates} == {"T1", "T2", "ticket"}
    assert {row["scope"] for row in one_run["ccr.fct_exclusions"]} == {"order", "evaluation"}
    assert {row["benchmark_level"] for row in one_run["ccr.fct_ccr"]} >= {"platform", None}


def test_day_by_day_ends_like_one_run(warehouse: Warehouse, one_run: Contents) -> None:
    inputs = restless_market(warehouse)
    start = FIRST + timedelta(days=11)
    inputs.known_on(days(FIRST, start)).count(FIRST, start)
    for day in days(start + timedelta(days=1), LAST):
        inputs.known_on(days(FIRST, day)).count(day, day)
    _assert_same(warehouse.contents(*COUNTED), one_run)


def test_days_in_any_order_end_like_one_run(warehouse: Warehouse, one_run: Contents) -> None:
    inputs = restless_market(warehouse)
    runs = [days(FIRST, LAST)[start : start + 3] for start in range(0, 16, 3)]
    random.Random(3).shuffle(runs)  # noqa: S311 - not a secret
    processed: list[date] = []
    for run in runs:
        processed.extend(run)
        inputs.known_on(processed).count(run[0], max(processed))
    _assert_same(warehouse.contents(*COUNTED), one_run)


def test_a_partition_knows_nothing_of_later_days(warehouse: Warehouse, one_run: Contents) -> None:
    halfway = FIRST + timedelta(days=8)
    inputs = restless_market(warehouse)
    inputs.count(FIRST, LAST)
    inputs.count(FIRST, halfway)  # what came later lies there, counted, and is not read
    then = warehouse.contents(*COUNTED)
    for table, rows in one_run.items():
        if rows and "business_day" in rows[0]:
            assert _until(halfway, then[table]) == _until(halfway, rows), table


def test_running_a_day_again_changes_nothing(warehouse: Warehouse, one_run: Contents) -> None:
    inputs = restless_market(warehouse)
    inputs.count(FIRST, LAST)
    inputs.count(FIRST + timedelta(days=5), LAST)
    _assert_same(warehouse.contents(*COUNTED), one_run)


def test_a_day_that_comes_back_empty_leaves_no_ghost(warehouse: Warehouse, tmp_path: Path) -> None:
    emptied = FIRST + timedelta(days=6)
    kept = [day for day in days(FIRST, LAST) if day != emptied]
    restless_market(warehouse).count(FIRST, LAST)
    without = _delivered_empty(restless_market(warehouse).known_on(kept), emptied)
    without.count(emptied, LAST)
    restated = warehouse.contents(*COUNTED)
    fresh = Warehouse(_folder(tmp_path), warehouse._project)
    _delivered_empty(restless_market(fresh).known_on(kept), emptied).count(FIRST, LAST)
    _assert_same(restated, fresh.contents(*COUNTED))


def _until(day: date, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["business_day"] <= day]


def _delivered_empty(inputs: Inputs, day: date) -> Inputs:
    inputs.deliver(day, day, status="empty")
    inputs.on("pinduoduo").deliver(day, day, status="empty")
    return inputs


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fresh"
    folder.mkdir()
    return folder


def _assert_same(found: Contents, expected: Contents) -> None:
    assert found.keys() == expected.keys()
    for table in sorted(expected):
        assert found[table] == expected[table], table
