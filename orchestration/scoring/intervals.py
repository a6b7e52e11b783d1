"""Intervals of a rate of orders that hold where counts are small: Wilson's and Jeffreys'."""

import numpy as np
import numpy.typing as npt
from scipy import special

from orchestration.scoring.arrays import Numbers, checked_counts


def wilson(num: npt.ArrayLike, den: npt.ArrayLike, level: float) -> tuple[Numbers, Numbers]:
    """Both ends of Wilson's interval; NaN where there are no orders.

    The ends are pinned at 0 and 1 where the formula gives them only up to rounding.
    """
    negatives, orders = checked_counts(num, den)
    z = float(special.ndtri((1 + level) / 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        half = z * np.sqrt(negatives * (orders - negatives) / orders + z * z / 4)
        low = (negatives + z * z / 2 - half) / (orders + z * z)
        high = (negatives + z * z / 2 + half) / (orders + z * z)
    return _pinned(negatives, orders, low, high)


def jeffreys(num: npt.ArrayLike, den: npt.ArrayLike, level: float) -> tuple[Numbers, Numbers]:
    """Both ends of Jeffreys' interval; NaN where there are no orders.

    The lower end is 0 without a negative and the upper 1 without anything else (C70).
    """
    negatives, orders = checked_counts(num, den)
    tail = (1 - level) / 2
    low = special.betaincinv(negatives + 0.5, orders - negatives + 0.5, tail)
    high = special.betainccinv(negatives + 0.5, orders - negatives + 0.5, tail)
    return _pinned(negatives, orders, low, high)


def _pinned(negatives: Numbers, orders: Numbers, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    known = orders > 0
    return (
        np.where(known, np.where(negatives == 0, 0.0, low), np.nan),
        np.where(known, np.where(negatives == orders, 1.0, high), np.nan),
    )
