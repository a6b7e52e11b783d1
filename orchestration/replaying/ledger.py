"""What the ledger holds about who is replayed, read from its copy in the lake."""

from collections.abc import Iterable, Sequence
from datetime import date

import duckdb

from orchestration.replaying.reading import ReplayError, Row, first, rows

SHORTEST_ID = 6
# Why the ledger, and not the policy, keeps a decision in the shadow.
MADE_A_SHADOW = ("horizon", "exclusive_group")
_DECISION = "select * from penalties.decisions"
_OWN = "($shops is null or shop_key in (select unnest($shops)))"


def decision_named(
    connection: duckdb.DuckDBPyConnection, asked: str, shops: Iterable[str] | None = None
) -> Row:
    """The decision of an id, or of the beginning of one; with `shops`, one on them or their orders.

    Raises ReplayError with the nearest ids.
    """
    own = None if shops is None else sorted(shops)
    found = []
    if len(asked) >= SHORTEST_ID:
        found = rows(
            connection,
            f"{_DECISION} where starts_with(decision_id, $asked) and {_OWN} order by 1",
            asked=asked,
            shops=own,
        )
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(row["decision_id"][: len(asked) + SHORTEST_ID] for row in found[:3])
        raise ReplayError(f"'{asked}' begins {len(found)} decisions, such as {ids}: write more of the id")
    near = rows(
        connection,
        f"select decision_id from penalties.decisions where {_OWN} "
        "order by jaro_winkler_similarity(decision_id, $asked) desc, 1 limit 3",
        asked=asked,
        shops=own,
    )
    ids = ", ".join(row["decision_id"] for row in near)
    hint = f"the nearest are {ids}" if near else "the ledger holds none; `ccr run` posts decisions"
    within = "" if own is None else " about the shops within the scope"
    raise ReplayError(f"no decision '{asked}'{within} is in the ledger; {hint}")


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
        f"{_DECISION} as decisions where shop_key = $shop and rule_family = $family "
        "and (mode = 'enforce' or $mode = 'shadow') "
        "and subject_type = $type and abs(period_end - cast($end as date)) < $cooldown "
        "and business_day <= $known and not exists ("
        "select 1 from penalties.decision_events as events "
        "where events.decision_id = decisions.decision_id "
        "and events.status in ('reversed', 'void') and events.business_day <= cast($end as date)) "
        "order by period_end, decision_id limit 1",
        shop=candidate["shop_key"],
        family=candidate["rule_family"],
        mode=candidate["mode"],
        type=subject_type,
        end=candidate["period_end"],
        cooldown=candidate["cooldown_days"],
        known=known_on,
    )


def as_its_candidate_said(connection: duckdb.DuckDBPyConnection, decision: Row) -> Row:
    """A decision without what the ledger made of it: its shadow, its caps, its rounding, what it added."""
    stated = first(
        connection,
        "select cast(sum(stated_fen) as bigint) as fen from penalties.measures where decision_id = $id "
        "and json_extract(params, '$.escalated_by') is null",
        id=decision["decision_id"],
    )
    mode = "enforce" if decision["shadowed_by"] in MADE_A_SHADOW else decision["mode"]
    return decision | {"mode": mode, "amount_fen": (stated["fen"] if stated else None) or 0}


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
