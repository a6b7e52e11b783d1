"""Writes docs/performance.md from the figures kept in tests/bench/results.

`python -m tests.bench.page`. The figures are kept beside the scripts that made them, as what the page says
must be what was measured; a test compares the two.
"""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
RESULTS = PROJECT / "tests" / "bench" / "results"
PAGE = PROJECT / "docs" / "performance.md"

# what the house set itself, in order: what, the most or least it may be, and which
TARGETS: dict[str, tuple[str, float]] = {
    "range": ("45 days as one range, without what is paid once, over the scan (CPU)", 6),
    "day": ("one more day, without what is paid once, over the scan of a day (CPU)", 3),
    "memory": ("memory of the range, in GB", 4),
    "late": ("three late days over the range (CPU)", 0.1),
    "together": ("45 days as one range over 45 runs of one day (CPU)", 0.1),
    "told": ("telling Dagster of a day in a range, in seconds", 0.5),
}

# of the classifier on one thread: its figure, what it is, and the least it may be
LEAST: dict[str, tuple[str, float]] = {
    "one_core": ("texts a CPU-second", 500_000),
    "times_snownlp": ("times SnowNLP's", 3_000),
    "times_sklearn": ("times scikit-learn's, hashed n-grams and a linear model", 20),
}

# orders grow sixfold, the processors' time at most 7.5-fold and memory twofold
CPU_GROWTH = 7.5 / 6
MEMORY_GROWTH = 2


def page(results: Path = RESULTS) -> str:
    """The page as it follows from the figures."""
    lines = [
        "# Performance",
        "",
        "Measured with `make bench`, which writes `tests/bench/results/`; this page is made from those files "
        "by `python -m tests.bench.page`. Two shared cores: seconds say little, ratios within one table are "
        "meant. Memory is of the whole tree of processes at its highest; DuckDB is held to 2 GB.",
        "",
    ]
    sizes = [json.loads(file.read_text(encoding="utf-8")) for file in results.glob("pipeline_*.json")]
    sizes.sort(key=lambda figures: figures["orders"], reverse=True)
    for figures in sizes:
        lines += _pipeline(figures)
    lines += _growth(sizes)
    for name, section in (
        ("words", _words),
        ("classification", _classification),
        ("limit", _limit),
        ("equal", _equal),
    ):
        file = results / f"{name}.json"
        if file.exists():
            lines += section(json.loads(file.read_text(encoding="utf-8")))
    reasons = results / "reasons.md"
    return "\n".join(lines) + "\n" + reasons.read_text(encoding="utf-8")


def missed(figures: dict[str, Any]) -> dict[str, float]:
    """What was reached of each target."""
    whole, scanned, once, late = figures["runs"][2:]
    scan = scanned["cpu_s"]
    fixed = sum(each["cpu_s"] for each in figures["fixed"])
    return {
        "range": (whole["cpu_s"] - fixed) / scan,
        "day": (once["cpu_s"] - fixed) / (scan / figures["days"]),
        "memory": whole["peak_mb"] / 1024,
        "late": late["cpu_s"] / whole["cpu_s"],
        "together": whole["cpu_s"] / (figures["days"] * once["cpu_s"]),
        "told": figures["told_s_a_day"],
    }


def _pipeline(figures: dict[str, Any]) -> list[str]:
    runs, engines, fixed = figures["runs"], figures["engines"], figures["fixed"]
    lines = [f"## {figures['orders']:,} orders, {figures['days']} days", ""]
    lines += _table("of the pipeline", runs, runs[3]["cpu_s"], "× scan")
    lines += _table("the same counting", engines, engines[0]["cpu_s"], "× DuckDB")
    lines += _table("paid once a run", fixed, runs[2]["cpu_s"], "of the range")
    lines += ["| target | at most | reached |", "|---|---|---|"]
    for name, reached in missed(figures).items():
        what, bar = TARGETS[name]
        over = "" if reached <= bar else f", {reached / bar:.1f} times the target"
        lines.append(f"| {what} | {bar:g} | {reached:.2f}{over} |")
    return [*lines, ""]


def _growth(sizes: list[dict[str, Any]]) -> list[str]:
    """How time and memory of the range grow between two sizes, the larger one first."""
    lines = [
        "## Growth",
        "",
        "| orders of the range | × orders | × CPU | at most | × memory | at most |",
        "|---|---|---|---|---|---|",
    ]
    for larger, smaller in pairwise(sizes):
        of_larger, of_smaller = larger["runs"][2], smaller["runs"][2]
        orders = larger["orders"] / smaller["orders"]
        lines.append(
            f"| {smaller['orders']:,} to {larger['orders']:,} | {orders:g} "
            f"| {of_larger['cpu_s'] / of_smaller['cpu_s']:.1f} | {CPU_GROWTH * orders:g} "
            f"| {of_larger['peak_mb'] / of_smaller['peak_mb']:.1f} | {MEMORY_GROWTH:g} |"
        )
    return [*lines, ""]


def _table(what: str, figures: list[dict[str, Any]], base: float, ratio: str) -> list[str]:
    lines = [f"| {what} | wall s | CPU s | peak MB | {ratio} |", "|---|---|---|---|---|"]
    for each in figures:
        if each["cpu_s"] is None:
            lines.append(f"| {each['what']} | not installed | | | |")
        else:
            lines.append(
                f"| {each['what']} | {each['wall_s']} | {each['cpu_s']} | {each['peak_mb']} "
                f"| {each['cpu_s'] / base:.2f} |"
            )
    return [*lines, ""]


def _words(figures: dict[str, Any]) -> list[str]:
    return [
        "## Words",
        "",
        f"{figures['texts']:,} distinct reviews and the {figures['phrases']:,} phrases of the lexicon. The "
        "classifier reads a text whole: normal form, phrases, models, guards, decision, evidence; "
        "pyahocorasick only finds phrases. One thread, in turns.",
        "",
        "| | texts a CPU-second |",
        "|---|---|",
        f"| classifier | {figures['classified_a_second']:,} |",
        f"| pyahocorasick | {figures['pyahocorasick']:,} |",
        f"| ratio | {figures['times_pyahocorasick']} |",
        "",
    ]


def _classification(figures: dict[str, Any]) -> list[str]:
    lines = [
        "## Classification",
        "",
        f"{figures['texts']:,} distinct reviews of {figures['mean_length']:g} characters, read whole as "
        "above; the others say only whether a text is negative. One thread, in turns; medians.",
        "",
        "| | at least | reached |",
        "|---|---|---|",
    ]
    for name, (what, bar) in LEAST.items():
        reached = figures[name]
        short = "" if reached >= bar else f", {reached / bar:.2f} of the target"
        lines.append(f"| {what} | {bar:,} | {reached:,}{short} |")
    by_two = figures["two_threads_wall"] / figures["one_thread_wall"]
    return [
        *lines,
        "",
        f"Where half of the texts are negative: {figures['one_core_half_negative']:,} a CPU-second. Two "
        f"threads read {by_two:.2f} times what one does in a second. Eight times the texts take "
        f"{figures['peak_8x_over_1x']:g} times the memory.",
        "",
    ]


def _limit(figures: dict[str, Any]) -> list[str]:
    return [
        "## A limit of 1 GB",
        "",
        f"{figures['orders']:,} orders over 45 days as one range, DuckDB held to {figures['memory_limit']}: "
        f"{figures['wall_s']:,} s on a shared machine, {figures['cpu_s']:,} s of the processors, "
        f"{figures['peak_mb']:,} MB for the whole tree of processes.",
        "",
    ]


def _equal(figures: dict[str, Any]) -> list[str]:
    return [
        "## Equal answers",
        "",
        f"Of {figures['texts']:,} distinct texts the compiled code and plain Python found the same phrases "
        "at the same places, the same log-odds and the same heaviest clause in "
        f"{figures['equal']:,}. The whole "
        f"judgement (decision, issues, guards, evidence) of {figures['judged']:,} was the same to the byte "
        "with the compiler switched off (`python -m tests.bench.equal`).",
        "",
    ]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
