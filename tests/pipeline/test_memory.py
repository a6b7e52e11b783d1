"""Under a small memory limit a range is computed in windows, and comes to what it comes to at once.

`make memory` runs a large market; here it is twenty thousand orders in a fifth of the usual limit.
"""

from datetime import date
from pathlib import Path

import pytest

from orchestration.defs.counting import COUNTING
from orchestration.defs.intake import INTAKE
from orchestration.landing.contract import DAILY, SNAPSHOTS
from orchestration.landing.day import land_source_day
from orchestration.landing.deliveries import write_deliveries
from orchestration.landing.snapshots import land_snapshot
from orchestration.sample.market import write_market
from orchestration.wiring.dbt import DbtHouse
from orchestration.wiring.house import House
from orchestration.wiring.partitions import Days

DAYS = Days(date(2026, 9, 1), date(2026, 10, 15))
LIMIT, ROWS = "200MB", 6_000


@pytest.fixture
def landed(tmp_path: Path) -> House:
    """A home in which forty-five days have landed, and nothing else."""
    write_market(tmp_path / "landing", orders=20_000, days=len(DAYS), seed=7, first_day=DAYS.first)
    house = House(home=str(tmp_path / "home"), landing=str(tmp_path / "landing"))
    settings = house.settings()
    for day in DAYS:
        of_day = [
            delivery
            for source in DAILY
            for delivery in land_source_day(settings.landing, settings.lake, source, day, b"a key")
        ]
        write_deliveries(settings.lake, day, of_day)
    for name in SNAPSHOTS:
        land_snapshot(settings.landing, settings.lake, name)
    house.show_lake_to_dbt()
    return house


def test_windows_under_a_small_limit_count_what_the_range_counts(
    landed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    dbt = DbtHouse(warehouse=str(landed.settings().warehouse))
    monkeypatch.setenv("CCR_MEMORY_LIMIT", LIMIT)
    monkeypatch.setenv("CCR_ROWS_PER_WINDOW", str(ROWS))
    windows = landed.windows(DAYS)
    assert len(windows) > 5
    for selected in (INTAKE, COUNTING):
        for days in windows:
            dbt.run(selected, days)
    counted = (
        "select count(*), sum(den_real) from intermediate.int_subject_changes where subject_type = 'shop'"
    )
    with landed.warehouse() as connection:
        in_windows = connection.execute(counted).fetchone()
    monkeypatch.setenv("CCR_MEMORY_LIMIT", "1GB")
    dbt.run("int_order_states int_subject_changes", DAYS)
    with landed.warehouse() as connection:
        assert connection.execute(counted).fetchone() == in_windows
    assert in_windows
    assert in_windows[1] > 10_000
