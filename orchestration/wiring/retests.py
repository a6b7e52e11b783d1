"""What would become of a decision without one of its orders, as the ledger would have it after an appeal."""

import json
from collections.abc import Callable
from typing import Any

import duckdb

from orchestration.penalties.measures_left import under_tier
from orchestration.penalties.retest import numbers_of, retested
from orchestration.penalties.rulebook import RULE_TABLES, Rulebook
from orchestration.wiring.rule_book import rule_tables

Row = dict[str, Any]

_ORDERS = """
select order_key, first(buyer_key order by seq) as buyer_key, first(consumed_by order by seq) as consumed_by
from penalties.decision_orders
where decision_id = $decision
group by order_key
order by order_key
"""

_TAKEN_OUT = """
select unnest(from_json(json_extract(detail, '$.upheld_orders'), '["VARCHAR"]')) as order_key
from penalties.reassessments
where decision_id = $decision and cause = 'appeal'
"""

_MEASURES = """
select measure_code, amount_fen, points, days, params
from penalties.measures
where decision_id = $decision
order by measure_no
"""


def retest_in(connection: duckdb.DuckDBPyConnection) -> Callable[[Row], tuple[str | None, int]]:
    """From a case of `records/queries/appeal_cases.sql` to the tier still met, never a harder one, and its
    fines in fen; (None, 0) where none is met."""
    rules = Rulebook.of(rule_tables(connection, RULE_TABLES))
    return lambda case: _without_one(connection, case, rules)


def _without_one(connection: duckdb.DuckDBPyConnection, case: Row, rules: Rulebook) -> tuple[str | None, int]:
    orders = _rows(connection, _ORDERS, case)
    numbers = numbers_of(case, {row["order_key"]: row["buyer_key"] for row in orders})
    consumed = {row["order_key"] for row in orders if row["consumed_by"] is not None}
    taken_out = {row["order_key"] for row in _rows(connection, _TAKEN_OUT, case)}
    tier = retested(numbers, {case["order_key"]} | consumed | taken_out, rules).tier
    if tier is None:
        return None, 0
    if tier.tier == case["tier"]:
        return tier.tier, case["amount_fen"]
    issued = [
        row | {"params": json.loads(row["params"] or "{}")} for row in _rows(connection, _MEASURES, case)
    ]
    left = under_tier(issued, numbers.version, tier.tier, rules)
    return tier.tier, sum(row["amount_fen"] or 0 for row in left)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, case: Row) -> list[Row]:
    return connection.sql(sql, params={"decision": case["decision_id"]}).to_arrow_table().to_pylist()
