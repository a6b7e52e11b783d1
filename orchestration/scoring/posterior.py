"""A subject's rate once its own orders have spoken too."""

import numpy as np
from scipy import special

from orchestration.scoring.arrays import Numbers


def shrunk_rate(num: Numbers, den: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """The mean of the posterior: between the subject's own rate and the prior's; NaN without a prior."""
    return (num + alpha) / (den + alpha + beta)


def probability_above(
    threshold: Numbers, num: Numbers, den: Numbers, alpha: Numbers, beta: Numbers
) -> Numbers:
    """How probable it is that the true rate lies above the threshold; NaN without a prior or threshold."""
    limit = np.minimum(threshold, 1.0)
    return special.betaincc(num + alpha, den - num + beta, limit)


def fewest_probable(
    least: Numbers, threshold: Numbers, den: Numbers, alpha: Numbers, beta: Numbers
) -> Numbers:
    """The fewest negatives of `den` orders at which the true rate is probably enough above the threshold.

    `least` is how probable that must be, and the prior is held as it is. NaN where no number of negatives
    is enough, nothing is asked, or there are no orders, prior or threshold.
    """
    enough = np.full(den.shape, np.nan)
    reachable = (den > 0) & (probability_above(threshold, den, den, alpha, beta) >= least)
    asked = [values[reachable] for values in (least, threshold, den, alpha, beta)]
    least, threshold, den, alpha, beta = asked
    # the probability rises with the negatives: halve what lies between too few and enough
    too_few, many = np.full(den.shape, -1.0), den.copy()
    while np.any(many - too_few > 1):
        middle = np.floor((too_few + many) / 2)
        open_still = many - too_few > 1
        is_enough = probability_above(threshold, np.maximum(middle, 0), den, alpha, beta) >= least
        many = np.where(open_still & is_enough, middle, many)
        too_few = np.where(open_still & ~is_enough, middle, too_few)
    enough[reachable] = many
    return enough
