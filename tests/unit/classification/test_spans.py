"""Phrases are found where they stand, and negated, feared or asked ones are told from asserted ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.classification.normal import normalise
from orchestration.classification.spans import Hit, SpanFinder


def _states(finder: SpanFinder, text: str, code: str) -> set[str]:
    return {hit.state for hit in finder.find(text) if hit.entry.code == code}


def _issues(hits: list[Hit]) -> list[str]:
    return [hit.entry.code or "" for hit in hits if hit.entry.role == "issue" and hit.state == "asserted"]


@given(text=st.text(alphabet=st.characters(), max_size=60))
def test_every_hit_lies_inside_the_text(finder: SpanFinder, text: str) -> None:
    for hit in finder.find(text):
        assert 0 <= hit.start < hit.end <= len(text)


@given(
    before=st.text(alphabet="😀 ，。!a\u200b", max_size=12),
    after=st.text(alphabet="😀，。！\u200b", max_size=12),
    written=st.sampled_from(["发错货", "發錯貨", "发 错 货", "发😡错😡货", "发\u200b错货", "发*错*货"]),
)
def test_a_dodging_spelling_is_cited_as_it_was_written(
    finder: SpanFinder, before: str, after: str, written: str
) -> None:
    text = f"{before}，{written}{after}"
    hits = [hit for hit in finder.find(text) if hit.entry.code == "wrong_item"]
    assert [text[hit.start : hit.end].strip("\u200b😡 *") for hit in hits] == [written]


@pytest.mark.parametrize(
    ("text", "code", "state"),
    [
        ("没有出现漏液", "damaged_on_arrival", "negated"),
        ("没有任何质量问题", "quality_defect", "negated"),
        ("没有破损、漏液，很满意", "damaged_on_arrival", "negated"),
        ("鞋子不会掉色", "quality_defect", "negated"),
        ("一个烂的都没有", "quality_defect", "negated"),
        ("鞋面不硬，就是磨脚", "quality_defect", "asserted"),
        ("没有破损，但是漏液了", "damaged_on_arrival", "asserted"),
        ("没说明书，发错货了", "wrong_item", "asserted"),
        ("不知道怎么回事就坏了", "quality_defect", "asserted"),
        ("没几天就坏了", "quality_defect", "asserted"),
        ("这不是欺诈吗", "other_negative", "asserted"),
        ("坏了都没有人管", "quality_defect", "asserted"),
        ("怕漏液，包得很严", "damaged_on_arrival", "hypothetical"),
        ("如果坏了怎么办", "quality_defect", "hypothetical"),
        ("听说会掉色", "quality_defect", "hypothetical"),
        ("以为是假货，结果是正品", "counterfeit", "hypothetical"),
        ("有没有质量问题", "quality_defect", "questioned"),
        ("这款掉色吗？", "quality_defect", "questioned"),
        ("Nunca veio quebrado", "damaged_on_arrival", "negated"),
        ("Não tem nenhum arranhão nem riscado", "quality_flaw", "negated"),
        ("Veio quebrado", "damaged_on_arrival", "asserted"),
        ("Não recebi o produto", "lost_or_stalled", "asserted"),
        ("Se vier com defeito eu devolvo", "quality_defect", "hypothetical"),
        ("It is not scratched", "quality_flaw", "negated"),
        ("never had a broken one", "damaged_on_arrival", "negated"),
        ("I was worried it would be scratched", "quality_flaw", "hypothetical"),
        ("It arrived broken", "damaged_on_arrival", "asserted"),
        ("It doesn’t work", "quality_defect", "asserted"),
    ],
)
def test_scope_words_decide_what_is_asserted(finder: SpanFinder, text: str, code: str, state: str) -> None:
    assert _states(finder, text, code) == {state}


@pytest.mark.parametrize(
    "text",
    [
        "不错",
        "没毛病",
        "没有问题",
        "物美价廉",
        "差不多",
        "不差",
        "无可挑剔",
        "没得说",
        "no problems",
        "sem defeitos",
    ],
)
def test_praise_with_negative_characters_is_praise(finder: SpanFinder, text: str) -> None:
    assert [hit.entry.role for hit in finder.find(text)] == ["praise"]


@pytest.mark.parametrize("text", ["不太满意这双鞋", "不是很好用", "not happy with it", "não é bom"])
def test_negated_praise_is_a_complaint(finder: SpanFinder, text: str) -> None:
    assert _issues(finder.find(text))


@pytest.mark.parametrize(
    "text", ["不错，就是盒子有点破", "nice but it arrived broken", "bonito mas veio quebrado"]
)
def test_a_fault_after_a_contrast_is_marked(finder: SpanFinder, text: str) -> None:
    [fault] = [hit for hit in finder.find(text) if hit.entry.code == "damaged_on_arrival"]
    assert fault.after_contrast
    assert fault.state == "asserted"


@pytest.mark.parametrize(
    ("text", "issue", "words"),
    [
        ("质量真的是太差了", "quality_defect", "质量真的是太差"),
        ("客服态度太差", "rude_or_mocking", "态度太差"),
        ("包装也太差了", "packaging_poor", "包装也太差"),
        ("物流实在太慢", "late_ship", "物流实在太慢"),
        ("客服回复太慢", "no_reply", "回复太慢"),
        ("盒子有点破", "damaged_on_arrival", "盒子有点破"),
        ("太差了", "other_negative", "太差"),
    ],
)
def test_a_vague_complaint_takes_its_issue_from_the_topic_before_it(
    finder: SpanFinder, text: str, issue: str, words: str
) -> None:
    [hit] = [hit for hit in finder.find(text) if hit.entry.role == "issue"]
    assert hit.entry.code == issue
    assert text[hit.start : hit.end].endswith(words)


def test_a_topic_does_not_reach_over_the_end_of_its_clause(finder: SpanFinder) -> None:
    assert _issues(finder.find("质量挺好的，太差的是态度")) == ["other_negative"]


def test_a_bare_complaint_without_a_topic_says_nothing(finder: SpanFinder) -> None:
    assert _issues(finder.find("凶")) == []
    assert _issues(finder.find("客服凶")) == ["rude_or_mocking"]


def test_latin_phrases_match_whole_words_only(finder: SpanFinder) -> None:
    assert _issues(finder.find("unbrokenly latest defaced")) == []


def test_the_longest_of_phrases_that_start_together_wins(finder: SpanFinder) -> None:
    [hit] = finder.find("没有问题")
    assert hit.entry.phrase == "没有问题"


def test_lone_surrogates_are_read_past(finder: SpanFinder) -> None:
    text = "\ud83d发错货了\udc00"
    [hit] = finder.find(text)
    assert text[hit.start : hit.end] == "发错货了"
    assert normalise(text).text
