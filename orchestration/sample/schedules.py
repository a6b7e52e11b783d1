"""How the planted shops trade: exact numbers in every thirty days, whatever seed or size the market has."""

from typing import NamedTuple

DOUYIN, PINDUODUO = 0, 1
PLATFORMS = ("douyin", "pinduoduo")
WINDOW_DAYS = 30


class ShopPlan(NamedTuple):
    """A planted shop: any thirty days hold `orders` effective orders, `negatives` of them negative."""

    shop_id: str
    name: str
    category_id: str
    orders: int
    negatives: int
    words: str  # key of texts/planted.yaml
    channels: tuple[str, ...] = ("review", "after_sale", "im_session", "review", "complaint")
    buyers: int = 0  # negatives come from so many buyers in turn; 0: each from its own
    platform: int = DOUYIN
    phase: int = 0  # moves the negatives, so that those of peers do not come together


_SERVICE = ("im_session", "review", "im_session", "complaint")

# Peers give the controlled categories a known benchmark; each stays below the small-n guard.
_PEERS = tuple(
    ShopPlan(f"planted_peer_{number:02d}", name, category_id, orders, negatives, words, phase=number * 7)
    for number, (name, category_id, orders, negatives, words) in enumerate(
        [(f"远舟{mark}家居服店", "1009", 31, 1, "plain_peer") for mark in "甲乙丙丁"]
        + [(f"长堤{mark}厨具店", "2009", 31, 1, "plain_peer") for mark in "甲乙丙丁"]
        + [(f"拾珠{mark}手串铺", "7009", 36, 3, "peer") for mark in "甲乙丙丁戊己"],
        start=1,
    )
)

SHOP_PLANS: tuple[ShopPlan, ...] = (
    ShopPlan("planted_offender_severe", "速成家居服工厂店", "1009", 66, 20, "severe"),
    ShopPlan("planted_offender_mild", "缘来手串铺", "7009", 120, 24, "mild"),
    ShopPlan("planted_small_awful", "半掩小铺", "2003", 25, 12, "awful"),
    ShopPlan("planted_brushing_victim", "安分厨具店", "2009", 40, 1, "plain_peer"),
    ShopPlan("planted_service_only", "沉默厨具店", "2009", 66, 10, "service", _SERVICE),
    ShopPlan("planted_few_buyers", "三顾鞋店", "1002", 40, 10, "few_buyers", buyers=3),
    ShopPlan("planted_guarded", "耐心厨具店", "2009", 40, 0, "guarded"),
    ShopPlan("planted_small_n", "小满家居服店", "1009", 45, 3, "plain_peer"),
    ShopPlan("planted_default_reviews", "静默家居服店", "1009", 36, 0, "plain_peer"),
    *_PEERS,
    ShopPlan("planted_case_shop", "五例杯壶店", "2003", 20, 0, "plain_peer", platform=PINDUODUO),
)


class CasePlan(NamedTuple):
    """A planted Pinduoduo order: what came to light about it, and when."""

    order_id: str
    day: int  # index of the day it is placed
    issue: str | None  # None: a conversation without an issue
    dialogue: str | None = None
    evidence_count: int = 0
    evidence_valid: bool = False
    evidence_valid_later: bool = False
    merchant_admitted: bool = False
    blame: str = "merchant"


CASE_SHOP = "planted_case_shop"

CASES: tuple[CasePlan, ...] = (
    CasePlan(
        "planted_s75_wrong_item_admitted",
        4,
        "wrong_item",
        evidence_count=3,
        evidence_valid=True,
        merchant_admitted=True,
    ),
    CasePlan(
        "planted_s76_missing_item_evidence",
        5,
        "missing_item",
        evidence_count=2,
        evidence_valid=True,
    ),
    CasePlan(
        "planted_s77_damaged_by_logistics",
        6,
        "damaged_on_arrival",
        evidence_count=4,
        evidence_valid=True,
        blame="logistics",
    ),
    CasePlan("planted_s78_usage_taught_accepted", 7, None, "usage_fault_feared_accepted"),
    CasePlan("planted_s79_use_patiently_answered", 8, None, "usage_patiently_answered"),
    CasePlan(
        "planted_wrong_item_not_admitted",
        9,
        "wrong_item",
        evidence_count=2,
        evidence_valid=True,
        blame="unknown",
    ),
    CasePlan("planted_missing_item_no_evidence", 10, "missing_item", blame="unknown"),
    CasePlan(
        "planted_missing_item_late_evidence",
        11,
        "missing_item",
        evidence_count=1,
        evidence_valid_later=True,
    ),
)

# The victim: bursts that brushing detection must recognise, every so many days, so many orders each.
BURST_SHOP = "planted_brushing_victim"
BURST_EVERY_DAYS = 5
BURST_ORDERS = 6
ABNORMAL_REVIEWS = 3  # negative reviews in thirty days that the platform itself marked abnormal


def placed_on(day: int, per_window: int) -> int:
    """Orders a plan places on a day; any thirty days in a row sum to `per_window`."""
    return (day + 1) * per_window // WINDOW_DAYS - day * per_window // WINDOW_DAYS


def is_negative(nth: int, orders: int, negatives: int, phase: int = 0) -> bool:
    """Whether a plan's nth order is negative; any `orders` in a row hold `negatives` of them."""
    place = nth + phase
    return (place + 1) * negatives // orders > place * negatives // orders
