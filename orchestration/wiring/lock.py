"""One run at a time, by a lock that dies with the process that holds it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg


@contextmanager
def held(
    path: Path, run_id: str, instance: dg.DagsterInstance | None, say: Callable[[str], None]
) -> Iterator[None]:
    """Holds the lock for as long as the block; a run that finds it taken waits, so two backfills queue.

    A pool slot survives a killed run and must be freed by hand; a file lock does not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run holds the house; waiting for it to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        _close_dead_run(instance, _swap(file, run_id))
        yield
        _swap(file, "")


def _swap(file, run_id: str) -> str:
    file.seek(0)
    previous = file.read().strip()
    file.seek(0)
    file.truncate()
    file.write(run_id)
    file.flush()
    return previous


def _close_dead_run(instance: dg.DagsterInstance | None, run_id: str) -> None:
    # whoever left its id in the file died with the lock in hand
    run = instance.get_run_by_id(run_id) if instance and run_id else None
    if instance and run is not None and not run.is_finished:
        instance.report_run_failed(run, "its process ended before the run did")
