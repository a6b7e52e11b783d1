"""Figures with an interval: the rows are drawn again, with replacement, from a fixed seed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

DRAWS = 400
SEED = 20_260_301
LEVEL = 0.95

Numbers = npt.NDArray[np.float64]


class Figure(NamedTuple):
    """A value with its interval; `rows` is on how many texts or sessions it stands."""

    value: float
    low: float
    high: float
    rows: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def figure(measure: Callable[[Numbers], float], rows: int) -> Figure:
    """`measure` takes how often each row counts; whole numbers, one for each row."""
    drawn = np.random.default_rng(SEED)
    values = [
        measure(np.bincount(drawn.integers(0, rows, rows), minlength=rows).astype(np.float64))
        for _ in range(DRAWS)
    ]
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Figure(float(measure(np.ones(rows))), float(low), float(high), rows)


def accuracy(said: Numbers, truth: Numbers) -> Figure:
    """The share of rows that were decided right."""
    right = (said == truth).astype(np.float64)
    return figure(lambda weight: float(weight @ right / weight.sum()), len(said))


def f1(said: Numbers, truth: Numbers) -> Figure:
    """The harmonic mean of precision and recall of what is 1."""
    return figure(lambda weight: float(2 * (weight @ (said * truth)) / (weight @ (said + truth))), len(said))


def ratio_of_rates(said: Numbers, truth: Numbers) -> Figure:
    """The rate found over the true rate; 1 is right."""
    return figure(lambda weight: float((weight @ said) / (weight @ truth)), len(said))


def micro_f1(said: Numbers, truth: Numbers) -> Figure:
    """F1 over all cells of two matrices of rows and codes."""
    both, either = (said * truth).sum(axis=1), (said + truth).sum(axis=1)
    return figure(lambda weight: float(2 * (weight @ both) / (weight @ either)), len(said))


def share(holds: Numbers) -> Figure:
    """The share of rows for which something holds."""
    return figure(lambda weight: float(weight @ holds / weight.sum()), len(holds))


def area_under_curve(score: Numbers, truth: Numbers) -> Figure:
    """The chance that a row that is 1 scores above one that is 0; ties count half."""
    order = np.argsort(score, kind="stable")
    ranked, is_one = score[order], truth[order]
    last = np.searchsorted(ranked, ranked, side="right") - 1
    first = np.searchsorted(ranked, ranked, side="left")

    def area(weight: Numbers) -> float:
        drawn = weight[order]
        below = np.concatenate(([0.0], np.cumsum(drawn * (1 - is_one))))
        under, equal = below[first], below[last + 1] - below[first]
        ones = drawn * is_one
        return float(ones @ (under + equal / 2) / (ones.sum() * below[-1]))

    return figure(area, len(score))
