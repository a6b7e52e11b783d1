"""Decisions as the ledger's snapshot gives them: two in force, one shadow, one of another day."""

import json
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

Row = dict[str, Any]
DAY = date(2026, 10, 11)
OTHER_DAY = date(2026, 10, 18)


def decision(name: str, **given: Any) -> Row:
    return {
        "decision_id": name,
        "platform": "douyin",
        "shop_key": f"douyin:{name}",
        "policy_id": "douyin_ccr",
        "policy_version": "2026-07-14",
        "policy_sha256": "a" * 64,
        "rule_family": "ccr",
        "rule_id": "CCR-T1",
        "tier": "T1",
        "severity": 1,
        "mode": "enforce",
        "subject_type": "shop",
        "subject_key": f"douyin:{name}",
        "period_key": "2026-W41",
        "period_start": date(2026, 10, 5),
        "period_end": DAY,
        "business_day": DAY,
        "num": 12,
        "den": 200,
        "rate": 0.06,
        "ci_low": 0.0346,
        "ci_high": 0.1019,
        "benchmark_rate": 0.02,
        "benchmark_level": "category",
        "ratio": 3.0,
        "ratio_low": 1.73,
        "distinct_buyers": 11,
        "issue_codes": ["quality_defect"],
        "human_review": False,
        "appealable": True,
        "appeal_deadline": OTHER_DAY,
        "amount_fen": 200_000,
        "reasons": json.dumps({"calculation": {"zh": "十二单", "en": "twelve orders"}, "thresholds": []}),
    } | given


def measure(decision_id: str, number: int, code: str, **given: Any) -> Row:
    return {
        "decision_id": decision_id,
        "measure_no": number,
        "measure_code": code,
        "amount_fen": None,
        "days": None,
        "points": None,
        "params": "{}",
    } | given


def word(decision_id: str, order: str, text: str, issue: str = "quality_defect") -> Row:
    return {
        "decision_id": decision_id,
        "seq": 1,
        "order_key": order,
        "feedback_key": f"review:{order}",
        "channel": "review",
        "dimension": "product",
        "issue_code": issue,
        "span_field": "text",
        "span_text": text,
    }


def t1(decision_id: str) -> list[Row]:
    return [
        measure(decision_id, 1, "violation_points", points=4),
        measure(decision_id, 2, "fine", amount_fen=200_000, params='{"amount_fen":200000}'),
        measure(decision_id, 3, "withdrawal_restrict", days=7),
    ]


def lived(decided: Row) -> list[Row]:
    """Noticed on its day, and carried out on a later one."""
    name, day = decided["decision_id"], decided["business_day"]
    first = "noticed" if decided["mode"] == "enforce" else "shadow"
    return [
        {"decision_id": name, "seq": 1, "status": first, "business_day": day},
        {"decision_id": name, "seq": 2, "status": "executed", "business_day": day + timedelta(days=15)},
    ]


def tables(
    decisions: list[Row] | None = None,
    measures: list[Row] | None = None,
    words: list[Row] | None = None,
) -> dict[str, pa.Table]:
    """The tables that are published from."""
    listed = decisions or [
        decision("s1"),
        decision("s2", severity=2, tier="T2", rule_id="CCR-T2", amount_fen=700_000),
        decision("s3", mode="shadow", appeal_deadline=None),
        decision("s4", business_day=OTHER_DAY),
    ]
    ordered = measures or [row for each in listed for row in t1(each["decision_id"])]
    spoken = words or [word(each["decision_id"], "o1", "坏了") for each in listed]
    return {
        "decisions": pa.Table.from_pylist(listed),
        "measures": pa.Table.from_pylist(
            ordered,
            schema=pa.schema(
                [
                    ("decision_id", pa.string()),
                    ("measure_no", pa.int32()),
                    ("measure_code", pa.string()),
                    ("amount_fen", pa.int64()),
                    ("days", pa.int32()),
                    ("points", pa.int32()),
                    ("params", pa.string()),
                ]
            ),
        ),
        "decision_orders": pa.Table.from_pylist(spoken),
        "decision_events": pa.Table.from_pylist([row for each in listed for row in lived(each)]),
    }
