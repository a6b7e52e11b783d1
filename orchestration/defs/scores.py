"""dbt after counting: rates with their scores, penalty candidates."""

from collections.abc import Iterator

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.defs.freshness import BY_SIX
from orchestration.wiring.dbt import DBT_PROJECT, TRANSLATOR, DbtHouse
from orchestration.wiring.dbt_manifest import fresh_manifest
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of

SCORES = "path:models/marts/ccr/fct_*.sql path:models/marts/penalties"

# it reads what is scored too, which no model of this part does, so dbt must be told
BUILT = f"{SCORES} every_subject_to_score_has_its_score"


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
    """Publishes rates and scores and compares them with the policy in force. Nothing is posted here."""
    house.show_lake_to_dbt()
    yield from dbt.build(context, BUILT, house.windows(house.to_bring_up_to_date(days_of(context))))


def _on_time(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec.replace_attributes(freshness_policy=BY_SIX) if spec.key.path == ["ccr", "fct_ccr"] else spec


scores = scores.map_asset_specs(_on_time)
