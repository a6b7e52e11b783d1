"""What the landing folder holds: the days delivered, and a fingerprint of each day's bytes."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from orchestration.landing.contract import DAILY
from orchestration.landing.folders import (
    Found,
    find_day,
    folder_names,
    is_well_named,
    names_by_day,
)
from orchestration.landing.streams import sha256_of

HashCache = dict[tuple[str, int, int], str]
"""(path, size, mtime_ns) to SHA-256: a sensor keeps it between its ticks."""


def landed_days(landing: Path) -> dict[str, list[date]]:
    """Each platform's days with a delivery, readable or not, in order."""
    return {
        platform: sorted({day for source in DAILY for day in names_by_day(landing / platform / source)})
        for platform in folder_names(landing)
        if is_well_named(platform)
    }


def last_day_with_orders(landing: Path) -> date | None:
    """The last day for which any platform delivered orders; what people write may bear a later one."""
    return max(
        (
            max(days)
            for platform in folder_names(landing)
            if is_well_named(platform) and (days := names_by_day(landing / platform / "orders"))
        ),
        default=None,
    )


def first_landed_day(landing: Path, platform: str) -> date | None:
    """The first day for which the platform delivered anything."""
    return min(
        (min(days) for source in DAILY if (days := names_by_day(landing / platform / source))),
        default=None,
    )


def fingerprints(landing: Path, first: date, last: date, cache: HashCache | None = None) -> dict[date, str]:
    """A hash of the names and bytes delivered for each day from `first` to `last`.

    A day without a delivery has none. It changes when a file comes, goes or is corrected, and not
    when a file is only touched. With a `cache`, a file of the same size and time is not read again.
    """
    known = cache if cache is not None else {}
    parts: dict[date, list[str]] = {}
    for platform in filter(is_well_named, folder_names(landing)):
        for source in DAILY:
            for day, names in names_by_day(landing / platform / source).items():
                if first <= day <= last:
                    found = find_day(landing, platform, source, day, names) or Found()
                    parts.setdefault(day, []).extend(_parts(found, known))
    return {
        day: hashlib.sha256("\n".join(of_day).encode()).hexdigest() for day, of_day in sorted(parts.items())
    }


def _parts(found: Found, known: HashCache) -> Iterator[str]:
    yield from found.refusals
    for file in found.files:
        try:
            state = file.path.stat()
            key = (str(file.path), state.st_size, state.st_mtime_ns)
            if key not in known:
                known[key] = sha256_of(file.path)
            yield f"{file.name} {known[key]}"
        except OSError as error:
            yield f"{file.name} {error.strerror}"
