"""A shop with a bad rate, an order with a broken parcel, and the shipped rules to judge them by."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.penalties.candidates import CANDIDATE_ORDERS, CANDIDATES
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import PostingReport, post
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import policy_tables
from orchestration.settings import SHIPPED_POLICIES

Row = dict[str, Any]
SUNDAY = date(2026, 10, 11)
OF_CANDIDATES = (
    *("posted_enforce", "posted_shadow", "unchanged", "reassessed_worse", "reassessed_better"),
    *("proposed_reversal", "in_cooldown", "consumed", "incomplete_statement", "incoherent_numbers"),
)


@cache
def library() -> PolicyLibrary:
    return PolicyLibrary.load([SHIPPED_POLICIES])


def shop(name: str = "s1", *, weeks: int = 0, **given: Any) -> Row:
    """A candidate of tier T1, so many weeks after the first."""
    end = SUNDAY + timedelta(weeks=weeks)
    num, den = given.get("num_effective", 12), given.get("den_effective", 200)
    week = end.isocalendar()
    return {
        "business_day": end,
        "platform": "douyin",
        "policy_id": "douyin_ccr",
        "policy_version": "2026-07-14",
        "policy_sha256": library().in_force("douyin_ccr", end).sha256,
        "rule_family": "ccr",
        "rule_id": "CCR-T1",
        "tier": "T1",
        "severity": 1,
        "mode": "enforce",
        "subject_type": "shop",
        "subject_id": f"douyin:{name}",
        "shop_key": f"douyin:{name}",
        "period_key": f"{week.year}-W{week.week:02d}",
        "period_start": end - timedelta(days=6),
        "period_end": end,
        "num_effective": num,
        "den_effective": den,
        "rate": num / den if num is not None and den else None,
        "ci_low": 0.0346,
        "ci_high": 0.1019,
        "benchmark_rate": 0.02,
        "benchmark_level": "category",
        "ratio_to_benchmark": 3.0,
        "ratio_to_benchmark_low": 1.73,
        "occurrences_90d": 1,
        "distinct_buyers": 11,
        "threshold_rate": 0.026,
        "prior_alpha": 1.0,
        "prior_beta": 19.0,
        "pay_amount_fen": None,
        "issue_codes": ["wrong_item", "quality_defect"],
        "cooldown_days": 30,
        "human_review": False,
        "is_resolved": None,
    } | given


def ticket(name: str = "o1", **given: Any) -> Row:
    """A candidate for a compensation."""
    key = f"pinduoduo:{name}"
    return (
        dict.fromkeys(CANDIDATES.names)
        | {
            "business_day": SUNDAY,
            "platform": "pinduoduo",
            "policy_id": "pinduoduo_negative_experience",
            "policy_version": "2026-01-01",
            "policy_sha256": library().in_force("pinduoduo_negative_experience", SUNDAY).sha256,
            "rule_family": "negative_experience",
            "rule_id": "PDD-DAMAGED",
            "tier": "ticket",
            "severity": 2,
            "mode": "enforce",
            "subject_type": "order",
            "subject_id": key,
            "shop_key": "pinduoduo:s9",
            "period_key": key,
            "period_start": SUNDAY,
            "period_end": SUNDAY,
            "pay_amount_fen": 12345,
            "issue_codes": ["damaged_on_arrival"],
            "cooldown_days": 0,
            "human_review": False,
        }
        | given
    )


def words_of(candidate: Row, **given: Any) -> list[Row]:
    """One span for each order that the candidate counts."""
    orders = (
        [candidate["subject_id"]]
        if candidate["subject_type"] == "order"
        else [
            f"{candidate['shop_key']}-{candidate['period_key']}-o{number}"
            for number in range(candidate["num_effective"] or 0)
        ]
    )
    return [
        {name: candidate[name] for name in CANDIDATE_ORDERS.names[:5]}
        | {
            "order_key": order,
            "feedback_key": f"review:{order}",
            "channel": "review",
            "dimension": "product",
            "issue_code": "quality_defect",
            "span_field": "text",
            "span_text": "用了两天就坏了",
            "buyer_key": None if candidate["subject_type"] == "order" else f"buyer {number % 11}",
        }
        | given
        for number, order in enumerate(orders)
    ]


def posted(ledger: Ledger, *candidates: Row, words: list[Row] | None = None, **given: Any) -> PostingReport:
    """Post candidates, with their words and by the shipped rules without exemptions, or by others given."""
    spoken = [row for each in candidates for row in words_of(each)] if words is None else words
    policies = given.pop("policies", None) or rules_without_exemptions()
    return post(
        ledger,
        pa.Table.from_pylist(list(candidates), schema=CANDIDATES),
        pa.Table.from_pylist(spoken, schema=CANDIDATE_ORDERS),
        policies,
        **given,
    )


def counted(report: PostingReport) -> dict[str, int]:
    """What became of the candidates, without the zeros."""
    return {name: count for name, count in report.counts().items() if count and name in OF_CANDIDATES}


def moved(report: PostingReport) -> dict[str, int]:
    """What else a posting did, without the zeros."""
    return {name: count for name, count in report.counts().items() if count and name not in OF_CANDIDATES}


@cache
def shipped_rules() -> dict[str, pa.Table]:
    """The tables of the shipped policies."""
    return policy_tables(library())


@cache
def rules_without_exemptions() -> dict[str, pa.Table]:
    """The shipped policies, but that nobody is let off."""
    return shipped_rules() | {"policy_exemptions": shipped_rules()["policy_exemptions"].slice(0, 0)}


def rules_with(**rows: list[Row]) -> dict[str, pa.Table]:
    """The shipped policies with other rows in some of their tables."""
    tables = rules_without_exemptions()
    return tables | {name: pa.Table.from_pylist(rows[name], schema=tables[name].schema) for name in rows}


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"
