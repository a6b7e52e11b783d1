"""A range is cut at day ends, into as few windows as hold no more rows than asked."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestration.wiring.partitions import Days
from orchestration.wiring.windows import windows

FIRST = date(2026, 9, 1)


def days(count: int) -> Days:
    return Days(FIRST, FIRST + timedelta(days=count - 1))


def test_a_range_that_fits_is_one_window() -> None:
    assert windows(days(3), {FIRST: 4, FIRST + timedelta(days=2): 6}, 10) == [days(3)]


def test_a_day_too_large_stands_alone() -> None:
    second = FIRST + timedelta(days=1)
    third = FIRST + timedelta(days=2)
    cut = windows(days(3), {FIRST: 4, second: 40, third: 6}, 10)
    assert cut == [Days(FIRST, FIRST), Days(second, second), Days(third, third)]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(1, 60))
def test_every_day_is_in_one_window_and_no_two_neighbours_fit_together(rows: list[int], most: int) -> None:
    of_day = {FIRST + timedelta(days=number): count for number, count in enumerate(rows)}
    cut = windows(days(len(rows)), of_day, most)
    assert [day for window in cut for day in window] == list(days(len(rows)))
    held = [sum(of_day[day] for day in window) for window in cut]
    assert all(count <= most or len(window) == 1 for count, window in zip(held, cut, strict=True))
    firsts = [of_day[window.first] for window in cut[1:]]
    assert all(before + first > most for before, first in zip(held, firsts, strict=False))
