"""Runs ranges of business days one after another in one process: imports are paid once."""

import sys
from datetime import date

from rich.console import Console

from orchestration.cli.backfill import backfill
from orchestration.settings import Settings


def main(ranges: list[str]) -> int:
    console = Console(width=160)
    for days in ranges:
        first, _, last = days.partition("..")
        if not backfill(
            Settings.from_environment(),
            date.fromisoformat(first),
            date.fromisoformat(last or first),
            console,
        ):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
