"""What is read in batches is what is read one at a time: every channel, odd texts, long chats."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.classification import chats, request_rows, spans, weighing
from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.clock import is_open, open_at, service_seconds
from orchestration.classification.inputs import hashes_of
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import load_model
from orchestration.classification.profile import HITS, MOST_TEXTS, Profiler
from orchestration.classification.schemas import TAGS_SCHEMA
from orchestration.classification.spans import SpanFinder
from orchestration.classification.turns import UNANSWERED_FROM, Turn, Words, unanswered
from tests.unit.classification.said import (
    MORNING,
    Row,
    after_sale,
    complaint,
    events,
    messages,
    review,
    turns,
)

QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = (
    "质量太差", "发错货了", "没坏", "不错", "好的谢谢", "在吗", "怎么用", "什么态度", "一直没人回",
    "长按三秒", "补发", "是不是坏了", "误会了", "刚买就降价", "not good", "<br>", "😡", "𠮷", "\u200b",
    "，", "？", " ", "\n", "a",
)  # fmt: skip
ODD = ("", " ", "，。", "\x00", "差" * 5_000, "e\u0301", "👎🏽", "质\u200b量太差")
TEXT = st.none() | st.sampled_from(ODD) | st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
REASON = st.sampled_from([None, "", "质量问题", "少件/漏发", "七天无理由", "不想要了", "物流太慢", "说不清"])
STARS = st.sampled_from([None, 0, 1, 3, 4, 5])
ROLES = ("consumer", "agent", "bot", "system", "consumer")
GAPS = st.sampled_from([0, 30, 599, 601, 9 * 3600])


@st.composite
def feedback(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Rows of all channels with chats; a few have no messages, and some say what others say."""
    rows: list[Row] = []
    chat: list[Row] = []
    for number in range(draw(st.integers(1, 12))):
        key = f"k{number:02d}"
        match draw(st.sampled_from(["review", "after_sale", "complaint", "im_session"])):
            case "review":
                rows.append(review(draw(TEXT), draw(STARS), key))
            case "im_session":
                stars = draw(STARS)
                rows.append({"feedback_key": key, "channel": "im_session", "rating_service": stars})
                said = draw(st.lists(st.tuples(st.sampled_from(ROLES), TEXT, GAPS), max_size=6))
                start = MORNING + timedelta(hours=draw(st.integers(0, 23)))
                chat += turns(*said, key=key, start=start)  # type: ignore[arg-type]
            case channel:
                make = after_sale if channel == "after_sale" else complaint
                words = (draw(REASON), draw(TEXT)) if channel == "after_sale" else (draw(TEXT), draw(REASON))
                rows.append(
                    make(
                        *words, key, reason_code=draw(REASON),
                        blame=draw(st.sampled_from([None, "consumer"])),
                        after_sale_kind=draw(st.sampled_from([None, "price_protection"])),
                        merchant_admitted=draw(st.sampled_from([None, True, False])),
                    )
                )  # fmt: skip
    for message in chat:
        if draw(st.integers(0, 9)) == 0:
            message["sent_at"] = None
    return rows, chat


def one_by_one(classifier: Classifier, rows: list[Row], chat: list[Row]) -> Classified:
    alone = [
        classifier.classify(
            events([row]), messages([turn for turn in chat if turn["feedback_key"] == row["feedback_key"]])
        )
        for row in rows
    ]
    return Classified(*(pa.concat_tables(tables) for tables in zip(*alone, strict=True)))


def _same(first: Classified, second: Classified) -> bool:
    return all(one.equals(other) for one, other in zip(first, second, strict=True))


@pytest.fixture(params=[1, 3, None])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int | None:
    if request.param is not None:
        monkeypatch.setattr(chats, "BATCH", request.param)
        monkeypatch.setattr(request_rows, "BATCH", request.param)
        monkeypatch.setattr(weighing, "BATCH", request.param)
    return request.param


@QUIET
@given(given_feedback=feedback())
def test_a_day_at_once_says_what_one_at_a_time_says(
    classifier: Classifier, size: int | None, given_feedback: tuple[list[Row], list[Row]]
) -> None:
    rows, chat = given_feedback
    whole = classifier.classify(events(rows), messages(chat))
    assert _same(whole, one_by_one(classifier, rows, chat))
    texts = {(row["feedback_key"], name): row.get(name) for row in rows for name in ("text", "reason_text")}
    texts |= {(turn["feedback_key"], f"message:{turn['message_id']}"): turn["text"] for turn in chat}
    for span in whole.spans.to_pylist():
        if span["kind"] in ("keyword", "model"):
            text = texts[span["feedback_key"], span["field"]] or ""
            assert text[span["span_start"] : span["span_end"]] == span["span_text"]


def test_the_order_of_rows_and_messages_changes_nothing(classifier: Classifier) -> None:
    chat = turns(("consumer", "发错货了"), ("agent", "在的"), ("consumer", "一直没人回，什么态度"), key="k1")
    chat += turns(("consumer", "怎么用"), ("agent", "长按三秒"), ("consumer", "好的谢谢"), key="k0")
    rows = [
        {"feedback_key": "k0", "channel": "im_session"}, {"feedback_key": "k1", "channel": "im_session"},
        review("质量太差", 1, "k2"), after_sale("质量问题", "坏了", "k3"), complaint("没发货", None, "k4"),
    ]  # fmt: skip
    whole = classifier.classify(events(rows), messages(chat))
    assert whole.tags["decision"].to_pylist()[:2] == ["guarded", "negative"]
    order = random.Random(3)  # noqa: S311
    for _ in range(4):
        order.shuffle(rows)
        order.shuffle(chat)
        assert _same(classifier.classify(events(rows), messages(chat)), whole)


def test_a_chat_of_thousands_of_messages_stands_among_others(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = turns(*(("consumer", f"第{number}次问，怎么还不发货") for number in range(4_000)), key="k1")
    for number, turn in enumerate(long):
        turn["message_id"] = f"m{number:05d}"
    chat = turns(("consumer", "好的"), key="k0") + long + turns(("consumer", "发错货了"), key="k2")
    rows: list[Row] = [{"feedback_key": f"k{n}", "channel": "im_session"} for n in range(4)]
    whole = classifier.classify(events(rows), messages(chat))
    assert whole.tags["decision"].to_pylist()[1] == "negative"
    monkeypatch.setattr(chats, "BATCH", 100)
    assert _same(classifier.classify(events(rows), messages(chat)), whole)


SURROGATES = ("坏\ud800了", "\udc00", "\ud83d坏了，质量太差\ude21")


@pytest.mark.parametrize("room", [None, spans.READ_AT_MOST])
def test_many_texts_are_searched_as_one_is(
    finder: SpanFinder, monkeypatch: pytest.MonkeyPatch, room: int | None
) -> None:
    texts = [*ODD, *SURROGATES, *PIECES, "".join(PIECES), "坏了，" * 2_000]
    if room is not None:
        monkeypatch.setattr(spans, "ROOM", room)
    assert finder.find_all(texts) == [tuple(finder.find(text)) for text in texts]
    assert finder.find_all([]) == []


def test_two_models_read_a_text_together_as_each_alone(model_dir: Path) -> None:
    model = load_model(model_dir)
    texts = [*ODD, *SURROGATES, *PIECES, "东西坏了，客服什么态度", "the quality is bad, broken"]
    together = model.texts.readings_with(model.chats, texts)
    assert {"", " ", "，。", "😡"}.isdisjoint(together)
    assert together.keys() == model.texts.readings(texts).keys()
    for text, (reading, upset) in together.items():
        assert reading == model.texts.read([text])[0]
        assert upset == model.chats.read([text])[0].evidence
    with pytest.raises(ValueError, match="give them one finder"):
        model.texts.readings_with(
            weighing.TextModel(
                SpanFinder([]), model.chats.chinese, model.chats.chinese_weigher,
                model.chats.latin, model.chats.latin_weigher,
            ),
            texts,
        )  # fmt: skip


@given(st.lists(st.integers(-(10**15), 4 * 10**15), min_size=1))
def test_the_clock_of_many_moments_is_that_of_each(microseconds: list[int]) -> None:
    moments = [MORNING + timedelta(microseconds=since) for since in microseconds]
    since = pa.array(moments, pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy()
    assert open_at(since).tolist() == [is_open(moment) for moment in moments]


@given(seconds=st.floats(590, 610), start=st.floats(0, 86_400))
def test_no_wait_is_cut_short(seconds: float, start: float) -> None:
    first = MORNING + timedelta(seconds=start)
    last = first + timedelta(seconds=seconds)
    asked = Turn("1", first, Words("consumer", "怎么还不发货？"))
    waits = unanswered([asked, Turn("2", last, Words("agent", "在的"))])
    waited = service_seconds(first, last)
    assert [wait.seconds for wait in waits] == ([waited] if waited >= UNANSWERED_FROM else [])


def test_a_profile_counts_what_a_search_of_each_text_finds(finder: SpanFinder) -> None:
    dice = random.Random(5)  # noqa: S311
    texts = ["".join(dice.choices(PIECES, k=dice.randrange(6))) for _ in range(300)] + list(ODD)
    rows = [review(text, key=f"r{number:04d}") for number, text in enumerate(texts)]
    profile = Profiler(shipped_lexicon()).profile(TAGS_SCHEMA.empty_table(), events(rows), messages([]))
    found, holding = Counter[str](), Counter[str]()
    for text in texts:
        hits = finder.find(text)
        of_text = Counter(f"role:{hit.entry.role}" for hit in hits)
        of_text.update(
            f"issue:{hit.entry.code}" for hit in hits if hit.entry.role == "issue" and hit.state == "asserted"
        )
        found.update(of_text)
        holding.update(of_text.keys())
    counted = {row["item"]: row for row in profile.to_pylist()}
    assert {row["measure"] for row in counted.values()} == {HITS}
    assert {item for item in counted if counted[item]["item_count"]} == set(found)
    for item, row in counted.items():
        assert (row["item_count"], row["texts_with_item"]) == (found[item], holding[item])
        assert row["text_count"] == sum(bool(text) for text in texts)


def test_of_too_many_texts_the_same_are_counted_in_any_order(finder: SpanFinder) -> None:
    rows = [
        review("质量太差" if number % 7 else "不错", key=f"r{number}") for number in range(MOST_TEXTS + 500)
    ]
    profiler = Profiler(shipped_lexicon())
    forward = profiler.profile(TAGS_SCHEMA.empty_table(), events(rows), messages([]))
    backward = profiler.profile(TAGS_SCHEMA.empty_table(), events(rows[::-1]), messages([]))
    assert forward.equals(backward)
    assert set(forward["text_count"].to_pylist()) == {MOST_TEXTS}


def test_hashes_are_of_the_values_as_they_were_always_written() -> None:
    sent = datetime(2026, 9, 3, 2, 0, 0, 5, tzinfo=UTC)
    rows: list[dict[str, Any]] = [
        {**review("不错,e\u0301𠮷", 5, "r"), "evidence_valid": True},
        {"feedback_key": "s", "channel": "im_session"},
        {"feedback_key": "t"},
    ]
    chat = [
        {"feedback_key": "s", "message_id": "b", "seq": 2, "role": "agent", "text": ""},
        {
            "feedback_key": "s",
            "message_id": "a",
            "seq": 1,
            "role": "consumer",
            "text": "在|吗",
            "sent_at": sent,
        },
        {"feedback_key": "other", "message_id": "a", "seq": 1, "role": "consumer", "text": "x"},
    ]
    of_turn = (
        f"message_id=1:a,seq=1:1,role=8:consumer,sent_at=16:{int(sent.timestamp()) * 10**6 + 5},text=3:在|吗"
    )
    written = {
        "r": (
            "channel=6:review,text=6:不错,e\u0301𠮷,rating_overall=1:5,evidence_valid=4:true",
            "text=6:不错,e\u0301𠮷",
        ),
        "s": (
            f"channel=10:im_session|{of_turn}|message_id=1:b,seq=1:2,role=5:agent,text=0:",
            "|message_id=1:a,role=8:consumer,text=3:在|吗|message_id=1:b,role=5:agent,text=0:",
        ),
        "t": ("", ""),
    }
    found = hashes_of(events(rows), messages(chat)).to_pylist()
    assert {row["feedback_key"]: (row["input_sha256"], row["words_sha256"]) for row in found} == {
        key: tuple(sha256(text.encode()).hexdigest() for text in pair) for key, pair in written.items()
    }
