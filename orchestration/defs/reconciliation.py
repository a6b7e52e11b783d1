"""What platforms say they took and counted, set against the ledger and the scores."""

import dagster as dg

from orchestration.defs.classification import OWNERS
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of


@dg.asset(
    key=["reconciliation", "exceptions"],
    deps=[
        ["penalties", "decisions"],
        ["staging", "stg_bills"],
        ["staging", "stg_platform_tickets"],
        ["staging", "stg_platform_figures"],
        ["ccr", "fct_ccr"],
    ],
    group_name="penalties",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def reconciliation(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """One row per bill, ticket or figure that does not agree with ours, and per claim that is missing.

    As known by the end of the business day; a later delivery changes later days only.
    """
    from orchestration.reconciling.exceptions import EXCEPTIONS, exceptions, first_claimed_day

    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    rows = 0
    with house.warehouse() as connection:
        first = first_claimed_day(connection)
        for day in days:
            is_claimed = first is not None and first <= day
            table = exceptions(connection, day) if is_claimed else EXCEPTIONS.empty_table()
            write_partition(settings.lake, "reconciliation", "exceptions", day, table)
            rows += table.num_rows
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "days": str(days)})
