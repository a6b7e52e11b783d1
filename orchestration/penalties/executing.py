"""What is due on a day: money that has lain frozen is taken, measures begin, and what has run out expires."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, select

from orchestration.penalties.bookings import book, execute_entries, freeze_entries, holdings
from orchestration.penalties.consumption import AT_ONCE
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.lifecycle import (
    EXEMPTED,
    TAKEN_BACK,
    TO_BE_EXECUTED,
    State,
    record,
    state_of,
    states_of,
)
from orchestration.penalties.measures_left import measures_left, measures_of
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decision_events, decisions, measure_terms, suspensions
from orchestration.penalties.terms import begin, terms_of

Row = dict[str, Any]
_ONE_DAY = timedelta(days=1)
_WHO = (
    *("decision_id", "platform", "shop_key", "policy_id", "policy_version", "rule_family"),
    "execute_after",
)


class Stop(NamedTuple):
    """Days on which nothing of a scope is carried out."""

    scope: str
    scope_key: str
    from_day: date
    to_day: date

    def covers(self, decision: Row) -> bool:
        """Whether it is about a decision."""
        column = {"platform": "platform", "policy": "policy_id", "rule_family": "rule_family"}
        return decision[column.get(self.scope, "shop_key")] == self.scope_key


class Due(NamedTuple):
    """A decision to carry out, or whose measures have run out, and the day it falls on."""

    on: date
    decision_id: str
    decision: Row


def notice(connection: Connection, decision_id: str, shop_key: str, day: date, rows: Sequence[Row]) -> None:
    """What the notice itself does: money lies frozen from now on, and what holds at once begins.

    `rows` are those of `measures`.
    """
    book(connection, freeze_entries(decision_id, day, holdings(connection, decision_id)))
    begin(connection, shop_key, rows, day, at_notice=True)


def due_on(decision: Row, state: State, freeze_days: int, stops: Iterable[Stop]) -> date | None:
    """The day on which a decision is carried out; None while nothing says when.

    What a person had to confirm waits its days from then on. Never on the day of the notice, nor on
    one on which an appeal that stops it is open or a suspension holds: then on the first day after.
    """
    noticed_on = state.noticed_on
    if noticed_on is None or state.status not in TO_BE_EXECUTED:
        return None
    day = max(decision["execute_after"] or noticed_on + timedelta(days=freeze_days), noticed_on + _ONE_DAY)
    spans: list[tuple[date, date | None]] = [(stop.first, stop.last) for stop in state.stops()]
    spans += [(stop.from_day, stop.to_day) for stop in stops if stop.covers(decision)]
    moved = True
    while moved:
        moved = False
        for first, last in spans:
            if first <= day and (last is None or day <= last):
                if last is None:
                    return None
                day, moved = last + _ONE_DAY, True
    return day


def execute_due(ledger: Ledger, platform: str, day: date, rules: Rulebook) -> list[str]:
    """Carry out what is due by a day, one transaction a decision; its event bears the day it was due."""
    with ledger.reading() as connection:
        due = _due(connection, platform, day, rules)
    executed: list[str] = []
    for each in due:
        with ledger.writing(each.decision["shop_key"]) as connection:
            # Looked at again under the lock: another process may have done it, or an appeal undone it.
            if state_of(connection, each.decision_id).status in TO_BE_EXECUTED:
                _execute(connection, each, rules)
                executed.append(each.decision_id)
    return executed


def expire_due(ledger: Ledger, platform: str, day: date) -> list[str]:
    """Say of each executed decision whose measures have all run out by a day that it has expired."""
    with ledger.reading() as connection:
        due = _run_out(connection, platform, day)
    expired: list[str] = []
    for each in due:
        with ledger.writing(each.decision["shop_key"]) as connection:
            if state_of(connection, each.decision_id).status == "executed":
                record(connection, each.decision_id, "expired", each.on, reason="its measures have run out")
                expired.append(each.decision_id)
    return expired


def _execute(connection: Connection, due: Due, rules: Rulebook) -> None:
    reason = "the days before execution have passed"
    record(connection, due.decision_id, "executed", due.on, reason=reason)
    codes = {row["measure_no"]: row["measure_code"] for row in measures_of(connection, due.decision_id)}
    held = holdings(connection, due.decision_id)
    book(connection, execute_entries(due.decision_id, due.on, held, codes))
    left = measures_left(connection, due.decision, rules)
    begin(connection, due.decision["shop_key"], left, due.on, at_notice=False)


def _due(connection: Connection, platform: str, day: date, rules: Rulebook) -> list[Due]:
    rows = [
        dict(row) for row in connection.execute(_NOT_FINISHED, {"platform": platform, "day": day}).mappings()
    ]
    if not rows:
        return []
    declared = connection.execute(select(*(suspensions.c[name] for name in Stop._fields)))
    stops = [Stop(*row) for row in declared]
    found: list[Due] = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        states = states_of(connection, [row["decision_id"] for row in some])
        for row in some:
            freeze_days = rules.terms((row["policy_id"], row["policy_version"])).freeze_days
            on = due_on(row, states[row["decision_id"]], freeze_days, stops)
            if on is not None and on <= day:
                found.append(Due(on, row["decision_id"], row))
    return sorted(found, key=lambda due: due[:2])


def _run_out(connection: Connection, platform: str, day: date) -> list[Due]:
    found: list[Due] = []
    for decision_id, shop_key in connection.execute(_RUNNING, {"platform": platform, "day": day}).all():
        ends: list[date] = [term.ends_on for term in terms_of(connection, decision_id).values()]
        last = max(state_of(connection, decision_id).day_of("executed") or date.min, *ends)
        if last <= day:
            found.append(Due(last, decision_id, {"shop_key": shop_key}))
    return sorted(found, key=lambda due: due[:2])


def _has_come_to(*statuses: str) -> ColumnElement[bool]:
    return exists().where(
        decision_events.c.decision_id == decisions.c.decision_id,
        decision_events.c.status.in_(sorted(statuses)),
    )


# Built once: they are asked every day, and putting a statement together costs as much as running it.
_NOT_FINISHED = select(*(decisions.c[name] for name in _WHO)).where(
    decisions.c.platform == bindparam("platform"),
    decisions.c.mode == "enforce",
    decisions.c.business_day < bindparam("day"),
    (decisions.c.execute_after <= bindparam("day")) | decisions.c.execute_after.is_(None),
    ~_has_come_to(*TAKEN_BACK, *EXEMPTED, "executed"),
)
_RUNNING = (
    select(decisions.c.decision_id, decisions.c.shop_key)
    .join(measure_terms, measure_terms.c.decision_id == decisions.c.decision_id)
    .where(
        decisions.c.platform == bindparam("platform"),
        _has_come_to("executed"),
        ~_has_come_to(*TAKEN_BACK, "expired"),
    )
    .group_by(decisions.c.decision_id, decisions.c.shop_key)
    .having(func.min(measure_terms.c.ends_on) <= bindparam("day"))
)
