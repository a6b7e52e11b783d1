"""A watch on answers: an appeal that a platform owes an answer to is not forgotten."""

from datetime import date

import dagster as dg
import duckdb

from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, days_of

# Of each appeal the last event known on the day. A returned one waits for its merchant, not for an answer.
OVERDUE = """
with latest as (
    select appeal_key, arg_max(to_state, seq) as state, arg_max(due_on, seq) as due_on
    from appeals.appeal_events
    where business_day <= $day
    group by appeal_key
)
select appeal_key, due_on
from latest
where state in ('submitted', 'under_review', 'human_review', 'reconsidering') and due_on < $day
order by due_on, appeal_key
"""
_NAMED = 20


@dg.asset_check(
    asset=["appeals", "appeal_events"],
    name="answers_are_not_overdue",
    description="Every open appeal was answered by the working day on which its policy owes an answer.",
    partitions_def=BUSINESS_DAY,
)
def answers_are_not_overdue(context: dg.AssetCheckExecutionContext, house: House) -> dg.AssetCheckResult:
    """Names the appeals whose answer is overdue by the end of the run's last day; stops nothing."""
    with house.warehouse() as connection:
        return overdue_by(connection, days_of(context).last)


def overdue_by(connection: duckdb.DuckDBPyConnection, day: date) -> dg.AssetCheckResult:
    """The check's answer for a day; names at most twenty appeals."""
    found = connection.execute(OVERDUE, {"day": day}).fetchall()
    named = [f"{key} was due on {due}" for key, due in found[:_NAMED]]
    return dg.AssetCheckResult(
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(named[:5]) or None,
        metadata={
            "overdue": len(found),
            "named": dg.MetadataValue.md("\n".join(f"- {each}" for each in named) or "none"),
        },
    )
