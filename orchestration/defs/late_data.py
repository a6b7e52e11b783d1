"""Declared automation for days that were landed again on their own, which no sensor for files can see."""

from collections.abc import Iterable

import dagster as dg

from orchestration.landing.contract import SNAPSHOTS

# runs of whole days carry it; what they update, they also update everything after
WHOLE_DAYS = {"ccr/whole_days": "yes"}

# they are read anew by every run, so an update of theirs says nothing about a day
_NOT_OF_A_DAY = dg.AssetSelection.groups("policies") | dg.AssetSelection.assets(
    ["classified", "model"], *(["raw", name] for name in SNAPSHOTS)
)

_LANDED_ALONE = (
    dg.AutomationCondition.newly_updated()
    & ~dg.AutomationCondition.executed_with_tags(tag_values=WHOLE_DAYS)
    & ~dg.AutomationCondition.executed_with_root_target()
) | dg.AutomationCondition.will_be_requested()

# of days made before only: a first run is the schedule's, or a backfill's
LANDED_AGAIN = (
    dg.AutomationCondition.any_deps_match(_LANDED_ALONE).ignore(_NOT_OF_A_DAY).since_last_handled()
    & ~dg.AutomationCondition.missing()
    & ~dg.AutomationCondition.any_deps_in_progress().ignore(_NOT_OF_A_DAY)
    & ~dg.AutomationCondition.in_progress()
).with_label("landed_again")

# decisions are posted past the blocking checks, and those are run by the jobs
_STEPS = {"staging", "intermediate", "classified", "appeals", "scored", "ccr"}


def made_again(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The same assets, those between landing and scores with the condition."""
    return [each.map_asset_specs(_with_condition) for each in assets]


def _with_condition(spec: dg.AssetSpec) -> dg.AssetSpec:
    if spec.partitions_def is None or spec.key.path[0] not in _STEPS:
        return spec
    return spec.replace_attributes(automation_condition=LANDED_AGAIN)


landed_again = dg.AutomationConditionSensorDefinition(
    "landed_again",
    target=dg.AssetSelection.all(),
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
