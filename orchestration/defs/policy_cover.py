"""The check that the rule book covers every day that it judges."""

from datetime import date
from itertools import groupby

import dagster as dg
import duckdb

from orchestration.wiring.house import House
from orchestration.wiring.landed import unbroken
from orchestration.wiring.partitions import BUSINESS_DAY, Days, days_of

# the days that are judged: those of the run, and those of each window on which there was anything to judge
UNCOVERED = """
with days as (
    select platform, business_day from intermediate.int_platform_days where has_orders
),
judged as (
    select days.platform, days.business_day, coalesce(policies.metric_id, policies.kind) as judges,
           coalesce(policies.window_days, 1) as window_days
    from days
    left join intermediate.int_policies_in_force as policies
        on days.platform = policies.platform and days.business_day = policies.business_day
    where days.business_day between $first and $last
),
needed as (
    select distinct judged.platform, judged.judges, days.business_day
    from judged
    inner join days
        on judged.platform = days.platform
        and days.business_day <= judged.business_day
        and days.business_day > judged.business_day - judged.window_days
    where judged.judges is not null
),
covering as (
    select needed.platform, needed.judges, needed.business_day,
           count(case when versions.platform = needed.platform then 1 end) as own_count,
           count(case when versions.platform = '*' then 1 end) as common_count
    from needed
    left join policies.policy_versions as versions
        on needed.judges = coalesce(versions.metric_id, versions.kind)
        and versions.platform in (needed.platform, '*')
        and needed.business_day >= versions.effective_from
        and (versions.effective_to is null or needed.business_day < versions.effective_to)
    group by needed.platform, needed.judges, needed.business_day
),
counted as (
    select platform, judges, business_day,
           case when own_count > 0 then own_count else common_count end as version_count
    from covering
)
select platform, judges, version_count, business_day from counted where version_count <> 1
union all
select platform, 'anything', 0, business_day from judged where judges is null
order by all
"""


@dg.asset_check(
    asset=["penalties", "fct_penalty_candidates"],
    name="policies_cover_the_window",
    description="Every day with orders of the run, and of the windows judged on it, has exactly one version "
    "of each kind that it is judged by.",
    blocking=True,
    partitions_def=BUSINESS_DAY,
)
def policies_cover_the_window(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
    """Nothing is posted while a day that counts has no rule of its own, or two."""
    days = house.to_bring_up_to_date(days_of(context))
    with house.warehouse() as connection:
        return cover_of(connection, days)


def cover_of(connection: duckdb.DuckDBPyConnection, days: Days) -> dg.AssetCheckResult:
    """The answer for some days: what is not covered, by platform, with the days and what to do."""
    rows = connection.execute(UNCOVERED, {"first": days.first, "last": days.last}).fetchall()
    faults = [
        _fault(platform, judges, count, [row[3] for row in group])
        for (platform, judges, count), group in groupby(rows, key=lambda row: row[:3])
    ]
    return dg.AssetCheckResult(
        passed=not faults,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(faults[:5]) or None,
        metadata={
            "days_judged": len(days),
            "uncovered": dg.MetadataValue.md("\n".join(f"- {fault}" for fault in faults) or "none"),
        },
    )


def _fault(platform: str, judges: str, count: int, days: list[date]) -> str:
    spans = ", ".join(map(str, unbroken(days)))
    if count > 1:
        return (
            f"{count} versions judge {judges} of platform '{platform}' on {spans}: "
            "end one before the other begins (`ccr policy check` names both)"
        )
    return (
        f"no version judges {judges} of platform '{platform}' on {spans}: add a version that is in force on "
        "those days, or let an earlier one begin sooner; no later version is stretched over them"
    )
