"""How many further negatives a shop is away from a tier, against trying them one by one."""

from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.warehouse import DbtProject, Row, Warehouse

DAY = "2026-10-04"
Z: Final = 1.959963984540054
SCORES = {
    "business_day": "date", "platform": "varchar", "subject_type": "varchar", "subject_id": "varchar",
    "window_days": "integer", "dimension": "varchar", "num_effective": "bigint", "den_effective": "bigint",
    "num_adjusted": "double", "ci_low_adjusted": "double", "benchmark_rate": "double",
    "benchmark_rate_adjusted": "double", "adjustment_status": "varchar", "status": "varchar",
}  # fmt: skip
IN_FORCE = {
    "business_day": "date", "platform": "varchar", "kind": "varchar", "policy_id": "varchar",
    "policy_version": "varchar", "window_days": "integer", "metric_rate": "varchar",
    "min_distinct_buyers": "integer",
}  # fmt: skip
Ladder = dict[str, dict[str, float]]


def lower(num: float, den: int) -> float:
    """The Wilson lower bound, as the project's SQL has it."""
    if num == 0:
        return 0.0
    return (num + Z * Z / 2 - Z * sqrt(num * (den - num) / den + Z * Z / 4)) / (den + Z * Z)


@dataclass
class Market:
    """Scores of one policy a platform, written as they would have been counted."""

    warehouse: Warehouse
    scores: list[Row] = field(default_factory=list)
    policies: list[Row] = field(default_factory=list)
    rungs: list[Row] = field(default_factory=list)
    guards: list[Row] = field(default_factory=list)
    ladders: dict[str, Ladder] = field(default_factory=dict)

    def policy(self, platform: str, ladder: Ladder, buyers: int = 0, **values: Any) -> None:
        """A ladder of costly tiers, the gravest first."""
        self.ladders[platform] = ladder
        row = {"business_day": DAY, "platform": platform, "kind": "rate", "policy_id": platform}
        plain = {"policy_version": "1", "window_days": 30, "metric_rate": "plain"}
        self.policies.append(row | plain | {"min_distinct_buyers": buyers} | values)
        for rank, (tier, conditions) in enumerate(ladder.items(), 1):
            for measure, at_least in conditions.items():
                key = {"policy_id": platform, "version": "1", "tier_rank": rank, "tier": tier}
                self.rungs.append(
                    key | {"rule_id": tier, "severity": 1, "measure": measure, "at_least": at_least}
                )

    def shop(self, platform: str, num: int, den: int, benchmark: float | None, **values: Any) -> None:
        """A shop named after its counts."""
        key = {"business_day": DAY, "platform": platform, "subject_type": "shop", "window_days": 30}
        counts = {"num_effective": num, "den_effective": den, "benchmark_rate": benchmark, "status": "ok"}
        name = f"{platform}:{num}/{den} at {benchmark}"
        self.scores.append(key | {"subject_id": name, "dimension": "overall"} | counts | values)

    def distances(self) -> dict[str, Row]:
        """The table by shop."""
        self.warehouse.create("ccr.fct_ccr", SCORES)
        self.warehouse.create("intermediate.int_policies_in_force", IN_FORCE)
        self.warehouse.create("ccr.dim_shops", {"shop_key": "varchar", "shop_type": "varchar"})
        self.warehouse.insert("ccr.fct_ccr", self.scores)
        self.warehouse.insert("intermediate.int_policies_in_force", self.policies)
        self.warehouse.insert(
            "ccr.dim_shops", [{"shop_key": row["subject_id"], "shop_type": "flagship"} for row in self.scores]
        )
        self.warehouse.insert("policies.ladder_conditions", self.rungs)
        self.warehouse.insert("policies.small_n_guards", self.guards)
        self.warehouse.run(DAY, DAY, "fct_tier_distances")
        return {row["shop_key"]: row for row in self.warehouse.rows("penalties.fct_tier_distances")}


def meets(conditions: dict[str, float], num: int, den: int, benchmark: float | None) -> bool:
    measures = {"num_effective": float(num), "rate": num / den}
    if benchmark:
        measures["ratio_to_benchmark"] = num / den / benchmark
        measures["ratio_to_benchmark_low"] = lower(num, den) / benchmark
    return all(measures.get(name, -1.0) >= at_least for name, at_least in conditions.items())


def tried(ladder: Ladder, num: int, den: int, benchmark: float | None) -> tuple[str | None, int | None]:
    """The first tier met, adding negatives one at a time; (None, None) where one is met or none ever is."""
    for more in range(den - num + 1):
        for tier, conditions in ladder.items():
            if meets(conditions, num + more, den, benchmark):
                return (tier, more) if more else (None, None)
    return None, None


LADDERS: Final[dict[str, Ladder]] = {
    "bounds": {"T2": {"ratio_to_benchmark_low": 2.0}, "T1": {"ratio_to_benchmark_low": 1.3}},
    "rates": {"T2": {"rate": 0.25, "num_effective": 4}, "T1": {"rate": 0.1, "ratio_to_benchmark": 2.5}},
    "never": {"T3": {"ratio_to_benchmark_low": 3.0, "occurrences_90d": 3}},
}
BENCHMARKS: Final = (0.0, 0.01, 0.04, 0.125, 0.5)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Market:
    market = Market(Warehouse(tmp_path_factory.mktemp("distances"), dbt_project))
    for platform, ladder in LADDERS.items():
        market.policy(platform, ladder)
        for den in [*range(1, 41), 97, 300, 1000]:
            for num in range(min(den, 24) + 1):
                for benchmark in BENCHMARKS:
                    market.shop(platform, num, den, benchmark)
    market.policy("buyers", {"T1": {"num_effective": 1}}, buyers=5)
    market.shop("buyers", 2, 30, 0.04)
    market.policy("guarded", {"T1": {"rate": 0.01}})
    market.guards.append(
        {
            "policy_id": "guarded",
            "version": "1",
            "guard_no": 1,
            "shop_type": "flagship",
            "den_lt": 300,
            "num_le": 3,
        }
    )
    market.shop("guarded", 1, 299, 0.04)
    market.shop("guarded", 1, 300, 0.04)
    market.shop("guarded", 0, 3, 0.04)
    market.policy("adjusted", {"T1": {"ratio_to_benchmark_low": 1.3}}, metric_rate="adjusted")
    weighed = {"num_adjusted": 4.5, "ci_low_adjusted": lower(4.0, 100), "benchmark_rate_adjusted": 0.05}
    market.shop("adjusted", 3, 100, 0.01, adjustment_status="ok", **weighed)
    market.shop("adjusted", 3, 101, 0.01, adjustment_status="insufficient", **weighed)
    market.policy("unready", {"T1": {"num_effective": 1}})
    market.shop("unready", 0, 10, 0.04, status="insufficient")
    return market


@pytest.fixture(scope="module")
def distances(market: Market) -> dict[str, Row]:
    return market.distances()


@pytest.mark.parametrize("platform", LADDERS)
def test_the_distance_is_what_trying_one_by_one_finds(
    market: Market, distances: dict[str, Row], platform: str
) -> None:
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    for row in market.scores:
        if row["platform"] == platform:
            shop = row["subject_id"]
            found[shop] = (distances[shop]["next_tier"], distances[shop]["negatives_until_tier"])
            expected[shop] = tried(
                LADDERS[platform], row["num_effective"], row["den_effective"], row["benchmark_rate"]
            )
    assert len(found) > 3_900
    assert found == expected
    assert (platform == "never") == (set(expected.values()) == {(None, None)})


def test_a_tier_that_is_met_is_named_and_has_no_distance(distances: dict[str, Row]) -> None:
    met = distances["bounds:24/300 at 0.04"]
    assert (met["tier_met"], met["next_tier"], met["negatives_until_tier"]) == ("T1", None, None)
    assert distances["bounds:23/30 at 0.04"]["tier_met"] == "T2"


def test_as_many_negatives_as_the_policy_wants_buyers(distances: dict[str, Row]) -> None:
    assert distances["buyers:2/30 at 0.04"]["negatives_until_tier"] == 3


def test_a_guard_of_small_numbers_is_passed_first(distances: dict[str, Row]) -> None:
    assert distances["guarded:1/299 at 0.04"]["negatives_until_tier"] == 3
    assert distances["guarded:1/300 at 0.04"]["negatives_until_tier"] == 2
    assert distances["guarded:0/3 at 0.04"]["negatives_until_tier"] is None


def test_the_adjusted_rate_is_held_against_its_own_bound(distances: dict[str, Row]) -> None:
    bar = 1.3 * 0.05
    more = next(more for more in range(98) if lower(4.0 + more, 100) >= bar)
    assert distances["adjusted:3/100 at 0.01"]["negatives_until_tier"] == more > 0
    row = distances["adjusted:3/101 at 0.01"]
    assert (row["status"], row["negatives_until_tier"]) == ("no_adjustment", None)


def test_without_a_score_there_is_no_distance(distances: dict[str, Row]) -> None:
    row = distances["unready:0/10 at 0.04"]
    assert (row["status"], row["next_tier"], row["tier_met"]) == ("insufficient", None, None)


def test_the_tables_own_promise_holds_and_is_kept_under_watch(
    market: Market, distances: dict[str, Row], tmp_path: Path
) -> None:
    promise = "a_tier_is_as_far_as_its_distance_says"
    market.warehouse.test(DAY, DAY, promise)
    with market.warehouse.connect() as connection:
        connection.execute(
            "update penalties.fct_tier_distances set negatives_until_tier = negatives_until_tier + 1 "
            "where shop_key = 'bounds:1/30 at 0.04'"
        )
    with pytest.raises(AssertionError, match=promise):
        market.warehouse.test(DAY, DAY, promise)
