"""A decision's numbers without some of its orders, held against the ladder of its own version again.

Shared by consumption, appeals, corrections and triage. The outcome is never harder than what was issued.
"""

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from scipy import special

from orchestration.penalties.rulebook import Rulebook, Tier, Version

_Z = 1.959963984540054


_TAKEN = (
    *("rule_id", "severity", "num", "den", "num_weighed", "rate", "ci_low", "benchmark_rate", "ratio"),
    *("ratio_low", "occurrences_90d", "distinct_buyers", "threshold_rate", "prior_alpha", "prior_beta"),
)


@dataclass(frozen=True)
class Numbers:
    """What a decision was, or would be, made from; `buyers` are of the orders it lists."""

    version: Version
    rule_id: str
    severity: int
    num: int
    den: int
    num_weighed: float
    rate: float
    ci_low: float
    benchmark_rate: float | None
    ratio: float | None
    ratio_low: float | None
    occurrences_90d: int | None
    distinct_buyers: int | None
    threshold_rate: float | None
    prior_alpha: float | None
    prior_beta: float | None
    buyers: Mapping[str, str | None]

    def measured(self, measure: str) -> float | None:
        """The number that a ladder asks for by name; None where there is none."""
        return {
            "ratio_to_benchmark_low": self.ratio_low,
            "ratio_to_benchmark": self.ratio,
            "rate": self.rate,
            "num_effective": self.num,
            "occurrences_90d": self.occurrences_90d,
        }.get(measure)


class Retested(NamedTuple):
    """The numbers that remain, the tier they meet now, and what keeps them from meeting one."""

    numbers: Numbers
    tier: Tier | None
    held_back_by: str | None  # few_orders | few_buyers | small_n | improbable | below_every_tier


def numbers_of(row: Mapping[str, Any], buyers: Mapping[str, str | None]) -> Numbers:
    """Of a row of `decisions` on a shop's rate, with the buyer of each order it lists."""
    taken = {name: row[name] for name in _TAKEN}
    taken["num_weighed"] = float(row["num"] if row["num_weighed"] is None else row["num_weighed"])
    return Numbers((row["policy_id"], row["policy_version"]), **taken, buyers=buyers)


def retested(numbers: Numbers, removed: Set[str], rules: Rulebook, *, occurrences_lost: int = 0) -> Retested:
    """The numbers without the orders removed, and what is due by them: the issued tier, a milder, none."""
    remaining = without(numbers, removed)
    if numbers.occurrences_90d is not None and occurrences_lost:
        fewer = max(numbers.occurrences_90d - occurrences_lost, 0)
        remaining = replace(remaining, occurrences_90d=fewer)
    if remaining == numbers:
        return Retested(numbers, rules.tier(numbers.version, numbers.rule_id), None)
    return judged(remaining, rules, num_before=numbers.num)


def judged(numbers: Numbers, rules: Rulebook, *, num_before: int) -> Retested:
    """Numbers held against the ladder of their version: the tier they meet, none above their severity.

    `num_before` are the negatives that a guard of small numbers is known not to have held.
    """
    held_back_by = _held_back_by(numbers, num_before, rules)
    if held_back_by not in (None, "improbable"):
        return Retested(numbers, None, held_back_by)
    for tier in rules.ladders.get(numbers.version, []):
        if tier.severity > numbers.severity or (held_back_by and tier.severity > 0):
            continue
        if all(_reaches(numbers.measured(each.measure), each.at_least) for each in tier.thresholds):
            return Retested(numbers, tier, held_back_by)
    return Retested(numbers, None, held_back_by or "below_every_tier")


def without(numbers: Numbers, removed: Set[str]) -> Numbers:
    """The numbers with some orders taken out of the numerator; all else of them stays."""
    left = {order: buyer for order, buyer in numbers.buyers.items() if order not in removed}
    num = len(left)
    if num == len(numbers.buyers):
        return numbers
    weighed = numbers.num_weighed * num / numbers.num
    low = wilson_low(weighed, numbers.den) or 0.0
    issued_low = wilson_low(numbers.num_weighed, numbers.den)
    if issued_low and issued_low != numbers.ci_low:
        # An adjusted rate's interval is wider than Wilson's by what is unknown of the classifier.
        low *= numbers.ci_low / issued_low
    rate = weighed / numbers.den
    return replace(
        numbers,
        num=num,
        num_weighed=weighed,
        rate=rate,
        ci_low=low,
        ratio=_ratio(rate, numbers.benchmark_rate),
        ratio_low=_ratio(low, numbers.benchmark_rate),
        distinct_buyers=_distinct(numbers, left),
        buyers=left,
    )


def wilson_low(numerator: float, denominator: int) -> float | None:
    """The lower end of the Wilson 95 % interval, operation for operation as macro `wilson_low` has it."""
    if denominator == 0:
        return None
    if numerator == 0:
        return 0.0
    root = math.sqrt(float(numerator) * (denominator - numerator) / denominator + _Z * _Z / 4)
    return (numerator + _Z * _Z / 2 - _Z * root) / (denominator + _Z * _Z)


def probability_above(numbers: Numbers) -> float | None:
    """How probable it is that the true rate lies above the threshold; None without a prior or threshold."""
    known = numbers.prior_alpha, numbers.prior_beta, numbers.threshold_rate
    if any(each is None for each in known):
        return None
    alpha, beta, threshold = (float(each or 0) for each in known)
    found = special.betaincc(numbers.num + alpha, numbers.den - numbers.num + beta, min(threshold, 1.0))
    return float(found)


def _held_back_by(remaining: Numbers, num_before: int, rules: Rulebook) -> str | None:
    terms = rules.terms(remaining.version)
    if remaining.den < terms.min_orders:
        return "few_orders"
    if remaining.distinct_buyers is not None and remaining.distinct_buyers < terms.min_distinct_buyers:
        return "few_buyers"
    # Which guard is the shop's goes by its type. One that would have held at issue was not the shop's.
    if any(
        remaining.den < guard.den_lt and remaining.num <= guard.num_le < num_before
        for guard in rules.guards.get(remaining.version, [])
    ):
        return "small_n"
    if terms.least_probability is not None:
        probability = probability_above(remaining)
        if probability is not None and probability < terms.least_probability:
            return "improbable"
    return None


def _distinct(numbers: Numbers, left: Mapping[str, str | None]) -> int | None:
    if any(buyer is not None for buyer in numbers.buyers.values()):
        return len({buyer for buyer in left.values() if buyer is not None})
    return None if numbers.distinct_buyers is None else min(numbers.distinct_buyers, len(left))


def _reaches(value: float | None, at_least: float) -> bool:
    return value is not None and value >= at_least


def _ratio(numerator: float, denominator: float | None) -> float | None:
    return None if denominator is None or not denominator > 0 else numerator / denominator
