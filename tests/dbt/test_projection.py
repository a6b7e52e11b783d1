"""What a rate will be: told from what was known, as sure as it says, nearer than the first figure."""

from datetime import date, timedelta
from math import sqrt
from typing import Any

import pytest

from tests.evaluation.back_test import Figures, back_test
from tests.support.ageing_market import FIRST, LAST, daily_counts, project
from tests.support.warehouse import DbtProject, Warehouse

HALFWAY = FIRST + timedelta(days=45)
READY = FIRST + timedelta(days=20)  # the seventh order day is fourteen days old then


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return daily_counts(seed=11, shops=60) + daily_counts(seed=12, shops=3, platform="small")


@pytest.fixture(scope="module")
def projected(
    tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject, rows: list[dict[str, Any]]
) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("projected"), dbt_project)
    project(warehouse, rows, FIRST, LAST)
    return warehouse


@pytest.fixture(scope="module")
def figures(projected: Warehouse) -> dict[tuple[str, int], Figures]:
    with projected.connect() as connection:
        found = back_test(connection, "subject_type", "window_days")
    return {figure.kind: figure for figure in found}


@pytest.mark.parametrize("window_days", [7, 30])
@pytest.mark.parametrize("subject_type", ["shop", "platform"])
def test_the_interval_holds_as_often_as_it_says(
    figures: dict[tuple[str, int], Figures], subject_type: str, window_days: int
) -> None:
    assert figures[subject_type, window_days].rows > 80
    assert figures[subject_type, window_days].coverage >= 0.93


@pytest.mark.parametrize("window_days", [7, 30])
@pytest.mark.parametrize("subject_type", ["shop", "platform"])
def test_the_projection_is_nearer_than_the_first_figure(
    figures: dict[tuple[str, int], Figures], subject_type: str, window_days: int
) -> None:
    found = figures[subject_type, window_days]
    assert abs(found.bias) < 0.25 * abs(found.bias_published)
    assert found.root_square < found.root_square_published
    assert found.absolute < found.absolute_published


def test_an_interval_is_no_wider_than_it_must_be(projected: Warehouse) -> None:
    """Intervals twice as wide as chance alone makes them would hold too."""
    (row,) = projected.query(
        "select avg((num_high - num_low) / sqrt(num_expected)) as width from ccr.fct_ccr_projected "
        "where subject_type = 'shop' and num_expected > 4"
    )
    assert 3.5 < row["width"] < 6


def test_the_factors_find_the_delays_that_were_set(projected: Warehouse) -> None:
    """Of the negatives that come within seven and fourteen days: 1 + negative binomial(2, 1/4)."""
    (row,) = projected.rows(
        "intermediate.int_completion_factors",
        where=f"platform = 'douyin' and age_days = 7 and business_day = '{LAST}'",
    )
    chances = [(n + 1) * 0.25**2 * 0.75**n for n in range(14)]
    within = {age: sum(chances[:age]) for age in (7, 14)}
    assert row["completion"] == pytest.approx(within[7] / within[14], abs=0.02)
    assert row["clustering"] < 0.02
    assert row["den_growth"] == 1.0


def test_it_starts_from_the_published_counts(projected: Warehouse) -> None:
    assert (
        projected.query(
            "select * from ccr.fct_ccr_projected where num_low < num_effective "
            "or num_projected > num_high + 1 or rate_projected not between rate_low and rate_high"
        )
        == []
    )


def test_a_young_platform_says_that_it_cannot_tell(projected: Warehouse) -> None:
    rows = projected.rows("ccr.fct_ccr_projected", where="platform = 'douyin' and subject_type = 'platform'")
    statuses = {row["business_day"]: row["status"] for row in rows}
    assert {day for day, status in statuses.items() if status == "insufficient_history"} == {
        FIRST + timedelta(days=n) for n in range(20)
    }
    assert statuses[READY] == "ok"
    unknown = [row for row in rows if row["status"] != "ok"]
    assert {(row["rate_projected"], row["num_high"], row["completion"]) for row in unknown} == {
        (None, None, None)
    }


def test_no_day_looks_ahead(
    dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory, projected: Warehouse,
    rows: list[dict[str, Any]],
) -> None:  # fmt: skip
    """Run day by day on what was known by each day, it ends like one run over all days."""
    then = Warehouse(tmp_path_factory.mktemp("then"), dbt_project)
    project(then, rows, FIRST, HALFWAY)
    for day in (HALFWAY + timedelta(days=1), HALFWAY + timedelta(days=2)):
        project(then, rows, day, day)
    until = f"business_day <= date '{HALFWAY + timedelta(days=2)}'"
    for table in ("intermediate.int_completion_factors", "ccr.fct_ccr_projected", "ccr.fct_ccr_mature"):
        found, expected = then.rows(table, where=until), projected.rows(table, where=until)
        assert len(found) > 500
        assert found == expected, table


def test_a_shop_by_hand(projected: Warehouse) -> None:
    """The figures of the page, from the factors and counts that stand beside them."""
    day = date(2026, 8, 1)
    factors = {
        row["age_days"]: row
        for row in projected.rows(
            "intermediate.int_completion_factors", where=f"platform = 'douyin' and business_day = '{day}'"
        )
    }
    counts = projected.query(
        "select subject_id, order_day, sum(den_effective) as den, sum(num_effective_overall) as num "
        f"from intermediate.int_daily_counts where platform = 'douyin' and business_day <= '{day}' "
        f"and order_day > date '{day}' - 30 group by all"
    )
    shops: dict[str, tuple[float, float, float]] = {}
    for row in counts:
        factor = factors[(day - row["order_day"]).days]
        orders = float(row["den"]) * factor["den_growth"]
        num, known, to_come = shops.get(row["subject_id"], (0.0, 0.0, 0.0))
        shops[row["subject_id"]] = (
            num + float(row["num"]),
            known + orders * factor["rate_known"],
            to_come + orders * factor["rate_to_come"],
        )
    all_known = sum(known for _, known, _ in shops.values())
    history = min(20, 1 / max(factors[0]["clustering"], 1e-9))
    mean = (sum(num for num, _, _ in shops.values()) + history) / (all_known + history)
    squares = sum(known * known for _, known, _ in shops.values())
    assert sum(num for num, _, _ in shops.values()) >= 20  # fewer tell no spread
    excess = sum((num - mean * known) ** 2 - mean * known for num, known, _ in shops.values())
    spread = max(0.0, excess - sqrt(mean * all_known + 2 * mean * mean * squares)) / squares
    assert spread > 0
    for shop, (num, known, to_come) in shops.items():
        weight = spread * known / (mean + spread * known)
        expected = (weight * num / known + (1 - weight) * mean) * to_come
        (row,) = projected.rows(
            "ccr.fct_ccr_projected",
            where=f"subject_id = '{shop}' and business_day = '{day}' and window_days = 30",
        )
        assert row["num_effective"] == num
        assert row["num_expected"] == pytest.approx(expected, rel=1e-9)
        assert row["completion"] == pytest.approx(known / (known + to_come), rel=1e-9)
