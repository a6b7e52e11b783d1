"""Numbers to six places, as Python rounds them, and probabilities."""

import math

import numpy as np

from orchestration.classification.compiled.kernel import kernel

_PLACES = 1e6
_SPLIT = 134217729.0  # 2^27 + 1 halves a float64
_MOST_ODDS = 30.0


@kernel
def rounded(value: float) -> float:
    """The float next to the decimal of six places that is next to a value below 10^9; ties go to even.

    The product is taken with its error: a half that only rounding made is none.
    """
    product = value * _PLACES
    wide = value * _SPLIT
    high = wide - (wide - value)
    low = value - high
    wide_places = _PLACES * _SPLIT
    high_places = wide_places - (wide_places - _PLACES)
    low_places = _PLACES - high_places
    error = ((high * high_places - product) + high * low_places + low * high_places) + low * low_places
    whole = float(np.floor(product))
    beyond = (product - whole) - 0.5
    if beyond > 0.0 or (beyond == 0.0 and (error > 0.0 or (error == 0.0 and whole % 2.0 != 0.0))):
        whole += 1.0
    return whole / _PLACES


@kernel
def logistic(odds: float) -> float:
    """The probability of log-odds, which are cut where more would say no more."""
    return 1.0 / (1.0 + math.exp(-max(-_MOST_ODDS, min(_MOST_ODDS, odds))))


@kernel
def probability(evidence: float, prior_odds: float) -> float:
    """What a prior becomes by evidence, to six places so that equal input gives equal bytes."""
    return rounded(logistic(evidence + prior_odds))
