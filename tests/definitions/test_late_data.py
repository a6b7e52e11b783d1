"""A day landed again on its own is made again up to its scores; a run of a whole day starts no other."""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.definitions.asset_daemon_cursor import AssetDaemonCursor

from orchestration.definitions import defs
from orchestration.defs.automation import close_business_day
from orchestration.defs.late_data import LANDED_AGAIN, WHOLE_DAYS, made_again
from orchestration.wiring.partitions import BUSINESS_DAY

DAY = "2026-09-03"
STEPS = {"staging", "intermediate", "classified", "appeals", "scored", "ccr"}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def evaluated(
    definitions: dg.Definitions, instance: dg.DagsterInstance, cursor: AssetDaemonCursor | None = None
) -> dg.EvaluateAutomationConditionsResult:
    # without the selection Dagster asks for sources too, which is in beta
    return dg.evaluate_automation_conditions(definitions, instance, dg.AssetSelection.all(), cursor=cursor)


class Ticks:
    """The definitions of the house, evaluated tick by tick over events that are told."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.graph = defs.resolve_asset_graph()
        self.cursor: AssetDaemonCursor | None = None

    def told(self, *keys: str, day: str = DAY) -> None:
        for key in keys:
            asset = dg.AssetKey(key.split("/"))
            self.instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    asset, partition=day if self.graph.get(asset).is_partitioned else None
                )
            )

    def requested(self) -> dict[str, set[str]]:
        answer = evaluated(defs, self.instance, self.cursor)
        self.cursor = answer.cursor
        return {
            result.key.to_user_string(): set(result.true_subset.expensively_compute_partition_keys())
            for result in answer.results
            if not result.true_subset.is_empty
        }


@pytest.fixture
def house(instance: dg.DagsterInstance) -> Ticks:
    """A day of which everything was made once."""
    house = Ticks(instance)
    house.requested()
    house.told(*(key.to_user_string() for key in house.graph.get_all_asset_keys()))
    assert house.requested() == {}
    return house


def test_a_day_landed_again_is_made_again_up_to_its_scores_and_no_further(house: Ticks) -> None:
    house.told("raw/orders")
    found = house.requested()
    assert {"staging/stg_orders", "scored/shop_scores", "ccr/fct_ccr"} <= set(found)
    assert set().union(*found.values()) == {DAY}
    assert {key.split("/")[0] for key in found} == STEPS
    assert house.requested() == {}, "it is asked for once"


def test_what_every_run_reads_anew_asks_for_no_day(house: Ticks) -> None:
    unpartitioned = [
        key.to_user_string()
        for key in house.graph.get_all_asset_keys()
        if not house.graph.get(key).is_partitioned
    ]
    assert {"policies/policy_versions", "raw/shops", "classified/model"} <= set(unpartitioned)
    house.told(*unpartitioned)
    assert house.requested() == {}


def test_a_day_that_was_never_run_is_left_to_the_schedule(house: Ticks) -> None:
    house.told("raw/orders", day="2026-09-04")
    assert house.requested() == {}


@dg.asset(partitions_def=BUSINESS_DAY)
def landed() -> None:
    """Stands for raw."""


@dg.asset(key=["ccr", "counted"], deps=[landed], partitions_def=BUSINESS_DAY)
def counted() -> None:
    """Stands for what is made of it."""


SMALL = made_again([landed, counted])


@pytest.mark.parametrize(
    ("assets", "tags", "requests"),
    [
        (SMALL[:1], {}, 1),
        (SMALL[:1], WHOLE_DAYS, 0),
        (SMALL, {}, 0),
    ],
    ids=["landed alone", "by a run of a whole day that broke off", "with what follows"],
)
def test_a_run_that_makes_what_follows_is_no_reason_for_another(
    instance: dg.DagsterInstance, assets: list[dg.AssetsDefinition], tags: dict[str, str], requests: int
) -> None:
    small = dg.Definitions(assets=SMALL)
    dg.materialize(SMALL, instance=instance, partition_key=DAY)
    before = evaluated(small, instance)
    dg.materialize(assets, instance=instance, partition_key=DAY, tags=tags)
    after = evaluated(small, instance, before.cursor)
    assert after.total_requested == requests


def test_the_job_of_whole_days_says_that_it_is_one() -> None:
    assert defs.resolve_job_def(close_business_day.name).run_tags["ccr/whole_days"] == "yes"


def test_what_stands_behind_blocking_checks_has_no_condition() -> None:
    graph = defs.resolve_asset_graph()
    with_condition = {
        key.path[0] for key in graph.get_all_asset_keys() if graph.get(key).automation_condition is not None
    }
    assert with_condition == STEPS
    assert graph.get(dg.AssetKey(["ccr", "fct_ccr"])).automation_condition == LANDED_AGAIN
