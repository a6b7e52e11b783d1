"""The record grows at its end and nowhere else, and the gate lands it as it was written."""

import threading
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from orchestration.landing.contract import SOURCES
from orchestration.landing.day import land_source_day
from orchestration.reviewing.book import Book, BookError
from orchestration.reviewing.decision import Choice, Decision, Signature, decided
from tests.unit.reviewing.asking import AT, CODES, SIGNED, asked

DAY = date(2026, 9, 10)


def negative(key: str = "p:review:1", day: date = DAY, note: str = "") -> Decision:
    return decided(asked(key), Choice("negative", note=note), CODES, Signature("a reader", AT, day))


def test_decisions_are_numbered_by_feedback_and_kept_by_day(tmp_path: Path) -> None:
    book = Book(tmp_path)
    written = book.append([negative(), negative("q:review:2"), negative(day=date(2026, 9, 11))])
    assert [item.decision_no for item in written] == [1, 1, 2]
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.jsonl"))
    assert files == [
        "p/review_decisions/2026-09-10.jsonl",
        "p/review_decisions/2026-09-11.jsonl",
        "q/review_decisions/2026-09-10.jsonl",
    ]
    assert book.decisions() == {"p:review:1": [written[0], written[2]], "q:review:2": [written[1]]}


def test_what_was_written_stays_byte_for_byte(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.append([negative()])
    (file,) = tmp_path.rglob("*.jsonl")
    before = file.read_bytes()
    book.append([negative(note="分行\u2028一\n二")])
    assert file.read_bytes().startswith(before)
    assert len(file.read_bytes().splitlines()) == 2
    assert book.decisions()["p:review:1"][1].note == "分行\u2028一\n二"


def test_many_who_decide_at_once_take_turns(tmp_path: Path) -> None:
    threads = [threading.Thread(target=lambda: Book(tmp_path).append([negative()])) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Book(tmp_path).decisions()["p:review:1"]
    assert [item.decision_no for item in kept] == list(range(1, 13))


def test_the_gate_lands_every_column_as_written(tmp_path: Path) -> None:
    landing, lake = tmp_path / "landing", tmp_path / "lake"
    (written,) = Book(landing).append([negative(note="=1+1")])
    (delivery,) = land_source_day(landing, lake, "review_decisions", DAY, b"key")
    assert (delivery.status, delivery.row_count, delivery.quarantined_count) == ("present", 1, 0)
    file = next((lake / "raw" / "review_decisions" / f"business_day={DAY}").glob("*.parquet"))
    (row,) = pq.ParquetFile(file).read().to_pylist()
    assert {name: row[name] for name in SOURCES["review_decisions"].names} == {
        name: value for name, value in written._asdict().items() if name not in {"platform", "decided_day"}
    }


def test_a_day_without_decisions_is_no_missing_delivery(tmp_path: Path) -> None:
    Book(tmp_path / "landing").append([negative()])
    other_day = date(2026, 9, 9)
    assert land_source_day(tmp_path / "landing", tmp_path / "lake", "review_decisions", other_day, b"k") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("2026-09-10.jsonl", '{"channel": "review"', "the last line is cut off"),
        ("2026-09-10.jsonl", "{}\n", ":1: no decision"),
        ("2026-09-10.csv", "channel\n", "move it away"),
        ("today.jsonl", "{}\n", "name it YYYY-MM-DD.jsonl"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    folder = tmp_path / "p" / "review_decisions"
    folder.mkdir(parents=True)
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(BookError, match=said):
        Book(tmp_path).append([decided(asked(), Choice("negative"), CODES, SIGNED)])
