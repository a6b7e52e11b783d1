"""The clock of customer service: it runs from 08:00 to 22:59:59 in Shanghai and stands at night."""

from datetime import datetime, time, timedelta, timezone

# Mainland China keeps one zone and has had no summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8))
OPENS = time(8, 0)
CLOSES = time(23, 0)


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


def until_closing(moment: datetime) -> int:
    """Seconds that service stays open on the day of a moment, counted from it."""
    local = moment.astimezone(SHANGHAI)
    return service_seconds(local, datetime.combine(local.date(), CLOSES, SHANGHAI))


def _open_so_far(moment: datetime) -> int:
    opens = datetime.combine(moment.date(), OPENS, SHANGHAI)
    closes = datetime.combine(moment.date(), CLOSES, SHANGHAI)
    return int((min(max(moment, opens), closes) - opens).total_seconds())
