"""What is found in one review by itself, and how near a complaint may come without being lost."""

import pyarrow as pa
import pytest

from orchestration.classification.abnormal.advertising import find_advertising
from orchestration.classification.abnormal.contradiction import find_contradiction
from orchestration.classification.abnormal.evaluations import abnormal_table, find_in_reviews
from orchestration.classification.abnormal.logistics_only import find_logistics_only
from orchestration.classification.abnormal.meaningless import find_meaningless
from orchestration.classification.abnormal.schemas import REVIEWS_SCHEMA
from orchestration.classification.abnormal.wrong_product import family_named, find_wrong_product

MEANINGLESS = {
    "。。。。": "no_letters", "123456": "no_letters", "😀😀😀": "no_letters", "666": "no_letters",
    "哈哈哈哈": "one_letter_repeated", "啊啊啊啊！！": "one_letter_repeated", "aaaa": "one_letter_repeated",
    "asdfgh": "keyboard_mash", "QWERTY": "keyboard_mash", "sdfsdf": "keyboard_mash",
    "fdsafdsa": "keyboard_mash",
    "此用户没有填写评价内容": "default_text", "该用户未及时作出评价，系统默认好评！": "default_text",
    "用户未填写评价内容，系统默认好评。": "default_text", "系统默认评价。": "default_text",
    "好": "filler", "不错！！！！": "filler", "还可以吧": "filler", "很好很好很好": "filler",
    "好的，非常满意": "filler",
    "嗯嗯": "filler", "ＯＫ": "filler", "還可以": "filler",
}  # fmt: skip

MEANINGFUL = [
    "差", "垃圾", "质量太差", "差差差差", "烂烂烂烂烂", "假假假假", "退退退退", "呵呵呵呵", "不好", "不行",
    "一般", "一般般",
    "太硬", "差评", "不满意", "不喜欢", "好差", "好贵", "好慢", "好假", "还行，就是薄", "好看", "有点小",
    "👎👎👎", "好😡",
    "666好用", "没有评价，太差", "用户体验差", "默认好评是骗人的", "系统老是死机", "", "  ",
    "yyds", "ótimo", "Recomendo", "muito bom", "strong", "property", "rhythm", "bad bad",
    "not good", "no good",
]  # fmt: skip


@pytest.mark.parametrize("text", MEANINGLESS)
def test_a_text_that_says_nothing_is_found(text: str) -> None:
    finding = find_meaningless(text, lowest_stars=5)
    assert finding is not None
    assert (finding.detail, text[finding.start : finding.end]) == (MEANINGLESS[text], text)


@pytest.mark.parametrize("text", MEANINGFUL)
def test_a_short_complaint_is_never_lost(text: str) -> None:
    assert find_meaningless(text, lowest_stars=None) is None


@pytest.mark.parametrize(("stars", "is_found"), [(1, False), (2, False), (3, True), (None, True)])
def test_a_bad_rating_needs_no_words(stars: int | None, is_found: bool) -> None:
    assert (find_meaningless("......", lowest_stars=stars) is not None) is is_found


@pytest.mark.parametrize(
    ("text", "detail", "words"),
    [
        ("需要同款加微信 abc_12345 优惠", "contact", "加微信 abc_12345"),
        ("想省钱的加V：shop888999", "contact", "加v：shop888999"),
        ("进QQ群 123456789 有惊喜", "contact", "进qq群 123456789"),
        ("便宜好货看 https://example.com/x1", "link", "https://example.com/x1"),
        ("专业代运营，做销量找我", "trade_in_reviews", "代运营"),
        ("在家兼职，日入300不是梦", "recruiting", "日入300"),
        ("搜索公众号某某领优惠", "other_shop", "搜索公众号某某领优惠"),
    ],
)
def test_advertising_is_found_by_what_it_offers(text: str, detail: str, words: str) -> None:
    finding = find_advertising(text)
    assert finding is not None
    assert (finding.code, finding.detail) == ("advertising", detail)
    assert text[finding.start : finding.end].lower() == words


@pytest.mark.parametrize(
    "text",
    [
        "客服让我加微信 abc_12345 才肯退款",
        "里面有张卡片叫加微信abc12345返现，骗人的",
        "微信付款很方便",
        "质量差，QQ联系也不回",
        "优惠券用不了",
        "加热太慢",
        "刷单刷出来的好评，货是假的",
    ],
)
def test_a_complaint_about_an_offer_is_no_advertising(text: str) -> None:
    assert find_advertising(text) is None


@pytest.mark.parametrize(
    "text", ["物流太慢了", "快递很快，小哥态度很好", "发货速度太慢，一星期才到", "三天了还没收到货，快递真差"]
)
def test_who_speaks_of_the_delivery_alone_is_told_apart(text: str) -> None:
    finding = find_logistics_only(text)
    assert finding is not None
    assert finding.code == "logistics_only"


@pytest.mark.parametrize(
    "text",
    ["快递很快，鞋子不错", "物流慢，到了还是坏的", "太差", "包装破了，快递太差", "快递把盒子压扁了", "快递"],
)
def test_one_word_of_the_goods_is_enough_not_to_be(text: str) -> None:
    assert find_logistics_only(text) is None


def contradiction(text: str, stars: int, probability: float | None = None) -> str | None:
    finding = find_contradiction(text, lowest_stars=stars, highest_stars=stars, text_probability=probability)
    if finding is None:
        return None
    assert finding.code == "rating_text_contradiction"
    return f"{finding.detail} {text[finding.start : finding.end]}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("好评，比预想的还要好", "好评"),
        ("很好用，老人说非常满意", "很好"),
        ("东西不错，发货也快，谢谢店家", "不错"),
        ("没有破损，很满意", None),
    ],
)
def test_praise_under_one_star_contradicts_it(text: str, words: str | None) -> None:
    expected = None if words is None else f"praise_under_low_stars {words}"
    assert contradiction(text, 1) == expected


@pytest.mark.parametrize(
    "text",
    [
        "差", "垃圾", "质量太差", "看好评买的，失望", "催我给好评", "好评都是刷的",
        "东西不错，就是坏了不给退", "本来很喜欢，结果开胶了", "真是太好了呵呵",
        "以前买的不错，这次发霉", "不喜欢", "不满意", "不推荐",
        "为什么都说很好？", "很好看，穿一天脚痛",
    ],
)  # fmt: skip
def test_a_complaint_under_one_star_is_never_a_contradiction(text: str) -> None:
    assert contradiction(text, 1) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("太差了，垃圾", "太差"),
        ("垃圾东西，用一天就坏了", "垃圾"),
        ("质量很好，一点都不垃圾", None),
        ("手滑点了五星，太差了", None),
        ("别买错型号", None),
        ("千万别犹豫", None),
    ],
)
def test_blame_under_five_stars_contradicts_them(text: str, words: str | None) -> None:
    expected = None if words is None else f"blame_under_high_stars {words}"
    assert contradiction(text, 5) == expected


@pytest.mark.parametrize(
    ("stars", "probability", "is_found"),
    [(1, 0.23, True), (2, 0.05, True), (2, 0.24, False), (3, 0.05, False), (1, None, True)],
)
def test_the_classifier_must_agree_that_the_words_are_kind(
    stars: int, probability: float | None, is_found: bool
) -> None:
    assert (contradiction("非常满意", stars, probability) is not None) is is_found


@pytest.mark.parametrize(("probability", "is_found"), [(0.961, True), (0.96, False)])
def test_the_classifier_must_agree_that_the_words_blame(probability: float, is_found: bool) -> None:
    assert (contradiction("太差了，垃圾", 5, probability) is not None) is is_found


def test_stars_that_disagree_among_themselves_contradict_nothing() -> None:
    assert find_contradiction("非常满意", lowest_stars=1, highest_stars=5) is None
    assert find_contradiction("非常满意", lowest_stars=None, highest_stars=None) is None


@pytest.mark.parametrize(
    ("text", "bought", "detail"),
    [
        ("这条裤子颜色很正", "原味腰果 零食坚果", "wear_for_food"),
        ("买的口红很显白", "儿童绘本 图书", "cosmetics_for_books"),
        ("这条裤子颜色很正", "休闲长裤 男装", None),
        ("这双鞋子很合脚", "纯棉袜 服饰", None),
        ("这条裤子颜色很正", "礼盒", None),
        ("这条裤子颜色很正", None, None),
        ("我买的是坚果，发来这条裤子", "原味腰果 零食坚果", None),
        ("这条裤子很好，坚果也好吃", "原味腰果 零食坚果", None),
        ("冰箱里放两天就坏了", "新鲜水果 生鲜", None),
        ("这个手机壳太松", "休闲长裤 男装", "electronics_for_wear"),
        ("质量太差", "原味腰果 零食坚果", None),
    ],
)
def test_another_family_of_goods_needs_strong_words_on_both_sides(
    text: str, bought: str | None, detail: str | None
) -> None:
    finding = find_wrong_product(text, bought)
    assert (None if finding is None else finding.detail) == detail


def reviews(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], REVIEWS_SCHEMA)


def test_rows_carry_the_words_and_where_they_stand() -> None:
    found = find_in_reviews(
        reviews(
            {"feedback_key": "b", "text": " 。。。 ", "rating_overall": 5, "rating_service": 3},
            {"feedback_key": "a", "text": "非常满意", "rating_overall": 1, "text_probability": 0.01},
            {"feedback_key": "c", "text": "。。。", "rating_overall": 5, "rating_service": 2},
            {"feedback_key": "d", "text": None, "rating_overall": 1},
            {"feedback_key": "e", "text": "质量太差", "rating_overall": 1},
            {"feedback_key": "f", "text": "这条裤子质量太差", "native_order_key": "o", "line_id": "l"},
        )
    )
    columns = ("feedback_key", "code", "span_start", "span_end", "span_text", "buyers")
    rows = abnormal_table(found.rows).select(columns).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("a", "rating_text_contradiction", 0, 4, "非常满意", None),
        ("b", "meaningless_text", 1, 4, "。。。", None),
    ]
    assert [row["feedback_key"] for row in found.naming_goods] == ["f"]
    assert family_named("质量太差") is None
