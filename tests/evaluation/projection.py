"""Holds past projections against what came, and writes docs/projection.md.

`python -m tests.evaluation.projection [--data DIR] [--homes DIR]`: the sample market, and, where
DIR holds the public Olist data set, that market as the project imports it. Both run through the whole
pipeline (minutes each); `--homes` keeps them, and what lies there is not run again.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb

from tests.evaluation.back_test import Figures, back_test

PAGE = Path(__file__).parents[2] / "docs" / "projection.md"
_PROJECT = PAGE.parents[1]

_HEAD = """# How well the projection tells

Written by `python -m tests.evaluation.projection --data folder`. Each day's projection of each window is held
against the mature rate of the same window, seven days later. How it is made: [history.md](history.md).

`held` is the share of windows whose mature rate lies in the interval projected at the time: at least 95 %
is right, and with few negatives to come it is more, since counts are whole. `bias`, `root square` and
`absolute` are the mean error, the root of the mean squared error and the mean absolute error of the rate in
percentage points: of the projection and, behind the stroke, of the figure published on the day. `by age` is
the absolute error of dividing each order day's negatives by the completion of its age.
"""


class Market(NamedTuple):
    """A market to run: its name on the page, how its landing files are made, its days."""

    title: str
    folder: str
    landing: list[str]
    first: str
    last: str


_SAMPLE = Market("The sample market, 45 days", "sample", ["sample"], "2026-09-01", "2026-10-15")


def olist(data: Path) -> Market:
    """The public Olist data set of a folder."""
    return Market(
        "Olist, 770 days", "olist", ["import", "olist", str(data), "--to", "{landing}"],
        "2016-09-05", "2018-10-14",
    )  # fmt: skip


def run(market: Market, homes: Path) -> Path:
    """Runs the market from raw to the scores, unless its home is there already; gives its warehouse."""
    home, landing = homes / market.folder, homes / market.folder / "landing"
    warehouse = home / "warehouse.duckdb"
    if not warehouse.exists():
        _ccr(home, landing, [part.format(landing=landing) for part in market.landing])
        _ccr(home, landing, ["run", "--from", market.first, "--to", market.last, "--no-show"])
    return warehouse


def section(title: str, warehouse: Path) -> str:
    """The figures of one market as a part of the page."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = [
            *back_test(connection, "subject_type", "window_days"),
            *back_test(connection, "subject_type", "window_days", "expecting"),
        ]
    rows = "".join(_row(figures) for figures in found if figures.kind[-1] != "all")
    return f"""
## {title}

| subject, window, negatives expected | windows | held | bias | root square | absolute | by age |
|---|---|---|---|---|---|---|
{rows}"""


def _row(figures: Figures) -> str:
    kind = f"{figures.kind[0]}, {figures.kind[1]} days" + "".join(f", {part}" for part in figures.kind[2:])
    by_age = "" if figures.absolute_by_age is None else f"{100 * figures.absolute_by_age:.2f}"
    return (
        f"| {kind} | {figures.rows:,} | {100 * figures.coverage:.1f} % "
        f"| {100 * figures.bias:+.2f} / {100 * figures.bias_published:+.2f} "
        f"| {100 * figures.root_square:.2f} / {100 * figures.root_square_published:.2f} "
        f"| {100 * figures.absolute:.2f} / {100 * figures.absolute_published:.2f} | {by_age} |\n"
    )


def _ccr(home: Path, landing: Path, arguments: list[str]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    places = {"CCR_HOME": str(home), "CCR_LANDING": str(landing), "DAGSTER_HOME": str(home)}
    secrets = {"CCR_BUYER_KEY": "a key of the evaluation"}
    subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=_PROJECT,
        env=os.environ | places | secrets,
        check=True,
    )


def main() -> None:
    """Runs what is to be run, measures, and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.projection", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public Olist data set")
    parser.add_argument("--homes", type=Path, help="folder to keep the markets in")
    parser.add_argument("--out", type=Path, default=PAGE, help="page to write")
    chosen = parser.parse_args()
    markets = [_SAMPLE]
    if chosen.data is not None:
        if not (chosen.data / "orders.parquet").is_file() and not any(chosen.data.glob("*orders*")):
            parser.error(f"{chosen.data} holds no orders: name the folder of the Olist data set")
        markets.append(olist(chosen.data))
    with tempfile.TemporaryDirectory() as temporary:
        homes = chosen.homes or Path(temporary)
        parts = [section(market.title, run(market, homes)) for market in markets]
    chosen.out.write_text(_HEAD + "".join(parts), "utf-8")
    print(f"{chosen.out} written")


if __name__ == "__main__":
    main()
