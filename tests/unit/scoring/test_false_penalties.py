"""Innocent shops are hardly ever punished, guilty ones are found: the simulation, smaller."""

import numpy as np
import pytest

from tests.evaluation.false_penalties import (
    MEAN,
    STATISTICS,
    STRENGTHS,
    Share,
    innocent_shares,
    market,
    of_peers,
    planted_shares,
)


@pytest.fixture(scope="module")
def innocent() -> dict[str, dict[str, Share]]:
    return innocent_shares(1_000, seed=11)


@pytest.mark.parametrize("kind", STRENGTHS)
@pytest.mark.parametrize("rule", ["by_rule", "by_funnel"])
def test_no_more_innocent_shops_are_punished_than_the_policy_allows(innocent, kind: str, rule: str) -> None:
    assert innocent[kind][rule].of == 1_000
    assert innocent[kind][rule].value <= STATISTICS.fdr_q / 10


@pytest.mark.parametrize("kind", STRENGTHS)
def test_the_plain_rate_would_punish_more_than_that(innocent, kind: str) -> None:
    assert innocent[kind]["by_point"].value > STATISTICS.fdr_q


@pytest.mark.parametrize("strength", STRENGTHS.values())
def test_large_shops_at_three_times_the_average_are_found(strength: float) -> None:
    *_, large, wrong = planted_shares(3.0, strength)
    assert large[0] == "500 to 5,000 orders"
    assert large[1]["by_rule"].value > 0.9
    assert wrong[1]["by_rule"].value < STATISTICS.fdr_q


def test_guilt_is_measured_against_the_true_rate_of_the_peers() -> None:
    sold = market(200, 100.0, seed=1)
    assert 0.6 < sold.is_innocent.mean() < 0.95
    assert market(200, np.inf, seed=1).is_innocent.all()
    planted = market(200, np.inf, seed=1, planted_times=2.0)
    assert np.array_equal(planted.is_innocent, ~planted.is_planted)
    rates = of_peers(sold.category, sold.negatives, sold.orders)
    assert rates.mean() == pytest.approx(MEAN, rel=0.2)
    assert rates[0] == pytest.approx(sold.negatives[1:50].sum() / sold.orders[1:50].sum())
