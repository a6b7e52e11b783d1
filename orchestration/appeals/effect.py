"""What an upheld appeal would do to the rate of a shop: with the order and without it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_Z = 1.959963984540054


@dataclass(frozen=True)
class Condition:
    """One condition of a tier, the most severe tier first."""

    tier: str
    measure: str
    at_least: float


@dataclass(frozen=True)
class RateNow:
    """The figures of a shop on the last day that was scored, by the policy in force."""

    num: int
    den: int
    benchmark_rate: float | None
    num_weighed: float | None = None  # None: counted as decided
    conditions: Sequence[Condition] = ()


@dataclass(frozen=True)
class Effect:
    """What the figures are, what they would be, and whether that meets another tier."""

    num_now: int
    num_without: int
    den: int
    tier_now: str | None
    tier_without: str | None
    left_out: tuple[str, ...]

    @property
    def changes_tier(self) -> bool:
        """Whether another tier would be met, or none."""
        return self.tier_now != self.tier_without


def effect_of(now: RateNow, orders_removed: int) -> Effect:
    """The expected effect, as far as the rate decides: what the rate does not move is taken as met.

    A removed order leaves the numerator alone; orders, benchmark and threshold stay as they are.
    """
    without = max(0, now.num - orders_removed)
    asked = {condition.measure for condition in now.conditions}
    return Effect(
        num_now=now.num,
        num_without=without,
        den=now.den,
        tier_now=_tier(now, now.num),
        tier_without=_tier(now, without),
        left_out=tuple(sorted(asked - _MEASURES)),
    )


def _tier(now: RateNow, num: int) -> str | None:
    if now.den == 0 or num == 0:
        return None
    weighed = float(num) if now.num_weighed is None else now.num_weighed * num / now.num
    benchmark = now.benchmark_rate or None
    low = _wilson_low(weighed, now.den)
    values: dict[str, float | None] = {
        "num_effective": float(num),
        "rate": weighed / now.den,
        "ratio_to_benchmark": benchmark and weighed / now.den / benchmark,
        "ratio_to_benchmark_low": benchmark and low / benchmark,
    }
    for tier, conditions in groupby(now.conditions, key=lambda each: each.tier):
        asked = [(values[each.measure], each.at_least) for each in conditions if each.measure in _MEASURES]
        if asked and all(value is not None and value >= least for value, least in asked):
            return tier
    return None


_MEASURES = frozenset({"num_effective", "rate", "ratio_to_benchmark", "ratio_to_benchmark_low"})


def _wilson_low(num: float, den: int) -> float:
    root = math.sqrt(num * (den - num) / den + _Z * _Z / 4)
    return (num + _Z * _Z / 2 - _Z * root) / (den + _Z * _Z)
