"""dbt after classification: counting, scores, penalty candidates."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.wiring.dbt import DBT_PROJECT, TRANSLATOR, DbtHouse
from orchestration.wiring.dbt_manifest import fresh_manifest
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of

SCORES = "path:models/intermediate/counting path:models/marts"

# it reads chat messages too, which no model of this half does, so dbt must be told to run it here
BUILT = f"{SCORES} every_negative_has_words"


@dbt_assets(
    name="dbt_scores",
    manifest=fresh_manifest(),
    project=DBT_PROJECT,
    select=SCORES,
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
    dagster_dbt_translator=TRANSLATOR,
)
def scores(
    context: dg.AssetExecutionContext, house: House, dbt: DbtHouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Counts, scores and compares with the policy in force. Nothing is posted here."""
    house.show_lake_to_dbt()
    yield from dbt.build(context, BUILT, house.to_bring_up_to_date(days_of(context)))
