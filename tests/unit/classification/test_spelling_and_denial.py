"""How a sentence is spelled does not change what it says, and a complaint that is denied is none."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.classification.classifier import Classifier
from tests.unit.classification.said import events, messages, review

# Own sentences, some of each decision.
SENTENCES = (
    "质量太差了", "用了两天就坏了", "收到就是破的", "发错颜色了", "少发了一件", "跟图片完全不一样",
    "买到假货了", "漏电太危险了", "客服不理人", "客服态度恶劣", "拒绝退款", "说好补发没有补发",
    "发货太慢了", "物流一直不更新", "快递员态度很差", "包装太简陋", "垃圾商家", "骗子店铺", "非常失望",
    "再也不会买了", "味道很刺鼻", "掉色严重", "尺码偏小很多", "屏幕有划痕", "面料粗糙扎人",
    "一点也不好用", "根本充不进电", "水果都烂了", "打开就漏液", "东西还没收到", "给差评", "不值这个价",
    "客服敷衍", "互相推卸责任", "虚假发货", "虚假宣传", "做工粗糙", "质量很好", "非常满意", "物流很快",
    "客服很耐心", "没有破损", "没有色差", "包装完好", "物超所值", "颜色很正", "孩子很喜欢", "值得推荐",
    "会回购的", "穿着舒服", "没有异味", "一点都不掉色", "从没让我失望", "不会掉毛", "怎么安装",
    "请问什么材质", "刚买就降价了", "拍错尺码了", "买大了一码", "是我看错了", "要是坏了怎么办",
    "一般般吧",
)  # fmt: skip
GAPS = ("", "", "", "\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad")


def decisions(classifier: Classifier, texts: list[str]) -> list[str]:
    """The decision on each text, read together."""
    rows = [review(text, key=f"{number:04}") for number, text in enumerate(texts)]
    tags = classifier.classify(events(rows), messages([])).tags.to_pylist()
    return [tag["decision"] for tag in tags if tag["tag_no"] == 1]


@pytest.fixture(scope="module")
def plain(classifier: Classifier) -> dict[str, str]:
    return dict(zip(SENTENCES, decisions(classifier, list(SENTENCES)), strict=True))


def test_the_sentences_are_of_every_kind(plain: dict[str, str]) -> None:
    assert len(SENTENCES) >= 60
    kinds = [plain[sentence] for sentence in SENTENCES]
    assert kinds.count("negative") >= 30
    assert kinds.count("guarded") >= 5
    assert kinds.count("not_negative") >= 10


def test_spaces_between_all_letters_flip_no_decision(classifier: Classifier, plain: dict[str, str]) -> None:
    for gap in (" ", "*", "．", "\u3000"):
        spaced = decisions(classifier, [gap.join(sentence) for sentence in SENTENCES])
        assert {s: d for s, d in zip(SENTENCES, spaced, strict=True) if d != plain[s]} == {}, gap


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sentence=st.sampled_from(SENTENCES), data=st.data())
def test_invisible_letters_flip_no_decision(
    classifier: Classifier, plain: dict[str, str], sentence: str, data: st.DataObject
) -> None:
    gaps = data.draw(st.lists(st.sampled_from(GAPS), min_size=len(sentence), max_size=len(sentence)))
    written = "".join(letter + gap for letter, gap in zip(sentence, gaps, strict=True))
    assert decisions(classifier, [written]) == [plain[sentence]]


def test_full_width_and_upper_case_flip_no_decision(classifier: Classifier) -> None:
    narrow = ["terrible quality", "ng货,ok吗", "垃圾!差评!!", "sb商家", "a货", "great,love it"]
    wide = [
        "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
        for text in narrow
    ]
    assert decisions(classifier, wide) == decisions(classifier, narrow)
    assert decisions(classifier, [text.upper() for text in narrow]) == decisions(classifier, narrow)


# What may go wrong with goods, said so that each denial below makes a sentence of it.
FAULTS_THAT_ARE = (
    "破损",
    "色差",
    "异味",
    "瑕疵",
    "划痕",
    "漏液",
    "线头",
    "污渍",
    "质量问题",
    "毛刺",
    "裂痕",
    "噪音",
)
FAULTS_THAT_HAPPEN = (
    "掉色",
    "起球",
    "变形",
    "缩水",
    "漏水",
    "掉毛",
    "卡顿",
    "发烫",
    "生锈",
    "开胶",
    "褪色",
    "脱线",
)
DENIALS_OF_BEING = (
    "没有{}", "没有任何{}", "没什么{}", "没发现{}", "没有发现{}，很满意", "一点{}都没有", "完全没有{}",
    "收到的时候没有{}", "用了半年也没出现{}", "毫无{}",
)  # fmt: skip
DENIALS_OF_HAPPENING = (
    "不{}", "不会{}", "没有{}", "从不{}", "从来没有{}", "一点也不{}", "一点都不{}",
    "洗了很多次都没有{}", "并不{}", "完全不{}",
)  # fmt: skip
DENIED = [
    *(denial.format(fault) for denial in DENIALS_OF_BEING for fault in FAULTS_THAT_ARE),
    *(denial.format(fault) for denial in DENIALS_OF_HAPPENING for fault in FAULTS_THAT_HAPPEN),
]


def test_a_complaint_that_is_denied_is_not_negative(classifier: Classifier) -> None:
    found = decisions(classifier, DENIED)
    assert [text for text, decision in zip(DENIED, found, strict=True) if decision == "negative"] == []


def test_the_same_faults_undenied_are_complaints(classifier: Classifier) -> None:
    told = [f"{fault}很严重，差评" for fault in (*FAULTS_THAT_ARE, *FAULTS_THAT_HAPPEN)]
    assert set(decisions(classifier, told)) == {"negative"}


def test_a_denied_service_fault_is_not_negative(classifier: Classifier) -> None:
    denied = [
        "客服没有敷衍我", "卖家没有不理人", "商家没有推卸责任", "客服从不推诿", "一点也不敷衍", "没有发错货",
        "没有少发", "不是假货，是正品", "没有虚假宣传", "不是骗子", "快递没有丢件", "没有拖延",
    ]  # fmt: skip
    found = decisions(classifier, denied)
    assert [text for text, decision in zip(denied, found, strict=True) if decision == "negative"] == []
