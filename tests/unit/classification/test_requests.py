"""After-sale requests go by their first reason, complaints by category and words, both by blame."""

import pytest

from orchestration.classification.classifier import Classifier
from tests.unit.classification.said import after_sale, complaint, said_of


@pytest.mark.parametrize(
    ("reason", "issue"),
    [
        ("质量问题", "quality_defect"),
        ("商家发错货", "wrong_item"),
        ("少件/漏发", "missing_item"),
        ("商品与描述不符", "not_as_described"),
        ("包装/商品破损", "damaged_on_arrival"),
        ("未按约定时间发货", "late_ship"),
        ("假冒品牌", "counterfeit"),
        ("与直播展示不符", "live_display_mismatch"),
        ("商家拒绝退款", "unjustified_refusal"),
    ],
)
def test_a_reason_names_the_issue_with_its_words(classifier: Classifier, reason: str, issue: str) -> None:
    said = said_of(classifier, after_sale(reason))
    assert (said.decision, said.issues) == ("negative", (issue,))
    assert said.spans[0]["field"] == "reason_text"
    assert said.spans[0]["span_text"] in reason


@pytest.mark.parametrize(
    ("reason", "guard"),
    [
        ("七天无理由退换货", "buyer_remorse"),
        ("不想要了", "buyer_remorse"),
        ("拍错了", "buyer_remorse"),
        ("商品降价", "price_only"),
        ("尺码不合适", "size_preference"),
    ],
)
def test_a_subjective_reason_is_guarded(classifier: Classifier, reason: str, guard: str) -> None:
    said = said_of(classifier, after_sale(reason, "鞋底开胶了"))
    assert (said.decision, said.guard) == ("guarded", guard)


def test_the_remark_adds_an_issue_to_the_reason(classifier: Classifier) -> None:
    said = said_of(classifier, after_sale("质量问题", "客服还骂人"))
    assert set(said.issues) == {"quality_defect", "rude_or_mocking"}


def test_a_reason_code_speaks_where_there_is_no_reason_text(classifier: Classifier) -> None:
    said = said_of(classifier, after_sale(None, reason_code="wrong_goods"))
    assert said.issues == ("wrong_item",)
    [span] = said.spans
    assert (span["kind"], span["span_start"], span["span_end"]) == ("reason_code", 0, 0)
    assert span["span_text"] == "wrong_goods"


def test_a_remark_decides_where_the_reason_says_nothing(classifier: Classifier) -> None:
    assert said_of(classifier, after_sale("其他", "鞋底开胶了，质量太差")).decision == "negative"
    assert said_of(classifier, after_sale("其他")).decision == "not_negative"


def test_a_reason_nobody_knows_goes_to_the_queue(classifier: Classifier) -> None:
    assert said_of(classifier, after_sale("Q77-B")).decision == "uncertain"


@pytest.mark.parametrize(
    ("blame", "guard"), [("consumer", "consumer_at_fault"), ("platform", "platform_at_fault")]
)
def test_who_is_not_the_merchant_takes_the_blame_away(classifier: Classifier, blame: str, guard: str) -> None:
    for row in (after_sale("质量问题", blame=blame), complaint("发错货了", blame=blame)):
        assert said_of(classifier, row).guard == guard


def test_price_protection_is_price_only(classifier: Classifier) -> None:
    assert said_of(classifier, after_sale(None, after_sale_kind="price_protection")).guard == "price_only"


def test_proof_raises_the_probability(classifier: Classifier) -> None:
    bare = said_of(classifier, after_sale("质量问题"))
    proven = said_of(classifier, after_sale("质量问题", evidence_valid=True))
    assert proven.probability > bare.probability


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("商家发错货了，照片已上传，商家也承认发错", "wrong_item"),  # S75
        ("少发了一件，漏发的到现在没补，有开箱视频", "missing_item"),  # S76
        ("快递运输途中把瓶子摔碎了，收到就漏了一地", "damaged_on_arrival"),  # S77
    ],
)
def test_the_counted_seed_cases_are_negative(classifier: Classifier, text: str, issue: str) -> None:
    said = said_of(classifier, complaint(text, evidence_valid=True, merchant_admitted=True))
    assert (said.decision, said.issues[0]) == ("negative", issue)


def test_a_category_names_the_issue_where_the_words_do_not(classifier: Classifier) -> None:
    assert said_of(classifier, complaint("请尽快处理我的投诉", "商家不回复")).issues == ("no_reply",)
    assert said_of(classifier, complaint(None, "假冒品牌")).issues == ("counterfeit",)


def test_a_complaint_without_words_goes_to_the_queue(classifier: Classifier) -> None:
    assert said_of(classifier, complaint(None)).decision == "uncertain"


def test_a_complaint_that_only_asks_is_guarded(classifier: Classifier) -> None:
    said = said_of(classifier, complaint("想咨询怎么安装", "咨询求助"))
    assert (said.decision, said.guard) == ("guarded", "usage_question")


def test_an_overdue_ticket_needs_a_stall(classifier: Classifier) -> None:
    both = said_of(classifier, complaint("物流断更十天，工单逾期，太失望了"))
    assert "ticket_overdue_after_track_stall" in both.issues
    alone = said_of(classifier, complaint("工单逾期，太失望了"))
    assert alone.issues == ("no_reply",)
