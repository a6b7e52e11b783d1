"""A decision that was issued, set against what its period says now. It stands as it was issued."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, select

from orchestration.penalties.candidates import Candidate
from orchestration.penalties.consumption import AT_ONCE, stands
from orchestration.penalties.drafting import Draft, Standing, standing_of, stated_fen
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.lifecycle import state_of
from orchestration.penalties.measures_left import measures_of
from orchestration.penalties.reassessing import decision_row, listed_orders, write_row
from orchestration.penalties.retest import numbers_of, retested
from orchestration.penalties.rulebook import Rulebook, Tier
from orchestration.penalties.tables import decisions, measures, reassessments

Row = dict[str, Any]
_LATER = "later_numbers"
_COMPARED = ("outcome", "num", "den", "rate", "ratio_low", "tier")
_STANDING = ("decision_id", "mode", "shadowed_by", "severity", "ratio_low", "rate", "num", "reasons")


# Built once: it is asked every day, and putting a statement together costs as much as running it.
_OF_A_DAY = (
    select(decisions.c.decision_id, decisions.c.shop_key)
    .where(
        decisions.c.business_day == bindparam("day"),
        decisions.c.platform == bindparam("platform"),
        decisions.c.mode == "enforce",
        stands(date.max),
    )
    .order_by(decisions.c.decision_id)
)


class Reassessment(NamedTuple):
    """A decision that stands as it was issued, though its numbers are others now."""

    decision_id: str
    subject_id: str
    period_key: str
    change: Literal["reassessed_worse", "reassessed_better", "proposed_reversal", "as_issued_again"]
    issued: Standing
    found: Standing | None  # None: the period has no candidate any more


class Known(NamedTuple):
    """How hard an issued decision is, and whether anything but its first numbers was ever found."""

    standing: Standing
    is_plain: bool


def known_decisions(ledger: Ledger, ids: Iterable[str]) -> dict[str, Known]:
    """Of some ids those that the ledger has."""
    wanted = sorted(set(ids))
    found: dict[str, Known] = {}
    with ledger.reading() as connection:
        for start in range(0, len(wanted), AT_ONCE):
            found |= _known(connection, wanted[start : start + AT_ONCE])
    return found


def is_there(connection: Connection, decision_id: str) -> bool:
    """Whether the ledger has a decision."""
    asked = select(decisions.c.decision_id).where(decisions.c.decision_id == decision_id)
    return connection.execute(asked).first() is not None


def compare(
    connection: Connection, candidate: Candidate, drafted: Draft, rules: Rulebook
) -> Reassessment | None:
    """What a candidate says of its decision now; written once a change. None where it says the same."""
    decision_id = candidate.decision_id
    decision = decision_row(connection, decision_id)
    issued = standing_of(decision, stated_fen(measures_of(connection, decision_id)))
    found, tier = drafted.standing, candidate.tier
    held_against = decision["reasons"]["held"]
    if held_against:
        orders = listed_orders(connection, decision_id)
        consumed = {key for key, order in orders.items() if order["by"] is not None}
        buyers = {row["order_key"]: row["buyer_key"] for row in drafted.orders}
        lost = (decision["occurrences_90d"] or 0) - (held_against["occurrences_90d"] or 0)
        numbers = numbers_of(drafted.decision, buyers)
        left = retested(numbers, consumed, rules, occurrences_lost=lost).tier
        found, tier = _left(found, issued, left), left.tier if left else None
    if found == issued:
        change, outcome = "as_issued_again", "upheld"
    elif found > issued:
        change, outcome = "reassessed_worse", "worse"
    elif found.severity < issued.severity and decision["mode"] == "enforce":
        change, outcome = "proposed_reversal", "proposed_reversal"
    else:
        change, outcome = "reassessed_better", "better"
    said = {
        "outcome": outcome,
        "num": candidate.num_effective,
        "den": candidate.den_effective,
        "rate": candidate.rate,
        "ratio_low": candidate.ratio_to_benchmark_low,
        "tier": tier,
    }
    last = _last(connection, decision_id)
    if last is None and found == issued:
        return None
    detail = {"stated_fen": found.amount_fen, "severity": found.severity, "mode": candidate.mode}
    if last is None or (last["detail"], *(last[name] for name in _COMPARED)) != (detail, *said.values()):
        _write(connection, decision_id, candidate.business_day, said, detail)
    if found == issued:
        return None
    return Reassessment(decision_id, candidate.subject_id, candidate.period_key, change, issued, found)


def compare_vanished(ledger: Ledger, platform: str, day: date, ids: Collection[str]) -> list[Reassessment]:
    """Propose the reversal of each decision in force of a judged day that has no candidate any more."""
    with ledger.reading() as connection:
        rows = connection.execute(_OF_A_DAY, {"platform": platform, "day": day}).all()
    found: list[Reassessment] = []
    for decision_id, shop_key in rows:
        if decision_id in ids:
            continue
        with ledger.writing(shop_key) as connection:
            if not state_of(connection, decision_id).is_in_force:
                continue
            decision = decision_row(connection, decision_id)
            said = dict.fromkeys(_COMPARED) | {"outcome": "proposed_reversal"}
            last = _last(connection, decision_id)
            if last is None or [last[name] for name in _COMPARED] != list(said.values()):
                _write(connection, decision_id, day, said, {"candidate": "none"})
            issued = standing_of(decision, stated_fen(measures_of(connection, decision_id)))
        found.append(
            Reassessment(
                decision_id,
                decision["subject_key"],
                decision["period_key"],
                "proposed_reversal",
                issued,
                None,
            )
        )
    return found


def _left(found: Standing, issued: Standing, tier: Tier | None) -> Standing:
    """What is found at the tier that is left without the orders that were consumed at issue."""
    severity = -1 if tier is None else tier.severity
    same = severity == issued.severity
    return found._replace(severity=severity, amount_fen=issued.amount_fen if same else found.amount_fen)


def _known(connection: Connection, ids: list[str]) -> dict[str, Known]:
    stated: dict[str, list[Row]] = {decision_id: [] for decision_id in ids}
    columns = (measures.c.decision_id, measures.c.stated_fen, measures.c.params)
    for row in connection.execute(select(*columns).where(measures.c.decision_id.in_(ids))).mappings():
        stated[row["decision_id"]].append(dict(row))
    told = set(
        connection.execute(
            select(reassessments.c.decision_id)
            .where(reassessments.c.decision_id.in_(ids), reassessments.c.cause == _LATER)
            .distinct()
        ).scalars()
    )
    rows = connection.execute(
        select(*(decisions.c[name] for name in _STANDING)).where(decisions.c.decision_id.in_(ids))
    ).mappings()
    return {
        row["decision_id"]: Known(
            standing_of(dict(row), stated_fen(stated[row["decision_id"]])),
            row["decision_id"] not in told and row["reasons"]["held"] is None,
        )
        for row in rows
    }


def _last(connection: Connection, decision_id: str) -> Row | None:
    found = (
        connection.execute(
            select(reassessments)
            .where(reassessments.c.decision_id == decision_id, reassessments.c.cause == _LATER)
            .order_by(reassessments.c.seq.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    return None if found is None else dict(found)


def _write(connection: Connection, decision_id: str, day: date, said: Row, detail: Row) -> None:
    row = said | {"cause": _LATER, "appeal_key": None, "detail": detail}
    write_row(connection, decision_id, day, row)
