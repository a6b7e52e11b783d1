"""A decision looked at again: what is written of it, and what goes back when less of it remains."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from orchestration.penalties.bookings import back_entries, book, holdings
from orchestration.penalties.lifecycle import PIPELINE, record, state_of
from orchestration.penalties.measures_left import measures_left, measures_of, under_tier
from orchestration.penalties.retest import Numbers, Retested, numbers_of
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decision_orders, decisions, reassessments
from orchestration.penalties.terms import end_early, terms_of

Row = dict[str, Any]


class Cause(NamedTuple):
    """Why something goes back: the day, the cause's name, and the appeal there may be behind it."""

    day: date
    name: str  # appeal | earlier_reversal | correction
    appeal_key: str | None
    reason: str
    actor: str = PIPELINE


def decision_row(connection: Connection, decision_id: str) -> Row:
    """A decision as it was issued."""
    found = connection.execute(select(decisions).where(decisions.c.decision_id == decision_id)).mappings()
    return dict(found.one())


def listed_orders(connection: Connection, decision_id: str) -> dict[str, dict[str, Any]]:
    """By order, the feedback it is listed with, its buyer, and the decision that consumed it."""
    found: dict[str, dict[str, Any]] = {}
    rows = connection.execute(
        select(
            *(decision_orders.c[name] for name in ("order_key", "feedback_key", "buyer_key", "consumed_by"))
        )
        .where(decision_orders.c.decision_id == decision_id)
        .order_by(decision_orders.c.seq)
    )
    for order_key, feedback_key, buyer_key, consumed_by in rows:
        order = found.setdefault(order_key, {"feedback": set(), "buyer": buyer_key, "by": consumed_by})
        order["feedback"].add(feedback_key)
    return found


def issued_numbers(decision: Row, orders: Mapping[str, Mapping[str, Any]]) -> Numbers:
    """The numbers of a stored decision on a rate, with the buyers of its orders."""
    return numbers_of(decision, {key: order["buyer"] for key, order in orders.items()})


def take_back(
    connection: Connection,
    decision: Row,
    cause: Cause,
    status: str,
    *,
    retest: Retested | None = None,
    detail: Row | None = None,
) -> None:
    """Give everything back: all entries, all points, and what is left of its measures' days."""
    _give_back(connection, decision, [], cause)
    _tell(connection, decision, cause, status)
    write(connection, decision["decision_id"], cause, "reversed", retest=retest, detail=detail)


def lower(
    connection: Connection,
    decision: Row,
    cause: Cause,
    tier: str,
    rules: Rulebook,
    *,
    retest: Retested,
    detail: Row,
) -> None:
    """Bring a decision down to a milder tier: the difference goes back, and nothing new is imposed."""
    issued = measures_left(connection, decision, rules)
    version = decision["policy_id"], decision["policy_version"]
    _give_back(connection, decision, under_tier(issued, version, tier, rules), cause)
    _tell(connection, decision, cause, "lowered")
    write(connection, decision["decision_id"], cause, "lowered", retest=retest, detail=detail)


def write(
    connection: Connection,
    decision_id: str,
    cause: Cause,
    outcome: str,
    *,
    retest: Retested | None = None,
    detail: Row | None = None,
) -> None:
    """Write one reassessment, with the numbers and the tier that remain."""
    numbers = retest.numbers if retest else None
    write_row(
        connection,
        decision_id,
        cause.day,
        {
            "cause": cause.name,
            "outcome": outcome,
            "num": numbers.num if numbers else None,
            "den": numbers.den if numbers else None,
            "rate": numbers.rate if numbers else None,
            "ratio_low": numbers.ratio_low if numbers else None,
            "tier": retest.tier.tier if retest and retest.tier else None,
            "appeal_key": cause.appeal_key,
            "detail": (detail or {}) | {"held_back_by": retest.held_back_by if retest else None},
        },
    )


def write_row(connection: Connection, decision_id: str, day: date, said: Row) -> None:
    """Write a reassessment under the next number of its decision."""
    last = connection.execute(
        select(func.max(reassessments.c.seq)).where(reassessments.c.decision_id == decision_id)
    ).scalar()
    row = said | {"decision_id": decision_id, "seq": (last or 0) + 1, "business_day": day}
    connection.execute(insert(reassessments), row)


def _give_back(connection: Connection, decision: Row, left: Sequence[Row], cause: Cause) -> None:
    decision_id = decision["decision_id"]
    kept = {row["measure_no"]: (row["amount_fen"] or 0, row["points"] or 0) for row in left}
    days = {row["measure_no"]: row["days"] or 0 for row in left}
    issued = {row["measure_no"]: row["days"] or 0 for row in measures_of(connection, decision_id)}
    seq = len(state_of(connection, decision_id).events) + 1
    held = holdings(connection, decision_id)
    by = cause.appeal_key if cause.name == "appeal" else f"{cause.name}:{cause.appeal_key or seq}"
    book(
        connection,
        back_entries(decision_id, cause.day, held, kept, cause=by or cause.name, appeal_key=cause.appeal_key),
    )
    for measure_no, term in terms_of(connection, decision_id).items():
        lasting = days.get(measure_no, 0)
        if lasting == issued[measure_no]:
            continue
        ends_on = max(cause.day, term.starts_on + timedelta(days=lasting))
        shop_key = decision["shop_key"]
        end_early(connection, decision_id, shop_key, measure_no, ends_on, appeal_key=cause.appeal_key)


def _tell(connection: Connection, decision: Row, cause: Cause, status: str) -> None:
    record(
        connection,
        decision["decision_id"],
        status,
        cause.day,
        reason=cause.reason,
        actor=cause.actor,
        appeal_key=cause.appeal_key,
    )
