"""What became of the money and points of decisions, added up, and where it does not add up."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from orchestration.penalties.tables import decision_events, decisions, entries
from orchestration.penalties.vocabulary import CARRIED_OUT, GIVEN_UP, NOT_YET_CARRIED_OUT, REMARKS

_AT_ONCE = 10_000


class Balance(NamedTuple):
    """Fen and points of one decision, or of a shop's decisions: then decision_id and status are None."""

    platform: str
    shop_key: str
    decision_id: str | None
    status: str | None  # the last event's
    issued: int
    reversed: int
    refunded: int
    exempted: int
    outstanding: int
    frozen: int
    paid: int
    points: int

    def __str__(self) -> str:
        return (
            f"issued {self.issued} - reversed {self.reversed} - refunded {self.refunded} - exempted "
            f"{self.exempted} fen; outstanding {self.outstanding} + frozen {self.frozen} + paid {self.paid} "
            f"fen; {self.points} points"
        )


_SUMS = Balance._fields[4:]


class Imbalance(NamedTuple):
    """A decision whose entries do not add up, or do not agree with its status."""

    rule: str  # of RULES
    measure_no: int | None  # where it is one measure's
    balance: Balance

    def __str__(self) -> str:
        measure = "" if self.measure_no is None else f", measure {self.measure_no}"
        return (
            f"decision {self.balance.decision_id} of {self.balance.shop_key} "
            f"({self.balance.status or 'without a status'}){measure}: {RULES[self.rule]}; but {self.balance}"
        )


RULES = {
    "sums_agree": "issued - reversed - refunded - exempted = outstanding + frozen + paid",
    "nothing_below_zero": "no account of a measure, nor its points, is below zero",
    "issued_as_decided": "what is issued is the amount of the decision (or nothing, where a person must "
    "confirm it first or it was given up)",
    "shadow_owes_nothing": "a decision that is not in force has no entries",
    "not_yet_carried_out": f"nothing is paid while it is {', '.join(NOT_YET_CARRIED_OUT)}",
    "held_until_then": "its money lies frozen from the notice on, untouched while a person must confirm it",
    "carried_out": f"nothing is outstanding or frozen once it is {' or '.join(CARRIED_OUT)}",
    "given_up": f"nothing is outstanding, frozen or paid, and no point is left, once it is "
    f"{', '.join(GIVEN_UP)}",
}


def balances(
    connection: Connection, *, shop_key: str | None = None, with_entries: bool = False
) -> Iterator[Balance]:
    """One for each decision, of one shop or of all, sorted by shop and decision; read in batches.

    `with_entries` leaves out those of which nothing was ever booked.
    """
    wanted = _decisions().subquery()
    asked = select(*(wanted.c[name] for name in Balance._fields)).order_by(
        wanted.c.platform, wanted.c.shop_key, wanted.c.decision_id
    )
    if with_entries:
        asked = asked.where(wanted.c.entry_count > 0)
    return _balances(connection, asked if shop_key is None else asked.where(wanted.c.shop_key == shop_key))


def balances_of_shops(connection: Connection, *, shop_key: str | None = None) -> Iterator[Balance]:
    """One for each shop that has a decision, or for the one asked for."""
    each = _decisions().subquery()
    asked = (
        select(
            each.c.platform,
            each.c.shop_key,
            cast(null(), Text).label("decision_id"),
            cast(null(), Text).label("status"),
            *(cast(func.sum(each.c[name]), BigInteger).label(name) for name in _SUMS),
        )
        .group_by(each.c.platform, each.c.shop_key)
        .order_by(each.c.platform, each.c.shop_key)
    )
    return _balances(connection, asked if shop_key is None else asked.where(each.c.shop_key == shop_key))


def imbalances(connection: Connection, *, shop_key: str | None = None) -> Iterator[Imbalance]:
    """Each decision, of one shop or of all, and rule of RULES that it breaks; read in batches.

    None in a ledger that balances.
    """
    each = _decisions().cte("balances")
    of_measures = (
        _summed(entries.c.decision_id, entries.c.measure_no)
        .group_by(entries.c.decision_id, entries.c.measure_no)
        .cte("balances_of_measures")
    )
    broken = [_breaking(each, rule, condition) for rule, condition in _conditions(each).items()]
    broken.append(
        _breaking(each, "nothing_below_zero", _below_zero(of_measures), of_measures.c.measure_no).join(
            of_measures, of_measures.c.decision_id == each.c.decision_id
        )
    )
    found = union_all(*broken).subquery()
    asked = select(found).order_by(found.c.decision_id, found.c.rule, found.c.measure_no)
    if shop_key is not None:
        asked = asked.where(found.c.shop_key == shop_key)
    with connection.execution_options(yield_per=_AT_ONCE).execute(asked) as rows:
        for rule, measure_no, *numbers in rows:
            yield Imbalance(rule, measure_no, Balance(*numbers))


def _balances(connection: Connection, asked: Select[Any]) -> Iterator[Balance]:
    with connection.execution_options(yield_per=_AT_ONCE).execute(asked) as rows:
        for row in rows:
            yield Balance(*row)


def _summed(*keys: ColumnElement[Any]) -> Select[Any]:
    """Sums of entries: by type where it is told what was done, by account where what is left."""

    def amount(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, entries.c.amount_fen), else_=0))

    def left(account: str) -> ColumnElement[int]:
        return amount(entries.c.debit == account) - amount(entries.c.credit == account)

    sums = {
        "issued": amount(entries.c.entry_type == "issue"),
        "reversed": amount(entries.c.entry_type == "reverse"),
        "refunded": amount(entries.c.entry_type == "refund"),
        "exempted": amount(entries.c.entry_type == "exempt"),
        "outstanding": left("outstanding"),
        "frozen": left("frozen"),
        "paid": left("paid"),
        "points": func.sum(entries.c.points),
    }
    # PostgreSQL adds big integers up to decimals.
    return select(*keys, *(cast(value, BigInteger).label(name) for name, value in sums.items()))


def _decisions() -> Select[Any]:
    moved = _summed(entries.c.decision_id, func.count().label("entry_count"))
    moved = moved.group_by(entries.c.decision_id).subquery()
    # One look into the primary key for each decision: SQLite scans a joined subquery for every one.
    told = (
        select(decision_events.c.status)
        .where(decision_events.c.decision_id == decisions.c.decision_id)
        .order_by(decision_events.c.seq.desc())
        .limit(1)
    )
    stands = told.where(decision_events.c.status.not_in(REMARKS))
    return (
        select(
            decisions.c.platform,
            decisions.c.shop_key,
            decisions.c.decision_id,
            told.scalar_subquery().label("status"),
            stands.scalar_subquery().label("stands"),
            *(func.coalesce(moved.c[name], 0).label(name) for name in _SUMS),
            func.coalesce(moved.c.entry_count, 0).label("entry_count"),
            decisions.c.mode,
            decisions.c.amount_fen,
            decisions.c.execute_after,
        )
        .select_from(decisions)
        .outerjoin(moved, moved.c.decision_id == decisions.c.decision_id)
    )


def _conditions(each: FromClause) -> dict[str, ColumnElement[bool]]:
    """When a decision breaks a rule."""
    row = each.c
    status = func.coalesce(row.stands, "")
    # A decision from before money was frozen has no day on which it may be carried out.
    is_held = or_(status == "confirmed", and_(status == "noticed", row.execute_after.is_not(None)))
    may_be_unissued = status.in_(("awaiting_review", *GIVEN_UP))
    return {
        "sums_agree": row.issued - row.reversed - row.refunded - row.exempted
        != row.outstanding + row.frozen + row.paid,
        "issued_as_decided": and_(
            row.mode == "enforce",
            row.issued != row.amount_fen,
            or_(~may_be_unissued, row.issued != 0),
        ),
        "shadow_owes_nothing": and_(row.mode == "shadow", row.entry_count > 0),
        "not_yet_carried_out": and_(status.in_(NOT_YET_CARRIED_OUT), row.paid != 0),
        "held_until_then": or_(
            and_(is_held, row.outstanding != 0), and_(status == "awaiting_review", row.frozen != 0)
        ),
        "carried_out": and_(status.in_(CARRIED_OUT), or_(row.outstanding != 0, row.frozen != 0)),
        "given_up": and_(
            status.in_(GIVEN_UP),
            or_(row.outstanding != 0, row.frozen != 0, row.paid != 0, row.points != 0),
        ),
    }


def _below_zero(measure: FromClause) -> ColumnElement[bool]:
    return or_(*(measure.c[name] < 0 for name in ("outstanding", "frozen", "paid", "points")))


def _breaking(
    each: FromClause, rule: str, condition: ColumnElement[bool], measure_no: ColumnElement[Any] | None = None
) -> Select[Any]:
    return select(
        literal(rule).label("rule"),
        (cast(null(), Integer) if measure_no is None else measure_no).label("measure_no"),
        *(each.c[name] for name in Balance._fields),
    ).where(condition)
