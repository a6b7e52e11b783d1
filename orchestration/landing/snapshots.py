"""Lands a snapshot: the one file that says what shops, products or categories are now."""

from contextlib import closing
from pathlib import Path

from orchestration.landing.contract import SNAPSHOTS, SOURCES
from orchestration.landing.day import delivery_of
from orchestration.landing.deliveries import Delivery
from orchestration.landing.files import first_landed_day
from orchestration.landing.filing import Clerk
from orchestration.landing.folders import find_snapshot, folder_names, is_well_named, require_landing
from orchestration.landing.sinks import publish, publish_among, staging

_NO_BUYERS = b"a snapshot names no buyer"


def land_snapshot(landing: Path, lake: Path, source: str) -> list[Delivery]:
    """Land one snapshot of every platform, in place of the one before.

    A refused file changes nothing: the last good snapshot stands until the next good one.
    """
    if source not in SNAPSHOTS:
        raise ValueError(f"{source!r} is no snapshot; it is one of {', '.join(SNAPSHOTS)}")
    require_landing(landing)
    folder = lake / "raw" / source
    misfits = lake / "raw" / "quarantine_snapshots"
    rows: dict[str, Path] = {}
    quarantined: dict[str, Path] = {}
    deliveries: list[Delivery] = []
    with (
        staging(lake, source) as scratch,
        closing(Clerk(SOURCES[source], None, _NO_BUYERS, scratch)) as clerk,
    ):
        for platform in filter(is_well_named, folder_names(landing)):
            found = find_snapshot(landing, platform, source)
            filed = clerk.file(platform, found)
            name, misfit_name = f"{platform}.parquet", f"{platform}.{source}.parquet"
            if filed.refusals:
                _keep(rows, folder / name)
                _keep(quarantined, misfits / misfit_name)
            else:
                if filed.rows is not None:
                    rows[name] = filed.rows
                if filed.quarantined is not None:
                    quarantined[misfit_name] = filed.quarantined
            first = first_landed_day(landing, platform)
            deliveries.append(delivery_of(platform, source, found, filed, first))
        publish(folder, rows)
        publish_among(misfits, quarantined, source)
    return sorted(deliveries, key=lambda item: item.platform)


def _keep(staged: dict[str, Path], path: Path) -> None:
    if path.exists():
        staged[path.name] = path
