"""Deadlines run in natural days, answers are due in working days; unknown holidays are never guessed."""

from datetime import UTC, date, datetime

import pytest

from orchestration.appeals.clock import (
    HolidaysUnknownError,
    is_working_day,
    shanghai_day,
    term,
    working_days_after,
)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # the National Day holiday of 2026 is 1 to 7 October; Saturday the 10th is worked
        ("2026-09-28", 5, "2026-10-10"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-01", 1, "2026-10-08"),
        ("2026-10-08", 2, "2026-10-10"),
        ("2026-10-08", 3, "2026-10-12"),
        ("2026-09-04", 5, "2026-09-11"),
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday, worked before Spring Festival
    ],
)
def test_working_days_know_holidays_and_the_weekends_worked_for_them(
    start: str, days: int, last: str
) -> None:
    assert working_days_after(date.fromisoformat(start), days) == date.fromisoformat(last)


def test_natural_days_run_through_the_holiday() -> None:
    assert term(date(2026, 9, 30), 7, "natural").on == date(2026, 10, 7)
    assert term(date(2026, 9, 30), 7, None).on == date(2026, 10, 7)
    assert term(date(2026, 9, 30), 5, "working").on == date(2026, 10, 13)


def test_a_year_whose_holidays_are_not_announced_is_not_guessed() -> None:
    with pytest.raises(
        HolidaysUnknownError, match=r"the holidays of 2099 are not known .* update chinesecalendar"
    ):
        is_working_day(date(2099, 3, 2))
    due = term(date(2099, 3, 2), 5, "working")
    assert due.on is None
    assert "the holidays of 2099" in due.why_not
    assert term(date(2099, 3, 2), 5, "natural").on == date(2099, 3, 7)


def test_a_policy_without_days_has_no_deadline() -> None:
    assert term(date(2026, 9, 1), None, "natural") == (None, "the policy names no number of days")


def test_a_moment_belongs_to_the_day_of_shanghai() -> None:
    assert shanghai_day(datetime(2026, 9, 4, 15, 59, tzinfo=UTC)) == date(2026, 9, 4)
    assert shanghai_day(datetime(2026, 9, 4, 16, 0, tzinfo=UTC)) == date(2026, 9, 5)
