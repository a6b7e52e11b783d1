"""A home in which two orders can be appealed: just the tables that `ccr appeal` looks at, made by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.classification.schemas import TAGS_SCHEMA
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import write_policy_tables
from orchestration.settings import SHIPPED_POLICIES
from orchestration.wiring.lake import write_partition

DAY = date(2026, 9, 3)
PRODUCT, SERVICE, DOUYIN = "pinduoduo:o1", "pinduoduo:o2", "douyin:review:r3"

_TABLES = """
create schema staging;
create schema intermediate;
create schema ccr;
create schema penalties;
create table staging.stg_appeals (
    business_day date, platform varchar, appeal_key varchar, appeal_id varchar, event_no integer,
    event varchar, shop_key varchar, actor varchar, happened_at timestamptz, subject_type varchar,
    subject_key varchar, decision_id varchar, reason_code varchar, statement varchar,
    statement_length bigint, evidence varchar, noticed_at timestamptz, result_reason varchar,
    reviewer_kind varchar, note varchar, row_sha256 varchar);
create table staging.stg_review_decisions (
    business_day date, feedback_key varchar, decision_no integer, decision varchar, issue_code varchar,
    words_sha256 varchar);
create table intermediate.int_orders_judged (business_day date, order_key varchar, shop_key varchar);
create table intermediate.int_feedback_links (business_day date, feedback_key varchar, order_key varchar);
create table intermediate.int_feedback_events (
    business_day date, feedback_key varchar, version_no bigint, is_first_version boolean, channel varchar,
    shop_key varchar, occurred_at timestamptz, consumer_accepted boolean, compensated boolean,
    evidence_valid boolean, blame varchar, after_sale_kind varchar, rating_overall smallint,
    rating_product smallint, rating_service smallint);
create table intermediate.int_verdicts_in_force (
    business_day date, until_day date, feedback_key varchar, order_key varchar, is_valid boolean);
create table penalties.penalty_rate_judgings (
    business_day date, shop_key varchar, policy_id varchar, policy_version varchar, is_of_last_day boolean,
    num_effective bigint, den_effective bigint, num_weighed double, rate double, ci_low double,
    benchmark_rate double, ratio_to_benchmark double, ratio_to_benchmark_low double, distinct_buyers bigint,
    threshold_rate double, prior_alpha double, prior_beta double, held_back_by varchar);
create table ccr.dim_shops (shop_key varchar, merchant_group_key varchar);
insert into ccr.dim_shops values
    ('pinduoduo:s1', 'pinduoduo:g1'), ('pinduoduo:s2', null), ('douyin:s3', null);
"""


def make_home(home: Path) -> Path:
    """Three orders of three shops: a product fault, a chat without an answer, a review on Douyin."""
    home.mkdir(parents=True)
    rows = {
        ("pinduoduo", "o1", "s1"): ("pinduoduo:complaint:c1", "complaint", "quality_defect", "product"),
        ("pinduoduo", "o2", "s2"): ("pinduoduo:im_session:m2", "im_session", "no_reply", "service"),
        ("douyin", "o3", "s3"): (DOUYIN, "review", "quality_flaw", "product"),
    }
    tags: list[dict[str, Any]] = []
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(_TABLES)
        for (platform, order, shop), (feedback, channel, issue, dimension) in rows.items():
            key, shop_key = f"{platform}:{order}", f"{platform}:{shop}"
            connection.execute(
                "insert into intermediate.int_orders_judged values (?, ?, ?)", [DAY, key, shop_key]
            )
            connection.execute(
                "insert into intermediate.int_feedback_links values (?, ?, ?)", [DAY, feedback, key]
            )
            connection.execute(
                "insert into intermediate.int_feedback_events values (?, ?, 1, true, ?, ?, "
                "'2026-09-03 02:00:00+00', true, true, null, null, null, 1, null, null)",
                [DAY, feedback, channel, shop_key],
            )
            connection.execute(
                "insert into intermediate.int_verdicts_in_force values (?, null, ?, ?, true)",
                [DAY, feedback, key],
            )
            tags.append(_tag(feedback, channel, issue, dimension))
        connection.execute(
            "insert into penalties.penalty_rate_judgings values "
            "('2026-09-03', 'douyin:s3', 'douyin_ccr', '2026-07-14', true, 51, 1000, 51, 0.051, 0.03901, "
            "0.03, 1.7, 1.3005, 51, null, null, null, null)"
        )
    write_policy_tables(PolicyLibrary.load([SHIPPED_POLICIES]), home / "lake")
    table = pa.Table.from_pylist(tags, TAGS_SCHEMA)
    write_partition(home / "lake", "classified", "feedback_tags", DAY, table)
    return home


def write_event(
    connection: duckdb.DuckDBPyConnection,
    appeal: str,
    number: int,
    event: str,
    day: int,
    **values: Any,
) -> None:
    """A staged event of an appeal of shop s1 about an order, known from a September day on."""
    given: dict[str, Any] = {
        "business_day": date(2026, 9, day),
        "platform": "pinduoduo",
        "appeal_key": f"pinduoduo:appeal:{appeal}",
        "appeal_id": appeal,
        "event_no": number,
        "event": event,
        "shop_key": "pinduoduo:s1",
        "actor": "somebody",
        "happened_at": f"2026-09-{day:02} 02:00:00+00",
        "subject_type": "order" if event == "filed" else None,
        "reason_code": "20",
        "statement": "商品没有问题",
        "statement_length": 6,
        "evidence": "photo:aa",
        "reviewer_kind": "human" if event in ("upheld", "rejected") else None,
        "row_sha256": f"{appeal}-{number}",
        **values,
    }
    names = ", ".join(given)
    places = ", ".join("?" for _ in given)
    connection.execute(f"insert into staging.stg_appeals ({names}) values ({places})", list(given.values()))


def _tag(feedback: str, channel: str, issue: str, dimension: str) -> dict[str, Any]:
    given = {"feedback_key": feedback, "channel": channel, "issue_code": issue, "dimension": dimension}
    given["words_sha256"] = f"words of {feedback}"
    fixed = {"tag_no": 1, "decision": "negative", "probability": 0.9, "severity": 2}
    return {name: (given | fixed).get(name) for name in TAGS_SCHEMA.names}
