"""Houses for pipeline tests: the whole sample market, and a week of it for the laws of running."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from orchestration.sample.market import write_market
from tests.support.house import TestHouse

SPAN = "2026-09-01..2026-10-15"
WEEK_DAYS = [f"2026-09-{day:02}" for day in range(14, 20)]
WEEK = f"{WEEK_DAYS[0]}..{WEEK_DAYS[-1]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/pipeline" in item.path.as_posix():
            item.add_marker(pytest.mark.pipeline)


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landing folder of a sample market of 4,000 orders and 45 days."""
    landing = tmp_path_factory.mktemp("market")
    write_market(landing, orders=4_000, days=45, seed=7, first_day=date(2026, 9, 1))
    return landing


@pytest.fixture(scope="session")
def golden(market: Path, tmp_path_factory: pytest.TempPathFactory) -> TestHouse:
    """The whole market, run once as one range. Tests read it and never write to it."""
    house = TestHouse(tmp_path_factory.mktemp("golden"), market)
    house.run(SPAN)
    return house


@pytest.fixture(scope="session")
def week(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing folder with six days in the middle of the market, as if it had begun there."""
    landing = tmp_path_factory.mktemp("week")
    for file in market.rglob("*"):
        day = file.name.split(".")[0]
        if file.is_file() and (day in WEEK_DAYS or not day.startswith("2026-")):
            target = landing / file.relative_to(market)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    return landing


@pytest.fixture(scope="session")
def as_one_range(week: Path, golden: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> TestHouse:
    """The week run once as one range: what every other way of running it must end as."""
    house = TestHouse(tmp_path_factory.mktemp("one_range"), week)
    with_model(house, golden)
    house.run(WEEK)
    return house


@pytest.fixture
def empty_house(tmp_path: Path, week: Path, golden: TestHouse) -> TestHouse:
    """A home of its own, with nothing but a trained model, and a landing folder with the week in it."""
    landing = tmp_path / "landing"
    shutil.copytree(week, landing)
    house = TestHouse(tmp_path / "home", landing)
    with_model(house, golden)
    return house


def with_model(house: TestHouse, other: TestHouse) -> None:
    """Spares a house the twelve seconds of training: the same texts give the same model."""
    shutil.copytree(other.home / "model", house.home / "model", dirs_exist_ok=True)


@pytest.fixture
def done_house(tmp_path: Path, as_one_range: TestHouse) -> TestHouse:
    """A copy of the week as it was run, and of its landing folder."""
    shutil.copytree(as_one_range.home, tmp_path / "home")
    shutil.copytree(as_one_range.landing, tmp_path / "landing")
    return TestHouse(tmp_path / "home", tmp_path / "landing")
