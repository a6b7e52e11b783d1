"""Remembers what each business day was landed from, to notice what arrived or changed since."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from orchestration.wiring.partitions import Days


def remember(lake: Path, day: date, fingerprint: str) -> None:
    """Keeps the fingerprint of the files that the day was landed from."""
    file = _folder(lake) / f"business_day={day.isoformat()}" / "landed_from.sha256"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(fingerprint + "\n", encoding="utf-8")


def remembered(lake: Path) -> dict[date, str]:
    """The fingerprint of each processed day."""
    return {
        date.fromisoformat(file.parent.name.removeprefix("business_day=")): file.read_text(
            encoding="utf-8"
        ).strip()
        for file in sorted(_folder(lake).glob("business_day=*/landed_from.sha256"))
    }


def last_processed_day(lake: Path) -> date | None:
    """The latest business day whose deliveries were landed, or None at the very start."""
    days = (folder.name.removeprefix("business_day=") for folder in _folder(lake).glob("business_day=*"))
    return max(map(date.fromisoformat, days), default=None)


def stale_ranges(before: Mapping[date, str], now: Mapping[date, str]) -> list[Days]:
    """Processed days whose files are not those they were landed from, as unbroken ranges."""
    return unbroken(day for day in sorted(before) if before[day] != now.get(day, ""))


def unbroken(days: Iterable[date]) -> list[Days]:
    """Sorted days joined into ranges without a gap."""
    ranges: list[Days] = []
    for day in days:
        if ranges and ranges[-1].last + timedelta(days=1) == day:
            ranges[-1] = Days(ranges[-1].first, day)
        else:
            ranges.append(Days(day, day))
    return ranges


def _folder(lake: Path) -> Path:
    return lake / "raw" / "deliveries"
