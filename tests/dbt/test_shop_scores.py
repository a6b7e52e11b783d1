"""What a score is made from, where it is published, and what an improbable offence leads to."""

from typing import Any

import pytest

from tests.dbt.scoring import score
from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-13"
SUNDAY = "2026-09-13"

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("shop_scores"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST)


def policy(inputs: Inputs, **values: Any) -> None:
    eligible = {"window_days": 7, "min_orders": 3, "min_distinct_buyers": 1, "mode": "enforce"}
    inputs.policy(inputs.platform, **{"platform": inputs.platform, **eligible, **values})


def guard(inputs: Inputs, number: int, **values: Any) -> None:
    inputs.add(
        "policies.small_n_guards",
        {"policy_id": inputs.platform, "version": "1", "guard_no": number, **values},
    )


def sell(inputs: Inputs, shop: str, orders: int, negatives: int, product: str | None = None) -> None:
    for number in range(orders):
        order = f"{shop}-{number}"
        lines = [{"line_id": "l1", "product": product or f"p of {shop}"}]
        inputs.order(order, shop=shop, paid="2026-09-08", lines=lines)
        if number < negatives:
            inputs.feedback(f"f of {order}", order, "2026-09-08")


def to_score(counted: Counted, arrange: Arrange, subject_type: str = "shop") -> dict[str, dict[str, Any]]:
    rows = counted.rows(
        arrange,
        "intermediate.int_subjects_to_score",
        where=f"business_day = '{SUNDAY}' and subject_type = '{subject_type}'",
    )
    found = {row["subject_id"]: row for row in rows}
    assert len(found) == len(rows), "a subject has one row"
    return found


@scenario
def measured(inputs: Inputs) -> None:
    policy(inputs)
    guard(inputs, 1, shop_type="flagship", den_lt=5, num_le=1, score=70)
    guard(inputs, 2, den_lt=20, num_le=2, score=80)
    inputs.add(
        "raw.categories",
        {"platform": inputs.platform, "category_id": "c1", "name": "c1", "parent_id": "top"},
    )
    inputs.shop("usual", "c1")
    inputs.shop("flagship", "c1", shop_type="flagship")
    inputs.shop("top", "top")
    inputs.add(
        "raw.products",
        {
            "platform": inputs.platform,
            "product_id": "p of flagship",
            "shop_id": "flagship",
            "category_id": "c1",
        },
    )
    sell(inputs, "usual", 10, 2)
    sell(inputs, "flagship", 10, 1)
    sell(inputs, "top", 10, 3)
    sell(inputs, "unlisted", 20, 1)


def test_a_score_is_made_from_the_counts_of_the_policy_s_window(counted: Counted) -> None:
    found = to_score(counted, measured)
    assert {name: (row["num"], row["den"], row["window_days"]) for name, row in found.items()} == {
        "usual": (2, 10, 7),
        "flagship": (1, 10, 7),
        "top": (3, 10, 7),
        "unlisted": (1, 20, 7),
    }
    row = found["usual"]
    assert (row["policy_id"], row["policy_version"], row["min_orders"]) == ("measured", "1", 3)
    assert row["benchmark_rate"] == pytest.approx(5 / 40)


def test_a_family_is_a_category_at_the_top_with_those_below_it(counted: Counted) -> None:
    found = {
        name: (row["category_key"], row["family_key"]) for name, row in to_score(counted, measured).items()
    }
    assert found == {
        "usual": ("c1", "top"),
        "flagship": ("c1", "top"),
        "top": ("top", "top"),
        "unlisted": (None, None),
    }


def test_the_first_guard_that_fits_the_type_speaks_and_no_other(counted: Counted) -> None:
    found = {name: row["guard_score"] for name, row in to_score(counted, measured).items()}
    assert found == {"usual": 80, "flagship": None, "top": None, "unlisted": None}


def test_a_product_is_guarded_by_its_shop_s_type(counted: Counted) -> None:
    found = to_score(counted, measured, "product")
    assert {name: (row["num"], row["den"], row["guard_score"]) for name, row in found.items()} == {
        "p of usual": (2, 10, 80),
        "p of flagship": (1, 10, None),
        "p of top": (3, 10, None),
        "p of unlisted": (1, 20, None),
    }
    assert found["p of flagship"]["category_key"] == "c1"


def scores_of(inputs: Inputs, shop: str, **values: Any) -> None:
    inputs.add(
        "scored.shop_scores",
        {
            "business_day": SUNDAY,
            "platform": inputs.platform,
            "subject_type": "shop",
            "subject_id": inputs.key(shop),
            "window_days": 7,
            "score": 55.5,
            "score_status": "ok",
            **values,
        },
    )


@scenario
def probable(inputs: Inputs) -> None:
    policy(inputs, prob_above_threshold=0.95)
    inputs.rung("probable", 1, "ratio_to_benchmark_low", 1.3)
    inputs.rung("probable", 2, "ratio_to_benchmark", 1.3, severity=0)
    for number in range(6):
        sell(inputs, f"peer{number}", 20, 1)
    for shop, chance in [("sure", 0.95), ("doubtful", 0.94), ("unknown", None)]:
        sell(inputs, shop, 20, 8)
        scores_of(inputs, shop, prob_above_threshold=chance)
    for number in range(6):
        scores_of(inputs, f"peer{number}", prob_above_threshold=1.0)


@scenario
def not_asked(inputs: Inputs) -> None:
    policy(inputs)
    inputs.rung("not_asked", 1, "ratio_to_benchmark_low", 1.3)
    for number in range(6):
        sell(inputs, f"peer{number}", 20, 1)
    sell(inputs, "doubtful", 20, 8)
    scores_of(inputs, "doubtful", prob_above_threshold=0.1)


def evaluated(counted: Counted, arrange: Arrange) -> dict[str, dict[str, Any]]:
    rows = counted.rows(arrange, "penalties.penalty_rate_evaluations", where=f"business_day = '{SUNDAY}'")
    return {row["shop_key"]: row for row in rows}


def tiers(counted: Counted, arrange: Arrange) -> dict[str, str]:
    rows = counted.rows(arrange, "penalties.fct_penalty_candidates", where=f"business_day = '{SUNDAY}'")
    return {row["subject_id"]: row["tier"] for row in rows}


def test_an_offence_that_is_not_probable_enough_costs_nothing_and_is_warned_of(counted: Counted) -> None:
    found = evaluated(counted, probable)
    held = {shop: row["held_back_by"] for shop, row in found.items() if not shop.startswith("peer")}
    assert held == {"sure": None, "doubtful": "improbable", "unknown": "improbable"}
    assert {shop for shop, row in found.items() if row["is_occurrence"]} == {"sure"}
    assert found["doubtful"]["prob_above_threshold"] == 0.94
    assert tiers(counted, probable) == {"sure": "T1", "doubtful": "T2", "unknown": "T2"}


def test_a_policy_that_asks_for_no_probability_holds_nobody_back_for_it(counted: Counted) -> None:
    assert evaluated(counted, not_asked)["doubtful"]["held_back_by"] is None
    assert tiers(counted, not_asked) == {"doubtful": "T1"}


def test_the_score_is_published_beside_the_rate_it_belongs_to_and_nowhere_else(counted: Counted) -> None:
    row = score(counted, probable, SUNDAY, "sure", window_days=7)
    assert (row["score"], row["score_status"], row["prob_above_threshold"]) == (55.5, "ok", 0.95)
    for elsewhere in ({"window_days": 30}, {"window_days": 7, "dimension": "product"}):
        row = score(counted, probable, SUNDAY, "sure", **elsewhere)
        assert (row["score"], row["score_status"], row["prob_above_threshold"]) == (None, None, None)
    row = score(counted, probable, "2026-09-12", "sure", window_days=7)
    assert (row["score"], row["score_status"]) == (None, None)
