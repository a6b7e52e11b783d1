"""dbt after classification: counts and benchmarks, up to what a score is made from."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.wiring.dbt import DBT_PROJECT, TRANSLATOR, DbtHouse
from orchestration.wiring.dbt_manifest import fresh_manifest
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of

# a subject's category is needed to count it, so dimensions are ready before facts
COUNTING = "path:models/intermediate/counting path:models/marts/ccr/dim_*.sql"

# it reads chat messages too, which no model of this part does, so dbt must be told
BUILT = f"{COUNTING} every_negative_has_words"


@dbt_assets(
    name="dbt_counting",
    manifest=fresh_manifest(),
    project=DBT_PROJECT,
    select=COUNTING,
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
    dagster_dbt_translator=TRANSLATOR,
)
def counting(
    context: dg.AssetExecutionContext, house: House, dbt: DbtHouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Counts every subject and pools its peers. Nothing is compared here."""
    house.show_lake_to_dbt()
    yield from dbt.build(context, BUILT, house.windows(house.to_bring_up_to_date(days_of(context))))
