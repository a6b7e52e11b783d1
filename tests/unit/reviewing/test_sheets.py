"""A sheet goes out and comes back: what is decided is taken once, what breaks a rule is named."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.publishing.csv_cells import safe_text
from orchestration.reviewing.book import Book
from orchestration.reviewing.decision import Asked, Choice, decided
from orchestration.reviewing.sheets import SheetError, SheetRead, read_sheet, write_sheet
from tests.unit.reviewing.asking import CODES, SIGNED, asked

ITEMS = [
    asked(),
    asked("p:review:2", "=HYPERLINK(1) 发错货"),
    asked("p:im_session:3", "consumer: 发错货\nagent: “好的”, 亲;\n"),
    asked("p:review:4", "一般般"),
]


def guarded(cell: str) -> str:
    return safe_text(pa.array([cell], pa.string()))[0].as_py()


class Desk:
    """A sheet, the queue it came from, and the record."""

    def __init__(self, folder: Path) -> None:
        self.sheet = folder / "queue.csv"
        self.book = Book(folder / "landing")
        self.known: dict[str, Asked] = {item.feedback_key: item for item in ITEMS}
        self.export()

    def export(self) -> None:
        write_sheet(self.sheet, self.known.values(), self.book.decisions(), guarded)

    def fill(self, answers: dict[str, dict[str, str]], encoding: str = "utf-8-sig", **options: str) -> None:
        with self.sheet.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row.update(answers.get(row["feedback_key"], {}))
        with self.sheet.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), **options)
            writer.writeheader()
            writer.writerows(rows)

    def take(self) -> SheetRead:
        found = read_sheet(
            self.sheet,
            known=self.known,
            decided_before=self.book.decisions(),
            codes=CODES,
            signature=SIGNED,
            guarded=guarded,
        )
        self.book.append(found.decisions)
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


GOOD = {
    "p:review:1": {"decision": "negative", "issue_code": "late_ship", "words": "发货也慢", "note": "看过"},
    "p:review:2": {"decision": "not_negative"},
    "p:im_session:3": {"decision": "guarded", "guard_code": "usage_question"},
}


def test_a_sheet_is_utf8_for_spreadsheets_and_runs_no_formula(desk: Desk) -> None:
    assert desk.sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    with desk.sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["feedback_key"]: row for row in csv.DictReader(file)}
    assert rows["p:review:2"]["text"] == "'=HYPERLINK(1) 发错货"
    assert rows["p:review:1"]["suggested_words"] == "发错货"
    assert rows["p:review:1"]["decision"] == ""


def test_what_is_filled_in_is_taken_and_the_rest_left_open(desk: Desk) -> None:
    desk.fill(GOOD)
    found = desk.take()
    assert found.refused == ()
    assert (len(found.decisions), found.open_count) == (3, 1)
    kept = {key: decisions[-1] for key, decisions in desk.book.decisions().items()}
    assert {key: kept[key].decision for key in kept} == {key: GOOD[key]["decision"] for key in GOOD}
    assert (kept["p:review:1"].evidence_text, kept["p:review:1"].note) == ("发货也慢", "看过")


def test_importing_twice_changes_nothing(desk: Desk) -> None:
    desk.fill(GOOD)
    desk.take()
    before = desk.book.decisions()
    again = desk.take()
    assert (again.decisions, again.unchanged_count, again.refused) == ((), 3, ())
    assert desk.book.decisions() == before


def test_an_old_sheet_does_not_undo_what_was_decided_since(desk: Desk) -> None:
    desk.fill(GOOD)
    desk.take()
    desk.book.append([decided(desk.known["p:review:2"], Choice("negative"), CODES, SIGNED)])
    assert desk.take().decisions == ()
    assert desk.book.decisions()["p:review:2"][-1].decision == "negative"


def test_a_sheet_that_others_overtook_is_refused(desk: Desk) -> None:
    desk.fill(GOOD)
    desk.book.append([decided(desk.known["p:review:2"], Choice("negative"), CODES, SIGNED)])
    (refused,) = desk.take().refused
    assert (refused.column, "decided negative meanwhile" in refused.reason) == ("decision_no", True)


def test_a_decided_feedback_can_be_exported_again_and_decided_anew(desk: Desk) -> None:
    desk.fill(GOOD)
    desk.take()
    desk.export()
    desk.fill({"p:review:2": {"decision": "negative"}})
    assert [item.decision for item in desk.take().decisions] == ["negative"]
    assert [item.decision_no for item in desk.book.decisions()["p:review:2"]] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "column", "reason"),
    [
        ({"decision": "maybe"}, "decision", "'maybe'"),
        ({"note": "hm"}, "decision", "is missing"),
        ({"decision": "negative", "issue_code": "nonsense"}, "issue_code", "'nonsense' is unknown"),
        ({"decision": "guarded", "guard_code": "x"}, "guard_code", "'x' is unknown"),
        ({"decision": "negative", "words": "不在"}, "words", "does not stand in the text"),
        ({"decision": "negative", "text": "别的话"}, "text", "is not the text that was exported"),
        ({"decision": "negative", "words_sha256": "0"}, "words_sha256", "reads otherwise now"),
        ({"decision": "negative", "feedback_key": "p:review:99"}, "feedback_key", "never classified"),
        ({"decision": "negative", "decision_no": "first"}, "decision_no", "is no number"),
        ({"decision": "negative", "feedback_key": "p:review:1"}, "feedback_key", "stands in the file twice"),
    ],
)
def test_a_bad_row_is_refused_and_the_good_ones_are_taken(
    desk: Desk, answer: dict[str, str], column: str, reason: str
) -> None:
    if answer.get("feedback_key") == "p:review:1":
        answer = {**answer, "text": ITEMS[0].text, "words_sha256": ITEMS[0].words_sha256}
    desk.fill({**GOOD, "p:review:4": answer})
    found = desk.take()
    (refused,) = found.refused
    # the chat above it takes three lines
    assert (refused.file, refused.line, refused.column) == ("queue.csv", 7, column)
    assert reason in refused.reason
    assert len(found.decisions) == 3


@pytest.mark.parametrize(
    ("encoding", "options"),
    [
        ("utf-8", {}),
        ("gb18030", {}),
        ("utf-16", {"delimiter": "\t"}),
        ("utf-8-sig", {"delimiter": ";", "lineterminator": "\r\n"}),
    ],
)
def test_a_sheet_may_be_saved_as_spreadsheets_do(desk: Desk, encoding: str, options: dict[str, str]) -> None:
    desk.fill(GOOD, encoding, **options)
    assert (len(desk.take().decisions), desk.take().refused) == (3, ())


def test_a_sheet_without_its_columns_is_refused_whole(desk: Desk) -> None:
    text = desk.sheet.read_text(encoding="utf-8").replace("words_sha256", "hash", 1)
    desk.sheet.write_text(text, encoding="utf-8")
    with pytest.raises(SheetError, match="has no column words_sha256"):
        desk.take()
    desk.sheet.unlink()
    with pytest.raises(SheetError, match="name a file"):
        desk.take()
