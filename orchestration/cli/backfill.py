"""Runs a range of business days as one Dagster run, in this process."""

import gc
import time
import warnings
from datetime import date

from rich.console import Console

from orchestration.landing.files import landed_days
from orchestration.settings import Settings
from orchestration.wiring.landed import remembered, unbroken
from orchestration.wiring.partitions import BUSINESS_DAY, Days

JOB = "close_business_day"
# a run keeps most of what it makes, phrases and models of dbt by the hundred thousand: to look for garbage
# among them at every seven hundred objects, as Python does, was a twentieth of a day's seconds
_OBJECTS_BETWEEN_COLLECTIONS = (200_000, 30, 30)


class BackfillRefusedError(ValueError):
    """The days or folders asked for cannot be run; says which and what to do."""


def backfill(
    settings: Settings,
    first: date,
    last: date,
    console: Console,
    job: str = JOB,
    *,
    timings: Console | None = None,
) -> bool:
    """True when every step succeeded. Progress goes to the console line by line.

    Where the time went is printed to the console `timings`, if there is one.
    """
    settings.required_buyer_key()
    _refuse_what_cannot_run(settings, first, last)
    settings.prepare_home()
    _warn_of_unprocessed_days(settings, first, console)

    gc.set_threshold(*_OBJECTS_BETWEEN_COLLECTIONS)
    import dagster as dg
    from dagster_shared.utils.warnings import BetaWarning, PreviewWarning

    # what the house is built on is in beta or preview; a person at a terminal cannot help it
    warnings.simplefilter("ignore", BetaWarning)
    warnings.simplefilter("ignore", PreviewWarning)

    from orchestration.cli.timings import Timings, print_timings
    from orchestration.defs.automation import ONE_LINE_A_STEP, range_tags
    from orchestration.wiring.instance import opened_instance

    started = time.monotonic()
    days = Days(first, last)
    console.print(f"{job} {days} ({len(days)} business days), home {settings.home}", highlight=False)
    with opened_instance(settings.home) as instance:
        outcome = dg.execute_job(
            dg.build_reconstructable_job(__name__, job_of_the_house.__name__, (job,)),
            instance=instance,
            tags=range_tags(days),
            run_config=ONE_LINE_A_STEP,
            raise_on_error=False,
        )
        succeeded, taken = outcome.success, time.monotonic() - started
        console.print(f"{'done' if succeeded else 'failed'} in {taken:.0f} s")
        if timings is not None:
            print_timings(Timings.of_run(instance, outcome.run_id), taken, timings)
    return succeeded


def job_of_the_house(name: str):
    """The job of that name, found again by Dagster from this function."""
    from orchestration.definitions import defs

    return defs.resolve_job_def(name)


def _refuse_what_cannot_run(settings: Settings, first: date, last: date) -> None:
    if first > last:
        raise BackfillRefusedError(f"--from {first} is after --to {last}: swap them")
    if not settings.landing.is_dir():
        raise BackfillRefusedError(
            f"landing folder {settings.landing} does not exist: "
            "name it with --landing, or write the sample market with `ccr sample`"
        )
    open_days = BUSINESS_DAY.get_partition_keys()
    if first.isoformat() < open_days[0] or last.isoformat() > open_days[-1]:
        raise BackfillRefusedError(
            f"{first}..{last} is not within the closed business days {open_days[0]}..{open_days[-1]} "
            "(Asia/Shanghai): a day can be run once it has ended"
        )


def _warn_of_unprocessed_days(settings: Settings, first: date, console: Console) -> None:
    done = remembered(settings.lake)
    skipped = sorted(
        {
            day
            for days in landed_days(settings.landing).values()
            for day in days
            if day < first and day not in done
        }
    )
    if skipped:
        ranges = ", ".join(str(days) for days in unbroken(skipped))
        console.print(
            f"[yellow]landed but never run: {ranges}.[/yellow] Until they are, scores that look "
            f"back over them are provisional and nothing is posted; start with --from {skipped[0]}.",
            highlight=False,
        )
