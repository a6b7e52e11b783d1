"""Prediction limits around the benchmark, and many tests on one day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from orchestration.scoring.funnel import adjusted_for_many, flagged, tail_probability

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def tail(num: float, den: float, rate: float, strength: float) -> float:
    return float(
        tail_probability(*(np.array([value], np.float64) for value in (num, den, rate, strength)))[0]
    )


@given(
    den=st.integers(1, 3000),
    share=st.floats(0, 1),
    rate=st.floats(0.001, 0.9),
    strength=st.floats(0.5, 100_000),
)
def test_the_tail_is_that_of_the_beta_binomial(den: int, share: float, rate: float, strength: float) -> None:
    num = round(den * share)
    wanted = stats.betabinom.sf(num - 1, den, rate * strength, (1 - rate) * strength)
    assert tail(num, den, rate, strength) == pytest.approx(wanted, rel=1e-6, abs=1e-9)


def test_a_small_tail_is_right_in_its_leading_digits() -> None:
    log_terms = stats.betabinom.logpmf(np.arange(60, 1001), 1000, 3, 97)
    assert tail(60, 1000, 0.03, 100) == pytest.approx(np.exp(log_terms).sum(), rel=1e-9)
    log_terms = stats.betabinom.logpmf(np.arange(400, 2001), 2000, 30, 970)
    assert tail(400, 2000, 0.03, 1000) == pytest.approx(np.exp(log_terms).sum(), rel=1e-9)
    assert 0 < tail(400, 2000, 0.03, 1000) < 1e-20


def test_a_great_strength_is_the_binomial() -> None:
    assert tail(60, 1000, 0.03, 1e9) == pytest.approx(tail(60, 1000, 0.03, np.inf), rel=1e-3)


def test_peers_that_differ_make_an_outlier_less_surprising() -> None:
    tails = [tail(60, 1000, 0.03, strength) for strength in (np.inf, 10_000, 1000, 100)]
    assert tails == sorted(tails)
    assert tails[-1] > 1000 * tails[0]


@given(den=st.integers(1, 2000), rate=st.floats(0.001, 0.5), strength=st.floats(1, 10_000))
def test_more_negatives_are_never_more_probable(den: int, rate: float, strength: float) -> None:
    num = np.unique(np.linspace(0, den, 20).astype(int))
    each = np.ones(len(num))
    tails = tail_probability(num * each, den * each, rate * each, strength * each)
    assert tails[0] == 1
    assert np.all((tails >= 0) & (tails <= 1))
    assert np.all(np.diff(tails) <= 1e-9)


@pytest.mark.parametrize(
    "numbers", [(1, 10, np.nan, 100), (1, 10, 0.03, np.nan), (1, 10, 0, 100), (1, 10, 1, 9)]
)
def test_without_a_benchmark_between_0_and_1_or_a_prior_the_tail_is_unknown(numbers) -> None:
    assert np.isnan(tail(*numbers))


def test_the_adjusted_values_are_those_of_the_method() -> None:
    given_values = [0.01, 0.04, 0.03, np.nan, 0.5]
    found = adjusted_for_many(given_values)
    assert found[[0, 1, 2, 4]] == pytest.approx([0.04, 0.04 * 4 / 3, 0.04 * 4 / 3, 0.5])
    assert np.isnan(found[3])


@given(p_values=P_VALUES)
def test_adjusted_values_agree_with_scipy(p_values: list[float]) -> None:
    assert adjusted_for_many(p_values) == pytest.approx(stats.false_discovery_control(p_values))


@given(p_values=P_VALUES, smaller=st.floats(0, 1), larger=st.floats(0, 1))
def test_a_smaller_q_never_flags_more(p_values: list[float], smaller: float, larger: float) -> None:
    smaller, larger = sorted((smaller, larger))
    q_values = adjusted_for_many(p_values)
    assert np.all(flagged(q_values, smaller) <= flagged(q_values, larger))


@given(p_values=P_VALUES, seed=st.integers(0, 1000))
def test_the_order_of_tests_does_not_matter(p_values: list[float], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(len(p_values))
    assert np.array_equal(
        adjusted_for_many(p_values)[shuffled], adjusted_for_many(np.asarray(p_values)[shuffled])
    )


def test_the_order_of_subjects_does_not_matter_to_the_last_bit() -> None:
    drawn = np.random.default_rng(3)
    den = drawn.integers(1, 20_000, 9000).astype(np.float64)
    num = drawn.binomial(den.astype(int), 0.05).astype(np.float64)
    rate, strength = np.full(9000, 0.03), np.full(9000, 80.0)
    shuffled = drawn.permutation(9000)
    straight = tail_probability(num, den, rate, strength)
    assert np.array_equal(straight[shuffled], tail_probability(num[shuffled], den[shuffled], rate, strength))


def test_among_subjects_like_their_peers_hardly_ever_one_is_flagged() -> None:
    drawn = np.random.default_rng(5)
    runs = 100
    alarms = 0
    for _ in range(runs):
        den = drawn.integers(30, 1000, 300).astype(np.float64)
        num = drawn.binomial(den.astype(int), drawn.beta(3, 97, 300)).astype(np.float64)
        each = np.ones(300)
        alarms += flagged(adjusted_for_many(tail_probability(num, den, 0.03 * each, 100 * each)), 0.05).any()
    assert alarms <= 0.05 * runs + 5
