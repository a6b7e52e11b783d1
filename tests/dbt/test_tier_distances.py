"""How many further negatives a shop is away from a tier, against trying them one by one."""

from typing import Any, Final

import pytest

from tests.dbt.tier_market import DAY, Ladder, Market, Shop, Version, lower
from tests.support.warehouse import DbtProject, Row, Warehouse

LADDERS: Final[dict[str, Ladder]] = {
    "bounds": {"T2": {"ratio_to_benchmark_low": 2.0}, "T1": {"ratio_to_benchmark_low": 1.3}},
    "rates": {"T2": {"rate": 0.25, "num_effective": 4}, "T1": {"rate": 0.1, "ratio_to_benchmark": 2.5}},
}
BENCHMARKS: Final = (0.0, 0.01, 0.04, 0.125, 0.5)
FIRST: Final = {"T1": {"num_effective": 1.0}}
BAD: Final = Shop(24, 300, 0.04)


def thrice(**asked: float) -> Ladder:
    return {"T3": {**asked, "occurrences_90d": 3.0}, "T1": {"ratio_to_benchmark_low": 1.3}}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Market:
    market = Market(Warehouse(tmp_path_factory.mktemp("distances"), dbt_project))
    for platform, ladder in LADDERS.items():
        market.policy(platform, Version(ladder))
        for den in [*range(1, 41), 97, 300, 1000]:
            for num in range(min(den, 24) + 1):
                for benchmark in BENCHMARKS:
                    market.shop(platform, Shop(num, den, benchmark))
    market.policy("buyers", Version(FIRST, buyers=5))
    market.shop("buyers", Shop(2, 30, 0.04))
    market.shop("buyers", Shop(9, 30, 0.04, buyers=3))
    market.shop("buyers", Shop(28, 30, 0.04, buyers=1))
    market.policy("guarded", Version({"T1": {"rate": 0.01}}, guards=(("flagship", 300, 3), (None, 999, 99))))
    for num, den in [(1, 299), (1, 300), (0, 3)]:
        market.shop("guarded", Shop(num, den, 0.04))
    market.policy("adjusted", Version({"T1": {"ratio_to_benchmark_low": 1.3}}), adjusted=True)
    market.shop("adjusted", Shop(3, 100, 0.05, adjusted=(4.5, 4.0)))
    market.shop("adjusted", Shop(3, 101, 0.05))
    market.shop("adjusted", Shop(80, 100, 0.7385, adjusted=(97.0, 96.0)))
    market.policy("unready", Version(FIRST))
    market.shop("unready", Shop(0, 10, 0.04, status="insufficient"))
    market.policy("probable", Version({"T1": {"ratio_to_benchmark_low": 1.3}}, probability=0.999))
    market.shop("probable", Shop(24, 300, 0.04, prior=(4.0, 96.0)))
    market.shop("probable", Shop(60, 300, 0.04, prior=(4.0, 96.0)))
    market.shop("probable", Shop(25, 300, 0.04))
    market.policy("thrice", Version(thrice(ratio_to_benchmark_low=1.5)))
    for occurrences in (0, 1, 2, 3):
        for num in (16, 24, 28):
            market.shop("thrice", Shop(num, 300, 0.04, occurrences=occurrences), f"{num} after {occurrences}")
    market.policy("only_thrice", Version({"T3": {"occurrences_90d": 3.0}}))
    market.shop("only_thrice", Shop(1, 300, 0.04, occurrences=2), "after 2")
    market.shop("only_thrice", Shop(1, 300, 0.04, occurrences=3), "after 3")
    for straddle in ("lenient", "by_period_end", "full_window_only"):
        market.policy(
            straddle,
            Version({"T2": {"rate": 0.1}}, buyers=7),
            Version({"T3": {"rate": 0.2}, "T1": {"rate": 0.05}}, buyers=2),
            straddle=straddle,
        )
        market.shop(straddle, Shop(6, 100, 0.04))
        market.shop(straddle, Shop(30, 100, 0.04, buyers=6))
        market.shop(straddle, Shop(30, 101, 0.04))
    return market


@pytest.fixture(scope="module")
def distances(market: Market) -> dict[str, Row]:
    return market.distances()


def said(row: Row) -> tuple[str | None, str | None, int | None]:
    return row["tier_met"], row["next_tier"], row["negatives_until_tier"]


@pytest.mark.parametrize("platform", LADDERS)
def test_the_distance_is_what_trying_one_by_one_finds(
    market: Market, distances: dict[str, Row], platform: str
) -> None:
    shops = [key for key in market.shops if key.startswith(f"{platform}:")]
    assert len(shops) > 3_900
    found = {key: said(distances[key]) for key in shops}
    assert found == {key: market.found_one_by_one(key) for key in shops}
    assert {tier for tier, _, _ in found.values()} == {"T1", "T2", None}


def test_every_special_case_is_what_trying_one_by_one_finds(
    market: Market, distances: dict[str, Row]
) -> None:
    shops = [key for key in market.shops if not key.startswith(tuple(f"{name}:" for name in LADDERS))]
    found = {key: said(distances[key]) for key in shops}
    assert found == {key: market.found_one_by_one(key) for key in shops}


def test_a_tier_that_is_met_is_named_and_has_no_distance(distances: dict[str, Row]) -> None:
    assert said(distances[f"bounds:{BAD.name}"]) == ("T1", None, None)
    assert distances["bounds:23/30 at 0.04"]["tier_met"] == "T2"
    assert distances["bounds:23/30 at 0.04"]["held_back_by"] is None


def test_buyers_are_counted_and_not_negatives(distances: dict[str, Row]) -> None:
    assert said(distances["buyers:2/30 at 0.04"]) == (None, "T1", 3)
    row = distances["buyers:9/30 at 0.04"]
    assert (*said(row), row["distinct_buyers"], row["held_back_by"]) == (None, "T1", 2, 3, "few_buyers")
    row = distances["buyers:28/30 at 0.04"]
    assert (*said(row), row["held_back_by"]) == (None, None, None, "few_buyers")


def test_a_guard_of_small_numbers_is_passed_first(distances: dict[str, Row]) -> None:
    assert said(distances["guarded:1/299 at 0.04"]) == (None, "T1", 3)
    assert distances["guarded:1/299 at 0.04"]["held_back_by"] == "small_n"
    assert said(distances["guarded:1/300 at 0.04"]) == (None, "T1", 2)
    assert said(distances["guarded:0/3 at 0.04"]) == (None, None, None)


def test_a_tier_waits_until_the_offence_is_probable_enough(distances: dict[str, Row]) -> None:
    row = distances["probable:24/300 at 0.04"]
    assert row["held_back_by"] == "improbable"
    assert row["next_tier"] == "T1"
    assert row["negatives_until_tier"] > 3
    assert said(distances["probable:60/300 at 0.04"]) == ("T1", None, None)
    unknown = distances["probable:25/300 at 0.04"]
    assert (*said(unknown), unknown["held_back_by"]) == (None, None, None, "improbable")


def test_an_earlier_occurrence_counts_and_so_does_the_day_itself(distances: dict[str, Row]) -> None:
    found = {name: said(row) for name, row in distances.items() if name.startswith("thrice")}
    assert [found[f"thrice:28 after {times}"][0] for times in range(4)] == ["T1", "T1", "T3", "T3"]
    assert [found[f"thrice:24 after {times}"][0] for times in range(4)] == ["T1"] * 4
    assert {found[f"thrice:16 after {times}"][1] for times in range(4)} == {"T1"}
    assert said(distances["only_thrice:after 2"]) == (None, None, None)
    assert said(distances["only_thrice:after 3"]) == ("T3", None, None)


def test_every_version_that_judges_a_straddling_window_is_asked(distances: dict[str, Row]) -> None:
    few, many = "6/100 at 0.04", "30/100 at 0.04"
    assert said(distances[f"by_period_end:{few}"]) == ("T1", None, None)
    assert said(distances[f"lenient:{few}"]) == (None, "T1", 4)
    assert said(distances[f"by_period_end:{many}"]) == ("T3", None, None)
    assert said(distances[f"lenient:{many}"]) == (None, "T2", 1)
    assert distances[f"lenient:{many}"]["held_back_by"] == "few_buyers"
    assert said(distances["lenient:30/101 at 0.04"]) == ("T2", None, None)
    for shop in (few, many):
        row = distances[f"full_window_only:{shop}"]
        assert (*said(row), row["held_back_by"]) == (None, None, None, "straddles")


def test_the_adjusted_rate_is_held_against_its_own_bound(distances: dict[str, Row]) -> None:
    bar = 1.3 * 0.05
    more = next(more for more in range(98) if lower(4.0 + more, 100) >= bar)
    assert distances["adjusted:3/100 at 0.05"]["negatives_until_tier"] == more > 0
    assert said(distances["adjusted:80/100 at 0.7385"]) == (None, "T1", 4), "no more negatives than orders"
    row = distances["adjusted:3/101 at 0.05"]
    assert (row["held_back_by"], row["negatives_until_tier"]) == ("no_adjustment", None)


def test_without_a_score_there_is_no_distance(distances: dict[str, Row]) -> None:
    row = distances["unready:0/10 at 0.04"]
    assert (*said(row), row["held_back_by"]) == (None, None, None, "insufficient")


BREAKS: Final = {
    "a_tier_is_as_far_as_its_distance_says": [
        "set negatives_until_tier = negatives_until_tier + 1 where shop_key = 'bounds:1/30 at 0.04'",
        "set negatives_until_tier = negatives_until_tier - 1 where shop_key = 'buyers:9/30 at 0.04'",
        "set negatives_until_tier = 4 where shop_key = 'probable:24/300 at 0.04'",
        "set tier_met = 'T1', next_tier = null where shop_key = 'lenient:6/100 at 0.04'",
        "set tier_met = null where shop_key = 'lenient:30/101 at 0.04'",
    ],
    "a_tier_met_is_the_evaluation_s": [
        "set tier_met = 'T1' where shop_key = 'thrice:28 after 2'",
        "set tier_met = null where shop_key = 'bounds:24/300 at 0.04'",
        "set held_back_by = null where shop_key = 'buyers:9/30 at 0.04'",
        "set held_back_by = 'few_buyers' where shop_key = 'bounds:24/300 at 0.04'",
    ],
}


def test_the_tables_keep_their_promises(market: Market, distances: dict[str, Row]) -> None:
    assert distances
    tables = "int_versions_judging penalty_rate_judgings penalty_tier_distances fct_tier_distances"
    market.warehouse.test(DAY, DAY, f"{tables} {' '.join(BREAKS)}")


@pytest.mark.parametrize(
    ("promise", "change"), [(promise, change) for promise, changes in BREAKS.items() for change in changes]
)
def test_a_broken_promise_is_found(
    market: Market, distances: dict[str, Row], promise: str, change: str
) -> None:
    shop = change.split("'")[-2]
    before: dict[str, Any] = dict(distances[shop])
    with market.warehouse.connect() as connection:
        connection.execute(f"update penalties.fct_tier_distances {change}")
    with pytest.raises(AssertionError, match=promise):
        market.warehouse.test(DAY, DAY, promise)
    with market.warehouse.connect() as connection:
        connection.execute("delete from penalties.fct_tier_distances where shop_key = ?", [shop])
    market.warehouse.insert("penalties.fct_tier_distances", [before])
