"""How far the decided share of negatives is from the estimated one, channel by channel."""

from datetime import timedelta

import dagster as dg

from orchestration.defs.classification import OWNERS
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of


@dg.asset(
    key=["classified", "rate_adjustment"],
    deps=[["classified", "feedback_tags"], ["intermediate", "int_feedback_events"]],
    group_name="classified",
    owners=OWNERS,
    kinds={"python", "parquet"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def rate_adjustment(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """One row per platform, channel that words decide, and window: the rate as decided, and as estimated.

    The estimate counts the texts of the trailing days that are beyond doubt, and corrects the count by
    how often negative and other texts come that far. NULL, with a status, where there are too few texts
    or the estimate is not plausible.
    """
    from orchestration.classification.rate_adjustment import HISTOGRAMS, WINDOWS, adjustment_of, days_counted

    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    first = days.first - timedelta(days=max(WINDOWS) - 1)
    with house.warehouse() as connection:
        # a few hundred counts a day, however many texts there are
        counts = days_counted(connection.execute(HISTOGRAMS, {"first": first, "last": days.last}).fetchall())
    rows = 0
    for day in days:
        table = adjustment_of(counts, day)
        write_partition(settings.lake, "classified", "rate_adjustment", day, table)
        rows += table.num_rows
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "days": str(days)})
