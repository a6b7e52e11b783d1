"""What a Spark worker says of its batches is what one machine says of the day."""

from datetime import date

import pyarrow as pa
import pytest

from orchestration.classification.classifier import Classifier
from orchestration.classification.keeping import read_day
from orchestration.classification.schemas import MESSAGES_SCHEMA
from orchestration.wiring.spark.classification import ANSWERS_SCHEMA, CLASSIFIED_ON_SPARK, said_of
from tests.unit.classification.said import Row, after_sale, complaint, events, messages, review, turns

CHATS = [
    turns(("consumer", "发错货了"), ("agent", "给您补发"), key="p:im_session:1"),
    turns(("consumer", "怎么还不发货，气死了"), ("agent", "亲稍等"), key="p:im_session:2"),
]
ROWS = [
    {"feedback_key": "p:im_session:2", "channel": "im_session", "rating_service": 1},
    review("质量太差，用两天就坏", 1, "p:review:1"),
    review("不错", 5, "p:review:2"),
    complaint(None, "说不清", "p:complaint:1"),
    after_sale("质量问题", "收到就是坏的", "p:after_sale:1"),
    {"feedback_key": "p:im_session:1", "channel": "im_session"},
    review("一般般吧，说不上好", 3, "p:review:3"),
]
DAYS = [date(2026, 9, 1 + place % 2) for place in range(len(ROWS))]


def batch_of(rows: list[Row], days: list[date]) -> pa.RecordBatch:
    """Rows as Spark hands them to a worker: each chat is a list in its feedback's row."""
    of_message = [field for field in MESSAGES_SCHEMA if field.name != "feedback_key"]
    said = {chat[0]["feedback_key"]: chat for chat in CHATS}
    lists = [
        [{field.name: turn[field.name] for field in of_message} for turn in said[row["feedback_key"]]]
        if row["feedback_key"] in said
        else None
        for row in rows
    ]
    table = events(rows).append_column("messages", pa.array(lists, pa.list_(pa.struct(of_message))))
    table = table.add_column(0, "business_day", pa.array(days, pa.date32()))
    return table.combine_chunks().to_batches()[0]


@pytest.mark.parametrize("size", [1, 3, len(ROWS)])
def test_batches_of_any_size_say_what_the_day_says(classifier: Classifier, size: int) -> None:
    said = [
        answers
        for start in range(0, len(ROWS), size)
        for answers in said_of(batch_of(ROWS[start : start + size], DAYS[start : start + size]), classifier)
    ]
    answers = pa.Table.from_batches(said, ANSWERS_SCHEMA)
    day = read_day(classifier, events(ROWS), messages([turn for chat in CHATS for turn in chat])).tables
    assert day.spans.num_rows > 0
    assert day.queue.num_rows > 0
    day_of = dict(zip((row["feedback_key"] for row in ROWS), DAYS, strict=True))
    for name, table in zip(CLASSIFIED_ON_SPARK, day, strict=True):
        rows = [row for row in answers.select(["business_day", name]).to_pylist() if row[name] is not None]
        found = [row[name] for row in rows]
        assert sorted(found, key=repr) == sorted(table.to_pylist(), key=repr)
        assert all(row["business_day"] == day_of[row[name]["feedback_key"]] for row in rows)
    assert answers.num_rows == sum(table.num_rows for table in day)


def test_a_batch_without_chats_is_read_too(classifier: Classifier) -> None:
    said = list(said_of(batch_of(ROWS[1:3], DAYS[1:3]), classifier))
    assert [name for name in CLASSIFIED_ON_SPARK if any(part[name].null_count == 0 for part in said)] == [
        "feedback_tags",
        "evidence_spans",
    ]
