"""What statements are shown from, out of the warehouse."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb

from orchestration.classification.taxonomy import taxonomy
from orchestration.penalties.statement import is_statement, whole
from orchestration.wiring.warehouse import arrow


def issue_titles() -> dict[str, tuple[str, str]]:
    """By issue code, its name in Chinese and in English."""
    return {issue.code: (issue.title_zh, issue.title_en) for issue in taxonomy().issues}


def statement_of(connection: duckdb.DuckDBPyConnection, decision: dict[str, Any]) -> dict[str, Any]:
    """The whole statement of a decision. Raises StatementError where it has none."""
    orders = arrow(
        connection, "select * from penalties.decision_orders where decision_id = ?", [decision["decision_id"]]
    )
    return whole(decision, json.loads(decision["reasons"]), orders.to_pylist())


def statements_of(connection: duckdb.DuckDBPyConnection, day: date) -> Iterator[dict[str, Any]]:
    """The whole statements of a day's decisions, by id; decisions older than statements have none."""
    decisions = arrow(
        connection, "select * from penalties.decisions where business_day = ? order by decision_id", [day]
    )
    listed = arrow(
        connection,
        "select * from penalties.decision_orders where decision_id in "
        "(select decision_id from penalties.decisions where business_day = ?)",
        [day],
    )
    orders: dict[str, list[dict[str, Any]]] = {}
    for row in listed.to_pylist():
        orders.setdefault(row["decision_id"], []).append(row)
    for decision in decisions.to_pylist():
        reasons = json.loads(decision["reasons"])
        if is_statement(reasons):
            yield whole(decision, reasons, orders.get(decision["decision_id"], []))
