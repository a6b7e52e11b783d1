"""Feedback in one table, an answer to each row in another: order, spans, defaults, errors."""

import itertools
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import ANSWER_SCHEMA, FEEDBACK_SCHEMA, classify_feedback
from orchestration.classification.feedback_rows import moment

Row = dict[str, Any]

ROWS: list[Row] = [
    {"id": "r1", "channel": "review", "text": "质量太差，用两天就坏", "rating": 1},
    {"id": "r2", "text": "不错，挺好用", "rating": 5},
    {"id": "r1", "text": "刚买就降价", "rating": 1},
    {"id": "a1", "channel": "after_sale", "reason_text": "发错货", "text": "要白色的"},
    {"id": "c1", "channel": "complaint", "text": "客服骂人，不给退款"},
    {"id": "bad", "channel": "mail", "text": "发错货"},
    {
        "id": "s1",
        "rating": 1,
        "messages": [
            {"role": "consumer", "text": "😡 发错货了", "sent_at": moment("2026-09-01T10:00:00+08:00")},
            {"role": "bot", "text": "您好"},
            {"role": "agent", "text": "在的", "sent_at": moment("2026-09-01T10:40:00+08:00")},
            {"role": "consumer", "text": "你们什么态度"},
        ],
    },
    {"id": "s2", "messages": [{"role": "consumer", "text": "在吗"}, {"role": "agent", "text": "在的"}]},
    {"id": "e", "text": ""},
    {"id": "e5", "text": "", "rating": 1},
]


def answers(classifier: Classifier, rows: list[Row]) -> list[Row]:
    table = classify_feedback(pa.Table.from_pylist(rows, FEEDBACK_SCHEMA), classifier)
    assert table.schema == ANSWER_SCHEMA
    return table.to_pylist()


def error_of(classifier: Classifier, row: Row) -> str:
    [answer] = answers(classifier, [row])
    assert all(answer[name] is None for name in ANSWER_SCHEMA.names if name not in ("id", "error"))
    return answer["error"]


def test_each_row_is_answered_in_its_place(classifier: Classifier) -> None:
    found = answers(classifier, ROWS)
    assert [answer["id"] for answer in found] == [row["id"] for row in ROWS]
    assert [answer["decision"] for answer in found] == [
        "negative", "not_negative", "guarded", "negative", "negative", None, "negative", "not_negative",
        "not_negative", "negative",
    ]  # fmt: skip
    assert [answer["error"] is None for answer in found] == [row["id"] != "bad" for row in ROWS]
    assert {answer["classifier_version"] for answer in found if answer["error"] is None} == {
        classifier.version
    }


def test_severity_is_that_of_the_gravest_issue_and_zero_where_nothing_is_told(classifier: Classifier) -> None:
    for answer in answers(classifier, ROWS):
        if answer["error"] is None:
            told = [issue["severity"] for issue in answer["issues"]]
            assert answer["severity"] == max(told, default=0)
            assert (answer["severity"] > 0) == (answer["decision"] in ("negative", "uncertain"))
            assert (answer["guard"] is not None) == (answer["decision"] == "guarded")


def test_only_chats_leave_somebody_dissatisfied_or_not(classifier: Classifier) -> None:
    found = [answer["dissatisfied"] for answer in answers(classifier, ROWS)]
    assert found == [None, None, None, None, None, None, True, False, None, None]


def test_every_span_stands_in_the_row_that_was_given(classifier: Classifier) -> None:
    fields = set()
    for row, answer in zip(ROWS, answers(classifier, ROWS), strict=True):
        for issue in answer["issues"] or ():
            assert issue["spans"]
            for span in issue["spans"]:
                field, _, number = span["field"].partition(":")
                fields.add(field)
                if field in ("rating", "wait_seconds"):
                    assert span["start"] == span["end"] == 0
                    continue
                text = row["messages"][int(number)]["text"] if field == "message" else row[field]
                assert text[span["start"] : span["end"]] == span["text"] != ""
    assert fields == {"text", "reason_text", "message", "wait_seconds", "rating"}


def test_a_wait_names_the_turn_that_waited_and_its_seconds(classifier: Classifier) -> None:
    [answer] = answers(classifier, [ROWS[6]])
    spans = [span for issue in answer["issues"] if issue["code"] == "no_reply" for span in issue["spans"]]
    assert {"field": "wait_seconds:0", "start": 0, "end": 0, "text": "2400"} in spans


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(ROWS)), max_size=4), order=st.permutations(range(len(ROWS))))
def test_splitting_and_reordering_change_no_answer(
    classifier: Classifier, cuts: list[int], order: list[int]
) -> None:
    rows = [ROWS[place] for place in order]
    together = answers(classifier, rows)
    bounds = [0, *sorted(cuts), len(rows)]
    apart = [
        answer
        for first, last in itertools.pairwise(bounds)
        for answer in answers(classifier, rows[first:last])
    ]
    assert apart == together
    assert [together[order.index(place)] for place in range(len(ROWS))] == answers(classifier, ROWS)


def test_no_rows_and_nothing_but_bad_rows_give_tables_of_the_schema(classifier: Classifier) -> None:
    assert answers(classifier, []) == []
    assert [answer["id"] for answer in answers(classifier, [{"id": "x"}, {"id": None}])] == ["x", None]


def test_columns_that_are_not_there_count_as_null(classifier: Classifier) -> None:
    table = pa.table({"id": ["a"], "text": pa.array(["发错货了"], pa.large_string())})
    [answer] = classify_feedback(table, classifier).to_pylist()
    assert (answer["decision"], answer["issues"][0]["code"]) == ("negative", "wrong_item")


def test_a_table_in_many_chunks_is_answered_like_one_in_one(classifier: Classifier) -> None:
    parts = [pa.Table.from_pylist([row], FEEDBACK_SCHEMA) for row in ROWS]
    assert classify_feedback(pa.concat_tables(parts), classifier).to_pylist() == answers(classifier, ROWS)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": None, "text": "x"}, "id: is missing; "),
        ({"id": "", "text": "x"}, "id: is missing; "),
        (
            {"id": "k", "channel": "mail", "text": "x"},
            "channel: 'mail' is unknown; the channels are review, ",
        ),
        ({"id": "k", "channel": "m" * 500, "text": "x"}, "channel: 'mmmm"),
        ({"id": "k", "channel": "{rating}", "text": "x"}, "channel: '{rating}' is unknown"),
        ({"id": "k"}, "text: is missing, and so are messages; "),
        ({"id": "k", "rating": 1}, "text: is missing, and so are messages; "),
        ({"id": "k", "reason_text": "发错货"}, "text: is missing, and so are messages; "),
        ({"id": "k", "text": "x", "messages": []}, "messages: stand beside a text; "),
        ({"id": "k", "channel": "im_session", "text": "x"}, "messages: are missing; "),
        ({"id": "k", "channel": "review", "messages": []}, "messages: stand in a 'review'; "),
        ({"id": "k", "text": "x", "rating": 0}, "rating: 0 is no number of stars; stars are 1 to 5; "),
        ({"id": "k", "text": "x", "rating": 6}, "rating: 6 is no number of stars; "),
        ({"id": "k", "messages": [{"text": "x"}]}, "messages[0].role: is missing; the roles are consumer, "),
        (
            {"id": "k", "messages": [{"role": "agent", "text": "x"}, {"role": "owl", "text": "x"}]},
            "messages[1].role: 'owl' is unknown; ",
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_answered_by_field_rule_and_remedy(
    classifier: Classifier, row: Row, said: str
) -> None:
    error = error_of(classifier, row)
    assert error.startswith(said)
    assert error.count("; ") >= 2
    assert len(error) < 300


@pytest.mark.parametrize("channel", ["after_sale", "complaint"])
def test_a_reason_alone_is_answered(classifier: Classifier, channel: str) -> None:
    row = {"id": "k", "channel": channel, "reason_text": "发错货"}
    [answer] = answers(classifier, [row])
    assert [issue["code"] for issue in answer["issues"]] == ["wrong_item"]


def test_a_message_may_hold_no_words_and_a_chat_no_message(classifier: Classifier) -> None:
    rows = [{"id": "a", "messages": [{"role": "consumer"}]}, {"id": "b", "messages": []}]
    assert [answer["decision"] for answer in answers(classifier, rows)] == ["not_negative", "not_negative"]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-09-01T10:00:00+08:00", "2026-09-01T02:00:00+00:00"),
        ("2026-09-01T02:00:00Z", "2026-09-01T02:00:00+00:00"),
        ("2026-09-01 10:00:00", "2026-09-01T02:00:00+00:00"),
        (1788228000, "2026-09-01T02:00:00+00:00"),
        (1788228000000, "2026-09-01T02:00:00+00:00"),
        (1788228000.5, "2026-09-01T02:00:00.500000+00:00"),
    ],
)
def test_moments_are_read_from_text_and_numbers(written: object, utc: str) -> None:
    found = moment(written)
    assert found is not None
    assert found.isoformat() == utc


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "",
        "2026-09-01",
        "2026-13-01T00:00:00",
        True,
        [],
        1e300,
        -5,
        10**400,
        "0001-01-01T00:00:00+08:00",
    ],
)
def test_what_is_no_moment_is_refused(written: object) -> None:
    with pytest.raises((ValueError, OverflowError)):
        moment(written)
