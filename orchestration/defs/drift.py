"""A watch on what is read: does feedback look to the classifier as it did?"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, Days, days_of
from orchestration.wiring.warehouse import arrow


@dg.asset_check(
    asset=["classified", "feedback_tags"],
    name="classification_has_not_drifted",
    description="Feedback looks to the classifier as it did in the trailing 28 days: how negative the texts "
    "are, and how often each issue and role of phrase occurs.",
    blocking=False,
    partitions_def=BUSINESS_DAY,
)
def classification_has_not_drifted(
    context: dg.AssetCheckExecutionContext, house: House
) -> dg.AssetCheckResult:
    """Warns, and names what moved. Passes where there is too little to compare."""
    from orchestration.classification.drift import TRAILING_DAYS

    days = house.to_bring_up_to_date(days_of(context))
    with house.warehouse() as connection:
        rows = arrow(
            connection,
            "select * from classified.classification_profile where business_day between ? and ?",
            [days.first - timedelta(days=TRAILING_DAYS), days.last],
        ).to_pylist()
    return drift_of(rows, days)


def drift_of(rows: Iterable[Mapping[str, Any]], days: Days) -> dg.AssetCheckResult:
    """The check's answer for the days; `rows` are those of the profile, trailing days among them."""
    from orchestration.classification.drift import judge_day

    known = list(rows)
    judged = {day: judge_day(known, day) for day in days}
    moved = [(day, what) for day, verdict in judged.items() for what in verdict.moved]
    unjudged = [day for day, verdict in judged.items() if not verdict.judged_count]
    said = "; ".join(f"{day}: {what}" for day, what in moved[:5])
    return dg.AssetCheckResult(
        passed=not moved,
        severity=dg.AssetCheckSeverity.WARN,
        description=said or ("not enough history" if len(unjudged) == len(days) else None),
        metadata={
            "days_judged": len(days) - len(unjudged),
            "moved": dg.MetadataValue.table(
                [dg.TableRecord({"business_day": str(day), "what": what}) for day, what in moved],
                schema=dg.TableSchema([dg.TableColumn("business_day"), dg.TableColumn("what")]),
            ),
        },
    )
