"""The arithmetic at its edges; that it has the bits of the SQL is shown on the whole sample."""

import duckdb
import pytest

from orchestration.replaying.arithmetic import (
    Z,
    compensation_fen,
    ratio,
    weighed,
    wilson_high,
    wilson_low,
)

WILSON = """
select (k + z * z / 2 - z * root) / (n + z * z) as low, (k + z * z / 2 + z * root) / (n + z * z) as high
from (select *, sqrt(cast(k as double) * (n - k) / n + z * z / 4) as root
      from (select cast($k as bigint) as k, cast($n as bigint) as n, cast($z as double) as z))
"""


@pytest.mark.parametrize(("k", "n"), [(1, 3), (24, 400), (17, 216), (999, 1000), (7, 100_003)])
def test_the_interval_has_the_bits_of_the_engine(k: int, n: int) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(WILSON, {"k": k, "n": n, "z": Z}).fetchone()
    assert found == (wilson_low(k, n), wilson_high(k, n))


def test_the_ends_are_pinned_and_nothing_counted_has_none() -> None:
    assert (wilson_low(0, 40), wilson_high(40, 40)) == (0.0, 1.0)
    assert (wilson_low(0, 0), wilson_high(0, 0)) == (None, None)
    assert (wilson_low(None, 40), wilson_high(None, 40)) == (None, None)


def test_unknown_is_not_zero() -> None:
    assert (ratio(1, 0), ratio(None, 3), ratio(1, None)) == (None, None, None)
    assert ratio(0, 3) == 0.0
    assert ratio(1, 3) == 1 / 3


def test_only_what_words_decided_is_weighed_and_never_above_the_orders() -> None:
    assert weighed(5, 0, None, 10) == 5.0
    assert weighed(5, 2, None, 10) is None
    assert weighed(5, 2, 1.5, 10) == 6.0
    assert weighed(5, 5, 3.0, 10) == 10.0


@pytest.mark.parametrize(("paid", "fen"), [(100, 29), (99, 28), (10, 5), (1000, 200)])
def test_a_compensation_is_a_decimal_share_between_its_bounds(paid: int, fen: int) -> None:
    assert compensation_fen(paid, {"pct": 0.29, "min_fen": 5, "max_fen": 200}) == fen
