"""The days on which a measure holds: begun, merged with one that holds already, ended early, run out."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from orchestration.penalties.tables import measure_terms, measures

Row = dict[str, Any]

# These hold from the notice on; all others from the day on which they are carried out.
FROM_NOTICE = frozenset({"funds_freeze"})


class Term(NamedTuple):
    """The latest word on one measure's days; `ends_on` is the first day on which it holds no more."""

    decision_id: str
    measure_no: int
    seq: int
    measure_code: str
    starts_on: date
    ends_on: date
    merged_into: str | None


def begin(connection: Connection, shop_key: str, timed: Iterable[Row], day: date, *, at_notice: bool) -> None:
    """Begin what lasts of some rows of `measures` on a day: what holds from the notice on, or the others.

    A term that overlaps one of the same measure is merged into it: it ends where the later of
    both ends, and the days are not added (C52).
    """
    for row in sorted(timed, key=lambda each: each["measure_no"]):
        code = row["measure_code"]
        if not row["days"] or (code in FROM_NOTICE) != at_notice:
            continue
        ends_on = day + timedelta(days=row["days"])
        others = [
            term
            for term in _of_shop(connection, shop_key, code)
            if term.decision_id != row["decision_id"] and term.starts_on < ends_on and day < term.ends_on
        ]
        first = min(others, key=lambda term: (term.starts_on, term.decision_id), default=None)
        _write(
            connection,
            shop_key,
            Term(
                row["decision_id"],
                row["measure_no"],
                1,
                code,
                day,
                max([ends_on, *(term.ends_on for term in others)]),
                None if first is None else first.merged_into or first.decision_id,
            ),
            "started",
            day,
        )


def end_early(
    connection: Connection,
    decision_id: str,
    shop_key: str,
    measure_no: int,
    day: date,
    *,
    appeal_key: str | None = None,
) -> None:
    """End a term on a day, where it still holds, and with it what others lasted longer by being merged."""
    own = terms_of(connection, decision_id).get(measure_no)
    if own is None or own.ends_on <= day:
        return
    ended = own._replace(seq=own.seq + 1, ends_on=max(day, own.starts_on))
    _write(connection, shop_key, ended, "ended_early", day, appeal_key=appeal_key)
    of_shop = _of_shop(connection, shop_key, own.measure_code)
    alone = {term: _end_alone(connection, term) for term in of_shop}
    for term in of_shop:
        reached = max(
            alone[other]
            for other in of_shop
            if other is term or (other.starts_on < term.ends_on and term.starts_on < alone[other])
        )
        ends_on = max(reached, min(day, term.ends_on))
        if ends_on < term.ends_on:
            shorter = term._replace(seq=term.seq + 1, ends_on=ends_on)
            _write(connection, shop_key, shorter, "ended_early", day, appeal_key=appeal_key)


def terms_of(connection: Connection, decision_id: str) -> dict[int, Term]:
    """The latest word on each measure of a decision that lasts."""
    rows = connection.execute(
        select(*(measure_terms.c[name] for name in Term._fields))
        .where(measure_terms.c.decision_id == decision_id)
        .order_by(measure_terms.c.measure_no, measure_terms.c.seq)
    )
    return {row.measure_no: Term(*row) for row in rows}


def _of_shop(connection: Connection, shop_key: str, measure_code: str) -> list[Term]:
    rows = connection.execute(
        select(*(measure_terms.c[name] for name in Term._fields))
        .where(measure_terms.c.shop_key == shop_key, measure_terms.c.measure_code == measure_code)
        .order_by(measure_terms.c.starts_on, measure_terms.c.decision_id, measure_terms.c.seq)
    )
    latest = {(row.decision_id, row.measure_no): Term(*row) for row in rows}
    return list(latest.values())


def _end_alone(connection: Connection, term: Term) -> date:
    """The end of a term without what merging added to it."""
    days = connection.execute(
        select(measures.c.days).where(
            measures.c.decision_id == term.decision_id, measures.c.measure_no == term.measure_no
        )
    ).scalar_one()
    return min(term.ends_on, term.starts_on + timedelta(days=days))


def _write(
    connection: Connection,
    shop_key: str,
    term: Term,
    change: str,
    day: date,
    *,
    appeal_key: str | None = None,
) -> None:
    said = {"shop_key": shop_key, "change": change, "business_day": day, "appeal_key": appeal_key}
    connection.execute(insert(measure_terms), term._asdict() | said)
