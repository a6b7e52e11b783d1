"""The book is appended to and never rewritten, and reads back what it was told."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.appeals.book import Book, BookError, Line

DAY = date(2026, 9, 5)
AT = datetime(2026, 9, 5, 2, 0, 0, 123, tzinfo=UTC)
FILED = Line(
    platform="pinduoduo", day=DAY, appeal_id="a1", event_no=1, event="filed", shop_id="s1", actor="a shop",
    happened_at=AT, subject_type="order", subject_id="o1", reason_code="20", statement="商品没有问题",
    evidence="photo:aa; photo:bb", noticed_at=AT,
)  # fmt: skip
WITHDRAWN = Line("pinduoduo", date(2026, 9, 6), "a1", 2, "withdrawn", "s1", "a shop", AT, note="settled")


def written(landing: Path, *lines: Line) -> Book:
    with Book(landing).alone() as book:
        for line in lines:
            book.append(line)
    return Book(landing)


def test_lines_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    assert written(tmp_path, FILED, WITHDRAWN).lines() == [FILED, WITHDRAWN]


def test_lines_are_appended_beside_what_the_platform_delivers(tmp_path: Path) -> None:
    delivered = tmp_path / "pinduoduo" / "appeals" / "2026-09-05.jsonl"
    delivered.parent.mkdir(parents=True)
    delivered.write_text("{}\n", encoding="utf-8")
    written(tmp_path, FILED)
    file = tmp_path / "pinduoduo" / "appeals" / "2026-09-05" / "ccr.jsonl"
    first = file.read_bytes()
    written(tmp_path, FILED._replace(event_no=2, event="checked"))
    assert file.read_bytes().startswith(first)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert delivered.read_text(encoding="utf-8") == "{}\n"


def test_a_line_has_the_keys_that_staging_gives(tmp_path: Path) -> None:
    event = FILED.as_event()
    assert (event.appeal_key, event.shop_key, event.subject_key) == (
        "pinduoduo:appeal:a1", "pinduoduo:s1", "pinduoduo:o1",
    )  # fmt: skip
    assert (event.evidence, event.statement_length) == (("photo:aa", "photo:bb"), 6)


@pytest.mark.parametrize(
    ("kind", "channel", "key"),
    [
        ("feedback", "review", "pinduoduo:review:x"),
        ("session", None, "pinduoduo:im_session:x"),
        ("bill", None, "pinduoduo:bill:x"),
        ("decision", None, "x"),
    ],
)
def test_every_kind_of_subject_has_its_key(kind: str, channel: str | None, key: str) -> None:
    line = FILED._replace(subject_type=kind, subject_id="x", channel=channel)
    assert line.as_event().subject_key == key


def test_a_decision_is_named_by_its_own_column_too() -> None:
    line = FILED._replace(subject_type="decision", subject_id=None, decision_id="d1")
    assert line.as_event().subject_key == "d1"


def test_a_file_that_is_cut_off_or_holds_something_else_is_named(tmp_path: Path) -> None:
    written(tmp_path, FILED)
    file = tmp_path / "pinduoduo" / "appeals" / "2026-09-05" / "ccr.jsonl"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole + "{}\n", encoding="utf-8")
    with pytest.raises(BookError, match=r"ccr.jsonl:2: no event of an appeal .* mend or remove the line"):
        Book(tmp_path).lines()
    file.write_text(whole.rstrip(), encoding="utf-8")
    with pytest.raises(BookError, match="the last line is cut off"):
        Book(tmp_path).lines()


def test_a_folder_that_is_no_day_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "pinduoduo" / "appeals" / "september"
    folder.mkdir(parents=True)
    (folder / "ccr.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(BookError, match="name its folder YYYY-MM-DD"):
        Book(tmp_path).lines()
