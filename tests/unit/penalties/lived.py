"""Decisions written straight into the tables, without posting: one for each thing that can happen to it."""

import multiprocessing
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from orchestration.penalties import tables
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.tables import METADATA
from orchestration.penalties.upgrading import revision_of
from orchestration.penalties.vocabulary import MOVES

Row = dict[str, Any]
DAY = date(2026, 10, 11)


def decision(name: str, **given: Any) -> Row:
    """A decision of 2,000 yuan and four points."""
    return {
        "decision_id": name,
        "platform": "douyin",
        "shop_key": "douyin:s1",
        "policy_id": "douyin_ccr",
        "policy_version": "2026-07-14",
        "policy_sha256": "0" * 64,
        "rule_family": "ccr",
        "rule_id": "CCR-T1",
        "tier": "T1",
        "severity": 1,
        "mode": "enforce",
        "subject_type": "shop",
        "subject_key": "douyin:s1",
        "period_key": "2026-W41",
        "period_start": DAY - timedelta(days=6),
        "period_end": DAY,
        "business_day": DAY,
        "num": 12,
        "den": 200,
        "rate": 0.06,
        "issue_codes": ["quality_defect", "wrong_item"],
        "human_review": False,
        "amount_fen": 200_000,
        "reasons": {"calculation": {"zh": "十二", "en": "twelve"}},
    } | given


def entry(
    name: str, kind: str, amount_fen: int, *, points: int = 0, measure_no: int = 1, **given: Any
) -> Row:
    """A movement of the first of the accounts that its type may move between."""
    debit, credit = MOVES[kind][0]
    return {
        "entry_id": f"{name}-{kind}-{measure_no}-{given.get('credit', credit)}-{amount_fen}-{points}",
        "decision_id": name,
        "measure_no": measure_no,
        "entry_type": kind,
        "debit": debit,
        "credit": credit,
        "amount_fen": amount_fen,
        "points": points,
        "business_day": DAY,
    } | given


def write(ledger: Ledger, name: str, statuses: list[str], entries: list[Row], **given: Any) -> None:
    """A decision with its events and entries."""
    with ledger.writing("test") as connection:
        connection.execute(insert(tables.decisions), decision(name, **given))
        for seq, status in enumerate(statuses, start=1):
            connection.execute(insert(tables.decision_events), event(name, seq, status))
        for each in entries:
            connection.execute(insert(tables.entries), each)


def event(name: str, seq: int, status: str) -> Row:
    return {
        "decision_id": name,
        "seq": seq,
        "status": status,
        "business_day": DAY + timedelta(days=seq),
        "actor": "pipeline",
        "reason": "told by the test",
    }


def a_row_in_every_table(ledger: Ledger, name: str = "d1") -> None:
    """One decision that has lived through everything the ledger can tell."""
    by_table: dict[str, Row] = {
        "decisions": decision(name),
        "measures": {
            "measure_no": 1,
            "measure_code": "fine",
            "amount_fen": 200_000,
            "params": {"b": 1, "a": 2},
        },
        "decision_orders": {
            "seq": 1,
            "order_key": "douyin:o1",
            "feedback_key": "douyin:review:1",
            "channel": "review",
            "dimension": "product",
            "span_field": "text",
            "span_text": "坏了",
        },
        "decision_events": event(name, 1, "noticed"),
        "entries": entry(name, "issue", 200_000, points=4),
        "measure_terms": {
            "measure_no": 1,
            "seq": 1,
            "shop_key": "douyin:s1",
            "measure_code": "product_delist",
            "change": "started",
            "starts_on": DAY,
            "ends_on": DAY + timedelta(days=30),
            "business_day": DAY,
        },
        "reassessments": {
            "seq": 1,
            "business_day": DAY,
            "cause": "later_numbers",
            "outcome": "worse",
            "detail": {"tier": "T2"},
        },
    }
    alone: dict[str, Row] = {
        "suspensions": {
            "suspension_id": f"stop of {name}",
            "kind": "force_majeure",
            "scope": "platform",
            "scope_key": "douyin",
            "from_day": DAY,
            "to_day": DAY,
            "authority": "the board",
            "document": "minutes of 2026-10-10",
        },
        "audit_log": {
            "audit_id": f"audit of {name}",
            "happened_at": "2026-10-11T00:00:00.000000+00:00",
            "actor": "reviewer",
            "action": "confirmed",
            "object_type": "decision",
            "object_key": name,
            "detail": {},
        },
    }
    with ledger.writing("test") as connection:
        for table, row in ({k: {"decision_id": name} | v for k, v in by_table.items()} | alone).items():
            connection.execute(insert(METADATA.tables[table]), row)


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in METADATA.tables.items()
    }


def open_at_once(
    url: str, start: "multiprocessing.synchronize.Barrier", revisions: "multiprocessing.Queue[str | None]"
) -> None:
    """What a process of its own does: opens the ledger as soon as the others do."""
    start.wait(timeout=60)
    ledger = Ledger(url)
    with ledger.reading() as connection:
        revisions.put(revision_of(connection))
    ledger.close()
