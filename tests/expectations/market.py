"""A small sound market in memory: two business days on which nothing is wrong."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from tests.expectations.scores import CANDIDATES, CCR, LISTED, POLICIES

YESTERDAY = date(2026, 9, 9)
TODAY = date(2026, 9, 10)

_RECEIPT = (
    "_source_file varchar, _line bigint, _batch_id varchar, _row_sha256 varchar, "
    "_extra varchar, business_day date"
)

_TABLES = {
    "raw.orders": "platform varchar, order_id varchar, shop_id varchar, buyer_id varchar, "
    "status varchar, created_at timestamptz, paid_at timestamptz, shipped_at timestamptz, "
    "signed_at timestamptz, pay_amount_fen bigint, list_amount_fen bigint, order_kind varchar, "
    f"risk_flag varchar, updated_at timestamptz, {_RECEIPT}",
    "raw.reviews": "platform varchar, review_id varchar, order_id varchar, line_id varchar, "
    "shop_id varchar, buyer_id varchar, rating_overall smallint, rating_product smallint, "
    "rating_service smallint, rating_logistics smallint, text varchar, is_default boolean, "
    f"created_at timestamptz, updated_at timestamptz, {_RECEIPT}",
    "raw.after_sales": "platform varchar, after_sale_id varchar, order_id varchar, "
    "shop_id varchar, kind varchar, reason_code varchar, reason_text varchar, remark varchar, "
    "refund_amount_fen bigint, blame varchar, evidence_count integer, requested_at timestamptz, "
    f"updated_at timestamptz, {_RECEIPT}",
    "raw.complaints": "platform varchar, complaint_id varchar, order_id varchar, "
    "shop_id varchar, buyer_id varchar, text varchar, blame varchar, evidence_count integer, "
    f"created_at timestamptz, updated_at timestamptz, {_RECEIPT}",
    "raw.im_sessions": f"platform varchar, session_id varchar, {_RECEIPT}",
    "raw.im_messages": "platform varchar, session_id varchar, message_id varchar, seq integer, "
    f"role varchar, sent_at timestamptz, text varchar, {_RECEIPT}",
    "raw.deliveries": "platform varchar, source varchar, status varchar, file_count integer, "
    "row_count bigint, quarantined_count bigint, refusal varchar, first_landed_day date, "
    "batch_ids varchar[], business_day date",
    **POLICIES,
    "ccr.fct_ccr": CCR,
    "penalties.fct_penalty_candidates": CANDIDATES,
    "penalties.fct_candidate_orders": LISTED,
}

SOURCES = ("orders", "reviews", "after_sales", "complaints", "im_sessions", "im_messages")
ROWS_A_DAY = 40
BUYER = "0123456789abcdef" * 2


def raw_market() -> duckdb.DuckDBPyConnection:
    """Forty rows of each source on each day, and eight weeks of deliveries before them."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for schema in ("raw", "policies", "ccr", "penalties"):
        connection.execute(f"create schema {schema}")
    for table, columns in _TABLES.items():
        connection.execute(f"create table {table} ({columns})")
    for source in SOURCES:
        for day in (YESTERDAY, TODAY):
            insert(connection, f"raw.{source}", _rows(source, day))
            insert(
                connection,
                "raw.deliveries",
                [_delivery(source, day - timedelta(weeks=week)) for week in range(9)],
            )
    return connection


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append rows; what a row does not name is null."""
    names = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    values = [[row.get(name) for name in names] for row in rows]
    connection.executemany(f"insert into {table} values ({', '.join('?' * len(names))})", values)


def _delivery(source: str, day: date) -> dict[str, Any]:
    return {
        "platform": "douyin",
        "source": source,
        "status": "present",
        "file_count": 1,
        "row_count": ROWS_A_DAY,
        "quarantined_count": 0,
        "first_landed_day": TODAY - timedelta(weeks=9),
        "business_day": day,
    }


def _rows(source: str, day: date) -> list[dict[str, Any]]:
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return [
        _row(source, number, noon)
        | {
            "platform": "douyin",
            "_source_file": f"douyin/{source}/{day}.jsonl",
            "_line": number,
            "_batch_id": "b" * 64,
            "_row_sha256": f"{day}{number}",
            "business_day": day,
        }
        for number in range(1, ROWS_A_DAY + 1)
    ]


def _row(source: str, number: int, noon: datetime) -> dict[str, Any]:
    day = noon.date()
    order = {"order_id": f"o{number}", "shop_id": "s1", "buyer_id": BUYER}
    match source:
        case "orders":
            return order | {
                "status": "finished",
                "created_at": noon - timedelta(hours=4),
                "paid_at": noon - timedelta(hours=3),
                "shipped_at": noon - timedelta(hours=2),
                "signed_at": noon - timedelta(hours=1),
                "pay_amount_fen": 9_900,
                "list_amount_fen": 12_900,
                "order_kind": "normal",
                "risk_flag": "none",
                "updated_at": noon,
            }
        case "reviews":
            return order | {
                "review_id": f"r{number}",
                "rating_overall": 2 if number % 4 == 0 else 5,
                "rating_product": 4,
                "rating_service": 5,
                "text": "收到很快，做工也好" if number % 2 else None,
                "is_default": False,
                "created_at": noon - timedelta(hours=1),
                "updated_at": noon,
            }
        case "after_sales":
            return order | {
                "after_sale_id": f"a{number}",
                "kind": "return_refund",
                "reason_code": "quality" if number % 4 else None,
                "refund_amount_fen": 9_900,
                "blame": "merchant",
                "evidence_count": 1,
                "requested_at": noon - timedelta(hours=1),
                "updated_at": noon,
            }
        case "complaints":
            return order | {
                "complaint_id": f"c{number}",
                "text": "等了一周没人处理" if number % 2 else None,
                "blame": "unknown",
                "evidence_count": 0,
                "created_at": noon - timedelta(hours=1),
                "updated_at": noon,
            }
        case _:
            return {
                "session_id": f"{day}/{(number + 1) // 2}",
                "message_id": f"m{number}",
                "seq": number % 2,
                "role": "consumer" if number % 2 else "agent",
                "sent_at": noon,
                "text": "请问什么时候发货",
            }
