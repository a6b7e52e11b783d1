"""What was read is kept while it is the same, and read again when it is not."""

from typing import Any

import pyarrow as pa

from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.inputs import hashes_of
from orchestration.classification.keeping import read_day
from orchestration.classification.schemas import EVENTS_SCHEMA
from tests.unit.classification.said import complaint, events, messages, review, turns

CHAT = turns(("consumer", "发错货了"), ("agent", "给您补发"), key="p:im_session:1")
ROWS = [
    review("质量太差，用两天就坏", 1, "p:review:1"),
    review("不错", 5, "p:review:2"),
    complaint(None, "说不清", "p:complaint:1"),
    {"feedback_key": "p:im_session:1", "channel": "im_session"},
]


class Reader:
    """Remembers what it was asked to read; says one thing of everything."""

    def __init__(self, classifier: Classifier, version: str = "one") -> None:
        self.asked: list[str] = []
        self._classifier = classifier
        self._version = version

    def classify(self, events: pa.Table, messages: pa.Table) -> Classified:
        self.asked += events["feedback_key"].to_pylist()
        found = self._classifier.classify(events, messages)
        versions = pa.array([self._version] * found.tags.num_rows, pa.string())
        place = found.tags.schema.get_field_index("classifier_version")
        return found._replace(tags=found.tags.set_column(place, "classifier_version", versions))


def hashes(rows: list[dict[str, Any]], chat: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    found = hashes_of(events(rows), messages(chat)).to_pylist()
    return {row["feedback_key"]: (row["input_sha256"], row["words_sha256"]) for row in found}


def test_a_day_read_again_is_not_read(classifier: Classifier) -> None:
    first = read_day(Reader(classifier), events(ROWS), messages(CHAT))
    again = Reader(classifier, "two")
    second = read_day(again, events(ROWS), messages(CHAT), first.tables)
    assert again.asked == []
    assert second.read_count == 0
    assert second.tables == first.tables
    assert set(first.tables.tags["classifier_version"].to_pylist()) == {"one"}


def test_only_new_and_changed_feedback_is_read(classifier: Classifier) -> None:
    first = read_day(Reader(classifier), events(ROWS[:3]), messages([]))
    changed = [review("质量太差", 1, "p:review:1"), *ROWS[1:]]
    reader = Reader(classifier, "two")
    second = read_day(reader, events(changed), messages(CHAT), first.tables).tables
    assert sorted(reader.asked) == ["p:im_session:1", "p:review:1"]
    versions = {row["feedback_key"]: row["classifier_version"] for row in second.tags.to_pylist()}
    assert versions == {
        "p:review:1": "two", "p:review:2": "one", "p:complaint:1": "one", "p:im_session:1": "two",
    }  # fmt: skip
    at_once = read_day(Reader(classifier), events(changed), messages(CHAT)).tables
    assert second.spans == at_once.spans
    assert second.queue == at_once.queue


def test_feedback_that_is_gone_leaves_no_tag(classifier: Classifier) -> None:
    first = read_day(Reader(classifier), events(ROWS), messages(CHAT))
    second = read_day(Reader(classifier), events(ROWS[1:2]), messages([]), first.tables).tables
    assert second.tags["feedback_key"].to_pylist() == ["p:review:2"]
    assert (second.spans.num_rows, second.queue.num_rows) == (0, 0)


def test_a_turn_more_is_another_input() -> None:
    before = hashes(ROWS, CHAT)
    after = hashes(ROWS, [*CHAT, {**CHAT[1], "message_id": "m3", "seq": 3}])
    assert [key for key in before if before[key] != after[key]] == ["p:im_session:1"]


def test_stars_change_the_input_and_not_the_words() -> None:
    before = hashes([review("不错", 5, "k")], [])["k"]
    after = hashes([review("不错", 1, "k")], [])["k"]
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_no_two_inputs_are_written_alike() -> None:
    fields = ("text", "reason_text", "reason_code")
    rows = [
        {"feedback_key": f"{first}{second}", "channel": "review", first: "a,b", second: "c"}
        for first in fields
        for second in fields
        if first != second
    ]
    rows += [{"feedback_key": "one", "channel": "review", "text": "a,reason_text=1:c"}]
    assert len({pair[0] for pair in hashes(rows, []).values()}) == len(rows)


def test_an_empty_column_more_changes_no_hash() -> None:
    (row,) = events([review("不错", 5, "k")]).to_pylist()
    assert set(row) == set(EVENTS_SCHEMA.names)
    wider = events([row]).append_column("something_new", pa.nulls(1, pa.string()))
    assert hashes_of(wider, messages([])) == hashes_of(events([row]), messages([]))


def test_the_queue_carries_its_words(classifier: Classifier) -> None:
    rows = [review("一般吧，做工有点粗糙，不过价格便宜", 3, f"p:review:{number}") for number in range(1)] + [
        review(text, 3, f"p:review:q{n}") for n, text in enumerate(("有点小瑕疵", "凑合，有点慢", "一般般"))
    ]
    queue = read_day(Reader(classifier), events([*ROWS, *rows]), messages(CHAT)).tables.queue.to_pylist()
    assert {row["feedback_key"] for row in queue} >= {"p:complaint:1"}
    of_complaint = next(row for row in queue if row["feedback_key"] == "p:complaint:1")
    assert of_complaint["text"] == "说不清"
    for row in queue:
        assert row["words_sha256"]
        for words in row["words"]:
            assert row["text"][words["text_start"] : words["text_end"]] == words["span_text"]


def test_a_chat_is_shown_turn_by_turn() -> None:
    from orchestration.classification.queue import with_words
    from orchestration.classification.schemas import QUEUE_SCHEMA, SPANS_SCHEMA, TAGS_SCHEMA

    key = "p:im_session:1"
    queue = pa.Table.from_pylist([{"feedback_key": key, "channel": "im_session"}], QUEUE_SCHEMA)
    tags = pa.Table.from_pylist(
        [{"feedback_key": key, "tag_no": 1, "issue_code": "wrong_item", "words_sha256": "w"}], TAGS_SCHEMA
    )
    span = {
        "feedback_key": key, "tag_no": 1, "span_no": 1, "field": "message:m1", "span_start": 0,
        "span_end": 3, "span_text": "发错货", "kind": "keyword",
    }  # fmt: skip
    spans = pa.Table.from_pylist([span], SPANS_SCHEMA)
    (row,) = with_words(queue, events(ROWS[3:]), messages(CHAT), tags, spans).to_pylist()
    assert row["text"] == "consumer: 发错货了\nagent: 给您补发"
    assert (row["issue_codes"], row["words_sha256"]) == (["wrong_item"], "w")
    (words,) = row["words"]
    assert row["text"][words["text_start"] : words["text_end"]] == "发错货"
