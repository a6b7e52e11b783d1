"""Where the time of a run went is read from what the run recorded."""

import time
from io import StringIO

import dagster as dg
import pytest
from rich.console import Console

from orchestration.cli.timings import Built, Timings, print_timings

DAYS = dg.StaticPartitionsDefinition(["monday", "tuesday"])


@dg.multi_asset(
    name="dbt_counting",
    specs=[dg.AssetSpec(["ccr", name]) for name in ("quick", "slow")],
    check_specs=[dg.AssetCheckSpec("slow_is_unique", asset=["ccr", "slow"])],
    partitions_def=DAYS,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def counting():
    yield dg.MaterializeResult(asset_key=["ccr", "quick"], metadata={"execution_seconds": 0.25})
    yield dg.MaterializeResult(asset_key=["ccr", "slow"], metadata={"execution_seconds": 3.0})
    yield dg.AssetCheckResult(
        asset_key=["ccr", "slow"], check_name="slow_is_unique", passed=False,
        severity=dg.AssetCheckSeverity.WARN, metadata={"execution_seconds": 1.5},
    )  # fmt: skip


@dg.asset(deps=[["ccr", "slow"]], partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
def published() -> None:
    time.sleep(0.3)
    raise OSError("the disk is full")


@pytest.fixture
def timings() -> Timings:
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize(
            [counting, published],
            instance=instance,
            raise_on_error=False,
            tags={
                "dagster/asset_partition_range_start": "monday",
                "dagster/asset_partition_range_end": "tuesday",
            },
        )
        return Timings.of_run(instance, run.run_id)


def test_models_and_tests_are_told_once_each_and_the_longest_first(timings: Timings) -> None:
    assert timings.built == [
        Built("ccr.slow", "dbt_counting", 3.0),
        Built("slow_is_unique", "dbt_counting", 1.5),
        Built("ccr.quick", "dbt_counting", 0.25),
    ]


def test_a_step_that_failed_has_its_seconds_too(timings: Timings) -> None:
    seconds = dict(timings.steps)
    assert set(seconds) == {"dbt_counting", "published"}
    assert 0.3 <= seconds["published"] < 5
    assert [step for step, _ in timings.steps] == sorted(seconds, key=lambda step: -seconds[step])


def test_the_tables_show_shares_of_the_run_and_ten_models() -> None:
    shown = StringIO()
    console = Console(width=120, file=shown)
    models = [Built(f"ccr.model_{number:02}", "dbt_scores", 30.0 - number) for number in range(11)]
    print_timings(Timings([("dbt_scores", 30.0), ("classify", 10.0)], models), 50.0, console)
    rows = [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]
        for line in shown.getvalue().splitlines()
    ]
    assert ["dbt_scores", "30.0", "60.0%"] in rows
    assert ["outside of steps", "10.0", "20.0%"] in rows
    assert ["the run", "50.0", ""] in rows
    assert ["ccr.model_09", "dbt_scores", "21.0"] in rows
    assert not any("ccr.model_10" in row for row in rows)
