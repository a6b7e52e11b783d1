"""Runs ranges of business days, `first..last` or `job:first..last`, one after another in one process."""

import sys
from datetime import date

from rich.console import Console

from orchestration.cli.backfill import JOB, backfill
from orchestration.settings import Settings


def main(ranges: list[str]) -> int:
    console = Console(width=160)
    for asked in ranges:
        job, _, days = asked.rpartition(":")
        first, _, last = days.partition("..")
        if not backfill(
            Settings.from_environment(),
            date.fromisoformat(first),
            date.fromisoformat(last or first),
            console,
            job or JOB,
        ):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
