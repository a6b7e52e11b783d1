"""The reference table of the domain: intervals, shrunk rates and tails, to a millionth."""

import numpy as np
import pytest

from orchestration.scoring.funnel import tail_probability
from orchestration.scoring.intervals import jeffreys, wilson
from orchestration.scoring.posterior import probability_above, shrunk_rate

LEVEL, ALPHA, BETA, THRESHOLD, BENCHMARK = 0.95, 3.0, 97.0, 0.039, 0.03
# negatives, orders: rate, Wilson, Jeffreys, rate_eb, P(rate > 0.039), P(X >= k | 0.03)
ROWS = {
    (0, 30): (0, 0, 0.113513, 0, 0.079678, 0.023077, 0.117137, 1),
    (1, 1): (1, 0.206549, 1, 0.146746, 1, 0.039604, 0.449659, 0.030000),
    (1, 10): (0.1, 0.017876, 0.404150, 0.011012, 0.381315, 0.036364, 0.381482, 0.262576),
    (5, 34): (0.147059, 0.064494, 0.301281, 0.058409, 0.292717, 0.059701, 0.850460, 0.003271),
    (3, 299): (0.010033, 0.003418, 0.029079, 0.002834, 0.026532, 0.015038, 0.001672, 0.994140),
    (6, 200): (0.03, 0.013820, 0.063894, 0.012617, 0.060783, 0.030000, 0.173214, 0.556771),
    (12, 300): (0.04, 0.023027, 0.068604, 0.022049, 0.066749, 0.037500, 0.406379, 0.194013),
    (60, 1000): (0.06, 0.046896, 0.076471, 0.046536, 0.076005, 0.057273, 0.998091, 1e-6),
}
COLUMNS = ("rate", "wilson_low", "wilson_high", "jeffreys_low", "jeffreys_high", "rate_eb", "above", "tail")


def computed() -> dict[str, np.ndarray]:
    num, den = (np.array(values, np.float64) for values in zip(*ROWS, strict=True))
    each = np.ones(len(num))
    wilson_low, wilson_high = wilson(num, den, LEVEL)
    jeffreys_low, jeffreys_high = jeffreys(num, den, LEVEL)
    return {
        "rate": num / den,
        "wilson_low": wilson_low,
        "wilson_high": wilson_high,
        "jeffreys_low": jeffreys_low,
        "jeffreys_high": jeffreys_high,
        "rate_eb": shrunk_rate(num, den, ALPHA * each, BETA * each),
        "above": probability_above(THRESHOLD * each, num, den, ALPHA * each, BETA * each),
        "tail": tail_probability(num, den, BENCHMARK * each, np.inf * each),
    }


@pytest.mark.parametrize("column", COLUMNS)
def test_the_values_are_those_of_the_reference(column: str) -> None:
    wanted = [row[COLUMNS.index(column)] for row in ROWS.values()]
    assert computed()[column] == pytest.approx(wanted, abs=1e-6, rel=0)


def test_ends_are_exact_where_nothing_or_everything_is_negative() -> None:
    found = computed()
    assert (found["wilson_low"][0], found["jeffreys_low"][0]) == (0.0, 0.0)
    assert (found["wilson_high"][1], found["jeffreys_high"][1]) == (1.0, 1.0)
