"""Builders of appeals: an event a line, a subject with one review, terms of a rule book."""

from datetime import UTC, date, datetime
from typing import Any

from orchestration.appeals.filing import AppealEvent, Case, FeedbackFacts, Reason, Subject, Terms

SHOP = "pinduoduo:s1"
ORDER = "pinduoduo:o1"

TERMS = Terms(
    policy_id="pdd",
    version="1",
    appealable=True,
    never_issues=frozenset(
        {"no_reply", "ticket_overdue_after_track_stall", "late_ship_false_voucher", "shirking"}
    ),
    window_days=7,
    calendar="natural",
    report_window_days=30,
    rounds=2,
    evidence_must_differ=True,
    decision_sla_days=5,
    sla_calendar="working",
    statement_max_chars=20,
    evidence_required=("photo",),
    reasons=(
        Reason("20", "消费者未表达商品问题", "no product problem was expressed", subject_types=("order",)),
        Reason("99", "其他", "other", subject_types=("order", "decision"), needs_statement=True),
        Reason("差评好评", "", "", subject_types=("feedback",), channels=("review",)),
        Reason("我被恶意攻击", "", "", subject_types=("session",), channels=("im_session",)),
    ),
)


def feedback(key: str = "pinduoduo:review:f1", **values: Any) -> FeedbackFacts:
    return FeedbackFacts(
        **{
            "feedback_key": key,
            "channel": key.split(":")[1],
            "shop_key": SHOP,
            "order_key": ORDER,
            "occurred_on": date(2026, 9, 1),
            "known_on": date(2026, 9, 2),
            "issues": ("quality_defect",),
            **values,
        }
    )


def case(terms: Terms = TERMS, *of: FeedbackFacts, key: str = ORDER, shop: str = SHOP) -> Case:
    return Case(terms, Subject(key, shop, of or (feedback(),)))


def at(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 9, day, hour, tzinfo=UTC)


def event(number: int, name: str, day: int = 5, **values: Any) -> AppealEvent:
    """An event of appeal a1, known on the September day on which it happened."""
    appeal = values.pop("appeal", "a1")
    return AppealEvent(
        **{
            "business_day": date(2026, 9, day),
            "platform": "pinduoduo",
            "appeal_key": f"pinduoduo:appeal:{appeal}",
            "appeal_id": appeal,
            "event_no": number,
            "event": name,
            "shop_key": SHOP,
            "actor": "somebody",
            "happened_at": at(day),
            "row_sha256": f"{appeal}-{number}-{name}",
            **values,
        }
    )


def filed(day: int = 5, number: int = 1, **values: Any) -> AppealEvent:
    """A filing that keeps every rule of TERMS."""
    given = {
        "subject_type": "order",
        "subject_key": ORDER,
        "reason_code": "20",
        "statement": "商品没有问题",
        "evidence": ("photo:aa",),
        **values,
    }
    if given["statement"] is not None:
        given.setdefault("statement_length", len(given["statement"]))
    return event(number, "filed", day, **given)
