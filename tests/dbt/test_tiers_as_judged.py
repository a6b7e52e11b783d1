"""A tier is met, or so many negatives away, exactly as a judge finds who tries every number: at random."""

from typing import Final

import numpy as np
import pytest

from tests.dbt.tier_market import DAY, Ladder, Market, Shop, Version
from tests.support.warehouse import DbtProject, Row, Warehouse

MARKETS: Final = 24
SHOPS: Final = 120
SEED: Final = 20261004


def some_ladder(dice: np.random.Generator) -> Ladder:
    """Two tiers or three that cost something, and at times a warning below them."""
    bars = np.sort(dice.uniform(1.0, 4.0, 3))[::-1].round(2)
    pool = ("ratio_to_benchmark_low", "ratio_to_benchmark", "rate")
    ladder: Ladder = {}
    for place, bar in enumerate(bars[: dice.integers(2, 4)]):
        measure = str(dice.choice(pool))
        asked = {measure: float(bar / 20 if measure == "rate" else bar)}
        if dice.random() < 0.3:
            asked["num_effective"] = float(dice.integers(1, 12))
        if place == 0 and dice.random() < 0.6:
            asked["occurrences_90d"] = float(dice.integers(1, 4))
        ladder[f"T{3 - place}"] = asked
    if dice.random() < 0.5:
        ladder["T0"] = {"ratio_to_benchmark": 1.0}
    return ladder


def some_version(dice: np.random.Generator) -> Version:
    guards = (("flagship", int(dice.integers(10, 80)), int(dice.integers(0, 6))), (None, 40, 3))
    return Version(
        some_ladder(dice),
        orders=int(dice.choice([1, 10, 30])),
        buyers=int(dice.integers(1, 7)) if dice.random() < 0.7 else None,
        probability=float(dice.choice([0.5, 0.8, 0.95, 0.999])) if dice.random() < 0.7 else None,
        guards=guards if dice.random() < 0.5 else (),
    )


def some_shop(dice: np.random.Generator, *, is_adjusted: bool) -> Shop:
    den = int(dice.integers(1, 121))
    num = int(dice.integers(0, min(den, 25) + 1))
    strength = float(dice.uniform(5, 200))
    mean = float(dice.uniform(0.01, 0.2))
    weighed = float(min(den, num * dice.uniform(0.5, 1.5)))
    return Shop(
        num,
        den,
        float(dice.choice([0.0, 0.02, 0.05, 0.1, 0.3])),
        buyers=int(dice.integers(1, num + 1)) if num else 0,
        shop_type=str(dice.choice(["flagship", "enterprise"])),
        status="ok" if dice.random() < 0.95 else "provisional",
        prior=(mean * strength, (1 - mean) * strength) if dice.random() < 0.9 else None,
        occurrences=int(dice.integers(0, 4)),
        adjusted=(weighed, weighed * 0.8) if is_adjusted and dice.random() < 0.9 else None,
    )


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Market:
    dice = np.random.default_rng(SEED)
    market = Market(Warehouse(tmp_path_factory.mktemp("judged"), dbt_project))
    for number in range(MARKETS):
        platform, is_adjusted = f"p{number}", number % 4 == 3
        versions = [some_version(dice) for _ in range(1 if number % 4 == 0 else 2)]
        straddle = ["lenient", "by_period_end", "full_window_only"][0 if number % 3 else number % 2 + 1]
        market.policy(platform, *versions, straddle=straddle, adjusted=is_adjusted)
        for count in range(SHOPS):
            market.shop(platform, some_shop(dice, is_adjusted=is_adjusted), f"s{count}")
    return market


@pytest.fixture(scope="module")
def distances(market: Market) -> dict[str, Row]:
    return market.distances()


def test_tiers_and_distances_are_what_trying_every_number_finds(
    market: Market, distances: dict[str, Row]
) -> None:
    found = {
        key: (row["tier_met"], row["next_tier"], row["negatives_until_tier"])
        for key, row in distances.items()
    }
    expected = {key: market.found_one_by_one(key) for key in market.shops}
    assert found == expected
    kinds = {(met is not None, upcoming is not None) for met, upcoming, _ in expected.values()}
    assert kinds == {(True, False), (False, True), (False, False)}
    assert {met for met, _, _ in expected.values()} == {"T1", "T2", "T3", None}
    assert len({more for _, _, more in expected.values()}) > 20


def test_on_an_evaluation_day_they_are_what_the_evaluation_says(
    market: Market, distances: dict[str, Row]
) -> None:
    candidates = {
        row["shop_key"]: row["tier"]
        for row in market.warehouse.rows("penalties.penalty_rate_candidates", where="severity >= 1")
    }
    met = {key: row["tier_met"] for key, row in distances.items() if row["tier_met"]}
    assert met == candidates
    assert len(met) > 100
    evaluated = market.warehouse.rows(
        "penalties.penalty_rate_evaluations", where=f"business_day = '{DAY}' and held_back_by is not null"
    )
    assert {row["shop_key"]: row["held_back_by"] for row in evaluated} == {
        row["shop_key"]: distances[row["shop_key"]]["held_back_by"] for row in evaluated
    }


def test_the_promises_hold_by_another_reckoning(market: Market, distances: dict[str, Row]) -> None:
    assert len(distances) == MARKETS * SHOPS
    promises = "a_tier_is_as_far_as_its_distance_says a_tier_met_is_the_evaluation_s"
    market.warehouse.test(DAY, DAY, f"{promises} penalty_tier_distances penalty_rate_judgings")
