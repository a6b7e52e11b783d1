"""A moment stands for the last processed day that had ended by then, in Shanghai."""

from datetime import UTC, date, datetime

import pytest

from orchestration.replaying.days import end_of, known_by, moment, processed
from orchestration.replaying.reading import ReplayError

DAYS = [date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 5)]


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    assert end_of(date(2026, 9, 1)) == datetime(2026, 9, 1, 16, tzinfo=UTC)
    assert moment("2026-09-01") == end_of(date(2026, 9, 1))


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("2026-09-01", 1),
        ("2026-09-04", 2),
        ("2026-09-02T15:59:59Z", 1),
        ("2026-09-02T16:00:00Z", 2),
        ("2026-09-06T00:00:00+08:00", 5),
        ("2026-09-05T23:59:59+08:00", 2),
        ("2030-01-01", 5),
    ],
)
def test_the_last_day_that_had_ended(asked: str, day: int) -> None:
    assert known_by(DAYS, asked) == date(2026, 9, day)


def test_without_a_moment_it_is_the_last_day_or_the_one_given() -> None:
    assert known_by(DAYS, None) == DAYS[-1]
    assert known_by(DAYS, None, otherwise=DAYS[0]) == DAYS[0]


@pytest.mark.parametrize("asked", ["2026-13-01", "soon", "2026-09-01T10:00:00", "2026-09-01 10:00"])
def test_what_is_no_moment_is_refused(asked: str) -> None:
    with pytest.raises(ReplayError, match=r"is no time|has no zone"):
        moment(asked)


def test_before_the_first_day_nothing_was_known() -> None:
    with pytest.raises(ReplayError, match=r"2026-09-01 was the first.*2026-09-02T00:00:00\+08:00"):
        known_by(DAYS, "2026-08-31")
    with pytest.raises(ReplayError, match="no business day of this platform was processed yet"):
        known_by([], None)


def test_a_day_that_was_not_processed_names_the_nearest() -> None:
    assert processed(DAYS, DAYS[1]) == DAYS[1]
    with pytest.raises(ReplayError, match=r"2026-09-04 was not processed.*2026-09-02 and 2026-09-05"):
        processed(DAYS, date(2026, 9, 4))
