"""The arithmetic of the rates, operation for operation in the order in which SQL does it.

Doubles are IEEE on both sides, so the same operations give the same bits.
"""

import math
from decimal import ROUND_FLOOR, Decimal

Z = 1.959963984540054


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """A quotient; None where there is nothing to divide, or to divide by (macro `ratio`)."""
    if numerator is None or denominator is None or not denominator > 0:
        return None
    return float(numerator) / denominator


def wilson_low(numerator: float | None, denominator: int) -> float | None:
    """The lower end of the Wilson interval (macro `wilson_low`)."""
    if denominator == 0:
        return None
    if numerator is None or numerator == 0:
        return numerator if numerator is None else 0.0
    return (numerator + Z * Z / 2 - Z * _root(numerator, denominator)) / (denominator + Z * Z)


def wilson_high(numerator: float | None, denominator: int) -> float | None:
    """The upper end of the Wilson interval (macro `wilson_high`)."""
    if denominator == 0 or numerator is None:
        return None
    if numerator == denominator:
        return 1.0
    return (numerator + Z * Z / 2 + Z * _root(numerator, denominator)) / (denominator + Z * Z)


def weighed(num: int, by_words: int, factor: float | None, den: int) -> float | None:
    """Negatives with those that words decided weighed; None where the factor is unknown."""
    if by_words == 0:
        return float(num)
    if factor is None:
        return None
    return min(float(den), num - by_words + by_words * factor)


def compensation_fen(pay_amount_fen: int, rule: dict[str, object]) -> int:
    """A share of what was paid, rounded down to the fen, between the bounds of a ticket rule."""
    share = (Decimal(pay_amount_fen) * Decimal(repr(rule["pct"]))).to_integral_value(ROUND_FLOOR)
    return min(max(int(share), int(str(rule["min_fen"]))), int(str(rule["max_fen"])))


def _root(numerator: float, denominator: int) -> float:
    return math.sqrt(float(numerator) * (denominator - numerator) / denominator + Z * Z / 4)
