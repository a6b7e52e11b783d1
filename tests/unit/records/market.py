"""A small warehouse by hand: the tables the records are read from, and rows for them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.appeals.schemas import APPEALS_TABLES
from orchestration.penalties.snapshot import SNAPSHOTS
from orchestration.policy.tables import POLICY_TABLES

TODAY = date(2026, 10, 15)
_DDL = """
create table ccr.dim_shops (shop_key varchar, merchant_group_key varchar, shop_type varchar);
create table ccr.fct_negative_orders (business_day date, order_key varchar, dimension varchar, change tinyint,
    order_day date, platform varchar, shop_key varchar);
create table ccr.fct_ccr (business_day date, platform varchar, subject_type varchar, subject_id varchar,
    window_days integer, dimension varchar, window_start date, num_effective bigint, den_effective bigint,
    rate double);
create table intermediate.int_platform_days (platform varchar, business_day date, unprocessed_days bigint);
create table intermediate.int_policies_in_force (business_day date, platform varchar, kind varchar,
    metric_id varchar, policy_id varchar, policy_version varchar, window_days integer);
create table intermediate.int_daily_counts (business_day date, order_day date, platform varchar,
    subject_type varchar, subject_id varchar, den_effective bigint, num_effective_overall bigint);
create table intermediate.int_orders_judged (order_key varchar, shop_key varchar, business_day date,
    buyer_key varchar, pay_amount_fen bigint, has_content_theme boolean);
create table intermediate.int_verdicts_in_force (order_key varchar, feedback_key varchar, channel varchar,
    business_day date, until_day date, is_valid boolean, occurred_at timestamptz, decision_no integer,
    dimension varchar, needs_content_theme boolean, counts_as varchar, product_counts_as varchar,
    issue_codes varchar[]);
create table intermediate.int_evidence (feedback_key varchar, decision_no integer, dimension varchar,
    needs_content_theme boolean, issue_code varchar, span_field varchar, span_text varchar);
create table intermediate.int_feedback_links (feedback_key varchar, order_key varchar, business_day date);
create table intermediate.int_evaluation_exclusions (business_day date, feedback_key varchar,
    exclusion_code varchar);
create table staging.stg_im_sessions (business_day date, platform varchar, session_key varchar,
    session_id varchar, shop_key varchar, order_key varchar, started_at timestamptz, rating smallint,
    rated_scope varchar, updated_at timestamptz, row_sha256 varchar);
create table staging.stg_im_messages (business_day date, session_key varchar, message_id varchar, seq integer,
    role varchar, sent_at timestamptz, text varchar, row_sha256 varchar);
create table staging.stg_deliveries (business_day date, platform varchar, source varchar, status varchar);
create table classified.feedback_tags (business_day date, feedback_key varchar, tag_no integer,
    issue_code varchar, decision varchar, is_dissatisfied boolean);
create table classified.evidence_spans (feedback_key varchar, tag_no integer, span_text varchar);
"""


class Market:
    """A warehouse in memory, its rows given as keywords."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'").fetchall()
        for schema in (
            "ccr",
            "intermediate",
            "staging",
            "classified",
            "penalties",
            "policies",
            "appeals",
        ):
            self.connection.execute(f"create schema {schema}").fetchall()
        for statement in _DDL.split(";"):
            if statement.strip():
                self.connection.execute(statement).fetchall()
        lake = [("penalties", SNAPSHOTS), ("policies", POLICY_TABLES), ("appeals", APPEALS_TABLES)]
        for schema, tables in lake:
            for name, columns in tables.items():
                empty = columns.empty_table()
                if schema == "appeals":
                    empty = empty.append_column("business_day", pa.chunked_array([], pa.date32()))
                self.connection.register("empty", empty)
                self.connection.execute(f"create table {schema}.{name} as from empty").fetchall()
                self.connection.unregister("empty")
        for day in range(1, 16):
            self.insert(
                "intermediate.int_platform_days",
                platform="douyin", business_day=date(2026, 10, day), unprocessed_days=0,
            )  # fmt: skip
            self.insert(
                "staging.stg_deliveries",
                business_day=date(2026, 10, day), platform="douyin", source="im_sessions", status="present",
            )  # fmt: skip
        for shop, group in (("s1", "g1"), ("s2", "g1"), ("s3", None)):
            self.insert(
                "ccr.dim_shops",
                shop_key=f"douyin:{shop}", merchant_group_key=group and f"douyin:{group}",
                shop_type="enterprise",
            )  # fmt: skip
        self.policy("rates", appealable=True, window_days=7)

    def insert(self, table: str, **row: Any) -> None:
        """One row; what is left out is NULL."""
        names = ", ".join(row)
        marks = ", ".join(f"${name}" for name in row)
        self.connection.execute(f"insert into {table} ({names}) values ({marks})", row).fetchall()

    def policy(self, policy_id: str, kind: str = "rate", **appeals: Any) -> None:
        """A policy in force on the last day, with the terms of its appeals."""
        metric = "ccr_rate" if kind == "rate" else None
        self.insert(
            "intermediate.int_policies_in_force",
            business_day=TODAY, platform="douyin", kind=kind, metric_id=metric, policy_id=policy_id,
            policy_version="1", window_days=7,
        )  # fmt: skip
        terms = {"never_issues": [], **appeals}
        self.insert("policies.policy_appeals", policy_id=policy_id, version="1", **terms)

    def order(self, order: str, day: int, *, known: int | None = None, shop: str = "s1", **said: Any) -> str:
        """A negative order with one feedback; `said` is what is not as usual about it."""
        key, feedback = f"douyin:{order}", said.get("feedback", f"douyin:review:{order}")
        known_on, order_day = date(2026, 10, known or day), date(2026, 10, day)
        facts: Mapping[str, Any] = {"order_key": key, "shop_key": f"douyin:{shop}", "business_day": known_on}
        self._counted(facts, order_day, 1)
        self.insert(
            "intermediate.int_orders_judged",
            **facts, buyer_key=said.get("buyer", f"b-{order}"), pay_amount_fen=10_000,
            has_content_theme=False,
        )  # fmt: skip
        gone_on = said.get("gone_on")
        if gone_on:
            self._counted({**facts, "business_day": date(2026, 10, gone_on)}, order_day, -1)
        dimension, issue = said.get("dimension", "product"), said.get("issue", "quality_defect")
        of_feedback = {
            "feedback_key": feedback, "decision_no": 0, "dimension": dimension, "needs_content_theme": False,
        }  # fmt: skip
        self.insert(
            "intermediate.int_verdicts_in_force",
            **of_feedback, order_key=key, channel="review", business_day=known_on,
            until_day=date(2026, 10, gone_on) if gone_on else None, is_valid=True,
            occurred_at=datetime.fromisoformat(f"2026-10-{said.get('occurred', day):02}T12:00:00+08:00"),
            counts_as=dimension, product_counts_as="product", issue_codes=[issue],
        )  # fmt: skip
        for word in said.get("words", ["坏了"]):
            self.insert(
                "intermediate.int_evidence",
                **of_feedback, issue_code=issue, span_field="text", span_text=word,
            )  # fmt: skip
        self.insert(
            "intermediate.int_feedback_links", feedback_key=feedback, order_key=key, business_day=known_on
        )
        return key

    def _counted(self, facts: Mapping[str, Any], order_day: date, change: int) -> None:
        self.insert(
            "ccr.fct_negative_orders",
            **facts, dimension="overall", change=change, order_day=order_day, platform="douyin",
        )  # fmt: skip
        self.insert(
            "intermediate.int_daily_counts",
            business_day=facts["business_day"], order_day=order_day, platform="douyin", subject_type="shop",
            subject_id=facts["shop_key"], den_effective=1 if change > 0 else 0, num_effective_overall=change,
        )  # fmt: skip

    def appeal(self, subject_type: str, subject: str, *states: str, shop: str = "s1", day: int = 14) -> None:
        """An appeal that went through states, the last on the day."""
        for seq, state in enumerate(states, 1):
            self.insert(
                "appeals.appeal_events",
                business_day=date(2026, 10, day), platform="douyin", appeal_key=f"douyin:appeal:{subject}",
                seq=seq, to_state=state, shop_key=f"douyin:{shop}", subject_type=subject_type,
                subject_key=subject, decision_id=subject if subject_type == "decision" else None,
                due_on=date(2026, 10, 20), result_reason="untrue" if state == "rejected" else None,
            )  # fmt: skip

    def decision(self, decision_id: str, *orders: str, shop: str = "s1", **said: Any) -> None:
        """A decision on the shop, in force, that lists orders."""
        row = {
            "platform": "douyin", "shop_key": f"douyin:{shop}", "policy_id": "rates", "policy_version": "1",
            "rule_family": "f", "rule_id": "R-T1", "tier": "T1", "severity": 1, "mode": "enforce",
            "subject_type": "shop", "subject_key": f"douyin:{shop}", "period_key": "2026-W41",
            "period_start": date(2026, 10, 5), "period_end": date(2026, 10, 11),
            "business_day": date(2026, 10, 11), "appealable": True, "appeal_deadline": date(2026, 10, 18),
            "amount_fen": 200_000, "issue_codes": ["quality_defect"],
        }  # fmt: skip
        self.insert("penalties.decisions", decision_id=decision_id, **{**row, **said})
        for seq, order in enumerate(orders, 1):
            self.insert(
                "penalties.decision_orders",
                decision_id=decision_id, seq=seq, order_key=order, feedback_key=f"f-{order}",
                buyer_key=f"b-{order}", span_text="坏了",
            )  # fmt: skip
