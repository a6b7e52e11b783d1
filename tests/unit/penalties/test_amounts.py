"""Five per cent, between five and thirty yuan, in whole fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.penalties.amounts import compensation_fen, yuan


@pytest.mark.parametrize(
    ("paid", "pct", "amount"),
    [
        (0, 0.05, 500),
        (9_999, 0.05, 500),
        (10_000, 0.05, 500),
        (10_019, 0.05, 500),
        (10_020, 0.05, 501),
        (12_345, 0.05, 617),  # 617.25: the fen that is not whole is dropped
        (12_345, 0.10, 1_234),
        (59_999, 0.05, 2_999),
        (60_000, 0.05, 3_000),
        (10**12, 0.10, 3_000),
    ],
)
def test_the_share_is_rounded_down_and_held_between_the_bounds(paid: int, pct: float, amount: int) -> None:
    assert compensation_fen(paid, pct, 500, 3000) == amount


@pytest.mark.parametrize(
    ("paid", "pct", "amount"), [(100, 0.29, 29), (700, 0.07, 49), (10**17 + 10, 0.1, 10**16 + 1)]
)
def test_a_share_is_taken_in_decimal(paid: int, pct: float, amount: int) -> None:
    assert compensation_fen(paid, pct, 0, 10**18) == amount


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from([0.05, 0.10]))
def test_who_paid_more_is_never_paid_less(one: int, other: int, pct: float) -> None:
    low, high = sorted((one, other))
    amounts = [compensation_fen(paid, pct, 500, 3000) for paid in (low, high)]
    assert 500 <= amounts[0] <= amounts[1] <= 3000


def test_a_negative_payment_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot have cost -1 fen"):
        compensation_fen(-1, 0.05, 500, 3000)


def test_fen_are_written_as_yuan() -> None:
    assert [yuan(fen) for fen in (0, 5, 617, 200_000)] == ["0.00", "0.05", "6.17", "2000.00"]
