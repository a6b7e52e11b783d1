"""Cuts a range of business days where its rows would be too many to be computed at once."""

from collections.abc import Mapping
from datetime import date

from orchestration.wiring.partitions import Days


def windows(days: Days, rows: Mapping[date, int], most: int) -> list[Days]:
    """The days in their order, in the fewest windows that hold at most so many rows each.

    A day that holds more by itself is a window of its own.
    """
    cut: list[Days] = []
    held = 0
    for day in days:
        count = rows.get(day, 0)
        if cut and held + count <= most:
            cut[-1] = Days(cut[-1].first, day)
            held += count
        else:
            cut.append(Days(day, day))
            held = count
    return cut
