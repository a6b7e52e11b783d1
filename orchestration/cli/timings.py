"""Where the time of a run went: its steps, and the models and tests that took longest."""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
from dagster import DagsterEventType
from rich.console import Console
from rich.table import Table

_LONGEST = 10
_STEPS = {DagsterEventType.STEP_START, DagsterEventType.STEP_SUCCESS, DagsterEventType.STEP_FAILURE}
_BUILT = {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_CHECK_EVALUATION}


@dataclass(frozen=True)
class Built:
    """A dbt model or test, the step that built it and the seconds that dbt took."""

    name: str
    step: str
    seconds: float


@dataclass(frozen=True)
class Timings:
    """Seconds of each step that ended and of each model and test, the longest first."""

    steps: list[tuple[str, float]]
    built: list[Built]

    @classmethod
    def of_run(cls, instance: dg.DagsterInstance, run_id: str) -> "Timings":
        """What the run recorded in Dagster's log; a step that was killed has no end and is left out."""
        started: dict[str, float] = {}
        steps: list[tuple[str, float]] = []
        for entry in instance.all_logs(run_id, of_type=_STEPS):
            step = entry.step_key or ""
            if entry.dagster_event_type == DagsterEventType.STEP_START:
                started[step] = entry.timestamp
            elif step in started:
                steps.append((step, entry.timestamp - started[step]))
        # a range materializes a model once a day, with the same seconds
        built = set(_built(instance, run_id))
        return cls(
            sorted(steps, key=lambda each: (-each[1], each[0])),
            sorted(built, key=lambda each: (-each.seconds, each.name)),
        )


def print_timings(timings: Timings, whole: float, console: Console) -> None:
    """Tables of the steps, with their share of the run's seconds, and of what dbt built."""
    table = Table(title="Steps", title_justify="left")
    table.add_column("step")
    table.add_column("seconds", justify="right")
    table.add_column("share", justify="right")
    # loading, planning and what Dagster writes down before and between the steps
    outside = max(0.0, whole - sum(seconds for _, seconds in timings.steps))
    for step, seconds in [*timings.steps, ("outside of steps", outside)]:
        table.add_row(step, f"{seconds:.1f}", f"{seconds / whole:.1%}" if whole else "–")
    table.add_section()
    table.add_row("the run", f"{whole:.1f}", "")
    console.print(table)

    longest = Table(title="Longest models and tests", title_justify="left")
    for heading in ("model or test", "step"):
        longest.add_column(heading)
    longest.add_column("seconds", justify="right")
    for each in timings.built[:_LONGEST]:
        longest.add_row(each.name, each.step, f"{each.seconds:.1f}")
    console.print(longest)


def _built(instance: dg.DagsterInstance, run_id: str) -> Iterator[Built]:
    for entry in instance.all_logs(run_id, of_type=_BUILT):
        event = entry.dagster_event
        if event is None:
            continue
        if event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            found = event.asset_check_evaluation_data
            name = found.check_name
        else:
            found = event.step_materialization_data.materialization
            name = ".".join(found.asset_key.path)
        seconds = found.metadata.get("execution_seconds")
        if isinstance(seconds, dg.FloatMetadataValue):
            yield Built(name, entry.step_key or "", seconds.value or 0.0)
