"""The ladder condition by condition, and what keeps a shop off it."""

from typing import Any

import pytest

from orchestration.replaying.ladder import held_back_by, is_occurrence, tiers
from orchestration.replaying.rules import Rules


def condition(rank: int, tier: str, severity: int, measure: str, at_least: float) -> dict[str, Any]:
    names = {"tier_rank": rank, "tier": tier, "rule_id": f"R-{tier}", "severity": severity}
    return {**names, "measure": measure, "at_least": at_least, "human_review": rank == 1}


LADDER = [
    condition(1, "T3", 3, "ratio_to_benchmark_low", 3.0),
    condition(1, "T3", 3, "occurrences_90d", 3),
    condition(2, "T1", 1, "ratio_to_benchmark_low", 1.3),
    condition(3, "T0", 0, "ratio_to_benchmark", 1.3),
]
FIGURES = {
    "status": "ok",
    "den_effective": 600,
    "distinct_buyers": 9,
    "prob_above_threshold": 0.99,
    "lacks_adjustment": False,
    "ratio_to_benchmark_low": 3.5,
    "ratio_to_benchmark": 4.0,
    "occurrences_90d": 2,
}


def rules(**said: Any) -> Rules:
    row = {"min_distinct_buyers": 5, "prob_above_threshold": 0.95} | said
    guards = [
        {"guard_no": 1, "shop_type": "flagship", "den_lt": 300, "num_le": 3, "score": 80},
        {"guard_no": 2, "shop_type": None, "den_lt": 500, "num_le": 3, "score": 70},
    ]
    tables = {"policy_versions": [row], "ladder_conditions": LADDER, "small_n_guards": guards}
    return Rules("p", "1", tables)


def met(figures: dict[str, Any], held: str | None = None) -> list[str]:
    return [tier["tier"] for tier in tiers(rules(), figures, held) if tier["met"]]


def test_a_tier_is_met_when_all_its_conditions_are() -> None:
    assert met(FIGURES) == ["T1", "T0"]
    assert met(FIGURES | {"occurrences_90d": 3}) == ["T3", "T1", "T0"]


def test_a_threshold_itself_is_met_and_an_unknown_figure_never() -> None:
    assert met(FIGURES | {"ratio_to_benchmark_low": 1.3}) == ["T1", "T0"]
    assert met(FIGURES | {"ratio_to_benchmark_low": 1.2999999999999998}) == ["T0"]
    assert met(FIGURES | {"ratio_to_benchmark_low": None, "ratio_to_benchmark": None}) == []


def test_what_is_improbable_may_be_warned_and_what_is_held_back_meets_nothing() -> None:
    assert met(FIGURES, "improbable") == ["T0"]
    assert met(FIGURES, "few_buyers") == []
    assert [tier["conditions_met"] for tier in tiers(rules(), FIGURES, "few_buyers")] == [False, True, True]


@pytest.mark.parametrize(
    ("figures", "guard", "said", "held"),
    [
        ({}, None, {}, None),
        ({"status": "provisional", "distinct_buyers": 0}, 80, {}, "provisional"),
        ({"distinct_buyers": 4}, 80, {}, "few_buyers"),
        ({}, 80, {}, "small_n"),
        ({"prob_above_threshold": 0.9499}, None, {}, "improbable"),
        ({"prob_above_threshold": None}, None, {}, "improbable"),
        ({"prob_above_threshold": None}, None, {"prob_above_threshold": None}, None),
        ({"lacks_adjustment": True, "prob_above_threshold": 0}, None, {}, "no_adjustment"),
        ({"lacks_adjustment": True}, 80, {}, "small_n"),
        ({"distinct_buyers": 4}, None, {"min_orders": 601}, "insufficient"),
        ({}, None, {"min_orders": 600}, None),
    ],
)
def test_the_first_thing_that_holds_a_shop_back_is_named(
    figures: dict[str, Any], guard: float | None, said: dict[str, Any], held: str | None
) -> None:
    assert held_back_by(rules(**said), FIGURES | figures, guard) == held


def test_a_window_that_is_judged_too_early_holds_nobody() -> None:
    assert held_back_by(rules(min_orders=601), FIGURES, None, is_too_early=True) == "straddles"
    provisional = FIGURES | {"status": "provisional"}
    assert held_back_by(rules(), provisional, None, is_too_early=True) == "provisional"


def test_an_occurrence_leaves_earlier_occurrences_aside() -> None:
    assert is_occurrence(rules(), FIGURES | {"ratio_to_benchmark_low": 1.3, "occurrences_90d": None}, None)
    assert not is_occurrence(rules(), FIGURES | {"ratio_to_benchmark_low": 1.2}, None)
    assert not is_occurrence(rules(), FIGURES, "improbable")


def test_of_the_guards_the_first_that_fits_the_shop_speaks() -> None:
    found = [rules().guard(kind) for kind in ("flagship", "ordinary", None)]
    assert [guard and guard["score"] for guard in found] == [80, 70, 70]
