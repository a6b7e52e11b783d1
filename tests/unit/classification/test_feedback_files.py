"""Files of feedback: bad rows stay in their place, files come whole or not, chunks change nothing."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.classification import feedback_files
from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import ANSWER_SCHEMA
from orchestration.classification.feedback_files import FeedbackFileError, Summary, classify_file

DECISIONS = {"negative", "guarded", "uncertain", "not_negative"}
KEYS = [name for name in ANSWER_SCHEMA.names if name != "error"]


def answered(classifier: Classifier, tmp_path: Path, lines: bytes) -> tuple[list[dict[str, Any]], Summary]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines)
    summary = classify_file(str(source), str(target), classifier)
    return [json.loads(line) for line in target.read_bytes().splitlines()], summary


BAD: list[tuple[bytes, object, str]] = [
    (b"not json", None, "row: is not JSON"),
    (b'{"id": "a", "text": "x"', None, "row: is not JSON"),
    (b'{"id": "a", "text": "x"} {"id": "b", "text": "x"}', None, "row: is not JSON"),
    (b'{"id": "a", "rating": NaN, "text": "x"}', None, "row: is not JSON"),
    (b'{"id": "a", "text": "\xff\xfe"}', None, "row: is not JSON"),
    (b"[" * 100_000, None, "row: is not JSON"),
    (b"[1, 2]", None, "row: is a list"),
    (b'"text"', None, "row: is a text"),
    (b"null", None, "row: is null"),
    (b'{"text": "x"}', None, "id: is missing"),
    (b'{"id": {}, "text": "x"}', None, "id: is an object"),
    (b'{"id": true, "text": "x"}', None, "id: is true or false"),
    (b'{"id": "k", "channel": 3, "text": "x"}', "k", "channel: is a number"),
    (b'{"id": "k", "channel": "mail", "text": "x"}', "k", "channel: 'mail' is unknown"),
    (b'{"id": "k", "text": 5}', "k", "text: is a number"),
    (b'{"id": "k", "text": ["x"]}', "k", "text: is a list"),
    (b'{"id": "k"}', "k", "text: is missing, and so are messages"),
    (b'{"id": "k", "text": "x", "rating": 0}', "k", "rating: 0 is no number of stars"),
    (b'{"id": "k", "text": "x", "rating": 4.5}', "k", "rating: 4.5 is no number of stars"),
    (b'{"id": "k", "text": "x", "rating": 1e999}', "k", "rating: inf is no number of stars"),
    (b'{"id": "k", "text": "x", "rating": 123456789012345678901234567890}', "k", "rating: 12345"),
    (b'{"id": "k", "text": "x", "rating": "5"}', "k", "rating: is a text"),
    (b'{"id": "k", "text": "x", "rating": true}', "k", "rating: is true or false"),
    (b'{"id": "k", "messages": "x"}', "k", "messages: is a text"),
    (b'{"id": "k", "messages": ["x"]}', "k", "messages[0]: is a text"),
    (b'{"id": "k", "messages": [{"text": "x"}]}', "k", "messages[0].role: is missing"),
    (b'{"id": "k", "messages": [{"role": "agent", "text": 1}]}', "k", "messages[0].text: is a number"),
    (
        b'{"id": "k", "messages": [{"role": "bot", "sent_at": "noon"}]}',
        "k",
        "messages[0].sent_at: 'noon' is no",
    ),
    (
        b'{"id": "k", "messages": [{"role": "bot", "sent_at": 1e300}]}',
        "k",
        "messages[0].sent_at: 1e+300 is no",
    ),
    (b'{"id": "k", "text": "\\ud800"}', "k", "text: character 0 is \\ud800, half of a pair"),
    (b'{"id": "k", "reason_text": "x\\udc00", "text": "x"}', "k", "reason_text: character 1 is \\udc00"),
    (b'{"id": "k\\ud800", "text": "x"}', "k?", "id: character 1 is \\ud800"),
    (b'{"id": "k", "channel": "\\ud800", "text": "x"}', "k", "channel: character 0 is \\ud800"),
]
GOOD = '{"id": "good", "text": "发错货了"}'.encode()


@pytest.mark.parametrize(("line", "identity", "said"), BAD, ids=[str(place) for place in range(len(BAD))])
def test_a_bad_row_is_answered_by_an_error_and_the_rest_goes_on(
    classifier: Classifier, tmp_path: Path, line: bytes, identity: object, said: str
) -> None:
    rows, summary = answered(classifier, tmp_path, b"\n".join([GOOD, line, GOOD]) + b"\n")
    assert [row["id"] for row in rows] == ["good", identity, "good"]
    assert list(rows[1]) == ["id", "error"]
    assert rows[1]["error"].startswith(said)
    assert rows[1]["error"].count("; ") >= 2
    assert rows[0] == rows[2]
    assert list(rows[0]) == KEYS
    assert (summary.rows, summary.errors, dict(summary.decisions)) == (3, 1, {"negative": 2})
    assert summary.examples == [(2, rows[1]["error"])]


ODD = {
    "empty": "", "blank": " \n\t", "long": "质量太差。" * 200_000,
    "emoji": "😡👎🏽👨‍👩‍👧", "one_letter": "差",
    "mixed": "ok但是quality太差 não gostei ダメ", "zero_width": "质\u200b量\u200b太\u200d差",
    "right_to_left": "\u202e差太量质\u202c \u200f", "html": "<p>质量<b>太差</b></p><script>1</script>&nbsp;",
    "nul": "坏\x00了", "newline": "坏了\n发错货", "quotes": '"坏了"\\', "line_separator": "坏了\u2028发错货",
    "arabic": "سيء جدا", "combining": "e\u0301" * 50, "plane": "𠮷" * 30, "unassigned": "\U000e0fff",
}  # fmt: skip


@pytest.mark.parametrize("escaped", [True, False])
def test_odd_texts_are_answered_with_spans_that_stand_in_them(
    classifier: Classifier, tmp_path: Path, escaped: bool
) -> None:
    lines = [json.dumps({"id": name, "text": text}, ensure_ascii=escaped) for name, text in ODD.items()]
    rows, summary = answered(classifier, tmp_path, "\n".join(lines).encode())
    assert [row["id"] for row in rows] == list(ODD)
    assert summary.errors == 0
    for row in rows:
        assert row["decision"] in DECISIONS
        for issue in row["issues"]:
            for span in issue["spans"]:
                assert ODD[row["id"]][span["start"] : span["end"]] == span["text"]
    assert {row["id"] for row in rows if row["decision"] == "negative"} >= {"long", "zero_width", "html"}


def test_a_chat_of_five_thousand_messages_is_answered(classifier: Classifier, tmp_path: Path) -> None:
    turns = [{"role": "consumer", "text": f"第{number}次问，怎么还不发货"} for number in range(5_000)]
    rows, _ = answered(classifier, tmp_path, json.dumps({"id": "s", "messages": turns}).encode())
    assert (rows[0]["decision"], rows[0]["dissatisfied"]) == ("negative", True)


def test_blank_lines_and_a_byte_order_mark_are_no_rows(classifier: Classifier, tmp_path: Path) -> None:
    rows, summary = answered(classifier, tmp_path, b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \n" + GOOD)
    assert ([row["id"] for row in rows], summary.rows) == (["good", "good"], 2)
    assert answered(classifier, tmp_path, b"")[0] == []


def test_whole_numbers_are_ids_and_come_back_as_text(classifier: Classifier, tmp_path: Path) -> None:
    rows, _ = answered(classifier, tmp_path, b'{"id": 17, "text": "x"}')
    assert rows[0]["id"] == "17"


@pytest.mark.parametrize("size", [1, 3])
def test_the_size_of_chunks_changes_no_byte(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    lines = b"\n".join([GOOD, *(line for line, _, _ in BAD[:12]), GOOD, b'{"id": "q", "text": "ok"}'])
    answered(classifier, tmp_path, lines)
    whole = (tmp_path / "out.jsonl").read_bytes()
    monkeypatch.setattr(feedback_files, "CHUNK_ROWS", size)
    monkeypatch.setattr(feedback_files, "CHUNK_BYTES", 100)
    answered(classifier, tmp_path, lines)
    assert (tmp_path / "out.jsonl").read_bytes() == whole


def test_parquet_and_packed_lines_say_what_lines_say(classifier: Classifier, tmp_path: Path) -> None:
    said, _ = answered(classifier, tmp_path, b"\n".join([GOOD, b'{"id": "q", "text": "", "rating": 9}']))
    source = str(tmp_path / "in.jsonl")
    for target in ("out.parquet", "out.jsonl.gz"):
        classify_file(source, str(tmp_path / target), classifier)
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.schema == ANSWER_SCHEMA
    assert next({key: row[key] for key in KEYS} for row in table.to_pylist()) == said[0]
    assert table["error"].to_pylist() == [None, said[1]["error"]]
    packed = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes())
    assert packed == (tmp_path / "out.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("columns", "errors"),
    [
        ({"rating": pa.array([1.0, None, float("nan")])}, 0),
        ({"rating": pa.array([1.5, 2.0, 3.0])}, 1),
        ({"rating": pa.array(["1", "2", "3"])}, 3),
        ({"id": pa.array([1, 2, 3])}, 0),
        ({"id": pa.array([1.0, 2.0, 3.0])}, 3),
        ({"text": pa.array(["x", "y", None], pa.large_string())}, 1),
        ({"text": pa.array(["x", "y", "x"]).dictionary_encode()}, 0),
        ({"text": pa.array([b"x", b"y", b"z"])}, 3),
        ({"channel": pa.nulls(3), "messages": pa.nulls(3)}, 0),
        ({"text": pa.nulls(3), "messages": pa.array([[{"role": "bot", "text": "x", "sent_at": 1}]] * 3)}, 3),
        (
            {
                "text": pa.nulls(3),
                "messages": pa.array([[{"role": "bot", "text": "x", "sent_at": "2026-09-01T10:00:00Z"}]] * 3),
            },
            0,
        ),
    ],
)
def test_columns_of_other_types_are_read_where_they_can_be(
    classifier: Classifier, tmp_path: Path, columns: dict[str, pa.Array], errors: int
) -> None:
    usual = {"id": ["a", "b", "c"], "text": ["x", "y", "z"]}
    pq.write_table(pa.table({**usual, **columns}), tmp_path / "in.parquet")
    summary = classify_file(str(tmp_path / "in.parquet"), str(tmp_path / "out.jsonl"), classifier)
    assert (summary.rows, summary.errors) == (3, errors)


def test_files_that_cannot_be_used_are_refused_and_nothing_is_left(
    classifier: Classifier, tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_bytes(GOOD)
    (tmp_path / "in.csv").write_bytes(GOOD)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "broken.jsonl.gz").write_bytes(gzip.compress(GOOD * 99)[:-9])
    (tmp_path / "folder.jsonl").mkdir()
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "no_id.parquet")
    there = sorted(tmp_path.iterdir())
    for source, target, said in [
        ("none.jsonl", "out.jsonl", "there is no such file"),
        ("in.csv", "out.jsonl", "the suffix is unknown"),
        ("in.jsonl", "out.csv", "the suffix is unknown"),
        ("in.jsonl", "in.jsonl", "is the input too"),
        ("in.jsonl", "../" + tmp_path.name + "/in.jsonl", "is the input too"),
        ("in.jsonl", "folder.jsonl", "is a folder"),
        ("folder.jsonl", "out.jsonl", "there is no such file"),
        ("in.jsonl", "none/out.jsonl", "there is no such folder"),
        ("broken.parquet", "out.jsonl", "is not whole Parquet"),
        ("broken.jsonl.gz", "out.jsonl", "cannot be read to its end"),
        ("no_id.parquet", "out.jsonl", "has no column id"),
    ]:
        with pytest.raises(FeedbackFileError, match=said):
            classify_file(str(tmp_path / source), str(tmp_path / target), classifier)
    assert sorted(tmp_path.iterdir()) == there


def test_an_interrupted_run_leaves_the_answers_of_before(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(classifier, tmp_path, GOOD)
    before = (tmp_path / "out.jsonl").read_bytes()

    def interrupt(_: Summary) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        classify_file(str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl"), classifier, interrupt)
    assert (tmp_path / "out.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_standard_input_and_output_are_lines(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said, _ = answered(classifier, tmp_path, GOOD)
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD)))
    monkeypatch.setattr("sys.stdout", out)
    classify_file("-", "-", classifier)
    assert isinstance(out.buffer, io.BytesIO)
    assert [json.loads(line) for line in out.buffer.getvalue().splitlines()] == said
