"""How far peers differ, and who speaks for a subject that has few of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.scoring.prior import LEVELS, Moments, Priors, fitted, priors
from orchestration.scoring.statistics import Statistics

STATISTICS = Statistics()


def of(num: list[int] | np.ndarray, den: list[int] | np.ndarray, category=None, family=None) -> Priors:
    size = len(num)
    return priors(
        np.asarray(num, np.float64),
        np.asarray(den, np.float64),
        np.zeros(size, np.int64) if category is None else np.asarray(category),
        np.zeros(size, np.int64) if family is None else np.asarray(family),
        STATISTICS,
    )


def moments(num: list[float], den: list[float]) -> Moments:
    negatives, orders = np.asarray(num, np.float64), np.asarray(den, np.float64)
    return Moments(
        *(
            np.array([total])
            for total in (
                len(orders),
                orders.sum(),
                negatives.sum(),
                (orders**2).sum(),
                (negatives**2 / orders).sum(),
            )
        )
    )


@pytest.mark.parametrize(("alpha", "beta"), [(3.0, 97.0), (30.0, 970.0), (0.5, 9.5)])
def test_the_beta_that_peers_were_drawn_from_is_found_again(alpha: float, beta: float) -> None:
    drawn = np.random.default_rng(7)
    orders = drawn.integers(30, 3000, 6000)
    found = of(drawn.binomial(orders, drawn.beta(alpha, beta, 6000)), orders)
    assert found.alpha[0] == pytest.approx(alpha, rel=0.12)
    assert found.alpha[0] / (found.alpha[0] + found.beta[0]) == pytest.approx(
        alpha / (alpha + beta), rel=0.03
    )


def test_binomial_noise_is_not_taken_for_a_difference_of_peers() -> None:
    drawn = np.random.default_rng(7)
    orders = drawn.integers(30, 3000, 2000)
    found = of(drawn.binomial(orders, 0.03), orders)
    assert (found.alpha + found.beta).min() > 10_000


def test_peers_that_agree_to_a_hair_have_a_defined_and_finite_prior() -> None:
    found = of([3] * 11, [100] * 11)
    assert found.alpha / (found.alpha + found.beta) == pytest.approx(30.5 / 1001)
    # as one standard error of ten peers of 100 orders: sqrt(2 * 9) / (1000 - 100 - 9)
    assert 1 / (found.alpha + found.beta + 1) == pytest.approx(np.sqrt(18) / 891)


def test_peers_without_a_negative_have_a_prior_above_zero() -> None:
    found = of([0] * 11, [100] * 11)
    assert found.alpha / (found.alpha + found.beta) == pytest.approx(0.5 / 1001)
    assert np.all(found.alpha > 0)


def test_peers_of_which_each_is_all_or_nothing_are_worth_one_order() -> None:
    found = of([0, 100] * 6, [100] * 12)
    assert found.alpha + found.beta == pytest.approx(1)


def test_a_single_peer_and_peers_of_one_order_say_nothing_of_differences() -> None:
    for num, den in ([3], [100]), ([1, 0, 1], [1, 1, 1]):
        alpha, beta = fitted(moments(num, den))
        assert np.isnan(alpha)
        assert np.isnan(beta)


def test_a_subject_is_no_peer_of_itself() -> None:
    num, den = [3, 2, 4, 3, 2, 5, 3], [100, 120, 90, 110, 130, 100, 90]
    before, after = of(num, den), of([90, *num[1:]], den)
    assert (before.alpha[0], before.beta[0]) == (after.alpha[0], after.beta[0])
    assert after.alpha[1] / after.beta[1] > before.alpha[1] / before.beta[1]


def test_a_peer_with_too_few_orders_is_not_asked() -> None:
    num, den = [3, 2, 4, 3, 2, 5, 0], [100, 120, 90, 110, 130, 100, 29]
    before, after = of(num, den), of([*num[:-1], 29], den)
    assert np.array_equal(before.alpha, after.alpha)
    assert before.peers.tolist() == [5, 5, 5, 5, 5, 5, 6]


def test_with_too_few_peers_the_parent_speaks_then_the_platform_then_nobody() -> None:
    # category 0: six; category 1: three of its family's nine; category 2: alone in its family; one nowhere
    category = [0] * 6 + [1] * 3 + [2] + [-1]
    family = [0] * 9 + [2] + [-1]
    found = of([3] * 11, [100] * 11, category, family)
    named = [LEVELS[place] for place in found.level]
    assert named == ["category"] * 6 + ["parent"] * 3 + ["platform"] * 2
    assert found.peers.tolist() == [5] * 6 + [8] * 3 + [10] * 2
    few = of([3] * 5, [100] * 5)
    assert few.level.tolist() == [-1] * 5
    assert few.peers.tolist() == [0] * 5
    assert np.isnan(few.alpha).all()


def test_nobody_has_no_priors() -> None:
    assert len(of([], []).alpha) == 0


@given(seed=st.integers(0, 10_000), size=st.integers(1, 60))
def test_the_order_of_subjects_does_not_matter(seed: int, size: int) -> None:
    drawn = np.random.default_rng(seed)
    den = drawn.integers(0, 500, size)
    num = drawn.binomial(den, 0.05)
    category = drawn.integers(-1, 3, size)
    family = np.where(category < 0, -1, category // 2)
    shuffled = drawn.permutation(size)
    straight, mixed = of(num, den, category, family), of(*(x[shuffled] for x in (num, den, category, family)))
    for before, after in zip(straight, mixed, strict=True):
        assert np.array_equal(before[shuffled], after, equal_nan=True)


@given(
    peers=st.lists(st.tuples(st.integers(30, 2000), st.floats(0, 1)), min_size=6, max_size=40),
)
def test_a_prior_is_a_distribution_whatever_the_peers_are(peers) -> None:
    den = np.array([orders for orders, _ in peers])
    num = np.array([round(orders * share) for orders, share in peers])
    found = of(num, den)
    assert np.all(found.alpha > 0)
    assert np.all(found.beta > 0)
    assert np.all(found.alpha + found.beta >= 1 - 1e-9)
    assert np.all(np.isfinite(found.alpha + found.beta))
