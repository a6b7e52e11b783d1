"""`ccr policy stale` says which days another version judges now."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.stale import VERSIONS_USED_TABLES
from orchestration.wiring.lake import write_partition
from orchestration.wiring.landed import remember
from tests.unit.policy.books import DOUYIN, Book

DAYS = [date(2026, 9, day) for day in (1, 2, 3, 5)]


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A rule book by whose first version four days were judged, one later day without a word of how."""
    book = Book(tmp_path / "rules")
    for name in ("CCR_HOME", "DAGSTER_HOME"):  # the command sets them
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "500")
    monkeypatch.setenv("CCR_POLICIES", str(book.folder))
    monkeypatch.setenv("CCR_SHIPPED_POLICIES", "no")
    version = PolicyLibrary.load([book.folder]).version("douyin_ccr", "2026-07-14")
    row = {
        "platform": "douyin",
        "judges": "ccr_rate",
        "policy_id": "douyin_ccr",
        "policy_version": "2026-07-14",
        "policy_sha256": version.sha256,
    }
    rows = pa.Table.from_pylist([row], schema=VERSIONS_USED_TABLES["versions_used"])
    for day in DAYS:
        remember(tmp_path / "lake", day, "")
        write_partition(tmp_path / "lake", "policies", "versions_used", day, rows)
    remember(tmp_path / "lake", date(2026, 9, 6), "")
    return book


def stale() -> Result:
    return CliRunner().invoke(app, ["policy", "stale"])


def test_without_a_change_no_day_is_stale(judged: Book) -> None:
    done = stale()
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "0 of 4 processed days are stale",
        "by which versions these days were judged is not known, run them again to know it: 2026-09-06",
    ]


def test_each_change_is_told_with_its_days(judged: Book) -> None:
    judged.next_version(DOUYIN, "2026-09-02", supersedes="2026-07-14")
    done = stale()
    assert done.exit_code == 0
    days, change = done.stdout.strip().split(": ", 1)
    assert days == "2026-09-02..2026-09-03, 2026-09-05"
    assert change.startswith("ccr_rate of douyin: douyin_ccr 2026-07-14 (")
    assert " -> douyin_ccr 2026-09-02 (" in change
    assert "3 of 4 processed days are stale" in done.stderr


def test_a_refused_rule_book_judges_nothing(judged: Book) -> None:
    judged.edit(DOUYIN, "mode: enforce", "mode: enforced")
    done = stale()
    assert done.exit_code == 1
    assert "2026-07-14.yaml:9" in done.stderr
    assert "the rule book is refused" in done.stderr
