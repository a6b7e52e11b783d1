"""Deadlines: natural days for whoever files, working days of China for whoever answers."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

import chinese_calendar

# Shanghai has no daylight saving time
_SHANGHAI = timezone(timedelta(hours=8))


class Due(NamedTuple):
    """The last day of a term, or why it is not known."""

    on: date | None
    why_not: str = ""


class HolidaysUnknownError(ValueError):
    """The calendar of holidays does not reach a day; says which year is wanted and what to do."""


def is_working_day(day: date) -> bool:
    """Whether China works on a day, holidays and the weekends worked in their stead included."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        raise HolidaysUnknownError(
            f"the holidays of {day.year} are not known to the calendar that is installed, so whether "
            f"{day} is a working day is not either: update chinesecalendar once they are announced"
        ) from None


def working_days_after(start: date, days: int) -> date:
    """The last of so many working days after a day, the day itself not counted."""
    day = start
    left = days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def term(start: date, days: int | None, calendar: str | None) -> Due:
    """The last day of a term that begins the day after `start`; nothing is guessed of unknown years."""
    if days is None:
        return Due(None, "the policy names no number of days")
    if calendar != "working":
        return Due(start + timedelta(days=days))
    try:
        return Due(working_days_after(start, days))
    except HolidaysUnknownError as error:
        return Due(None, str(error))


def shanghai_day(moment: datetime) -> date:
    """The business day of a moment; one without an offset is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(_SHANGHAI).date()
