"""The share of negatives is found again where the truth is known, and is unknown where little is."""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pytest

from orchestration.classification.prevalence import (
    BEYOND_DOUBT,
    BINS,
    FALSE_POSITIVE_RATE,
    TRUE_POSITIVE_RATE,
    adjusted_count,
    estimate,
    evidence_of,
    histogram,
)
from orchestration.classification.verdict import NATURAL_PRIOR, probability_of

# Of negatives this share lies above the threshold, and of others that.
_REACH = NormalDist(0, 1)
NEGATIVE_MEAN = BEYOND_DOUBT + _REACH.inv_cdf(TRUE_POSITIVE_RATE) * 2
OTHER_MEAN = BEYOND_DOUBT + _REACH.inv_cdf(FALSE_POSITIVE_RATE) * 2


def simulated(share: float, texts: int, seed: int = 3) -> npt.NDArray[np.float64]:
    """Evidence of so many texts, of which the share is negative and reaches the threshold as often."""
    chance = np.random.default_rng(seed)
    negatives = round(share * texts)
    means = np.repeat([NEGATIVE_MEAN, OTHER_MEAN], [negatives, texts - negatives])
    return chance.normal(means, 2.0)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.10, 0.20, 0.50, 0.95])
def test_the_true_share_is_found_where_a_threshold_miscounts(share: float) -> None:
    evidence = simulated(share, 40_000)
    found = estimate(histogram(evidence))
    assert found.status == "ok"
    assert found.share == pytest.approx(share, rel=0.1)
    assert found.low is not None
    assert found.high is not None
    assert found.low < share < found.high
    if share <= 0.1:
        assert (evidence > 0).mean() / share > 1.4


def test_the_interval_covers_the_truth_nineteen_times_in_twenty() -> None:
    covered = 0
    for seed in range(200):
        found = estimate(histogram(simulated(0.1, 1_000, seed)))
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.1 <= found.high
    assert 180 <= covered <= 200


def test_more_texts_say_more() -> None:
    widths = []
    for texts in (300, 3_000, 30_000):
        found = estimate(histogram(simulated(0.1, texts)))
        assert found.low is not None
        assert found.high is not None
        widths.append(found.high - found.low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


@pytest.mark.parametrize(("texts", "status"), [(0, "no_texts"), (1, "insufficient"), (199, "insufficient")])
def test_few_texts_give_no_share_and_never_zero(texts: int, status: str) -> None:
    found = estimate(histogram(simulated(0.5, texts)))
    assert (found.texts, found.share, found.low, found.high, found.status) == (
        texts,
        None,
        None,
        None,
        status,
    )
    assert estimate(histogram(simulated(0.5, 200))).status == "ok"


@pytest.mark.parametrize(("evidence", "share"), [(-8.0, 0.0), (8.0, 1.0)])
def test_one_sided_texts_end_at_the_end(evidence: float, share: float) -> None:
    found = estimate(histogram(np.full(500, evidence)))
    assert found.share == pytest.approx(share, abs=1e-6)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert 0 <= found.high - found.low < 0.02


def test_bins_are_fine_enough_and_lose_nobody() -> None:
    counts = histogram(np.array([-99.0, -16.0, 0.01, 15.99, 99.0]))
    assert (counts[0], counts[BINS // 2], counts[-1], counts.sum()) == (2, 1, 2, 5)


def test_evidence_is_what_the_words_added_to_the_prior() -> None:
    said = np.array([probability_of(evidence, NATURAL_PRIOR) for evidence in (-3.0, 0.0, 2.5)])
    assert evidence_of(said, NATURAL_PRIOR) == pytest.approx([-3.0, 0.0, 2.5], abs=1e-4)
    assert np.isfinite(evidence_of(np.array([0.0, 1.0]), NATURAL_PRIOR)).all()


@pytest.mark.parametrize(
    ("flagged", "true_rate", "false_rate", "share"),
    [(0.14, 0.8, 0.1, 2 / 35), (0.05, 0.8, 0.1, 0.0), (0.9, 0.8, 0.1, 1.0), (0.3, 1.0, 0.0, 0.3)],
)
def test_an_adjusted_count_takes_out_false_alarms_and_adds_misses(
    flagged: float, true_rate: float, false_rate: float, share: float
) -> None:
    assert adjusted_count(flagged, true_rate, false_rate) == pytest.approx(share)


def test_a_threshold_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        adjusted_count(0.5, 0.3, 0.3)
