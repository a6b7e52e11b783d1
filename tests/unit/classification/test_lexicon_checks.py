"""The linter finds what can never be read or tells two things, and has nothing to say of what ships."""

from pathlib import Path

import pytest

from orchestration.classification.lexicon_files import check_lexicon, load_lexicon, shipped_lexicon
from orchestration.classification.phrases import LexiconError
from orchestration.classification.spans import SpanFinder, asserted_issues

NEGATION = "  - {role: negation, window: 3, reason: r, phrases: [没, 也没, 不]}\n"
TOPIC = "  - {role: topic, topic: quality, reason: r, phrases: [质量]}\n"
PAIR = "combinations:\n  - {topic: quality, kind: bad, issue: quality_defect, severity: 2}\n"


def issue(phrases: str, code: str = "wrong_item", more: str = "") -> str:
    return f"  - {{issue: {code}, reason: r, {more}phrases: [{phrases}]}}\n"


def findings(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "some.yaml").write_text(text, "utf-8")
    return [str(finding) for finding in check_lexicon(tmp_path)]


def test_the_lexicon_that_ships_breaks_no_rule() -> None:
    assert check_lexicon() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # twice
        (f"groups:\n{issue('发错货, 发错货')}", "some.yaml:2: phrase '发错货' stands already at some.yaml:2"),
        (
            f"groups:\n{issue('发错货')}{issue('(发|寄)(错货|错)')}",
            "some.yaml:2: phrase '发错货' is made by the pattern at some.yaml:3 too: remove it from the list",
        ),
        # never read
        (f"groups:\n{issue('發錯貨')}", "phrase '發錯貨' is not in normal form, in which texts are read as"),
        (f"groups:\n{issue('ＮＧ商品')}", "texts are read as 'ng商品': write that"),
        (f"groups:\n{issue('(Fake|bad) item')}", "phrase 'Fake' is not in normal form"),
        (
            f"groups:\n{issue('差差差差差')}",
            "phrase '差差差差差' can never be found, for it is read as '差差差'",
        ),
        (f"groups:\n{issue('垃 圾')}", "can never be found, for it is read as '垃圾'"),
        # two things at once
        (
            f"groups:\n{issue('不错')}  - {{role: praise, reason: r, phrases: [不错]}}\n",
            "some.yaml:3: phrase '不错' is praise but wrong_item at some.yaml:2: keep one",
        ),
        (
            f"groups:\n{issue('发错货')}{issue('发错货', 'missing_item')}",
            "phrase '发错货' is missing_item but wrong_item at some.yaml:2: keep one",
        ),
        (
            f"groups:\n{issue('发错货')}  - {{role: neutral, reason: r, phrases: [发错货]}}\n",
            "phrase '发错货' is neutral but wrong_item",
        ),
        (
            f"groups:\n{issue('(发|寄)(错|错货)')}{issue('(发|送)(错|错货)', more='severity: 3, ')}",
            "phrase '发错' has severity 3 but 2 at some.yaml:2: keep one",
        ),
        # never together
        (f"groups:\n{issue('差', more='kind: bad, bare: true, ')}", "no combination names its kind 'bad'"),
        (f"groups:\n{TOPIC}", "is of topic 'quality', which no combination names"),
        (f"{PAIR}groups:\n{TOPIC}", "need a kind 'bad', which has no phrase"),
        (
            f"{PAIR}groups:\n{TOPIC}{issue('差', more='kind: bad, bare: true, ')}"
            f"{issue('质量差', 'quality_defect')}",
            "phrase '差' counts only after a topic, and after every topic another phrase is found",
        ),
        # no reason, no such code
        ("groups:\n  - {issue: wrong_item, phrases: [发错货]}\n", "some.yaml:2: reason Field required"),
        (f"groups:\n{issue('发错货', 'bad_luck')}", "some.yaml:2:  Value error, unknown issue code"),
    ],
)
def test_what_breaks_a_rule_is_named_with_place_rule_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    try:
        found = findings(tmp_path, text)
    except LexiconError as refused:
        found = [str(refused)]
    assert any(said in finding for finding in found), found


def test_a_phrase_that_a_longer_denial_would_eat_is_known_with_it(tmp_path: Path) -> None:
    text = f"groups:\n{NEGATION}{issue('没收到货', 'lost_or_stalled')}"
    assert findings(tmp_path, text) == []
    finder = SpanFinder(load_lexicon(tmp_path).consumer)
    assert [hit.entry.phrase for hit in asserted_issues(finder.find("也没收到货"))] == ["也没收到货"]


@pytest.mark.parametrize(
    "said", ["东西也没收到货", "客服从不回复", "快递都没送上门", "并不好用", "从没收到货"]
)
def test_adverbs_before_a_denial_leave_the_complaint(finder: SpanFinder, said: str) -> None:
    assert asserted_issues(finder.find(said))


def test_every_finding_is_listed_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(f"groups:\n{issue('差差差差差')}{issue('發貨')}", "utf-8")
    (tmp_path / "a.yaml").write_text(f"groups:\n{issue('坏坏坏坏坏')}", "utf-8")
    assert [finding.place for finding in check_lexicon(tmp_path)] == ["a.yaml:2", "b.yaml:2", "b.yaml:3"]


SPELT = "words:\n  垃圾: [辣鸡, laji]\n"


def test_a_word_is_found_in_its_other_spellings_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "spellings.yaml").write_text(SPELT, "utf-8")
    (tmp_path / "a.yaml").write_text(f"groups:\n{issue('垃圾(商家|货)')}", "utf-8")
    phrases = {entry.phrase: entry.latin for entry in load_lexicon(tmp_path).consumer}
    assert set(phrases) == {"垃圾商家", "辣鸡商家", "laji商家", "垃圾货", "辣鸡货", "laji货"}
    assert not any(phrases.values())


def test_a_phrase_of_its_own_is_not_replaced_by_a_spelling(tmp_path: Path) -> None:
    (tmp_path / "spellings.yaml").write_text(SPELT, "utf-8")
    neutral = "  - {role: neutral, reason: r, phrases: [(辣鸡|鸭)(翅|腿)]}\n"
    (tmp_path / "a.yaml").write_text(f"groups:\n{issue('垃圾翅')}{neutral}", "utf-8")
    roles = {entry.phrase: entry.role for entry in load_lexicon(tmp_path).consumer}
    assert (roles["垃圾翅"], roles["辣鸡翅"]) == ("issue", "neutral")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words: [a]\n", "spellings.yaml:1: has no mapping `words`"),
        ("words:\n  垃圾: [辣雞]\n", "spellings.yaml:2: spelling '辣雞' can never be found"),
        (
            "words:\n  垃圾: [辣鸡]\n  骗子: [辣鸡]\n",
            "spellings.yaml:3: spelling '辣鸡' stands for '垃圾' and",
        ),
        ("words:\n  垃圾: [垃圾]\n", "spellings.yaml:2: spelling '垃圾' stands for '垃圾' and '垃圾'"),
        ("words:\n  垃圾: [辣鸡]\n  垃圾: [拉圾]\n", "spellings.yaml:3: word '垃圾' stands already"),
    ],
)
def test_a_broken_table_of_spellings_is_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "spellings.yaml").write_text(text, "utf-8")
    (tmp_path / "a.yaml").write_text(f"groups:\n{issue('垃圾')}", "utf-8")
    with pytest.raises(LexiconError) as refused:
        load_lexicon(tmp_path)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "said", ["辣鸡商家", "zhi量太差", "不给退kuan", "pian子", "买到甲货了", "给叉评", "ke服不理人"]
)
def test_dodged_spellings_are_complaints(finder: SpanFinder, said: str) -> None:
    assert asserted_issues(finder.find(said))


@pytest.mark.parametrize(
    "said",
    [
        "麻辣鸡很好吃",
        "辣鸡翅不错",
        "这是一部片子",
        "每只量了一下",
        "阔腿款好看",
        "可服用",
        "温差平均",
        "快乐色彩",
    ],
)
def test_ordinary_words_are_not_dodged_spellings(finder: SpanFinder, said: str) -> None:
    assert asserted_issues(finder.find(said)) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("品質很差", "quality_defect"),
        ("客服態度很差", "rude_or_mocking"),
        ("寄錯顏色", "wrong_item"),
        ("杯子壞掉", "quality_defect"),
        ("到現在都沒收到貨", "lost_or_stalled"),
        ("賣家已讀不回", "no_reply"),
        ("出貨有夠慢", "late_ship"),
        ("漏寄配件", "missing_item"),
        ("跟圖片差很多", "not_as_described"),
        ("收到假貨", "counterfeit"),
        ("不給退費", "unjustified_refusal"),
        ("唔好買", "other_negative"),
    ],
)
def test_traditional_complaints_are_read(finder: SpanFinder, said: str, code: str) -> None:
    assert code in {hit.entry.code for hit in asserted_issues(finder.find(said))}


def test_no_traditional_letter_stands_in_a_phrase() -> None:
    lexicon = shipped_lexicon()
    letters = {letter for entry in (*lexicon.consumer, *lexicon.agent) for letter in entry.phrase}
    assert letters & set("沒運車這說個買賣質貨壞錯態還們機進連邊設該讓請誰") == set()
