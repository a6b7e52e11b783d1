"""Which business day a moment stands for: the last processed one that had ended by then."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb

from orchestration.replaying.reading import ReplayError, rows

SHANGHAI = ZoneInfo("Asia/Shanghai")


def processed_days(connection: duckdb.DuckDBPyConnection, platform: str) -> list[date]:
    """The processed business days of a platform, oldest first."""
    found = rows(
        connection,
        "select business_day from intermediate.int_platform_days where platform = $platform order by 1",
        platform=platform,
    )
    return [row["business_day"] for row in found]


def moment(asked: str) -> datetime:
    """An ISO date, which stands for its end in Shanghai, or an ISO time with its zone."""
    try:
        if len(asked) == len("2026-09-30"):
            return end_of(date.fromisoformat(asked))
        instant = datetime.fromisoformat(asked)
    except ValueError:
        raise ReplayError(
            f"'{asked}' is no time: write a date such as 2026-09-30 (its end in Shanghai is meant) or a time "
            "with a zone such as 2026-09-30T18:00:00+08:00"
        ) from None
    if instant.tzinfo is None:
        raise ReplayError(f"'{asked}' has no zone: write {asked}+08:00 for Shanghai or {asked}Z for UTC")
    return instant


def end_of(day: date) -> datetime:
    """The instant at which a business day ends."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI).astimezone(UTC)


def known_by(days: list[date], asked: str | None, otherwise: date | None = None) -> date:
    """The last of the processed days that had ended by a moment; without one, `otherwise` or the last.

    Raises ReplayError where no day had ended by then.
    """
    if not days:
        raise ReplayError("no business day of this platform was processed yet; `ccr run` processes days")
    if asked is None:
        return otherwise or days[-1]
    limit = moment(asked)
    ended = [day for day in days if end_of(day) <= limit]
    if not ended:
        raise ReplayError(
            f"by {asked} no processed day had ended: {days[0]} was the first, and ends at "
            f"{end_of(days[0]).astimezone(SHANGHAI).isoformat()}"
        )
    return ended[-1]


def processed(days: list[date], day: date) -> date:
    """The day, if it was processed; ReplayError with the nearest days otherwise."""
    if day in days:
        return day
    if not days:
        raise ReplayError("no business day of this platform was processed yet; `ccr run` processes days")
    near = sorted(sorted(days, key=lambda each: (abs((each - day).days), each))[:2])
    raise ReplayError(
        f"{day} was not processed: {days[0]} to {days[-1]} were, with {len(days)} days; "
        f"the nearest are {' and '.join(map(str, near))}"
    )
