"""Runs a large market under a memory limit and says how much the whole tree of processes took.

`make memory`, or `python -m tests.bench.limit --orders 5000000 --limit 1GB --json out.json`. What is small
enough to be run each time is tests/pipeline/test_memory.py.
"""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.bench.measuring import measured, tell
from tests.bench.pipeline import CCR, FIRST, LAST, environment_of


def main(
    orders: Annotated[int, typer.Option(help="Orders of the sample market.")] = 5_000_000,
    limit: Annotated[str, typer.Option(help="What DuckDB may use.")] = "1GB",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Prints seconds and memory of 45 days as one range; fails where the run does."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**environment_of(Path(home)), "CCR_MEMORY_LIMIT": limit}
        measured([*CCR, "sample", "--orders", str(orders)], environment)
        taken = measured([*CCR, "run", "--no-show", "--from", FIRST, "--to", LAST], environment)
    figures = {
        "orders": orders,
        "memory_limit": limit,
        "wall_s": round(taken.wall_s),
        "cpu_s": round(taken.cpu_s),
        "peak_mb": round(taken.peak_mb),
    }
    tell(figures, json_file)


if __name__ == "__main__":
    typer.run(main)
