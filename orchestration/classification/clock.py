"""The clock of customer service: it runs from 08:00 to 22:59:59 in Shanghai and stands at night."""

from datetime import datetime, time, timedelta, timezone

import numpy as np
import numpy.typing as npt

# Mainland China keeps one zone and has had no summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8))
OPENS = time(8, 0)
CLOSES = time(23, 0)

_MICROSECONDS_OF_HOUR = 3_600_000_000
_MICROSECONDS_OF_DAY = 24 * _MICROSECONDS_OF_HOUR
_MICROSECONDS_OF_OFFSET = 8 * _MICROSECONDS_OF_HOUR


def service_seconds(first: datetime, last: datetime) -> int:
    """Seconds between two moments during which service is open; zero when they are reversed."""
    start, end = first.astimezone(SHANGHAI), last.astimezone(SHANGHAI)
    if end <= start:
        return 0
    open_for = (datetime.combine(start, CLOSES) - datetime.combine(start, OPENS)).seconds
    days = (end.date() - start.date()).days
    return days * open_for + _open_so_far(end) - _open_so_far(start)


def is_open(moment: datetime) -> bool:
    """Whether service is open at a moment."""
    return OPENS <= moment.astimezone(SHANGHAI).time() < CLOSES


def open_at(moments: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether service is open at each of many moments, in microseconds since 1970."""
    time_of_day = (moments + _MICROSECONDS_OF_OFFSET) % _MICROSECONDS_OF_DAY
    return (time_of_day >= OPENS.hour * _MICROSECONDS_OF_HOUR) & (
        time_of_day < CLOSES.hour * _MICROSECONDS_OF_HOUR
    )


def until_closing(moment: datetime) -> int:
    """Seconds that service stays open on the day of a moment, counted from it."""
    local = moment.astimezone(SHANGHAI)
    return service_seconds(local, datetime.combine(local.date(), CLOSES, SHANGHAI))


def _open_so_far(moment: datetime) -> int:
    opens = datetime.combine(moment.date(), OPENS, SHANGHAI)
    closes = datetime.combine(moment.date(), CLOSES, SHANGHAI)
    return int((min(max(moment, opens), closes) - opens).total_seconds())
