"""dbt before classification: staging, judged orders, linked feedback."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.wiring.dbt import DBT_PROJECT, TRANSLATOR, DbtHouse
from orchestration.wiring.dbt_manifest import fresh_manifest
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of

INTAKE = "path:models/staging path:models/intermediate/trade path:models/intermediate/feedback"


@dbt_assets(
    name="dbt_intake",
    manifest=fresh_manifest(),
    project=DBT_PROJECT,
    select=INTAKE,
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
    dagster_dbt_translator=TRANSLATOR,
)
def intake(
    context: dg.AssetExecutionContext, house: House, dbt: DbtHouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Cleans and judges; no text is read for its meaning here."""
    house.show_lake_to_dbt()
    yield from dbt.build(context, INTAKE, house.windows(house.to_bring_up_to_date(days_of(context))))
