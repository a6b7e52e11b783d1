"""Estimates how many texts are negative, where negatives are rarer or more frequent than in training.

A decision at one threshold counts false alarms by the thousand where negatives are rare. Here only
texts are counted that are beyond doubt, where false alarms are few, and the count is corrected by how
often negative and other texts come that far (adjusted count; Forman 2008).
"""

import math
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

Floats = npt.NDArray[np.float64]
Status = Literal["ok", "insufficient", "no_texts"]

# Below so many texts the interval is as wide as the rates that are told apart by it.
FEWEST_TEXTS = 200

LOWEST, HIGHEST, BINS = -16.0, 16.0, 400
WIDTH = (HIGHEST - LOWEST) / BINS

CONFIDENCE = 0.95
# The log-odds from which words are beyond doubt, and the share of negative and of other texts that
# reach it: of texts of `corpus/plain`, by models that had not seen them. Written down, so that a past
# window is estimated again by what was known of it; a test holds them to what training finds.
BEYOND_DOUBT = 2.0
TRUE_POSITIVE_RATE = 0.64
FALSE_POSITIVE_RATE = 0.008


class Prevalence(NamedTuple):
    """The estimated share of negatives with its interval; all of it None unless the status is ok."""

    texts: int
    share: float | None
    low: float | None
    high: float | None
    status: Status


def histogram(log_odds: Floats) -> npt.NDArray[np.int64]:
    """The evidence of texts as counts; what lies beyond the ends is counted at the ends."""
    places = np.floor((np.asarray(log_odds) - LOWEST) / WIDTH).astype(np.int64)
    return np.bincount(np.clip(places, 0, BINS - 1), minlength=BINS)


def estimate(counts: npt.NDArray[np.int64], *, fewest: int = FEWEST_TEXTS) -> Prevalence:
    """The share of negatives among the texts of a histogram of evidence.

    The interval is Wilson's of the share beyond doubt, corrected like the share itself: it says how
    far chance goes, given that texts reach the threshold as often as those the rates were found on.
    """
    texts = int(counts.sum())
    if texts == 0:
        return Prevalence(0, None, None, None, "no_texts")
    if texts < fewest:
        return Prevalence(texts, None, None, None, "insufficient")
    certain = int(counts[round((BEYOND_DOUBT - LOWEST) / WIDTH) :].sum())
    interval = binomtest(certain, texts).proportion_ci(CONFIDENCE, "wilson")
    share, low, high = (
        round(adjusted_count(part, TRUE_POSITIVE_RATE, FALSE_POSITIVE_RATE), 6)
        for part in (certain / texts, interval.low, interval.high)
    )
    return Prevalence(texts, share, low, high, "ok")


def adjusted_count(flagged_share: float, true_positive_rate: float, false_positive_rate: float) -> float:
    """The share that a flagged share stands for, by the rates of its threshold on labelled texts, 0 to 1."""
    if true_positive_rate <= false_positive_rate:
        raise ValueError(
            f"true positive rate {true_positive_rate} is not above false positive rate "
            f"{false_positive_rate}: such a threshold says nothing; train the classifier again"
        )
    share = (flagged_share - false_positive_rate) / (true_positive_rate - false_positive_rate)
    return min(1.0, max(0.0, share))


def evidence_of(probability: Floats | float, prior: float) -> Floats:
    """The log-odds that the words add to the prior their probabilities were made under."""
    kept = np.clip(np.asarray(probability, dtype=np.float64), 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept)) - math.log(prior / (1 - prior))
