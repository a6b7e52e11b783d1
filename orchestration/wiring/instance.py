"""Opens Dagster's instance of a home; of several processes that come first, one makes its tables."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

_LOCK = "opening.lock"


@contextmanager
def opened_instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """The instance that DAGSTER_HOME names, which is the home.

    Dagster makes the tables of its stores as it opens them, and fails where another process makes
    the same ones just then.
    """
    with (home / _LOCK).open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        instance = dg.DagsterInstance.get()
    with instance:
        yield instance
