"""What the ledger holds about who is replayed, read from its copy in the lake."""

from collections.abc import Sequence
from datetime import date

import duckdb

from orchestration.replaying.reading import ReplayError, Row, first, rows

SHORTEST_ID = 6
_DECISION = "select * from penalties.decisions"


def decision_named(connection: duckdb.DuckDBPyConnection, asked: str) -> Row:
    """The decision of an id, or of the beginning of one. Raises ReplayError with the nearest ids."""
    found = []
    if len(asked) >= SHORTEST_ID:
        found = rows(
            connection, f"{_DECISION} where starts_with(decision_id, $asked) order by 1", asked=asked
        )
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(row["decision_id"][: len(asked) + SHORTEST_ID] for row in found[:3])
        raise ReplayError(f"'{asked}' begins {len(found)} decisions, such as {ids}: write more of the id")
    near = rows(
        connection,
        "select decision_id from penalties.decisions "
        "order by jaro_winkler_similarity(decision_id, $asked) desc, 1 limit 3",
        asked=asked,
    )
    ids = ", ".join(row["decision_id"] for row in near)
    hint = f"the nearest are {ids}" if near else "the ledger holds none; `ccr run` posts decisions"
    raise ReplayError(f"no decision '{asked}' is in the ledger; {hint}")


def decision_of(
    connection: duckdb.DuckDBPyConnection, subject_type: str, subject: str, candidate: Row
) -> Row | None:
    """The decision that a candidate became, or would be."""
    return first(
        connection,
        f"{_DECISION} where subject_type = $type and subject_key = $subject and policy_id = $policy "
        "and rule_family = $family and period_key = $period",
        type=subject_type,
        subject=subject,
        policy=candidate["policy_id"],
        family=candidate["rule_family"],
        period=candidate["period_key"],
    )


def neighbour_of(
    connection: duckdb.DuckDBPyConnection, subject_type: str, candidate: Row, known_on: date
) -> Row | None:
    """The decision that is too close to a candidate for a second one, within the policy's cooldown."""
    if subject_type != "shop" or candidate["cooldown_days"] <= 0:
        return None
    return first(
        connection,
        f"{_DECISION} where shop_key = $shop and rule_family = $family and mode = $mode "
        "and subject_type = $type and abs(period_end - cast($end as date)) < $cooldown "
        "and business_day <= $known order by period_end, decision_id limit 1",
        shop=candidate["shop_key"],
        family=candidate["rule_family"],
        mode=candidate["mode"],
        type=subject_type,
        end=candidate["period_end"],
        cooldown=candidate["cooldown_days"],
        known=known_on,
    )


def measures_of(connection: duckdb.DuckDBPyConnection, decision_id: str) -> list[Row]:
    """What a decision does."""
    return rows(
        connection,
        "select measure_code, amount_fen, points, days from penalties.measures "
        "where decision_id = $id order by measure_no",
        id=decision_id,
    )


def orders_of(connection: duckdb.DuckDBPyConnection, decision_id: str) -> Sequence[str]:
    """The orders a decision lists."""
    found = rows(
        connection,
        "select distinct order_key from penalties.decision_orders where decision_id = $id order by 1",
        id=decision_id,
    )
    return [row["order_key"] for row in found]
