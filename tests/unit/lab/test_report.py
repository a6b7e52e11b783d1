"""A trial as files: complete, readable, and the same bytes again."""

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from orchestration.lab.comparing import compared
from orchestration.lab.pictures import of_comparison
from orchestration.lab.report import Report, write_report
from tests.unit.lab.sides import DELISTED, FINED, judged


def a_report(mode: str = "enforce") -> Report:
    tried, against = judged({**DELISTED, "prob_above_threshold": 0.97}), judged(FINED)
    days = {"first": date(2026, 9, 28), "last": date(2026, 10, 4)}
    return Report(
        policy_id="douyin_ccr",
        version="2027-06-01",
        sha256="0" * 64,
        mode=mode,
        written_from=date(2027, 6, 1),
        against="as in force",
        comparison=compared(tried, against),
        **days,
    )


def written(folder: Path) -> dict[str, bytes]:
    report = a_report()
    paths = write_report(report, of_comparison(report.comparison, report.title), folder)
    return {path.name: path.read_bytes() for path in paths}


def test_the_same_trial_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "one")
    assert first == written(tmp_path / "two")
    assert sorted(first) == [
        *("at_stake.png", "evaluations.parquet", "matrix.parquet", "moved.parquet"),
        *("simulation.json", "summary.parquet", "tiers.png"),
    ]
    assert first["tiers.png"][:4] == first["at_stake.png"][:4] == b"\x89PNG"


def test_the_files_hold_both_sides_and_the_figures(tmp_path: Path) -> None:
    written(tmp_path)
    rows = pq.read_table(tmp_path / "evaluations.parquet").to_pylist()
    assert [(row["side"], row["tier"], row["amount_fen"]) for row in rows] == [
        ("against", "T1", 200_000),
        ("tried", "T2", 700_000),
    ]
    figures = json.loads((tmp_path / "simulation.json").read_text(encoding="utf-8"))
    assert (figures["from"], figures["to"], figures["against"]) == ("2026-09-28", "2026-10-04", "as in force")
    assert [(row["shop_key"], row["to_tier"]) for row in figures["moved"]] == [("a", "T2")]


def test_the_notes_say_what_was_shifted_and_what_begins_from_nothing() -> None:
    notes = a_report().notes()
    assert "in force from 2026-09-28 for the trial; its document says 2027-06-01." in notes[0]
    assert "Occurrences and cooldowns begin on 2026-09-28" in notes[1]
    assert len(notes) == 2
    assert "mode is score_only" in a_report("score_only").notes()[2]
