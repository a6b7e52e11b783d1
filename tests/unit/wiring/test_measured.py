"""A run measures a table once, and no other run is told its figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

import pandas as pd
import pytest

import expectations.metrics
from orchestration.wiring.house import House
from orchestration.wiring.measured import measured
from orchestration.wiring.partitions import Days

DAYS = Days(date(2026, 9, 1), date(2026, 9, 2))
LONGER = Days(date(2026, 9, 1), date(2026, 9, 3))


class OpenHouse:
    """A house whose warehouse is never read."""

    @contextmanager
    def warehouse(self) -> Iterator[None]:
        yield None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, date]]:
    asked: list[tuple[str, date]] = []

    def metrics(_connection: object, table: str, _first: date, last: date) -> pd.DataFrame:
        asked.append((table, last))
        return pd.DataFrame({"row_count": [len(asked)]})

    monkeypatch.setattr(expectations.metrics, "metrics", metrics)
    return asked


def count(run_id: str, table: str, days: Days) -> int:
    return int(measured(cast("House", OpenHouse()), run_id, table, days)["row_count"].iloc[0])


def test_a_table_is_measured_once_a_run(asked: list[tuple[str, date]]) -> None:
    assert [count("first", "orders", DAYS) for _ in range(3)] == [1, 1, 1]
    assert count("first", "reviews", DAYS) == 2
    assert count("first", "orders", LONGER) == 3
    assert count("second", "orders", DAYS) == 4
    assert count("first", "orders", DAYS) == 5  # what another run was told is forgotten
    assert asked == [
        ("orders", DAYS.last), ("reviews", DAYS.last), ("orders", LONGER.last),
        ("orders", DAYS.last), ("orders", DAYS.last),
    ]  # fmt: skip


@pytest.mark.usefixtures("asked")
def test_who_is_told_may_change_the_figures_for_himself_alone() -> None:
    house = cast("House", OpenHouse())
    measured(house, "third", "orders", DAYS)["row_count"] = 99
    assert count("third", "orders", DAYS) == 1
