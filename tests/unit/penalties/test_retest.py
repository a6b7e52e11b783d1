"""A decision's numbers without some orders: the arithmetic of the models, and the ladder asked again."""

from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.penalties.retest import Numbers, numbers_of, probability_above, retested, wilson_low
from orchestration.penalties.rulebook import Rulebook
from orchestration.wiring.dbt import DBT_FOLDER
from tests.unit.penalties.bench import rules_without_exemptions

RULES = Rulebook.of(rules_without_exemptions())
VERSION = {"policy_id": "douyin_ccr", "policy_version": "2026-07-14"}


def macro_low(num: str, den: int) -> float:
    """The macro's formula as the file has it, evaluated by the engine that evaluates it every day."""
    text = (DBT_FOLDER / "macros" / "wilson.sql").read_text(encoding="utf-8")
    assert "- {{ wilson_z() }} * {{ wilson_root(numerator, denominator) }}" in text
    z = "cast('1.959963984540054' as double)"
    assert f"wilson_z() %}}{z}" in text
    root = f"sqrt(cast(n as double) * (d - n) / d + {z} * {z} / 4)"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select (n + {z} * {z} / 2 - {z} * {root}) / (d + {z} * {z}) "
            f"from (select {num} as n, cast({den} as bigint) as d)"
        ).fetchone()
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("num", "den"), [(1, 3), (12, 200), (17, 216), (999, 1000), (7, 100_003), (5, 5)])
def test_the_lower_bound_has_the_bits_of_the_macro(num: int, den: int) -> None:
    assert wilson_low(num, den) == macro_low(f"cast({num} as bigint)", den)


@pytest.mark.parametrize(("num", "den"), [(9.5, 200), (0.1, 7), (123.456, 4567)])
def test_a_weighed_numerator_has_them_too(num: float, den: int) -> None:
    assert wilson_low(num, den) == macro_low(f"cast('{num!r}' as double)", den)


def test_the_lower_bound_of_none_is_nought() -> None:
    assert (wilson_low(0, 40), wilson_low(3, 0)) == (0.0, None)


def numbers(num: int = 24, den: int = 200, **given: Any) -> Numbers:
    """A shop at T2 or what is given, with one buyer an order."""
    low = wilson_low(num, den) or 0.0
    row = VERSION | {
        "rule_id": "CCR-T2",
        "severity": 2,
        "num": num,
        "den": den,
        "num_weighed": None,
        "rate": num / den,
        "ci_low": low,
        "benchmark_rate": 0.02,
        "ratio": num / den / 0.02,
        "ratio_low": low / 0.02,
        "occurrences_90d": 1,
        "distinct_buyers": num,
        "threshold_rate": 0.026,
        "prior_alpha": 1.0,
        "prior_beta": 19.0,
    }
    buyers = given.pop("buyers", {f"o{each}": f"b{each}" for each in range(num)})
    return numbers_of(row | given, buyers)


def gone(count: int) -> set[str]:
    return {f"o{each}" for each in range(count)}


def test_nothing_removed_changes_nothing() -> None:
    found = retested(numbers(), {"another order"}, RULES)
    assert found.numbers == numbers()
    assert found.tier is not None
    assert (found.tier.tier, found.held_back_by) == ("T2", None)


@pytest.mark.parametrize(
    ("removed", "tier", "held_back_by"),
    [
        (8, "T2", None),
        (12, "T1", None),
        (17, "T0", "improbable"),
        (19, None, "improbable"),
        (20, None, "few_buyers"),
        (24, None, "few_buyers"),
    ],
)
def test_what_remains_meets_the_tier_it_meets(
    removed: int, tier: str | None, held_back_by: str | None
) -> None:
    found = retested(numbers(), gone(removed), RULES)
    assert (found.tier.tier if found.tier else None, found.held_back_by) == (tier, held_back_by)
    assert (found.numbers.num, found.numbers.den) == (24 - removed, 200)
    assert found.numbers.rate == (24 - removed) / 200


def test_never_a_harder_tier_than_was_issued() -> None:
    lenient = numbers(30, rule_id="CCR-T1", severity=1)
    found = retested(lenient, gone(1), RULES)
    assert found.tier is not None
    assert found.tier.tier == "T1"


def test_an_occurrence_lost_is_a_tier_lost() -> None:
    third = numbers(40, rule_id="CCR-T3", severity=3, occurrences_90d=3)
    found = retested(third, set(), RULES, occurrences_lost=1)
    assert found.tier is not None
    assert (found.tier.tier, found.numbers.occurrences_90d) == ("T2", 2)


def test_orders_of_one_buyer_are_one_buyer() -> None:
    buyers = {f"o{each}": f"b{each % 5}" for each in range(24)}
    found = retested(numbers(buyers=buyers, distinct_buyers=5), {"o4", "o9", "o14", "o19"}, RULES)
    assert found.held_back_by == "few_buyers"


def test_unknown_buyers_are_not_counted_against_the_orders_left() -> None:
    buyers = dict.fromkeys(gone(24))
    assert retested(numbers(buyers=buyers), gone(12), RULES).numbers.distinct_buyers == 12
    assert retested(numbers(buyers=buyers, distinct_buyers=None), gone(12), RULES).held_back_by is None


def test_a_guard_of_small_numbers_holds_what_falls_under_it() -> None:
    few = numbers(6, 60, rule_id="CCR-T1", severity=1, buyers={f"o{each}": None for each in range(6)})
    assert retested(few, gone(3), RULES).held_back_by == "few_buyers"
    unguarded = retested(numbers(6, 60, rule_id="CCR-T1", severity=1, distinct_buyers=None,
                                 buyers=dict.fromkeys(gone(6))), gone(3), RULES)  # fmt: skip
    assert unguarded.held_back_by == "small_n"


def test_a_weighed_numerator_loses_its_share() -> None:
    found = retested(numbers(num_weighed=18.0, rate=0.09, ci_low=wilson_low(18.0, 200)), gone(12), RULES)
    assert found.numbers.num_weighed == 9.0
    assert found.numbers.ci_low == wilson_low(9.0, 200)


def test_the_probability_is_the_tail_of_the_posterior() -> None:
    # a beta of 1 and 1 before, 0 of 1: above one half with probability one quarter
    known = numbers(24, prior_alpha=1.0, prior_beta=1.0, threshold_rate=0.5)
    assert probability_above(replace(known, num=0, den=1)) == pytest.approx(0.25)
    assert probability_above(numbers(prior_alpha=None)) is None


@given(st.integers(5, 60), st.data())
def test_removing_more_never_meets_a_harder_tier(num: int, data: st.DataObject) -> None:
    fewer = data.draw(st.integers(0, num))
    more = data.draw(st.integers(fewer, num))
    found = [retested(numbers(num), gone(count), RULES).tier for count in (fewer, more) if count]
    severities = [-1 if tier is None else tier.severity for tier in found]
    assert severities == sorted(severities, reverse=True)
