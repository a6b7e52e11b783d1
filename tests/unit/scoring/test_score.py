"""From the shrunk rate to a score, and the reasons why there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.scoring.score import by_knots, scores, statuses
from orchestration.scoring.statistics import KNOTS, Statistics


def score(
    den: float = 1000, rate: float = 0.03, benchmark: float = 0.03, guard: float = np.nan
) -> tuple[float | None, str]:
    given = [np.array([value]) for value in (den, 30.0, guard, benchmark, rate)]
    said = statuses(*given)
    found = scores(said, given[2], np.array([rate / benchmark if benchmark else np.nan]), KNOTS)
    return (None if np.isnan(found[0]) else float(found[0])), str(said[0])


@pytest.mark.parametrize(
    ("ratio", "points"),
    [
        (0, 100),
        (0.25, 97.5),
        (0.5, 95),
        (1, 80),
        (1.15, 70),
        (1.3, 60),
        (2, 40),
        (3, 20),
        (4, 10),
        (5, 0),
        (9, 0),
    ],
)
def test_the_score_is_read_off_the_knots(ratio: float, points: float) -> None:
    assert by_knots(np.array([ratio]), KNOTS) == pytest.approx([points])


@given(one=st.floats(0, 20), other=st.floats(0, 20))
def test_a_worse_ratio_never_scores_higher(one: float, other: float) -> None:
    better, worse = by_knots(np.array(sorted((one, other))), KNOTS)
    assert 0 <= worse <= better <= 100


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ({}, (80.0, "ok")),
        ({"den": 0, "rate": np.nan}, (None, "no_orders")),
        ({"den": 29}, (None, "insufficient")),
        ({"den": 30}, (80.0, "ok")),
        ({"rate": 0.15, "guard": 80}, (80.0, "guarded_small_n")),
        ({"den": 29, "guard": 80}, (None, "insufficient")),
        ({"guard": 75, "benchmark": np.nan}, (75.0, "guarded_small_n")),
        ({"benchmark": np.nan}, (None, "no_benchmark")),
        ({"benchmark": 0.0}, (None, "no_benchmark")),
        ({"rate": np.nan}, (None, "no_prior")),
    ],
)
def test_a_score_says_why_it_is_as_it_is(numbers, wanted) -> None:
    assert score(**numbers) == wanted


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"interval_level": 1.0}, "interval_level is 1.0: it is a share"),
        ({"fdr_q": 0.0}, "fdr_q is 0.0: it is a share"),
        ({"threshold_ratio": -1.0}, "threshold_ratio is -1.0: give 0 or more"),
        ({"min_orders_for_prior": 0}, "min_orders_for_prior is 0: give 1 or more"),
        ({"min_peers": 1}, "min_peers is 1: give 2 or more"),
        ({"knots": ((0.0, 100.0),)}, "knots has fewer than two points"),
        ({"knots": ((1.0, 100.0), (1.0, 90.0))}, "each must be above the one before it"),
        ({"knots": ((0.0, 90.0), (1.0, 100.0))}, "a worse ratio may never score higher"),
    ],
)
def test_parameters_of_no_use_are_refused(values, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Statistics(**values)
