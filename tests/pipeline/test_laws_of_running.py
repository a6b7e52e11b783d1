"""However its days are run, a house ends the same; what changes, changes only the days it touches."""

import shutil
from pathlib import Path

import pytest

from tests.pipeline.conftest import WEEK, WEEK_DAYS
from tests.support.house import TestHouse, differences


def test_running_twice_changes_no_byte(done_house: TestHouse) -> None:
    before = done_house.state()
    done_house.run(WEEK)
    assert differences(before, done_house.state()) == []
    assert any(name.startswith("lake/classified") for name in before)


def test_one_range_equals_day_by_day(as_one_range: TestHouse, empty_house: TestHouse) -> None:
    empty_house.run(*WEEK_DAYS)
    assert differences(as_one_range.state(), empty_house.state()) == []


def test_one_range_equals_the_same_range_in_windows(as_one_range: TestHouse, empty_house: TestHouse) -> None:
    empty_house.environment["CCR_ROWS_PER_WINDOW"] = "700"
    said = empty_house.run(WEEK)
    assert "2 of 4 windows built" in said
    assert differences(as_one_range.state(), empty_house.state()) == []


def test_days_in_any_order_end_the_same(as_one_range: TestHouse, empty_house: TestHouse) -> None:
    shuffled = [WEEK_DAYS[index] for index in (3, 0, 5, 2, 4, 1)]
    empty_house.run(*shuffled)
    assert differences(as_one_range.state(), empty_house.state()) == []


@pytest.mark.parametrize(
    "sign",
    [
        "2 of 6 days landed",
        "> dbt_intake",
        "> classify",
        "> dbt_counting",
        "> scored__shop_scores",
        "> dbt_scores",
        "> penalties__decisions",
    ],
)
def test_a_killed_run_started_again_ends_as_if_never_killed(
    as_one_range: TestHouse, empty_house: TestHouse, sign: str
) -> None:
    empty_house.kill_when(sign, WEEK)
    empty_house.run(WEEK)
    assert differences(as_one_range.state(), empty_house.state()) == []


def test_two_backfills_at_once_queue(as_one_range: TestHouse, empty_house: TestHouse) -> None:
    first, second = empty_house.start(WEEK), empty_house.start(WEEK)
    said = [process.communicate(timeout=900)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert sum("waiting for it to end" in text for text in said) == 1
    assert differences(as_one_range.state(), empty_house.state()) == []


def of_days_before(names: list[str], day: str) -> list[str]:
    return [name for name in names if "business_day=" in name and name.split("business_day=")[1][:10] < day]


def test_a_late_file_restates_its_day_and_none_before(
    as_one_range: TestHouse, empty_house: TestHouse
) -> None:
    day = WEEK_DAYS[2]
    late = [file for file in empty_house.landing.rglob(f"{day}.*") if "reviews" in file.parts]
    aside = empty_house.landing.parent / "late"
    for file in late:
        target = aside / file.relative_to(empty_house.landing)
        target.parent.mkdir(parents=True)
        shutil.move(file, target)
    empty_house.run(WEEK)
    without = empty_house.state()
    for file in late:
        shutil.move(aside / file.relative_to(empty_house.landing), file)
    empty_house.run(day)
    changed = differences(without, empty_house.state())
    assert of_days_before(changed, day) == []
    assert any(f"business_day={day}" in name for name in changed)
    assert differences(as_one_range.state(), empty_house.state()) == []


def test_a_day_landed_again_empty_leaves_no_ghost(done_house: TestHouse) -> None:
    day = WEEK_DAYS[1]
    before = done_house.state()
    for file in done_house.landing.rglob(f"{day}.*"):
        file.unlink()
        if file.suffix == ".jsonl":
            file.write_text("", encoding="utf-8")
        else:
            (file.parent / f"{day}.jsonl").write_text("", encoding="utf-8")
    done_house.run(day)
    for table in ("raw.orders", "intermediate.int_feedback_events", "classified.feedback_tags"):
        assert done_house.query(f"select count(*) from {table} where business_day = '{day}'") == [(0,)]
    statuses = done_house.query(f"select distinct status from raw.deliveries where business_day = '{day}'")
    assert statuses == [("empty",)]
    assert of_days_before(differences(before, done_house.state()), day) == []


def test_a_day_without_files_is_missing_and_its_windows_are_provisional(done_house: TestHouse) -> None:
    day = WEEK_DAYS[4]
    for file in done_house.landing.rglob(f"{day}.*"):
        file.unlink()
    done_house.run(day)
    missing = done_house.query(
        f"select distinct platform from raw.deliveries where business_day = '{day}' "
        "and source = 'orders' and status = 'missing' order by platform"
    )
    assert missing == [("douyin",), ("pinduoduo",)]
    judged = done_house.query(
        f"select distinct status from ccr.fct_ccr where business_day = '{WEEK_DAYS[-1]}' and window_days = 7"
    )
    assert set(judged) <= {("provisional",), ("no_orders",)}


def test_the_warehouse_is_a_cache(done_house: TestHouse) -> None:
    before = done_house.state()
    (done_house.home / "warehouse.duckdb").unlink()
    done_house.run(WEEK)
    assert differences(before, done_house.state()) == []


def test_a_run_that_skips_landed_days_says_so_and_posts_nothing(empty_house: TestHouse) -> None:
    said = empty_house.run(f"{WEEK_DAYS[2]}..{WEEK_DAYS[-1]}")
    assert f"landed but never run: {WEEK_DAYS[0]}..{WEEK_DAYS[1]}" in said
    assert empty_house.query("select count(*) from penalties.decisions") == [(0,)]


def test_a_range_the_wrong_way_round_is_refused(empty_house: TestHouse, tmp_path: Path) -> None:
    said = empty_house.ccr(
        "run", "--from", "2026-09-19", "--to", "2026-09-14", "--landing", str(empty_house.landing), expect=1
    )
    assert "is after --to 2026-09-14" in said
    said = empty_house.ccr(
        "run", "--from", "2026-09-14", "--to", "2026-09-14", "--landing", str(tmp_path / "nowhere"), expect=1
    )
    assert "does not exist" in said
