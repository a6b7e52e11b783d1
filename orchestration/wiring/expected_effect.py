"""What would become of a shop's figures without some negative orders, by the rules that decisions go by."""

from datetime import date
from typing import Any

import duckdb

from orchestration.appeals.effect import Effect, EffectOf
from orchestration.penalties.retest import Numbers, Retested, judged, numbers_of, without
from orchestration.penalties.rulebook import RULE_TABLES, Rulebook, Version
from orchestration.wiring.rule_book import rule_tables
from orchestration.wiring.warehouse import arrow

Row = dict[str, Any]

# The last day that was scored, as the version of that day judges it.
_FIGURES = """
select policy_id, policy_version, num_effective as num, den_effective as den, num_weighed, rate, ci_low,
       benchmark_rate, ratio_to_benchmark as ratio, ratio_to_benchmark_low as ratio_low, distinct_buyers,
       threshold_rate, prior_alpha, prior_beta, held_back_by
from penalties.penalty_rate_judgings
where shop_key = $1 and business_day <= $2 and is_of_last_day
order by business_day desc
limit 1
"""
# Whatever else holds a shop back now, fewer negative orders do not lift.
_ASKED_AGAIN = (None, "improbable")


def effect_in(connection: duckdb.DuckDBPyConnection, shop_key: str | None, day: date) -> EffectOf | None:
    """From negative orders removed to what becomes of the figures of a shop, as known by a day.

    A removed order leaves the numerator alone; orders, benchmark and threshold stay as they are. None
    where the shop has no figures.
    """
    found = arrow(connection, _FIGURES, [shop_key, day]).to_pylist()
    if not found:
        return None
    (row,) = found
    rules = Rulebook.of(rule_tables(connection, RULE_TABLES))
    version: Version = (row["policy_id"], row["policy_version"])
    numbers, left_out = _numbers(row, rules, version)

    def effect(orders_removed: int) -> Effect:
        less = without(numbers, frozenset(list(numbers.buyers)[:orders_removed]))
        now, then = (_judged(each, row, numbers.num, rules) for each in (numbers, less))
        return Effect(
            num_now=numbers.num,
            num_without=less.num,
            den=numbers.den,
            tier_now=now.tier and now.tier.tier,
            tier_without=then.tier and then.tier.tier,
            left_out=left_out,
            held_back_by=None if then.held_back_by == "below_every_tier" else then.held_back_by,
        )

    return effect


def _judged(numbers: Numbers, row: Row, num_now: int, rules: Rulebook) -> Retested:
    if row["held_back_by"] not in _ASKED_AGAIN:
        return Retested(numbers, None, row["held_back_by"])
    return judged(numbers, rules, num_before=num_now)


def _numbers(row: Row, rules: Rulebook, version: Version) -> tuple[Numbers, tuple[str, ...]]:
    """The figures, with earlier occurrences as met, and what of the ladder is left aside by that."""
    ladder = rules.ladders.get(version, [])
    asked = [each for tier in ladder for each in tier.thresholds]
    enough = [int(each.at_least) for each in asked if each.measure == "occurrences_90d"]
    hardest = max((tier.severity for tier in ladder), default=0)
    given = row | {"rule_id": "", "severity": hardest, "occurrences_90d": max(enough, default=None)}
    # who bought which order is not asked: one order less is one buyer less where each has one
    numbers = numbers_of(given, {str(number): None for number in range(row["num"])})
    return numbers, ("occurrences_90d",) if enough else ()
