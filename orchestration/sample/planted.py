"""The offenders, innocents and bad rows that every sample market holds, with what should become of them."""

from dataclasses import dataclass
from typing import Literal

from orchestration.sample.schedules import CASE_SHOP, SHOP_PLANS

Expected = Literal["penalised", "not_penalised", "quarantined"]


@dataclass(frozen=True)
class Planted:
    """One planted fact. `tiers` holds what is right when penalised, `reason` why not otherwise."""

    role: str
    platform: str
    why: str
    expected: Expected
    shop_id: str | None = None
    order_id: str | None = None
    tiers: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class PlantedBadRow:
    """One row that must be quarantined: `key` is in its id column, `value` what is wrong in `column`."""

    platform: str
    source: str
    key: str
    column: str
    value: str | None
    why: str
    day: int  # index of the delivery day
    expected: Expected = "quarantined"


def _offender(shop_id: str, why: str, *tiers: str) -> Planted:
    return Planted(shop_id, "douyin", why, "penalised", shop_id=shop_id, tiers=tiers)


def _innocent(shop_id: str, why: str, reason: str) -> Planted:
    return Planted(shop_id, "douyin", why, "not_penalised", shop_id=shop_id, reason=reason)


def _ticket(order_id: str, why: str) -> Planted:
    return Planted(
        order_id, "pinduoduo", why, "penalised", shop_id=CASE_SHOP, order_id=order_id,
        tiers=("ticket",),
    )  # fmt: skip


def _no_ticket(order_id: str, why: str, reason: str) -> Planted:
    return Planted(
        order_id, "pinduoduo", why, "not_penalised", shop_id=CASE_SHOP, order_id=order_id,
        reason=reason,
    )  # fmt: skip


PLANTED_SHOPS: tuple[Planted, ...] = (
    _offender(
        "planted_offender_severe",
        "66 effective orders in any thirty days, 20 of them negative, by as many buyers",
        "T2",
        "T3",
    ),
    _offender(
        "planted_offender_mild",
        "120 orders, 24 negative; six peers of the category have 18 of 216",
        "T1",
    ),
    _offender(
        "planted_service_only",
        "66 orders, 10 negative, all of them about the service; the goods are praised",
        "T1",
        "T2",
        "T3",
    ),
    _innocent(
        "planted_small_awful",
        "25 orders in any thirty days, 12 of them negative",
        "insufficient",
    ),
    _innocent(
        "planted_brushing_victim",
        "40 honest orders with 1 negative; 36 brushed orders and 3 abnormal reviews are negative",
        "excluded_orders_and_evaluations",
    ),
    _innocent(
        "planted_few_buyers",
        "10 negatives of 40 orders, all by three buyers",
        "min_distinct_buyers",
    ),
    _innocent(
        "planted_guarded",
        "feared faults that were explained and accepted, and praise with negated fault words",
        "guarded",
    ),
    _innocent("planted_small_n", "3 negatives of 45 orders", "small_n_guard"),
    _innocent(
        "planted_default_reviews",
        "every review is a default one; the export fills a third of the stars with 1",
        "auto_default_review",
    ),
    *(
        _innocent(
            plan.shop_id,
            f"{plan.negatives} negatives of {plan.orders} orders: a known benchmark",
            "small_n_guard",
        )
        for plan in SHOP_PLANS
        if plan.shop_id.startswith("planted_peer_")
    ),
)

PLANTED_ORDERS: tuple[Planted, ...] = (
    _ticket(
        "planted_s75_wrong_item_admitted",
        "wrong goods, valid evidence, and the merchant admitted it",
    ),
    _ticket("planted_s76_missing_item_evidence", "goods missing, with valid evidence"),
    _ticket("planted_s77_damaged_by_logistics", "damaged on the way, with valid evidence"),
    _no_ticket(
        "planted_s78_usage_taught_accepted",
        "could not use it, was taught, accepted",
        "usage_question",
    ),
    _no_ticket(
        "planted_s79_use_patiently_answered",
        "a problem in use, patiently answered",
        "usage_question",
    ),
    _no_ticket(
        "planted_wrong_item_not_admitted",
        "wrong goods with valid evidence, but the merchant did not admit it",
        "requires_admission",
    ),
    _no_ticket(
        "planted_missing_item_no_evidence",
        "goods missing, without evidence",
        "requires_evidence",
    ),
    _ticket(
        "planted_missing_item_late_evidence",
        "the evidence became valid in a later version: counted from that day on",
    ),
)

PLANTED: tuple[Planted, ...] = PLANTED_SHOPS + PLANTED_ORDERS

PLANTED_BAD_ROWS: tuple[PlantedBadRow, ...] = (
    PlantedBadRow(
        "douyin", "orders", "planted_bad_negative_amount", "pay_amount_fen", "-100",
        "an amount below zero", 3,
    ),
    PlantedBadRow(
        "douyin", "orders", "planted_bad_unknown_status", "status", "teleported",
        "a status outside the vocabulary", 6,
    ),
    PlantedBadRow(
        "pinduoduo", "orders", "planted_bad_paid_before_created", "paid_at", None,
        "paid an hour before it was created", 9,
    ),
    PlantedBadRow(
        "douyin", "reviews", "planted_bad_review_without_order", "order_id", None,
        "a review of no order", 12,
    ),
    PlantedBadRow(
        "pinduoduo", "reviews", "planted_bad_rating", "rating_overall", "9",
        "nine stars of five", 15,
    ),
)  # fmt: skip
