"""Rows as a platform would deliver them: ordinary in everything a test does not say."""

from datetime import date, timedelta
from typing import Any

from tests.support.warehouse import Warehouse

Row = dict[str, Any]

INTAKE = "staging intermediate.trade intermediate.feedback"


def order(order_id: str, day: str, **told: Any) -> Row:
    """An order of 100 yuan, placed at 10:00 and paid at 10:05 on the day it is delivered."""
    return {
        "business_day": day,
        "order_id": order_id,
        "shop_id": "shop",
        "buyer_id": f"buyer of {order_id}",
        "status": "paid",
        "created_at": f"{day} 10:00:00",
        "paid_at": f"{day} 10:05:00",
        "pay_amount_fen": 10_000,
        "list_amount_fen": 10_000,
        "order_kind": "normal",
        "risk_flag": "none",
        "updated_at": f"{day} 10:05:00",
    } | told


def line(order_id: str, day: str, **told: Any) -> Row:
    """One piece of one product, bought in the shop."""
    return {
        "business_day": day,
        "order_id": order_id,
        "line_id": "1",
        "product_id": "product",
        "quantity": 1,
        "pay_amount_fen": 10_000,
        "is_gift": False,
        "theme": "shop",
    } | told


def review(review_id: str, day: str, **told: Any) -> Row:
    """A buyer's own review of the order of the same name, five stars without words."""
    return {
        "business_day": day,
        "review_id": review_id,
        "order_id": review_id,
        "shop_id": "shop",
        "buyer_id": f"buyer of {review_id}",
        "rating_overall": 5,
        "is_default": False,
        "is_append": False,
        "platform_abnormal": False,
        "created_at": f"{day} 12:00:00",
        "updated_at": f"{day} 12:00:00",
    } | told


def after_sale(after_sale_id: str, day: str, **told: Any) -> Row:
    """A request for the money back on the order of the same name."""
    return {
        "business_day": day,
        "after_sale_id": after_sale_id,
        "order_id": after_sale_id,
        "shop_id": "shop",
        "kind": "refund_only",
        "reason_code": "quality",
        "reason_text": "质量问题",
        "status": "open",
        "platform_exempt": False,
        "requested_at": f"{day} 13:00:00",
        "updated_at": f"{day} 13:00:00",
    } | told


def complaint(complaint_id: str, day: str, **told: Any) -> Row:
    """A complaint that names no order."""
    return {
        "business_day": day,
        "complaint_id": complaint_id,
        "shop_id": "shop",
        "buyer_id": f"buyer of {complaint_id}",
        "category": "service",
        "text": "一直没有人处理",
        "status": "open",
        "created_at": f"{day} 14:00:00",
        "updated_at": f"{day} 14:00:00",
    } | told


def session(session_id: str, day: str, **told: Any) -> Row:
    """An unrated consultation at 15:00 that names no order."""
    return {
        "business_day": day,
        "session_id": session_id,
        "shop_id": "shop",
        "buyer_id": f"buyer of {session_id}",
        "started_at": f"{day} 15:00:00",
        "ended_at": f"{day} 15:20:00",
        "updated_at": f"{day} 15:20:00",
    } | told


def message(session_id: str, day: str, seq: int, **told: Any) -> Row:
    """The consumer asks when the parcel leaves."""
    return {
        "business_day": day,
        "session_id": session_id,
        "message_id": f"m{seq}",
        "seq": seq,
        "role": "consumer",
        "sent_at": f"{day} 15:{seq:02}:00",
        "text": "什么时候发货",
    } | told


def deliver(warehouse: Warehouse, **rows: list[Row]) -> None:
    """Insert rows by source: deliver(warehouse, orders=[…], reviews=[…])."""
    for source, delivered in rows.items():
        warehouse.insert(f"raw.{source}", delivered)


def days(first: str, last: str) -> list[str]:
    """Every day from first to last, both included."""
    start = date.fromisoformat(first)
    count = (date.fromisoformat(last) - start).days + 1
    return [(start + timedelta(days=number)).isoformat() for number in range(count)]
