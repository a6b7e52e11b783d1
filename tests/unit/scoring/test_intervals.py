"""Laws of the intervals, the shrunk rate and the probability above a threshold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.scoring.intervals import jeffreys, wilson
from orchestration.scoring.posterior import probability_above, shrunk_rate

ORDERS = st.integers(1, 20_000)
STRENGTHS = st.floats(1, 5_000)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """Negatives of orders."""
    orders = draw(ORDERS)
    return draw(st.integers(0, orders)), orders


@pytest.mark.parametrize("interval", [wilson, jeffreys])
@given(counted=counts(), level=st.floats(0.5, 0.999))
def test_an_interval_lies_within_0_and_1_and_holds_the_rate(interval, counted, level) -> None:
    num, den = counted
    low, high = interval(num, den, level)
    assert 0 <= low <= num / den <= high <= 1


@pytest.mark.parametrize("interval", [wilson, jeffreys])
@given(counted=counts())
def test_one_more_negative_raises_both_ends(interval, counted) -> None:
    num, den = counted
    fewer, more = interval([max(num - 1, 0), num], den, 0.95)
    assert fewer[0] <= fewer[1]
    assert more[0] <= more[1]
    if 0 < num < den:
        assert fewer[0] < fewer[1]


@pytest.mark.parametrize("interval", [wilson, jeffreys])
@given(counted=counts())
def test_a_higher_level_is_wider(interval, counted) -> None:
    num, den = counted
    narrow, wide = interval(num, den, 0.8), interval(num, den, 0.99)
    assert wide[0] <= narrow[0]
    assert wide[1] >= narrow[1]
    assert wide[1] - wide[0] > narrow[1] - narrow[0]


@pytest.mark.parametrize("interval", [wilson, jeffreys])
def test_without_orders_nothing_is_known(interval) -> None:
    low, high = interval([0, 1], [0, 2], 0.95)
    assert np.isnan(low).tolist() == [True, False]
    assert np.isnan(high).tolist() == [True, False]


@pytest.mark.parametrize("interval", [wilson, jeffreys])
def test_more_negatives_than_orders_are_refused(interval) -> None:
    with pytest.raises(ValueError, match="row 1 has 3 negatives of 2 orders: negatives lie between 0"):
        interval([1, 3], [2, 2], 0.95)


def test_the_jeffreys_interval_holds_the_true_rate_as_often_as_it_says() -> None:
    drawn = np.random.default_rng(20260301)
    # of Jeffreys' own prior coverage is exact on average; the ends pinned at 0 and 1 add a little
    rates = drawn.beta(0.5, 0.5, 20_000)
    low, high = jeffreys(drawn.binomial(40, rates), 40, 0.9)
    assert 0.895 < np.mean((low <= rates) & (rates <= high)) < 0.92


@given(counted=counts(), mean=st.floats(0.001, 0.5), strength=STRENGTHS)
def test_the_shrunk_rate_lies_between_the_own_rate_and_the_peers(counted, mean, strength) -> None:
    num, den = counted
    rate = shrunk_rate(
        np.array(num), np.array(den), np.array(mean * strength), np.array((1 - mean) * strength)
    )
    assert min(num / den, mean) - 1e-12 <= rate <= max(num / den, mean) + 1e-12


@given(counted=counts(), mean=st.floats(0.001, 0.5), strength=STRENGTHS, threshold=st.floats(0, 1))
def test_more_negatives_never_make_a_high_rate_less_probable(counted, mean, strength, threshold) -> None:
    num, den = counted
    each = np.ones(2)
    fewer, more = probability_above(
        threshold * each,
        np.array([max(num - 1, 0), num]),
        den * each,
        mean * strength * each,
        (1 - mean) * strength * each,
    )
    assert 0 <= fewer <= more <= 1


def test_a_threshold_above_every_rate_is_never_passed() -> None:
    assert probability_above(np.array([1.3]), np.array([5]), np.array([5]), np.ones(1), np.ones(1)) == [0.0]


def test_without_a_threshold_or_a_prior_nothing_is_probable() -> None:
    one, unknown = np.ones(1), np.full(1, np.nan)
    assert np.isnan(probability_above(unknown, one, one, one, one))
    assert np.isnan(probability_above(one / 2, one, one, unknown, unknown))
    assert np.isnan(shrunk_rate(one, one, unknown, unknown))
