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
