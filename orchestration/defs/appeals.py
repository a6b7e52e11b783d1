"""What became of appeals, and which feedback the upheld ones take out of the counts."""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from orchestration.appeals.folding import Folded, fold
from orchestration.appeals.rows import tables_of
from orchestration.appeals.schemas import APPEALS_TABLES
from orchestration.wiring.appealed import events_of_days, known_of
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of

OWNERS = ["team:feedback-governance"]

_DESCRIPTIONS = {
    "appeal_events": "One row per accepted event of an appeal, on the day from which it is known: from which "
    "state to which, in which round, by whom, with the terms of the policy in force when it was filed.",
    "appeal_refusals": "One row per delivered event that is not accepted, with the rule it breaks and what "
    "to do instead. It changes nothing.",
    "upheld_feedback": "One row per feedback that an upheld appeal or report takes out of the effective rate "
    "from this day on. Earlier days stay as they were published.",
}

_DEPS = [
    ["staging", "stg_appeals"],
    ["staging", "stg_review_decisions"],
    ["intermediate", "int_feedback_events"],
    ["intermediate", "int_feedback_links"],
    ["intermediate", "int_orders_judged"],
    ["classified", "feedback_tags"],
    ["policies", "policy_versions"],
    ["policies", "policy_appeals"],
    ["policies", "policy_appeal_reasons"],
    ["policies", "ticket_rules"],
]


@dg.multi_asset(
    name="hear_appeals",
    specs=[
        dg.AssetSpec(
            ["appeals", name],
            description=description,
            deps=_DEPS,
            group_name="appeals",
            owners=OWNERS,
            kinds={"python", "parquet"},
            partitions_def=BUSINESS_DAY,
        )
        for name, description in _DESCRIPTIONS.items()
    ],
    backfill_policy=ONE_RUN_PER_RANGE,
)
def appeals(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
    """Folds the events of the appeals that the days touch; the same deliveries give the same rows."""
    days = house.to_bring_up_to_date(days_of(context))
    lake = house.settings().lake
    with house.warehouse() as connection:
        events = events_of_days(connection, days)
        folded = fold(events, known_of(connection, events).case_of)
    rows = dict.fromkeys(APPEALS_TABLES, 0)
    for day in days:
        for name, table in tables_of(folded, day).items():
            write_partition(lake, "appeals", name, day, table)
            rows[name] += table.num_rows
    _tell_unknown_holidays(context, folded)
    for name, count in rows.items():
        yield dg.MaterializeResult(
            asset_key=["appeals", name], metadata={"dagster/row_count": count, "days": str(days)}
        )


def _tell_unknown_holidays(context: dg.AssetExecutionContext, folded: Folded) -> None:
    reasons = Counter(each.after.due_unknown for each in folded.transitions if each.after.due_unknown)
    for reason, count in sorted(reasons.items()):
        context.log.warning(f"{count} events of appeals have no day by which an answer is due: {reason}")
