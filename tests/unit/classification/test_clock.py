"""The service clock runs from 08:00 to 22:59:59 in Shanghai."""

from datetime import datetime

import pytest

from orchestration.classification.clock import SHANGHAI, is_open, service_seconds, until_closing


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("first", "last", "seconds"),
    [
        (_at(3, 10), _at(3, 10, 9), 540),
        (_at(3, 22, 55), _at(4, 8, 4), 540),  # five minutes before closing, four after opening
        (_at(3, 23, 30), _at(4, 7, 30), 0),
        (_at(3, 2), _at(3, 8, 10), 600),
        (_at(3, 12), _at(5, 12), 2 * 15 * 3600),
        (_at(3, 12), _at(3, 11), 0),
    ],
)
def test_only_open_hours_count(first: datetime, last: datetime, seconds: int) -> None:
    assert service_seconds(first, last) == seconds


def test_the_day_ends_at_closing() -> None:
    assert until_closing(_at(3, 22, 30)) == 1_800
    assert until_closing(_at(3, 23, 30)) == 0


@pytest.mark.parametrize(("hour", "open_then"), [(7, False), (8, True), (22, True), (23, False)])
def test_service_opens_and_closes(hour: int, open_then: bool) -> None:
    assert is_open(_at(3, hour, 59 if hour != 8 else 0)) is open_then
