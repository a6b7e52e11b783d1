"""Times the whole pipeline on the sample market against one DuckDB scan of what it read.

`make bench`, or `python -m tests.bench.pipeline --orders 100000 --json out.json`. Ratios within
one run compare between machines; seconds do not.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, NamedTuple

import duckdb
import typer
from rich.console import Console
from rich.table import Table

FIRST, LAST = "2026-09-01", "2026-10-15"
CCR = [sys.executable, "-m", "orchestration.cli"]


class Timed(NamedTuple):
    """Seconds of the wall and of the processors, and the most memory, of one command."""

    what: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def timed(what: str, arguments: list[str], environment: dict[str, str]) -> Timed:
    """Runs a command to its end and measures its process and those it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        arguments, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timed(what, time.perf_counter() - started, cpu, after.ru_maxrss / 1024)


def scan(lake: Path) -> Timed:
    """One pass over every column of every raw row, as DuckDB reads it."""
    wall, cpu = time.perf_counter(), time.process_time()
    connection = duckdb.connect()
    for folder in sorted((lake / "raw").iterdir()):
        pattern = str(folder / "**" / "*.parquet")
        if next(folder.rglob("*.parquet"), None) is not None:
            connection.execute(
                f"select bit_xor(hash(rows)) from read_parquet('{pattern}') as rows"
            ).fetchall()
    return Timed("scan of raw", time.perf_counter() - wall, time.process_time() - cpu, 0.0)


def main(
    orders: Annotated[int, typer.Option(help="Orders of the sample market.")] = 20_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Writes a market, runs it as one range, runs its last day again, and compares."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {
            **os.environ,
            "CCR_HOME": str(home),
            "CCR_BUYER_KEY": "bench-market-only",
            "PYTHONWARNINGS": "ignore",
        }
        figures = [
            timed("write the market", [*CCR, "sample", "--orders", str(orders)], environment),
            timed(
                "45 days as one range", [*CCR, "run", "--from", FIRST, "--to", LAST, "--no-show"], environment
            ),
            timed(
                "the last day again", [*CCR, "run", "--from", LAST, "--to", LAST, "--no-show"], environment
            ),
        ]
        figures.append(scan(home / "lake"))
    base = figures[-1].cpu_s
    table = Table(title=f"{orders:,} orders")
    for column in ("what", "wall s", "CPU s", "peak MB", "× scan (CPU)"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for each in figures:
        table.add_row(
            each.what,
            f"{each.wall_s:.1f}",
            f"{each.cpu_s:.2f}",
            f"{each.peak_mb:.0f}",
            f"{each.cpu_s / base:.0f}",
        )
    Console().print(table)
    if json_file is not None:
        rows = [{**each._asdict(), "times_scan_cpu": each.cpu_s / base} for each in figures]
        json_file.write_text(
            json.dumps({"orders": orders, "figures": rows}, indent=2) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    typer.run(main)
