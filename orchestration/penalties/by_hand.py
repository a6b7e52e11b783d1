"""What a person does to a decision: confirm or refuse it, let it off, take it back, or stop what is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from orchestration.penalties import audit
from orchestration.penalties.bookings import book, exempt_entries, holdings
from orchestration.penalties.executing import notice
from orchestration.penalties.identity import suspension_id
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.lifecycle import record, state_of
from orchestration.penalties.measures_left import measures_left
from orchestration.penalties.reassessing import Cause, decision_row, take_back
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decisions, suspensions
from orchestration.penalties.terms import end_early, terms_of

SHORTEST_ID = 6


class ByHandError(ValueError):
    """What a person asked for cannot be done; says why and what can."""


class Signature(NamedTuple):
    """Who does it and why, on which business day, and at which moment (UTC, ISO 8601)."""

    by: str
    reason: str
    day: date
    happened_at: str


def named(connection: Connection, asked: str) -> dict[str, Any]:
    """The decision of an id, or of the beginning of one. Raises ByHandError with the nearest."""
    found: list[str] = []
    if len(asked) >= SHORTEST_ID:
        found = list(
            connection.execute(
                select(decisions.c.decision_id)
                .where(decisions.c.decision_id.startswith(asked, autoescape=True))
                .order_by(decisions.c.decision_id)
                .limit(4)
            ).scalars()
        )
    if len(found) == 1:
        return decision_row(connection, found[0])
    if found:
        ids = ", ".join(each[: len(asked) + SHORTEST_ID] for each in found[:3])
        raise ByHandError(f"'{asked}' begins several decisions, such as {ids}: write more of the id")
    ids = decisions.c.decision_id
    after = connection.execute(select(ids).where(ids >= asked).order_by(ids).limit(2)).scalars().all()
    before = connection.execute(select(ids).where(ids < asked).order_by(ids.desc()).limit(1)).scalars().all()
    near = ", ".join(each[:12] for each in (*before, *after))
    hint = f"the nearest are {near}" if near else "the ledger holds none; `ccr run` posts decisions"
    raise ByHandError(f"no decision '{asked}' is in the ledger; {hint}")


def confirm(ledger: Ledger, asked: str, who: Signature, rules: Rulebook) -> dict[str, Any]:
    """Confirm a decision that waits for a person: it is noticed as of the day, and its money lies frozen."""
    with _signed(ledger, asked, who, "confirm") as (connection, decision):
        record(connection, decision["decision_id"], "confirmed", who.day, reason=who.reason, actor=who.by)
        left = measures_left(connection, decision, rules)
        notice(connection, decision["decision_id"], decision["shop_key"], who.day, left)
    return decision


def refuse(ledger: Ledger, asked: str, who: Signature) -> dict[str, Any]:
    """Refuse to confirm a decision that waits for a person: nothing of it is left."""
    with _signed(ledger, asked, who, "refuse") as (connection, decision):
        status = state_of(connection, decision["decision_id"]).status
        if status != "awaiting_review":
            raise ByHandError(
                f"decision {decision['decision_id'][:12]} is {status} and waits for nobody: "
                "`ccr ledger correct` takes back what was issued"
            )
        take_back(connection, decision, _cause(who), "void")
    return decision


def exempt(ledger: Ledger, asked: str, who: Signature, rules: Rulebook, kind: str) -> dict[str, Any]:
    """Let a decision off for a reason that its policy grants, before it is carried out."""
    with _signed(ledger, asked, who, "exempt", kind=kind) as (connection, decision):
        decision_id = decision["decision_id"]
        version = decision["policy_id"], decision["policy_version"]
        granted = rules.exemptions.get(version, {})
        if kind not in granted:
            can = f"it grants {', '.join(sorted(granted))}" if granted else "it grants none"
            raise ByHandError(f"policy {' '.join(version)} exempts nobody for {kind}: {can}")
        status = {"study": "exempted_study", "resolved_before_notice": "exempted_resolved"}[kind]
        record(connection, decision_id, status, who.day, reason=who.reason, actor=who.by)
        book(connection, exempt_entries(decision_id, who.day, holdings(connection, decision_id)))
        for measure_no in terms_of(connection, decision_id):
            end_early(connection, decision_id, decision["shop_key"], measure_no, who.day)
    return decision


def correct(ledger: Ledger, asked: str, who: Signature, authority: str) -> dict[str, Any]:
    """Take a decision back on someone's authority, as a proposed reversal proposes: all of it goes back."""
    with _signed(ledger, asked, who, "correct", authority=authority) as (connection, decision):
        take_back(connection, decision, _cause(who), "void", detail={"authority": authority})
    return decision


def suspend(
    ledger: Ledger,
    scope: tuple[str, str],
    kind: str,
    days: tuple[date, date],
    document: str,
    *,
    who: Signature,
) -> str:
    """Declare a stop of what is due, on the authority of `who`; declaring it again changes nothing."""
    first, last = days
    if last < first:
        raise ByHandError(f"a stop from {first} to {last} holds on no day: name its last day after its first")
    name = suspension_id(kind, *scope, str(first), str(last))
    with ledger.writing(f"suspension {' '.join(scope)}") as connection:
        there = connection.execute(
            select(suspensions.c.suspension_id).where(suspensions.c.suspension_id == name)
        ).first()
        if there is None:
            said = {"kind": kind, "scope": scope[0], "scope_key": scope[1], "from_day": first, "to_day": last}
            row = said | {"suspension_id": name, "authority": who.by, "document": document}
            connection.execute(insert(suspensions), row)
            _audit(connection, who, "suspend", ("suspension", name), {"reason": who.reason})
    return name


@contextmanager
def _signed(
    ledger: Ledger, asked: str, who: Signature, action: str, **detail: Any
) -> Iterator[tuple[Connection, dict[str, Any]]]:
    """One transaction on one decision, with a line in the audit log at its end."""
    with ledger.reading() as connection:
        decision = named(connection, asked)
    key = decision["decision_id"]
    if who.day < decision["business_day"]:
        raise ByHandError(
            f"decision {key[:12]} is of {decision['business_day']}, and {who.day} is before it: "
            "name a later day with --day"
        )
    with ledger.writing(decision["shop_key"]) as connection:
        yield connection, decision
        said = {"reason": who.reason, "day": who.day.isoformat()} | detail
        _audit(connection, who, action, ("decision", key), said)


def _cause(who: Signature) -> Cause:
    return Cause(who.day, "correction", None, who.reason, who.by)


def _audit(
    connection: Connection, who: Signature, action: str, what: tuple[str, str], detail: dict[str, Any]
) -> None:
    audit.record(connection, who.by, action, *what, detail, datetime.fromisoformat(who.happened_at))
