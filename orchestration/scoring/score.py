"""The score from 0 to 100, and why it is not to be had where it is not."""

import numpy as np
import numpy.typing as npt

from orchestration.scoring.arrays import Numbers
from orchestration.scoring.statistics import Knots

Statuses = npt.NDArray[np.str_]

OK = "ok"
NO_ORDERS = "no_orders"
INSUFFICIENT = "insufficient"
GUARDED_SMALL_N = "guarded_small_n"
NO_BENCHMARK = "no_benchmark"
NO_PRIOR = "no_prior"


def by_knots(ratio: Numbers, knots: Knots) -> Numbers:
    """The score at a ratio to the benchmark: straight lines between knots, level beyond the ends."""
    ratios, scores = zip(*knots, strict=True)
    return np.where(np.isnan(ratio), np.nan, np.interp(ratio, ratios, scores))


def statuses(
    den: Numbers, min_orders: Numbers, guard_score: Numbers, benchmark: Numbers, rate: Numbers
) -> Statuses:
    """What can be said of each subject; `rate` is the shrunk rate.

    `guard_score` is the fixed score where the guard of small numbers holds, NaN elsewhere.
    """
    return np.select(
        [den == 0, den < min_orders, ~np.isnan(guard_score), ~(benchmark > 0), np.isnan(rate)],
        [NO_ORDERS, INSUFFICIENT, GUARDED_SMALL_N, NO_BENCHMARK, NO_PRIOR],
        OK,
    )


def scores(said: Statuses, guard_score: Numbers, ratio: Numbers, knots: Knots) -> Numbers:
    """The score of each subject; NaN unless its status is ok or guarded_small_n."""
    return np.select([said == OK, said == GUARDED_SMALL_N], [by_knots(ratio, knots), guard_score], np.nan)
