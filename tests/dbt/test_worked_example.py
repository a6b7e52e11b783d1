"""The shop of docs/scoring.md, counted by SQL and scored by the room: the page shows the same digits."""

import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scoring_step import count_and_score
from tests.support.warehouse import DbtProject, Warehouse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scoring.md"
DAY = "2026-09-13"
SHOP, PEERS = (24, 400), ((4, 200), (9, 300), (16, 400), (10, 500), (11, 250), (10, 350))


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> dict[str, Any]:
    """The published row of the shop."""
    warehouse = Warehouse(tmp_path_factory.mktemp("worked_example"), dbt_project)
    inputs = Inputs(warehouse)
    inputs.deliver(DAY, DAY)
    for number, (negatives, orders) in enumerate((SHOP, *PEERS)):
        inputs.shop(f"s{number}")
        for order in range(orders):
            inputs.order(f"s{number}-{order}", shop=f"s{number}", paid=DAY)
            if order < negatives:
                inputs.feedback(f"f of s{number}-{order}", f"s{number}-{order}", DAY)
    inputs.count(DAY, DAY)
    count_and_score(warehouse, DAY, DAY)
    (found,) = warehouse.rows("ccr.fct_ccr", where="subject_id = 'douyin:s0' and window_days = 30 and "
                              "dimension = 'overall' and subject_type = 'shop'")  # fmt: skip
    return found


def told() -> dict[str, str]:
    """The values of the page by the names of their steps."""
    section = PAGE.read_text(encoding="utf-8").partition("## One shop by hand")[2]
    rows = re.findall(r"^\| ([^|]+) \|[^|]*\| ([\d.]+) \|$", section, re.MULTILINE)
    return dict(rows)


def by_hand() -> dict[str, float]:
    """The steps between counts and prior, written out."""
    orders = sum(n for _, n in PEERS)
    negatives = sum(k for k, _ in PEERS)
    mean = (negatives + 0.5) / (orders + 1)
    squares = sum(k * k / n for k, n in PEERS)
    scatter = (squares - negatives**2 / orders) / (mean * (1 - mean))
    weight = orders - sum(n * n for _, n in PEERS) / orders - (len(PEERS) - 1)
    estimate = (scatter - (len(PEERS) - 1)) / weight
    error = math.sqrt(2 * (len(PEERS) - 1)) / weight
    return {
        "mean of the peers": mean,
        "scatter of the peers": scatter,
        "weight": weight,
        "overdispersion as estimated": estimate,
        "its standard error": error,
        "overdispersion": max(estimate, error),
    }


def test_the_page_shows_the_digits_that_are_computed(row: dict[str, Any]) -> None:
    computed = {
        "rate": row["rate"],
        "benchmark": row["benchmark_rate"],
        "rate over benchmark": row["ratio_to_benchmark"],
        "Wilson, lower end": row["ci_low"],
        "lower end over benchmark": row["ratio_to_benchmark_low"],
        "Jeffreys, lower end": row["jeffreys_low"],
        "Jeffreys, upper end": row["jeffreys_high"],
        **by_hand(),
        "strength": row["prior_alpha"] + row["prior_beta"],
        "alpha": row["prior_alpha"],
        "beta": row["prior_beta"],
        "shrunk rate": row["rate_eb"],
        "threshold": row["threshold"],
        "P above the threshold": row["prob_above_threshold"],
        "funnel p": row["funnel_p"],
        "funnel q": row["funnel_q"],
        "shrunk rate over benchmark": row["ratio_eb_to_benchmark"],
        "score": row["score"],
    }
    assert told() == {name: f"{value:.6f}" for name, value in computed.items()}
    strength = 1 / computed["overdispersion"] - 1
    assert row["prior_alpha"] + row["prior_beta"] == pytest.approx(strength, rel=1e-12)


def test_the_shop_stands_as_the_page_says(row: dict[str, Any]) -> None:
    assert (row["num_effective"], row["den_effective"], row["benchmark_den"]) == (24, 400, 2000)
    assert (row["prior_level"], row["prior_subjects"], row["score_status"]) == ("category", 6, "ok")
    assert row["is_flagged"] is False
