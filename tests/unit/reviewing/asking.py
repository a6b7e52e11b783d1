"""Feedback as it is put to a person, for tests."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from orchestration.reviewing.decision import (
    Asked,
    Codes,
    Evidence,
    FieldShown,
    IssueMeaning,
    Signature,
    Words,
)

CODES = Codes(
    issues={
        "wrong_item": IssueMeaning("product", 2, False, "发错货"),
        "late_ship": IssueMeaning("logistics", 1, False, "发货慢"),
        "other_negative": IssueMeaning("product", 2, False, "其他"),
    },
    guards={"usage_question": "使用咨询", "price_only": "仅价格"},
)
AT = datetime(2026, 9, 10, 3, 0, tzinfo=UTC)
SIGNED = Signature("a reader", AT, date(2026, 9, 10))


def asked(key: str = "p:review:1", text: str = "收到发错货了，发货也慢", **values: Any) -> Asked:
    """A review of one field, with the words 发错货 found in it."""
    start = text.find("发错货")
    words = (
        (Words(start, start + 3, "wrong_item", Evidence("text", start, start + 3, "发错货")),)
        if start >= 0
        else ()
    )
    return Asked(
        **{
            "feedback_key": key,
            "known_day": date(2026, 9, 5),
            "shop": "p:s1",
            "order": "p:o1",
            "rating": 3,
            "text": text,
            "fields": (FieldShown("text", 0, len(text)),) if text else (),
            "words": words,
            "issues": ("wrong_item",) if words else (),
            "decision": "uncertain",
            "probability": 0.45,
            "reason": "probability_near_threshold",
            "classifier_version": "v1",
            "words_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "consumer_text": text,
            **values,
        }
    )
