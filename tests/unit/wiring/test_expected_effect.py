"""What an upheld appeal would do to a shop's figures, by the rules that decisions go by: guards, too."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from orchestration.appeals.effect import Effect
from orchestration.penalties.retest import wilson_low
from orchestration.wiring.expected_effect import effect_in
from tests.unit.penalties.bench import shipped_rules

DAY, SHOP = date(2026, 9, 3), "douyin:s3"
JUDGED: dict[str, Any] = {
    "num_effective": 60,
    "den_effective": 1000,
    "num_weighed": None,  # as decided
    "benchmark_rate": 0.03,
    "distinct_buyers": 60,
    "threshold_rate": None,
    "prior_alpha": None,
    "prior_beta": None,
    "held_back_by": None,
}
TABLE = """
create or replace table penalties.penalty_rate_judgings (
    business_day date, shop_key varchar, policy_id varchar, policy_version varchar, is_of_last_day boolean,
    num_effective bigint, den_effective bigint, num_weighed double, benchmark_rate double,
    distinct_buyers bigint, threshold_rate double, prior_alpha double, prior_beta double,
    held_back_by varchar, rate double, ci_low double, ratio_to_benchmark double,
    ratio_to_benchmark_low double
)
"""


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with the shipped rules in it."""
    with duckdb.connect() as connection:
        connection.execute("create schema policies; create schema penalties")
        for name, table in shipped_rules().items():
            connection.register("rows", table)
            connection.execute(f"create table policies.{name} as from rows")
        yield connection


def effect_of(warehouse: duckdb.DuckDBPyConnection, removed: int, **given: Any) -> Effect:
    """Of the shop, judged with other numbers."""
    row = JUDGED | given
    num, den, benchmark = row["num_effective"], row["den_effective"], row["benchmark_rate"]
    num = row["num_weighed"] = float(num if row["num_weighed"] is None else row["num_weighed"])
    rate, low = num / den, wilson_low(num, den) or 0.0
    ratios = (None, None) if benchmark is None else (rate / benchmark, low / benchmark)
    values = [DAY, SHOP, "douyin_ccr", "2026-07-14", True, *row.values(), rate, low, *ratios]
    warehouse.execute(TABLE)
    places = ", ".join("?" for _ in values)
    warehouse.execute(f"insert into penalties.penalty_rate_judgings values ({places})", values)
    found = effect_in(warehouse, SHOP, DAY)
    assert found is not None
    return found(removed)


def test_the_rate_is_told_with_and_without_the_order(warehouse: duckdb.DuckDBPyConnection) -> None:
    effect = effect_of(warehouse, 1)
    assert (effect.num_now, effect.num_without, effect.den) == (60, 59, 1000)
    assert (effect.tier_now, effect.tier_without, effect.changes_tier) == ("T1", "T1", False)
    assert (effect.left_out, effect.held_back_by) == (("occurrences_90d",), None)


@pytest.mark.parametrize(
    ("num", "tier"),
    # Wilson lower bounds over 0.03: 51 of 1000 gives 1.302, 50 gives 1.272; earlier occurrences are met
    [(120, "T3"), (90, "T2"), (51, "T1"), (50, "T0"), (39, "T0"), (38, None), (0, None)],
)
def test_the_tier_is_the_first_whose_conditions_hold(
    warehouse: duckdb.DuckDBPyConnection, num: int, tier: str | None
) -> None:
    assert effect_of(warehouse, 0, num_effective=num, distinct_buyers=num).tier_now == tier


def test_one_order_may_make_the_difference(warehouse: duckdb.DuckDBPyConnection) -> None:
    effect = effect_of(warehouse, 1, num_effective=51)
    assert (effect.tier_now, effect.tier_without, effect.changes_tier) == ("T1", "T0", True)


def test_weighed_negatives_shrink_in_proportion(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert effect_of(warehouse, 0, num_weighed=51.0).tier_now == "T1"
    assert effect_of(warehouse, 2, num_weighed=51.0).tier_without == "T0"


def test_without_a_benchmark_no_tier_is_met(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert effect_of(warehouse, 0, benchmark_rate=None).tier_now is None


def test_a_shop_without_figures_has_no_effect(warehouse: duckdb.DuckDBPyConnection) -> None:
    effect_of(warehouse, 0)
    assert effect_in(warehouse, "douyin:another", DAY) is None
    assert effect_in(warehouse, SHOP, date(2026, 9, 2)) is None


@pytest.mark.parametrize("why", ["insufficient", "small_n", "straddles"])
def test_what_holds_a_shop_back_keeps_it_from_every_tier(
    warehouse: duckdb.DuckDBPyConnection, why: str
) -> None:
    few = effect_of(warehouse, 1, num_effective=12, den_effective=29, distinct_buyers=12, held_back_by=why)
    assert (few.tier_now, few.tier_without, few.held_back_by) == (None, None, why)


def test_one_buyer_less_may_be_too_few(warehouse: duckdb.DuckDBPyConnection) -> None:
    five: dict[str, Any] = {"num_effective": 5, "den_effective": 40, "distinct_buyers": 5}
    effect = effect_of(warehouse, 1, **five)
    # the rate of four in forty would still be worth a warning and a fine
    assert (effect.tier_now, effect.tier_without, effect.held_back_by) == ("T1", None, "few_buyers")


def test_a_rate_that_may_be_chance_is_warned_of_and_no_more(warehouse: duckdb.DuckDBPyConnection) -> None:
    prior: dict[str, Any] = {"prior_alpha": 30.0, "prior_beta": 970.0, "threshold_rate": 0.037}
    sure = effect_of(warehouse, 0, **prior, num_effective=60)
    assert (sure.tier_now, sure.held_back_by) == ("T1", None)
    less = effect_of(warehouse, 6, **prior, num_effective=60)
    assert (less.tier_without, less.held_back_by) == ("T0", "improbable")
