"""Times the pipeline on the sample market against one scan of what it read, and its counting against others.

`make bench`, or `python -m tests.bench.pipeline --size S --json out.json`. Ratios within one run compare
between machines; seconds do not. Memory is of the whole tree of processes.
"""

import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from tests.bench.measuring import Taken, measured, tell
from tests.bench.relational import ENGINES, is_installed

DAYS = 45
FIRST, LAST, NEXT = "2026-09-01", "2026-10-15", "2026-10-16"
SIZES = {"XS": 20_000, "S": 1_000_000, "M": 10_000_000, "L": 60_000_000}
CCR = [sys.executable, "-m", "orchestration.cli"]
_RELATIONAL = [sys.executable, "-W", "ignore", "-m", "tests.bench.relational"]
# what a run pays once, however many its days and orders are
_FIXED = {
    "import the definitions": "import orchestration.definitions",
    "import dbt and parse the project": "from orchestration.wiring.dbt_manifest import parsed_manifest\n"
    "parsed_manifest()",
    "import Great Expectations": "import great_expectations",
    "load the compiled classifier": "import sys\nfrom pathlib import Path\n"
    "from orchestration.classification.classifier import Classifier\nClassifier.load(Path(sys.argv[1]))",
}
_TOLD = re.compile(r"told to Dagster in ([0-9.]+) s")


def environment_of(home: Path) -> dict[str, str]:
    """What commands are run with: a home of their own, and a key for an invented market."""
    return {
        **os.environ,
        "CCR_HOME": str(home),
        "CCR_BUYER_KEY": "bench-market-only",
        "PYTHONWARNINGS": "ignore",
    }


def scan(lake: Path) -> dict[str, float]:
    """Seconds of one pass over every column of every raw row, as DuckDB reads it."""
    wall, cpu = time.perf_counter(), time.process_time()
    connection = duckdb.connect()
    for folder in sorted((lake / "raw").iterdir()):
        pattern = str(folder / "**" / "*.parquet")
        if next(folder.rglob("*.parquet"), None) is not None:
            connection.execute(
                f"select bit_xor(hash(rows)) from read_parquet('{pattern}') as rows"
            ).fetchall()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}


def row(what: str, taken: Taken, own: dict[str, float] | None = None) -> dict[str, Any]:
    """A figure; `own` are seconds that the process measured of itself, without its imports."""
    return {
        "what": what,
        "wall_s": round((own or taken._asdict())["wall_s"], 2),
        "cpu_s": round((own or taken._asdict())["cpu_s"], 2),
        "peak_mb": round(taken.peak_mb),
    }


def of_runs(orders: int, environment: dict[str, str], home: Path) -> tuple[list[dict[str, Any]], float]:
    """A market, its days as one range, and what comes after; and what telling Dagster of a day takes."""
    run = [*CCR, "run", "--no-show"]
    # one day more than the range: a day that is run again takes away what it wrote before it writes
    market = ["--days", str(DAYS + 1), "--orders", str(orders + orders // DAYS)]
    figures = [
        row("write the market", measured([*CCR, "sample", *market], environment)),
        row(
            "train the classifier, unless its texts are as they were", measured([*CCR, "train"], environment)
        ),
    ]
    whole = measured([*run, "--from", FIRST, "--to", LAST], environment)
    scanned = measured([sys.executable, "-m", "tests.bench.pipeline", "--scan", str(home / "lake")])
    figures += [
        row(f"{DAYS} days as one range", whole),
        row("scan of raw", scanned, json.loads(scanned.said.splitlines()[-1])),
        row("one more day", measured([*run, "--from", NEXT, "--to", NEXT], environment)),
        row(
            "three days again, the last of them a day before the last",
            measured([*run, "--from", "2026-10-13", "--to", LAST], environment),
        ),
    ]
    return figures, sum(map(float, _TOLD.findall(whole.said))) / DAYS


def of_engines(lake: Path) -> list[dict[str, Any]]:
    """The counting in each engine that is installed; an error where their sums differ."""
    figures: list[dict[str, Any]] = []
    sums: dict[str, list[int]] = {}
    for engine in ENGINES:
        if not is_installed(engine):
            figures.append({"what": engine, "wall_s": None, "cpu_s": None, "peak_mb": None})
            continue
        taken = measured(
            [*_RELATIONAL, "--engine", engine, "--lake", str(lake)],
        )
        said = json.loads(taken.said.splitlines()[-1])
        sums[engine] = said["sums"]
        figures.append(row(engine, taken, said))
    if len({tuple(each) for each in sums.values()}) != 1:
        raise AssertionError(f"the engines count differently: {sums}")
    return figures


def shown(title: str, figures: list[dict[str, Any]], base: float) -> Table:
    """A table of figures with their CPU seconds as multiples of a base."""
    table = Table(title=title)
    for column in ("what", "wall s", "CPU s", "peak MB", "ratio (CPU)"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for each in figures:
        if each["cpu_s"] is None:
            table.add_row(each["what"], "not installed", "", "", "")
        else:
            ratio = f"{each['cpu_s'] / base:.1f}"
            table.add_row(each["what"], *(f"{each[name]}" for name in ("wall_s", "cpu_s", "peak_mb")), ratio)
    return table


def main(
    size: Annotated[str, typer.Option(help="XS, S, M or L: 20 thousand, 1, 10 or 60 million orders.")] = "XS",
    orders: Annotated[int | None, typer.Option(help="So many orders instead.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
    model: Annotated[Path | None, typer.Option(help="A trained model, to be spared its training.")] = None,
    scanned: Annotated[Path | None, typer.Option("--scan", hidden=True)] = None,
) -> None:
    """Writes a market, runs it as one range, runs days of it again, and compares."""
    if scanned is not None:
        sys.stdout.write(json.dumps(scan(scanned)) + "\n")
        return
    count = orders or SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if model is not None:
            shutil.copytree(model, home / "model")
        environment = environment_of(home)
        runs, told = of_runs(count, environment, home)
        engines = of_engines(home / "lake")
        fixed = [
            row(
                what, measured([sys.executable, "-W", "ignore", "-c", code, str(home / "model")], environment)
            )
            for what, code in _FIXED.items()
        ]
    figures: dict[str, Any] = {
        "orders": count,
        "days": DAYS,
        "told_s_a_day": round(told, 3),
        "runs": runs,
        "engines": engines,
        "fixed": fixed,
    }
    console = Console()
    console.print(shown(f"{count:,} orders, against the scan", runs, runs[3]["cpu_s"]))
    console.print(shown("the same counting, against DuckDB", engines, engines[0]["cpu_s"]))
    console.print(shown("paid once a run, against the range", fixed, runs[2]["cpu_s"]))
    console.print(f"telling Dagster of a day in a range: {told:.3f} s")
    tell(figures, json_file, quiet=True)


if __name__ == "__main__":
    typer.run(main)
