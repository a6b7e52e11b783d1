"""Markets written once for all tests of the room."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from orchestration.sample.market import MarketCounts, write_market
from tests.unit.sample.naive_count import Reading, read_platform


class Market(NamedTuple):
    """A market on disk, and how it was asked for."""

    landing: Path
    counts: MarketCounts
    orders: int
    days: int
    first_day: date
    douyin: Reading
    pinduoduo: Reading


def _written(folder: Path, orders: int, days: int, seed: int, first_day: date) -> Market:
    counts = write_market(folder, orders=orders, days=days, seed=seed, first_day=first_day)
    readings = (read_platform(folder, "douyin"), read_platform(folder, "pinduoduo"))
    return Market(folder, counts, orders, days, first_day, *readings)


@pytest.fixture(scope="session")
def make_market(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a small market into a folder of its own."""

    def make(seed: int) -> Path:
        folder = tmp_path_factory.mktemp("landing")
        write_market(folder, orders=2_000, days=40, seed=seed)
        return folder

    return make


@pytest.fixture(scope="session")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """The market that `make run` writes."""
    return _written(tmp_path_factory.mktemp("usual"), 20_000, 45, 7, date(2026, 9, 1))


@pytest.fixture(scope="session", params=[(2_000, 40, 1, date(2026, 9, 1)), (3_000, 47, 5, date(2026, 9, 4))])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Market:
    """Markets of the least size, with other seeds and first days."""
    return _written(tmp_path_factory.mktemp("small"), *request.param)
