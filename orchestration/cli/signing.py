"""Who does something by hand, at which moment, and from which business day on it counts."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orchestration.cli.terminal import stop


class Signed(NamedTuple):
    """A person's name, the moment in UTC, and the business day."""

    by: str
    at: datetime
    day: date


def signed(by: str, day: datetime | None, unnamed: str) -> Signed:
    """As of now, from `day` or today in Shanghai on; `unnamed` is said where nobody is named."""
    if not by.strip():
        stop(unnamed)
    now = datetime.now(UTC)
    return Signed(by.strip(), now, day.date() if day else now.astimezone(ZoneInfo("Asia/Shanghai")).date())
