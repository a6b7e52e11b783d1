"""Statements of reasons on the notice board."""

import dagster as dg

from orchestration.publishing.statements import FOLDER, publish_statements
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.progress import counted
from orchestration.wiring.statements import issue_titles, statements_of


@dg.asset(
    key=["published", "statements"],
    deps=[["penalties", "decisions"]],
    group_name="published",
    owners=["team:feedback-governance"],
    kinds={"html", "markdown", "json"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def statements(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """Why each decision of a business day was made, in Chinese and English, as pages, Markdown and JSON.

    One folder a day with a manifest. A statement says what was told when the decision was issued;
    publishing a day again writes the same bytes.
    """
    published, titles = house.settings().published, issue_titles()
    days = house.to_bring_up_to_date(days_of(context))
    written = 0
    with house.warehouse() as connection:
        for day in counted(context, "days published", days):
            manifest = publish_statements(published, day, statements_of(connection, day), titles)
            written += manifest.line_count
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": written,
            "folder": dg.MetadataValue.path(str(published / FOLDER)),
            "days": str(days),
        }
    )
