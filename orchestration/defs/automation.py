"""When things run: every night, and when a file for a past day arrives or changes."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.defs.late_data import WHOLE_DAYS
from orchestration.landing.files import fingerprints
from orchestration.settings import Settings
from orchestration.wiring.landed import remembered, stale_ranges
from orchestration.wiring.partitions import Days

SHANGHAI = ZoneInfo("Asia/Shanghai")

# without it Dagster's own console logger writes two lines an event
ONE_LINE_A_STEP = {"loggers": {"console": {}}}

close_business_day = dg.define_asset_job(
    "close_business_day",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("lab"),
    config=ONE_LINE_A_STEP,
    tags=WHOLE_DAYS,
    description="Everything from raw to the penalty list, for a business day or a range of them.",
)

decide = dg.define_asset_job(
    "decide",
    selection=dg.AssetSelection.assets(
        ["penalties", "decisions"], ["published", "penalty_list"], ["published", "statements"]
    )
    | dg.AssetSelection.checks_for_assets(["ccr", "fct_ccr"], ["penalties", "fct_penalty_candidates"]),
    config=ONE_LINE_A_STEP,
    description="Judges the scores and candidates that stand, and posts and publishes what may be posted.",
)


@dg.schedule(
    name="close_business_day_daily",
    job=close_business_day,
    cron_schedule="30 2 * * *",
    execution_timezone=SHANGHAI.key,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def close_business_day_daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Yesterday, at 02:30 Asia/Shanghai."""
    local = context.scheduled_execution_time.astimezone(SHANGHAI)
    yesterday = (local - timedelta(days=1)).date().isoformat()
    return dg.RunRequest(run_key=yesterday, partition_key=yesterday)


@dg.sensor(
    name="late_deliveries",
    job=close_business_day,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def late_deliveries(
    context: dg.SensorEvaluationContext,  # noqa: ARG001
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Runs again just the processed days whose files arrived late or were corrected."""
    settings = Settings.from_environment()
    before = remembered(settings.lake)
    if not before:
        yield dg.SkipReason("no business day was processed yet")
        return
    now = fingerprints(settings.landing, min(before), max(before))
    ranges = stale_ranges(before, now)
    if not ranges:
        yield dg.SkipReason(f"the files of {len(before)} processed days are as they were landed")
    for days in ranges:
        files = "".join(now.get(day, "") for day in days)
        yield dg.RunRequest(
            run_key=f"{days} {hashlib.sha256(files.encode()).hexdigest()[:16]}",
            tags=range_tags(days),
        )


def range_tags(days: Days) -> dict[str, str]:
    """The tags that make one run of a range of partitions."""
    return {
        "dagster/asset_partition_range_start": days.first.isoformat(),
        "dagster/asset_partition_range_end": days.last.isoformat(),
    }
