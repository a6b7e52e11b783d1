"""Deliveries at the gate: read, hashed where they name a buyer, and kept as received."""

from collections.abc import Iterator

import dagster as dg

from orchestration.landing.contract import DAILY, SNAPSHOTS, SOURCES
from orchestration.landing.day import land_source_day
from orchestration.landing.deliveries import Delivery, write_deliveries
from orchestration.landing.files import fingerprints
from orchestration.landing.snapshots import land_snapshot
from orchestration.wiring.house import House
from orchestration.wiring.landed import remember
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.progress import counted

OWNERS = ["team:feedback-governance"]


def _daily_specs() -> list[dg.AssetSpec]:
    sources = [
        dg.AssetSpec(
            ["raw", name],
            description=f"{SOURCES[name].description} As delivered on the business day; "
            "rows that do not fit the contract are in raw/quarantine.",
            group_name="raw",
            owners=OWNERS,
            kinds={"parquet"},
            tags={"pii": "true"} if SOURCES[name].has_personal_data else {},
            partitions_def=BUSINESS_DAY,
        )
        for name in DAILY
    ]
    return [
        *sources,
        dg.AssetSpec(
            ["raw", "deliveries"],
            description="One row per platform, source and business day: present, empty, missing "
            "or refused, with counts and the place where a refused file broke.",
            group_name="raw",
            owners=OWNERS,
            kinds={"parquet"},
            partitions_def=BUSINESS_DAY,
        ),
        dg.AssetSpec(
            ["raw", "quarantine"],
            description="One row per delivered row that does not fit the contract: file, line, "
            "column, value and reason. Counted, never dropped.",
            group_name="raw",
            owners=OWNERS,
            kinds={"parquet"},
            partitions_def=BUSINESS_DAY,
        ),
    ]


@dg.multi_asset(name="land_deliveries", specs=_daily_specs(), backfill_policy=ONE_RUN_PER_RANGE)
def raw_deliveries(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
    """Lands each day whole, source by source; a refused file does not stop the others."""
    settings = house.settings()
    key = settings.required_buyer_key()
    days = days_of(context)
    landed: list[Delivery] = []
    files = fingerprints(settings.landing, days.first, days.last)
    for day in counted(context, "days landed", days):
        of_day = [
            delivery
            for source in DAILY
            for delivery in land_source_day(settings.landing, settings.lake, source, day, key)
        ]
        write_deliveries(settings.lake, day, of_day)
        remember(settings.lake, day, files.get(day, ""))
        landed.extend(of_day)
    for refused in (delivery for delivery in landed if delivery.status == "refused"):
        context.log.warning(f"refused: {refused.refusal}")
    for name in DAILY:
        of_source = [delivery for delivery in landed if delivery.source == name]
        yield dg.MaterializeResult(asset_key=["raw", name], metadata=_metadata(of_source))
    yield dg.MaterializeResult(asset_key=["raw", "deliveries"], metadata={"dagster/row_count": len(landed)})
    yield dg.MaterializeResult(
        asset_key=["raw", "quarantine"],
        metadata={"dagster/row_count": sum(delivery.quarantined_count for delivery in landed)},
    )


@dg.multi_asset(
    name="land_snapshots",
    specs=[
        dg.AssetSpec(
            ["raw", name],
            description=f"{SOURCES[name].description} The newest snapshot delivered.",
            group_name="raw",
            owners=OWNERS,
            kinds={"parquet"},
        )
        for name in SNAPSHOTS
    ],
)
def raw_snapshots(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
    """Lands shops, products and categories, which are delivered as they are and not by day."""
    settings = house.settings()
    for name in SNAPSHOTS:
        landed = land_snapshot(settings.landing, settings.lake, name)
        for refused in (delivery for delivery in landed if delivery.status == "refused"):
            context.log.warning(f"refused: {refused.refusal}")
        yield dg.MaterializeResult(asset_key=["raw", name], metadata=_metadata(landed))


def _metadata(landed: list[Delivery]) -> dict[str, int]:
    return {
        "dagster/row_count": sum(delivery.row_count for delivery in landed),
        "quarantined": sum(delivery.quarantined_count for delivery in landed),
        "missing_days": sum(delivery.status == "missing" for delivery in landed),
        "refused_files": sum(delivery.status == "refused" for delivery in landed),
    }
