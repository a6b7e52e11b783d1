"""Lands one source's day: every platform's files into raw and quarantine, or not at all."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from orchestration.landing.contract import ALWAYS_DUE, DAILY, SOURCES
from orchestration.landing.deliveries import Delivery, Status
from orchestration.landing.files import first_landed_day
from orchestration.landing.filing import Clerk, Filed
from orchestration.landing.folders import (
    FOLDER_NAME,
    Found,
    delivered_on,
    find_day,
    folder_names,
    is_well_named,
    require_landing,
)
from orchestration.landing.refusal import RefusalError, printable
from orchestration.landing.sinks import publish, publish_among, staging


def land_source_day(landing: Path, lake: Path, source: str, day: date, buyer_key: bytes) -> list[Delivery]:
    """Land what every platform delivered of one source for one day.

    Replaces the day's raw and quarantine files of that source: what is delivered no more is there
    no more. The same delivery gives the same bytes.
    """
    if source not in DAILY:
        raise ValueError(f"{source!r} is no daily source; it is one of {', '.join(DAILY)}")
    require_landing(landing)
    rows: dict[str, Path] = {}
    quarantined: dict[str, Path] = {}
    deliveries = list(_misnamed(landing, source, day))
    with (
        staging(lake, f"{source}.{day.isoformat()}") as scratch,
        closing(Clerk(SOURCES[source], day, buyer_key, scratch)) as clerk,
    ):
        for platform in filter(is_well_named, folder_names(landing)):
            found = find_day(landing, platform, source, day)
            if found is None:
                if source != ALWAYS_DUE:
                    continue
                found = Found()
            if SOURCES[source].is_occasional and found == Found():
                continue
            filed = clerk.file(platform, found)
            if filed.rows is not None:
                rows[f"{platform}.parquet"] = filed.rows
            if filed.quarantined is not None:
                quarantined[f"{platform}.{source}.parquet"] = filed.quarantined
            first = first_landed_day(landing, platform)
            deliveries.append(delivery_of(platform, source, found, filed, first))
        slice_name = f"business_day={day.isoformat()}"
        publish(lake / "raw" / source / slice_name, rows)
        publish_among(lake / "raw" / "quarantine" / slice_name, quarantined, source)
    return sorted(deliveries, key=lambda item: (item.platform, item.source))


def delivery_of(
    platform: str, source: str, found: Found, filed: Filed, first_landed_day: date | None
) -> Delivery:
    """The delivery's row: a refused file outweighs the rows that came in others."""
    status: Status
    if filed.refusals:
        status = "refused"
    elif found.file_count == 0:
        status = "missing"
    elif filed.row_count + filed.quarantined_count == 0:
        status = "empty"
    else:
        status = "present"
    return Delivery(
        platform,
        source,
        status,
        found.file_count,
        filed.row_count,
        filed.quarantined_count,
        " | ".join(filed.refusals) or None,
        first_landed_day,
        filed.batch_ids,
    )


def _misnamed(landing: Path, source: str, day: date) -> Iterator[Delivery]:
    """Folders that hold a delivery of the day under a name that no platform or source has."""
    for platform in folder_names(landing):
        if not is_well_named(platform):
            if count := len(delivered_on(landing / platform / source, day)):
                reason = f"a platform folder is named {FOLDER_NAME.pattern}"
                yield _refused(platform, source, count, platform, reason)
        elif source == ALWAYS_DUE:
            for name in folder_names(landing / platform):
                if name not in DAILY and (count := len(delivered_on(landing / platform / name, day))):
                    reason = f"a source folder is one of {', '.join(DAILY)}"
                    yield _refused(platform, name, count, f"{platform}/{name}", reason)


def _refused(platform: str, source: str, count: int, path: str, reason: str) -> Delivery:
    refusal = str(RefusalError(path, "", reason, "rename the folder"))
    return Delivery(printable(platform), printable(source), "refused", count, refusal=refusal)
