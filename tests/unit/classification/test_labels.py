"""Labels come back as they were written, in every format; a bad row is refused and named."""

import json
from pathlib import Path

import pytest

from orchestration.classification.labels import LabelledFeedback, LabelsError, read_labels, write_labels

LABELS = [
    LabelledFeedback(
        id="p:review:1", text='用两天就坏，"差"\t分行\n二', negative=True,
        issues=("quality_defect", "late_ship"), channel="review", source="review_decision",
    ),
    LabelledFeedback(id="2", text="=1+1 怎么用", negative=False, guard="usage_question", source="own"),
    LabelledFeedback(id="3", text="好\u2028用", negative=False, channel="complaint", source="upheld_appeal"),
]  # fmt: skip


@pytest.mark.parametrize("ending", ["tsv", "csv", "jsonl", "parquet"])
def test_labels_come_back_as_they_were_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"labels.{ending}"
    assert write_labels(path, LABELS) == 3
    assert read_labels([path]) == (LABELS, [])
    before = path.read_bytes()
    write_labels(path, LABELS)
    assert path.read_bytes() == before


def sheet(folder: Path, *rows: str) -> Path:
    path = folder / "labels.csv"
    header = "id,text,negative,issues,guard,channel,source"
    path.write_text("\ufeff" + "\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",坏了,1,,,review,own", "id", "required"),
        ("2,,1,,,review,own", "text", "required"),
        ("2,  ,1,,,review,own", "text", "blank"),
        ("2,坏了,perhaps,,,review,own", "negative", "boolean"),
        ("2,坏了,1,no_such_issue,,review,own", "issues", "unknown issue code no_such_issue"),
        ("2,坏了,0,,no_such_guard,review,own", "guard", "unknown guard code"),
        ("2,坏了,1,,,letter,own", "channel", "review"),
        ("2,坏了,1,,,review,hearsay", "source", "own"),
        ("2,坏了,1", "", "has 3 fields where the header has 7"),
        ("1,坏了,0,,,review,own", "id", "labelled otherwise before"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_column(
    tmp_path: Path, row: str, column: str, reason: str
) -> None:
    path = sheet(tmp_path, '1,"坏\n了",1,,,review,own', row, "3,好,0,,,review,own")
    labels, (refused,) = read_labels([path])
    assert [label.id for label in labels] == ["1", "3"]
    # the text above it takes two lines
    assert (refused.file, refused.line, refused.column) == ("labels.csv", 4, column)
    assert reason in refused.reason


def test_one_label_in_two_files_is_one(tmp_path: Path) -> None:
    paths = [tmp_path / "one.tsv", tmp_path / "two.jsonl"]
    for path in paths:
        write_labels(path, LABELS)
    assert read_labels(paths) == (LABELS, [])


def test_lines_that_are_no_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    good = json.dumps({"id": "1", "text": "坏了", "negative": True, "source": "own"})
    path.write_text(f"{good}\n[1]\n\n{{\n", encoding="utf-8")
    labels, refused = read_labels([path])
    assert len(labels) == 1
    assert [item.line for item in refused] == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("labels.txt", b"", "end it in one of"),
        ("labels.tsv", b"id\ttext\n", "has no column negative, source"),
        ("labels.csv", b"id,text\xff\xfe\n", "cannot be read"),
        ("labels.parquet", b"PAR1", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LabelsError, match=said):
        read_labels([tmp_path / name])
    with pytest.raises(LabelsError, match="cannot be read"):
        read_labels([tmp_path / "nowhere.csv"])
