"""Reviews are decided by words and stars together."""

import pytest

from orchestration.classification.classifier import Classifier
from tests.unit.classification.said import review, said_of


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("质量太差了，用两天就坏", "quality_defect"),
        ("发错货了，跟我买的不一样", "wrong_item"),
        ("少发了一件，漏发了", "missing_item"),
        ("收到就破损了，瓶子碎了", "damaged_on_arrival"),
        ("买到假货了，跟专柜的不一样", "counterfeit"),
        ("插电就冒烟，太危险", "safety_hazard"),
        ("客服不理人，问了半天没人回复", "no_reply"),
        ("客服态度恶劣，还骂人", "rude_or_mocking"),
        ("互相推诿，踢皮球", "shirking"),
        ("坏了不给退，拒绝退款", "unjustified_refusal"),
        ("物流停更五天，一直没收到货", "lost_or_stalled"),
        ("跟主播说的完全不一样，上当了", "live_display_mismatch"),
        ("虚假宣传，误导消费者", "misleading_listing"),
        ("點了發貨沒發，虛假發貨，騙子", "late_ship_false_voucher"),
        ("Veio com defeito, não funciona", "quality_defect"),
        ("Não recebi o produto até hoje", "lost_or_stalled"),
        ("Only received one of two, missing parts, very disappointed", "missing_item"),
    ],
)
def test_a_complaint_without_stars_is_negative_with_its_issue(
    classifier: Classifier, text: str, issue: str
) -> None:
    said = said_of(classifier, review(text))
    assert said.decision == "negative"
    assert issue in said.issues
    assert all(word in text for word in said.words(issue))


@pytest.mark.parametrize(
    "text",
    ["很好，很满意", "物流快，质量不错，推荐", "Ótimo produto, recomendo", "Works great, love it", "还没用"],
)
@pytest.mark.parametrize("stars", [None, 5])
def test_praise_and_neutral_words_are_not_negative(
    classifier: Classifier, text: str, stars: int | None
) -> None:
    assert said_of(classifier, review(text, stars)).decision == "not_negative"


@pytest.mark.parametrize(("stars", "severity"), [(1, 2), (2, 1)])
def test_low_product_stars_without_words_are_negative_by_rating(
    classifier: Classifier, stars: int, severity: int
) -> None:
    said = said_of(classifier, review(None, stars, rating_product=stars))
    assert (said.decision, said.issues) == ("negative", ("other_negative",))
    assert said.tags[0]["severity"] == severity
    [span] = said.spans
    assert (span["field"], span["kind"], span["span_text"]) == ("rating_product", "rating", str(stars))
    assert said.text_probability is None


def test_low_overall_stars_speak_of_what_else_was_starred_low(classifier: Classifier) -> None:
    said = said_of(classifier, review(None, 1, rating_product=5, rating_service=5, rating_logistics=1))
    assert said.tags[0]["dimension"] == "logistics"
    assert said.spans[0]["field"] == "rating_logistics"


@pytest.mark.parametrize("stars", [3, 4, 5, None])
def test_no_words_and_no_low_stars_are_not_negative(classifier: Classifier, stars: int | None) -> None:
    assert said_of(classifier, review(None, stars)).decision == "not_negative"


@pytest.mark.parametrize("stars", [1, 2])
@pytest.mark.parametrize("text", ["还没用", "收到了", "很好很满意"])
def test_low_stars_with_words_that_complain_of_nothing_are_negative(
    classifier: Classifier, text: str, stars: int
) -> None:
    said = said_of(classifier, review(text, stars))
    assert said.decision == "negative"
    assert said.spans


def test_high_stars_raise_the_bar_for_the_words(classifier: Classifier) -> None:
    low, none, high = (
        said_of(classifier, review("东西一般，有点小瑕疵", stars)).probability for stars in (2, None, 5)
    )
    assert low > none > high
    assert said_of(classifier, review("质量太差，用一次就坏了，假货，骗人", 5)).decision == "negative"


@pytest.mark.parametrize(
    ("text", "stars", "guard"),
    [
        ("刚买就降价，太坑了", 1, "price_only"),
        ("拍错颜色了，自己的问题", 2, "buyer_remorse"),
        ("不会用，请问怎么安装", 1, "usage_question"),
        ("尺码偏大，建议买小一码", 2, "size_preference"),
        ("以为少发了，原来压在箱子底，找到了", 2, "misunderstanding"),
        ("没有破损，没有漏液，很好", 5, "positive_with_negative_word"),
        ("听说会掉色，还没洗", 5, "hearsay"),
    ],
)
def test_a_guard_keeps_a_review_from_counting(
    classifier: Classifier, text: str, stars: int, guard: str
) -> None:
    said = said_of(classifier, review(text, stars))
    assert (said.decision, said.guard, said.issues) == ("guarded", guard, (None,))
    assert said.spans[0]["span_text"] in text


@pytest.mark.parametrize(
    "text", ["刚买就降价，而且是坏的，用不了", "拍错颜色了，可是发来的还是破的，漏液", "找到了，但是发错货了"]
)
def test_a_guard_does_not_cover_a_fault_that_stands(classifier: Classifier, text: str) -> None:
    assert said_of(classifier, review(text, 1)).decision == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "要了粥，没给勺子，让人怎么喝？气死了，差评",
        "谁买谁后悔，垃圾得很",
        "都这样了怎么吃？扔了，再也不买了",
    ],
)
def test_a_guard_gives_way_where_all_the_words_outweigh_it(classifier: Classifier, text: str) -> None:
    said = said_of(classifier, review(text))
    assert (said.decision, said.guard) == ("negative", None)
    assert (said.text_probability or 0) >= 0.7


def test_what_only_the_price_is_blamed_for_stays_guarded_however_angry(classifier: Classifier) -> None:
    said = said_of(classifier, review("差评差评，刚买就降价，太坑人了，再也不买了"))
    assert (said.decision, said.guard) == ("guarded", "price_only")
    assert (said.text_probability or 0) >= 0.7


@pytest.mark.parametrize("text", ["感谢商家让我等了整整两个月，等得花都谢了", "恭喜我喜提一台开不了机的手机"])
def test_sarcasm_is_told_beside_a_negative_decision(classifier: Classifier, text: str) -> None:
    said = said_of(classifier, review(text))
    assert (said.decision, said.guard) == ("negative", "sarcasm")


@pytest.mark.parametrize(
    ("text", "decision"),
    [("感谢商家让我买到这么好的东西，很满意", "not_negative"), ("质量太差，用两天就坏了", "negative")],
)
def test_what_is_meant_as_said_is_no_sarcasm(classifier: Classifier, text: str, decision: str) -> None:
    said = said_of(classifier, review(text))
    assert (said.decision, said.guard) == (decision, None)


def test_a_named_issue_takes_the_place_of_a_nameless_one(classifier: Classifier) -> None:
    said = said_of(classifier, review("垃圾，发错货了，差评", 1))
    assert said.issues == ("wrong_item",)


def test_the_issue_that_is_named_first_comes_first(classifier: Classifier) -> None:
    said = said_of(classifier, review("物流太慢，而且是假货", 1))
    assert said.issues == ("late_ship", "counterfeit")


def test_negative_words_no_phrase_knows_cite_the_clause_that_weighs_most(classifier: Classifier) -> None:
    text = "颜色还行，一蹲下裤裆就开了"
    said = said_of(classifier, review(text, 2))
    assert said.issues == ("quality_defect",)
    assert {span["kind"] for span in said.spans} == {"model"}


def test_content_issues_ask_for_a_content_order(classifier: Classifier) -> None:
    said = said_of(classifier, review("跟主播说的完全不一样，骗人", 1))
    content = [tag for tag in said.tags if tag["dimension"] == "content"]
    assert content
    assert all(tag["needs_content_theme"] is (tag in content) for tag in said.tags)
