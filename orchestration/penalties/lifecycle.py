"""What a decision goes through: the statuses, which may follow which, and where one stands by its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from orchestration.penalties.tables import decision_events
from orchestration.penalties.vocabulary import REMARKS

PIPELINE = "pipeline"

# The statuses in which something is still to be carried out.
TO_BE_EXECUTED = frozenset({"noticed", "confirmed"})
PENDING = TO_BE_EXECUTED | {"awaiting_review"}
# An exempted one stays a decision on that conduct; one taken back is as if it had never been.
TAKEN_BACK = frozenset({"reversed", "void"})
EXEMPTED = frozenset({"exempted_first", "exempted_resolved", "exempted_study"})
_REMARKS = frozenset(REMARKS)
_ENDS = TAKEN_BACK | EXEMPTED

ALLOWED: Mapping[str | None, frozenset[str]] = {
    None: frozenset({"noticed", "awaiting_review", "shadow", "suppressed"}),
    "noticed": _ENDS | _REMARKS | {"executed"},
    "awaiting_review": _ENDS - {"exempted_first"} | _REMARKS | {"confirmed"},
    "confirmed": _ENDS | _REMARKS | {"executed"},
    "executed": TAKEN_BACK | {"lowered", "resumed", "expired"},
    "expired": TAKEN_BACK | {"lowered"},
    **dict.fromkeys((*sorted(_ENDS), "shadow", "suppressed"), frozenset()),
}


# Built once: putting a statement together costs as much as running it.
_EVENTS = (
    select(
        *(decision_events.c[name] for name in ("decision_id", "seq", "status", "business_day", "appeal_key"))
    )
    .where(decision_events.c.decision_id.in_(bindparam("ids", expanding=True)))
    .order_by(decision_events.c.decision_id, decision_events.c.seq)
)


class NotAllowedError(ValueError):
    """A decision cannot go where it was sent from where it stands; says what it can become."""


class Event(NamedTuple):
    """One thing that happened to a decision."""

    seq: int
    status: str
    business_day: date
    appeal_key: str | None


class Stopped(NamedTuple):
    """The first and last day on which an appeal stopped the execution; no last one while it does."""

    appeal_key: str
    first: date
    last: date | None


@dataclass(frozen=True)
class State:
    """Where a decision stands, by its events in their order."""

    events: tuple[Event, ...] = ()

    @property
    def status(self) -> str | None:
        """The last status that moved it on; suspensions and lowerings leave it where it is."""
        return next((each.status for each in reversed(self.events) if each.status not in _REMARKS), None)

    @property
    def noticed_on(self) -> date | None:
        """The day of its notice, or of a person's confirmation; None before."""
        return self.day_of(*TO_BE_EXECUTED)

    def day_of(self, *statuses: str) -> date | None:
        """The day on which it first came to one of some statuses."""
        return next((each.business_day for each in self.events if each.status in statuses), None)

    @property
    def is_in_force(self) -> bool:
        """Whether it punishes, or will."""
        return self.status in PENDING or self.status in {"executed", "expired"}

    @property
    def is_taken_back(self) -> bool:
        """Whether it is as if it had never been."""
        return self.status in TAKEN_BACK

    def stops(self) -> list[Stopped]:
        """When appeals stopped the execution. One that goes into another round stops it once more."""
        found: list[Stopped] = []
        for each in self.events:
            if each.status == "suspended" and each.appeal_key is not None:
                found.append(Stopped(each.appeal_key, each.business_day, None))
            elif each.status == "resumed":
                found = [
                    stop._replace(last=each.business_day)
                    if (stop.appeal_key, stop.last) == (each.appeal_key, None)
                    else stop
                    for stop in found
                ]
        return found

    def was_stopped_from(self, appeal_key: str, day: date) -> bool:
        """Whether an appeal's stop of a day, or of a later one, is told already."""
        return any(stop.appeal_key == appeal_key and stop.first >= day for stop in self.stops())

    def is_stopped_by(self, appeal_key: str, day: date) -> bool:
        """Whether a stop by an appeal that began by a day has not ended."""
        return any(
            stop.appeal_key == appeal_key and stop.first <= day and stop.last is None for stop in self.stops()
        )


def states_of(connection: Connection, decision_ids: Iterable[str]) -> dict[str, State]:
    """Where each of some decisions stands."""
    found: dict[str, list[Event]] = {decision_id: [] for decision_id in decision_ids}
    for decision_id, *event in connection.execute(_EVENTS, {"ids": sorted(found)}):
        found[decision_id].append(Event(*event))
    return {decision_id: State(tuple(events)) for decision_id, events in found.items()}


def state_of(connection: Connection, decision_id: str) -> State:
    """Where one decision stands."""
    return states_of(connection, [decision_id])[decision_id]


def record(
    connection: Connection,
    decision_id: str,
    status: str,
    day: date,
    *,
    reason: str,
    actor: str = PIPELINE,
    appeal_key: str | None = None,
) -> None:
    """Write what happened, where it may happen. Raises NotAllowedError where it may not."""
    state = state_of(connection, decision_id)
    check_allowed(decision_id, state, status)
    said = {"reason": reason, "actor": actor, "appeal_key": appeal_key}
    row = {"decision_id": decision_id, "seq": len(state.events) + 1, "status": status, "business_day": day}
    connection.execute(insert(decision_events), row | said)


def check_allowed(decision_id: str, state: State, status: str) -> None:
    """Raises NotAllowedError unless a decision in a state may become something."""
    allowed = ALLOWED[state.status]
    if status not in allowed:
        can = f"it can become {', '.join(sorted(allowed))}" if allowed else "nothing follows that"
        raise NotAllowedError(
            f"decision {decision_id[:12]} is {state.status} and cannot become {status}: {can}"
        )


def begin_life(
    connection: Connection, decision_id: str, day: date, statuses: Sequence[tuple[str, str]]
) -> None:
    """Write the first statuses of a decision that was written just now, each with its reason."""
    for status, reason in statuses:
        record(connection, decision_id, status, day, reason=reason)
