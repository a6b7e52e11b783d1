"""The texts themselves: enough of them, each once, none empty, none that breaks a file."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from orchestration.sample.catalogue import TEXTS, read_catalogue, read_texts
from orchestration.sample.dialogues import ROLES, STAGES, read_dialogues
from orchestration.sample.issues import ISSUES, TOPIC
from orchestration.sample.phrases import MANNER, REVIEW_MANNER, Phrases

NEGATIVE = ("negative_product", "negative_content", "negative_logistics", "negative_service")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _negative() -> dict[str, list[str]]:
    return {issue: list(_texts(pools)) for name in NEGATIVE for issue, pools in read_texts(name).items()}


def test_every_common_issue_has_at_least_twenty_five_texts() -> None:
    found = _negative()
    assert set(found) == set(ISSUES)
    assert {issue: len(texts) for issue, texts in found.items() if len(texts) < 25} == {}


def test_no_text_comes_twice_and_none_is_empty() -> None:
    calm = {topic: texts for topic, texts in read_texts("neutral").items() if topic != "default"}
    praise = read_texts("praise")
    parts = [*praise["openings"], *praise["endings"]]
    for middles in praise["middles"].values():
        assert len(set(middles)) == len(middles)
    sarcasm = list(_texts(read_texts("sarcasm")))
    texts = [*_texts(_negative()), *_texts(calm), *sarcasm, *parts]
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    assert all(text.strip() for text in texts)
    assert len(sarcasm) >= 25


def test_praise_is_made_of_more_than_a_hundred_parts_and_fits_every_category() -> None:
    praise = read_texts("praise")
    assert set(praise["middles"]) == {leaf.name for leaf in read_catalogue().leaves}
    assert len(list(_texts(praise))) >= 100
    assert all(part.endswith(("，", "。")) for part in praise["openings"])
    assert all(part.startswith(("，", "。")) for part in praise["endings"])


@pytest.mark.parametrize("topic", ["neutral", "usage_question", "negation", "remorse", "price_only"])
def test_words_that_are_no_complaint_are_many(topic: str) -> None:
    assert len(read_texts("neutral")[topic]) >= 25


def test_dialogues_cover_what_a_reader_must_tell_apart() -> None:
    shapes = read_dialogues()
    names = {shape.name for shape in shapes}
    assert len(shapes) >= 15
    assert {
        "usage_taught_accepted",
        "misunderstanding_missing_found",
        "presale_size",
        "logistics_question",
    } <= names
    shown = {shape.issue for shape in shapes}
    assert shown == {-1, *(TOPIC[issue] for issue in ISSUES)}
    for shape in shapes:
        assert shape.stage in STAGES
        assert shape.turns[0].role == "consumer"
        for turn in shape.turns:
            assert turn.role in ROLES
            assert 0 <= turn.least_seconds <= turn.most_seconds
            assert all(turn.wordings)


def test_nothing_in_a_text_needs_escaping_and_personal_data_is_invented() -> None:
    for path in sorted(TEXTS.glob("*.yaml")):
        for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assert not set(text) & set('"\\\n\t\r'), text
    assert all("<电话>" in text or "1" not in text[:6] for text in read_texts("wording")["personal"])


def test_no_file_of_the_room_is_long() -> None:
    room = Path(TEXTS).parent
    assert max(len(path.read_text(encoding="utf-8").splitlines()) for path in room.glob("*.py")) < 300
    assert max(path.stat().st_size for path in room.rglob("*") if path.is_file()) < 40_000


def _composed(topic: str, count: int, leaf: str) -> list[str]:
    catalogue = read_catalogue()
    noun = catalogue.first_noun[[entry.name for entry in catalogue.leaves].index(leaf)]
    topics = np.full(count, TOPIC[topic])
    texts = Phrases(7).compose(
        subject="test",
        topic=topics,
        manner=REVIEW_MANNER[topics],
        words=np.full(count, -1),
        is_ironic=np.zeros(count, dtype=np.bool_),
        shop=np.zeros(count, dtype=np.int64),
        noun=np.full(count, noun),
    )
    return texts.to_pylist()


@pytest.mark.parametrize(
    ("topic", "leaf"), [("quality_defect", "女装"), ("praise", "杯壶"), ("wrong_item", "新鲜水果")]
)
def test_a_shop_does_not_hear_the_same_words_from_many_buyers(topic: str, leaf: str) -> None:
    texts = _composed(topic, 1_500, leaf)
    assert max(Counter(texts).values()) == 1
    assert not any("<" in text for text in texts)


def test_words_for_clothes_are_not_said_of_fruit() -> None:
    assert not any("开线" in text or "掉色" in text for text in _composed("quality_defect", 800, "新鲜水果"))
    assert any("开线" in text for text in _composed("quality_defect", 800, "女装"))


def test_a_default_review_stands_alone() -> None:
    assert MANNER["bare"] == REVIEW_MANNER[TOPIC["default"]]
    assert set(_composed("default", 50, "女装")) <= set(read_texts("neutral")["default"])
