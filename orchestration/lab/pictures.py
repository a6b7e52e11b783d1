"""A trial in pictures: how many shops come into which tier, and what is at stake by their size."""

import io
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from orchestration.lab.comparing import NO_TIER, NOT_EVALUATED, SIZES, Comparison

_SIDES = (("against", "#b8b8b8"), ("tried", "#4f7cac"))
_WIDTH = 0.4


def of_comparison(comparison: Comparison, title: str) -> dict[str, bytes]:
    """Name -> PNG."""
    with mpl.rc_context({"svg.hashsalt": "ccr", "font.size": 9}):
        return {
            "tiers": _png(_tiers(comparison, title)),
            "at_stake": _png(_at_stake(comparison, title)),
        }


def _tiers(comparison: Comparison, title: str) -> Figure:
    rows = comparison.matrix.to_pylist()
    columns = {"against": "from_tier", "tried": "to_tier"}
    named = {row[column] for row in rows for column in columns.values()} - {NO_TIER, NOT_EVALUATED}
    tiers = sorted(named, reverse=True) or [NO_TIER]
    counts = {
        side: [sum(row["evaluations"] for row in rows if row[column] == tier) for tier in tiers]
        for side, column in columns.items()
    }
    return _bars(tiers, counts, "shops and evaluation days", f"Tiers\n{title}")


def _at_stake(comparison: Comparison, title: str) -> Figure:
    rows = [row for row in comparison.summary.to_pylist() if row["grouped_by"] == "shop_size"]
    yuan = {(row["side"], row["in_group"]): row["amount_fen"] / 100 for row in rows}
    amounts = {side: [yuan.get((side, size), 0) for size in SIZES] for side, _ in _SIDES}
    return _bars(list(SIZES), amounts, "money, yuan", f"At stake by effective orders of a shop\n{title}")


def _bars(names: list[str], values: dict[str, list[Any]], label: str, title: str) -> Figure:
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    for number, (side, color) in enumerate(_SIDES):
        places = [place + (number - 0.5) * _WIDTH for place in range(len(names))]
        axes.bar(places, values[side], _WIDTH, label=side, color=color)
    axes.set_xticks(range(len(names)), names)
    axes.set_ylabel(label)
    axes.set_title(title)
    axes.legend(fontsize=7)
    return figure


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
