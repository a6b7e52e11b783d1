"""Whole tables: schemas, order, spans that equal their text, and input that nobody expects."""

import random
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.schemas import QUEUE_SCHEMA, SPANS_SCHEMA, TAGS_SCHEMA
from tests.unit.classification.said import after_sale, complaint, events, messages, review, said_of, turns

STRUCTURED = {"rating", "reason_code", "wait_seconds"}
TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40)
PIECES = st.lists(
    st.one_of(
        TEXT,
        st.sampled_from(
            [
                "质量太差",
                "发错货",
                "没有破损",
                "客服不理人",
                "怎么安装",
                "😡",
                " ",
                "<br>",
                "\u200b",
                "不错",
                "Não recebi",
                "垃 圾",
            ]
        ),
    ),
    max_size=6,
).map("".join)


def _market() -> tuple[list[dict], list[dict]]:
    rows = [
        review("质量太差，用两天就坏", 1, "p:review:1"),
        review("不错", 5, "p:review:2"),
        review("刚买就降价", 1, "p:review:3"),
        review("一般，有点小瑕疵吧", 3, "p:review:4"),
        review("质量太差，用两天就坏", 1, "p:review:5"),
        after_sale("发错货", "要白色的", "p:after_sale:1"),
        after_sale("Q77-B", None, "p:after_sale:2"),
        complaint("客服骂人", "服务态度", "p:complaint:1"),
        {"feedback_key": "p:im_session:1", "channel": "im_session"},
        {"feedback_key": "p:im_session:2", "channel": "im_session"},
    ]
    chats = [
        *turns(("consumer", "发错货了"), ("agent", "给您补发"), ("consumer", "好的"), key="p:im_session:1"),
        *turns(("consumer", "在吗"), ("agent", "在的"), key="p:im_session:2"),
    ]
    return rows, chats


def _fields(rows: list[dict], chats: list[dict]) -> dict[tuple[str, str], str]:
    fields = {(row["feedback_key"], name): row.get(name) for row in rows for name in ("text", "reason_text")}
    fields |= {(chat["feedback_key"], f"message:{chat['message_id']}"): chat["text"] for chat in chats}
    return fields


def _holds_spans(found: Classified, fields: dict[tuple[str, str], str]) -> None:
    for span in found.spans.to_pylist():
        if span["kind"] in STRUCTURED:
            assert span["span_start"] == span["span_end"] == 0
        else:
            text = fields[span["feedback_key"], span["field"]]
            assert span["span_text"]
            assert text[span["span_start"] : span["span_end"]] == span["span_text"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=PIECES,
    stars=st.sampled_from([None, 1, 3, 5]),
    channel=st.sampled_from(["review", "complaint", "after_sale"]),
)
def test_spans_equal_the_text_they_cite(
    classifier: Classifier, text: str, stars: int | None, channel: str
) -> None:
    rows = [
        {"feedback_key": "k", "channel": channel, "text": text, "reason_text": text, "rating_overall": stars}
    ]
    _holds_spans(classifier.classify(events(rows), messages([])), _fields(rows, []))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(st.sampled_from(["consumer", "agent", "bot", "system"]), PIECES), max_size=6))
def test_spans_equal_the_message_they_cite(classifier: Classifier, said: list[tuple[str, str]]) -> None:
    chat = turns(*said)
    row = {"feedback_key": "s", "channel": "im_session", "rating_service": 1, "rated_scope": "human"}
    _holds_spans(classifier.classify(events([row]), messages(chat)), _fields([row], chat))


def test_every_event_has_a_tag_and_every_negative_tag_evidence(classifier: Classifier) -> None:
    rows, chats = _market()
    found = classifier.classify(events(rows), messages(chats))
    tags = found.tags.to_pylist()
    assert {tag["feedback_key"] for tag in tags} == {row["feedback_key"] for row in rows}
    cited = {(span["feedback_key"], span["tag_no"]) for span in found.spans.to_pylist()}
    for tag in tags:
        if tag["decision"] == "negative":
            assert tag["issue_code"] is not None
            assert (tag["feedback_key"], tag["tag_no"]) in cited
    _holds_spans(found, _fields(rows, chats))


def test_rows_in_any_order_give_equal_tables(classifier: Classifier) -> None:
    rows, chats = _market()
    first = classifier.classify(events(rows), messages(chats))
    dice = random.Random(3)  # noqa: S311
    for _ in range(3):
        dice.shuffle(rows)
        dice.shuffle(chats)
        assert classifier.classify(events(rows), messages(chats)) == first


def test_each_row_alone_gives_what_it_gives_among_others(classifier: Classifier) -> None:
    rows, chats = _market()
    together = classifier.classify(events(rows), messages(chats))
    alone = [
        classifier.classify(
            events([row]), messages([c for c in chats if c["feedback_key"] == row["feedback_key"]])
        )
        for row in sorted(rows, key=lambda row: row["feedback_key"])
    ]
    assert pa.concat_tables(part.tags for part in alone) == together.tags
    assert pa.concat_tables(part.spans for part in alone) == together.spans


def test_output_is_sorted_by_feedback_tag_and_span(classifier: Classifier) -> None:
    found = classifier.classify(
        *(make(rows) for make, rows in zip((events, messages), _market(), strict=True))
    )
    tags = [(tag["feedback_key"], tag["tag_no"]) for tag in found.tags.to_pylist()]
    spans = [(span["feedback_key"], span["tag_no"], span["span_no"]) for span in found.spans.to_pylist()]
    assert tags == sorted(tags)
    assert spans == sorted(spans)


def test_the_uncertain_are_queued_with_a_reason_and_nothing_else_is(classifier: Classifier) -> None:
    found = classifier.classify(
        *(make(rows) for make, rows in zip((events, messages), _market(), strict=True))
    )
    uncertain = {tag["feedback_key"] for tag in found.tags.to_pylist() if tag["decision"] == "uncertain"}
    queue = found.queue.to_pylist()
    assert {row["feedback_key"] for row in queue} == uncertain >= {"p:after_sale:2"}
    assert all(row["reason"] for row in queue)


def test_no_events_give_empty_tables_of_the_right_shape(classifier: Classifier) -> None:
    found = classifier.classify(events([]), messages([]))
    assert [table.schema for table in found] == [TAGS_SCHEMA, SPANS_SCHEMA, QUEUE_SCHEMA]
    assert [table.num_rows for table in found] == [0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        None, "", " ", "。。。", "😀" * 5_000, "👍🏽" * 50, "1234", "\x00\x00", "\u200b" * 30,
        "差" * 100_000, "<script>alert('坏了')</script>", "<" * 10_000, "\u202e坏了\u202c", "=1+1", "ｱｲｳ",
        "ﷺ" * 40, "質量太差" * 300_000,
    ],
)  # fmt: skip
def test_unexpected_text_is_answered_quickly(classifier: Classifier, text: str | None) -> None:
    began = time.process_time()
    said = said_of(classifier, review(text, None))
    assert time.process_time() - began < 0.5
    assert said.decision in ("negative", "guarded", "uncertain", "not_negative")


def test_a_chat_of_five_thousand_messages_is_answered(classifier: Classifier) -> None:
    chat = turns(*[("consumer", f"第{number}次问了，怎么还不发货") for number in range(5_000)])
    row = {"feedback_key": "s", "channel": "im_session"}
    assert said_of(classifier, row, chat).decision == "negative"


def test_null_messages_and_roles_are_read_past(classifier: Classifier) -> None:
    chat = turns(("consumer", "发错货了"), ("agent", "好"))
    chat[1]["text"] = None
    chat.append(
        {"feedback_key": "s", "message_id": "m9", "seq": 9, "role": None, "sent_at": None, "text": "?"}
    )
    assert said_of(classifier, {"feedback_key": "s", "channel": "im_session"}, chat).issues == ("wrong_item",)


def test_an_unknown_channel_is_named(classifier: Classifier) -> None:
    with pytest.raises(ValueError, match="smoke_signal"):
        said_of(classifier, {"feedback_key": "k", "channel": "smoke_signal"})


def test_full_width_and_spaces_do_not_flip_a_decision(classifier: Classifier) -> None:
    plain = said_of(classifier, review("垃圾，发错货了！差评"))
    for written in ("垃 圾，发错货了！差评", "垃圾，發錯貨了！差評", "垃圾,发错货了!差评"):
        said = said_of(classifier, review(written))
        assert (said.decision, said.issues) == (plain.decision, plain.issues)


def test_loading_is_quick(model_dir: Path) -> None:
    began = time.process_time()
    classifier = Classifier.load(model_dir)
    assert time.process_time() - began < 1.5
    assert len(classifier.version) == 12
