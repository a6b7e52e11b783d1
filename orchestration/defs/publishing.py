"""The notice board: lists with their manifest, pictures of the scores, Data Docs."""

import dagster as dg

from orchestration.defs.freshness import BY_SIX
from orchestration.publishing.penalty_list import LISTED, publish_day
from orchestration.wiring.house import House
from orchestration.wiring.measured import measured
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.progress import counted
from orchestration.wiring.warehouse import arrow

OWNERS = ["team:feedback-governance"]


@dg.asset(
    key=["published", "penalty_list"],
    deps=[["penalties", "decisions"]],
    group_name="published",
    owners=OWNERS,
    kinds={"parquet", "csv", "json"},
    freshness_policy=BY_SIX,
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def penalty_list(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The decisions of a business day, in force and shadow, as Parquet, CSV and JSON.

    One folder a day with a manifest of checksums, versions and counts. Publishing a day
    again writes the same bytes.
    """
    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    lines = 0
    with house.warehouse() as connection:
        tables = {name: arrow(connection, f"select * from penalties.{name} order by all") for name in LISTED}
    for day in counted(context, "days published", days):
        manifest = publish_day(settings.published, day, **tables)
        lines += manifest.line_count
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": lines,
            "folder": dg.MetadataValue.path(str(settings.published)),
            "days": str(days),
        }
    )


@dg.asset(
    key=["published", "ccr_pictures"],
    deps=[["ccr", "fct_ccr"], ["ccr", "fct_exclusions"]],
    group_name="published",
    owners=OWNERS,
    kinds={"matplotlib"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def ccr_pictures(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """The last day of the run in pictures: distribution, the worst shops over time, exclusions."""
    from orchestration.publishing import pictures

    day = days_of(context).last
    with house.warehouse() as connection:
        return dg.MaterializeResult(
            metadata={
                title: dg.MetadataValue.md(f"![{title}](data:image/png;base64,{picture})")
                for title, picture in pictures.of_day(connection, day).items()
            }
        )


@dg.asset(
    key=["published", "data_docs"],
    deps=[
        ["raw", "orders"],
        ["ccr", "fct_ccr"],
        ["penalties", "fct_penalty_candidates"],
    ],
    group_name="published",
    owners=OWNERS,
    kinds={"html"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def data_docs(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """What the inspectors expect and what they found, as pages to read."""
    from expectations.data_docs import build
    from orchestration.defs.quality import INSPECTED

    settings = house.settings()
    days = days_of(context)
    frames = {table: measured(house, context.run.run_id, table, days) for table in INSPECTED}
    index = build(frames, settings.published / "data_docs")
    return dg.MaterializeResult(metadata={"data_docs": dg.MetadataValue.url(index.as_uri())})
