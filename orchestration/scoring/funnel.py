"""Whether a subject is out of line with its peers: prediction limits around the benchmark (C69, C73)."""

import numpy as np
import numpy.typing as npt
from scipy import special

from orchestration.scoring.arrays import Numbers, Truths

# Terms of a tail are added in blocks of growing width; what is below a rounding of the sum ends it.
FIRST_WIDTH = 32
WIDEST_BLOCK = 1024
ROWS_AT_ONCE = 4096
NEGLIGIBLE = 1e-17


def tail_probability(num: Numbers, den: Numbers, rate: Numbers, strength: Numbers) -> Numbers:
    """P(X >= num) for a subject that is like its peers; NaN where one of the numbers is.

    Peers differ: their true rates are beta with mean `rate` and alpha + beta = `strength`, which spreads
    counts by 1 + (den - 1) / (strength + 1) times the binomial variance. An infinite strength is the
    binomial itself. Rates lie strictly between 0 and 1.
    """
    negatives, orders, mean, worth = (
        np.array(values, np.float64) for values in np.broadcast_arrays(num, den, rate, strength)
    )
    unknown = np.isnan(negatives) | np.isnan(orders) | ~((mean > 0) & (mean < 1)) | ~(worth > 0)
    found = np.where(unknown, np.nan, 1.0)
    some = ~unknown & (negatives > 0)
    alike = some & np.isinf(worth)
    found[alike] = special.betainc(negatives[alike], orders[alike] - negatives[alike] + 1, mean[alike])
    spread = np.flatnonzero(some & ~alike)
    for first in range(0, len(spread), ROWS_AT_ONCE):
        rows = spread[first : first + ROWS_AT_ONCE]
        alpha, beta = mean[rows] * worth[rows], (1 - mean[rows]) * worth[rows]
        found[rows] = _beta_binomial_tail(negatives[rows], orders[rows], alpha, beta)
    return found


def adjusted_for_many(p_values: npt.ArrayLike) -> Numbers:
    """Benjamini-Hochberg q-values: a subject is flagged at q where its own is at most q.

    NaN stays NaN and does not count as a test.
    """
    given = np.asarray(p_values, np.float64)
    adjusted = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    tests = len(known)
    ranked = known[np.argsort(given[known], kind="stable")]
    steps = given[ranked] * tests / np.arange(1, tests + 1)
    adjusted[ranked] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return adjusted


def flagged(q_values: Numbers, fdr_q: float) -> Truths:
    """Which subjects stand out, with at most a share `fdr_q` of them expected to be false alarms."""
    return q_values <= fdr_q


def _beta_binomial_tail(num: Numbers, den: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """The side away from the mean is added up, since that is where small numbers must be right."""
    upwards = num > den * alpha / (alpha + beta)
    found = np.empty(len(num))
    found[upwards] = _sum_from(num[upwards], den[upwards], alpha[upwards], beta[upwards])
    # P(X <= num - 1) of negatives is P(Y >= den - num + 1) of the orders that are none
    below = ~upwards
    found[below] = 1 - _sum_from((den - num + 1)[below], den[below], beta[below], alpha[below])
    return np.clip(found, 0.0, 1.0)


def _sum_from(start: Numbers, den: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """P(X >= start), term after term from `start` upwards."""
    log_term = (
        special.betaln(start + alpha, den - start + beta)
        - special.betaln(alpha, beta)
        - special.betaln(start + 1, den - start + 1)
        - np.log(den + 1)
    )
    term = np.exp(log_term)
    total = term.copy()
    rows = np.flatnonzero((start < den) & (term > 0))
    at, width = start[rows], FIRST_WIDTH
    while len(rows):
        count = at[:, None] + np.arange(width)
        left = np.maximum(den[rows, None] - count, 0.0)
        step = (
            left * (count + alpha[rows, None]) / ((count + 1) * (np.maximum(left - 1, 0) + beta[rows, None]))
        )
        terms = term[rows, None] * np.cumprod(step, axis=1)
        total[rows] += terms.sum(axis=1)
        term[rows] = terms[:, -1]
        goes_on = (terms[:, -1] > total[rows] * NEGLIGIBLE) | (step[:, -1] >= 1)
        rows, at = rows[goes_on], at[goes_on] + width
        width = min(width * 2, WIDEST_BLOCK)
    return total
