"""The hearing writes a day's rows from what was known that day, and the same bytes each time."""

from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.defs.appeals import appeals
from orchestration.wiring.house import House
from tests.support.appealed_home import PRODUCT, SERVICE, make_home, write_event


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


def tell(home: Path, *events: tuple[str, int, str, int, str | None]) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        for appeal, number, event, day, subject in events:
            write_event(connection, appeal, number, event, day, subject_key=subject)


def hear(home: Path, day: int) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [appeals],
            partition_key=f"2026-09-{day:02}",
            resources={"house": House(home=str(home), landing=str(home / "landing"))},
            instance=instance,
        )
    assert result.success


def files(home: Path) -> dict[str, bytes]:
    folder = home / "lake" / "appeals"
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.parquet"))}


def rows(home: Path, table: str, day: int) -> list[dict[str, object]]:
    file = home / "lake" / "appeals" / table / f"business_day=2026-09-{day:02}" / "part.parquet"
    return pq.ParquetFile(file).read().to_pylist() if file.exists() else []


def test_each_day_has_its_own_rows_and_hearing_it_again_changes_no_byte(home: Path) -> None:
    tell(home, ("a1", 1, "filed", 4, PRODUCT), ("a2", 1, "filed", 4, SERVICE), ("a1", 2, "upheld", 6, None))
    hear(home, 4)
    first = files(home)
    assert set(first) == {
        "appeal_events/business_day=2026-09-04/part.parquet",
        "appeal_refusals/business_day=2026-09-04/part.parquet",
    }
    assert [row["reason"] for row in rows(home, "appeal_refusals", 4)] == ["wrong_shop"]
    hear(home, 6)
    assert [row["feedback_key"] for row in rows(home, "upheld_feedback", 6)] == ["pinduoduo:complaint:c1"]
    assert {name: content for name, content in files(home).items() if "09-04" in name} == first
    everything = files(home)
    hear(home, 4)
    hear(home, 6)
    assert files(home) == everything


def test_a_later_event_changes_no_earlier_day(home: Path) -> None:
    tell(home, ("a1", 2, "upheld", 5, None))
    hear(home, 5)
    assert [row["reason"] for row in rows(home, "appeal_refusals", 5)] == ["out_of_sequence"]
    before = files(home)
    tell(home, ("a1", 1, "filed", 7, PRODUCT))
    hear(home, 7)
    assert [row["to_state"] for row in rows(home, "appeal_events", 7)] == ["submitted", "approved"]
    hear(home, 5)
    assert {name: content for name, content in files(home).items() if "09-05" in name} == before


def test_a_day_on_which_an_event_is_taken_back_has_no_rows_left(home: Path) -> None:
    tell(home, ("a1", 1, "filed", 4, PRODUCT))
    hear(home, 4)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("delete from staging.stg_appeals where business_day = ?", [date(2026, 9, 4)])
    hear(home, 4)
    assert files(home) == {}
