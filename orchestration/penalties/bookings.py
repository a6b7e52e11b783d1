"""The entries of one decision: what each measure holds in which account, and what moves it on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from orchestration.penalties.identity import entry_id
from orchestration.penalties.tables import entries

Row = dict[str, Any]

# What a consumer is given is paid; what the platform takes is executed.
PAID_TO_CONSUMERS = frozenset({"consumer_compensation"})


@dataclass
class Holding:
    """What one measure holds; each amount in fen, points as they count against the shop."""

    outstanding: int = 0
    frozen: int = 0
    paid: int = 0
    points: int = 0

    @property
    def taken_fen(self) -> int:
        """What has not been given back, wherever it lies."""
        return self.outstanding + self.frozen + self.paid


def holdings(connection: Connection, decision_id: str) -> dict[int, Holding]:
    """By measure, what a decision holds."""
    found: defaultdict[int, Holding] = defaultdict(Holding)
    rows = connection.execute(
        select(
            entries.c.measure_no, entries.c.debit, entries.c.credit,
            func.sum(entries.c.amount_fen), func.sum(entries.c.points),
        )
        .where(entries.c.decision_id == decision_id)
        .group_by(entries.c.measure_no, entries.c.debit, entries.c.credit)
        .order_by(entries.c.measure_no)
    )  # fmt: skip
    for measure_no, debit, credit, amount_fen, points in rows:
        holding = found[measure_no]
        holding.points += int(points)
        for account, fen in ((debit, int(amount_fen)), (credit, -int(amount_fen))):
            if account in ("outstanding", "frozen", "paid"):
                setattr(holding, account, getattr(holding, account) + fen)
    return dict(found)


def issue_entries(decision_id: str, day: date, measures: Iterable[Row]) -> list[Row]:
    """What a decision imposes: one entry a measure, of its amount and points."""
    return [
        _entry(
            (decision_id, each["measure_no"], day),
            "issue",
            ("outstanding", "imposed"),
            each["amount_fen"] or 0,
            points=each["points"] or 0,
        )
        for each in measures
    ]


def freeze_entries(decision_id: str, day: date, held: Mapping[int, Holding]) -> list[Row]:
    """What is outstanding lies still until it is carried out."""
    return [
        _entry((decision_id, measure_no, day), "freeze", ("frozen", "outstanding"), holding.outstanding)
        for measure_no, holding in held.items()
        if holding.outstanding
    ]


def exempt_entries(
    decision_id: str, day: date, held: Mapping[int, Holding], appeal_key: str | None = None
) -> list[Row]:
    """Everything that is not paid yet is let off, with its points."""
    return [
        _entry(
            (decision_id, measure_no, day),
            "exempt",
            ("exempted", "frozen" if holding.frozen else "outstanding"),
            holding.outstanding + holding.frozen,
            points=-holding.points,
            appeal_key=appeal_key,
        )
        for measure_no, holding in held.items()
        if holding.taken_fen or holding.points
    ]


def execute_entries(
    decision_id: str, day: date, held: Mapping[int, Holding], codes: Mapping[int, str]
) -> list[Row]:
    """What lay frozen is taken, or paid to the consumer."""
    return [
        _entry(
            (decision_id, measure_no, day),
            "pay" if codes[measure_no] in PAID_TO_CONSUMERS else "execute",
            ("paid", "frozen"),
            holding.frozen,
        )
        for measure_no, holding in held.items()
        if holding.frozen
    ]


def back_entries(
    decision_id: str,
    day: date,
    held: Mapping[int, Holding],
    kept: Mapping[int, tuple[int, int]],
    *,
    cause: str,
    appeal_key: str | None,
) -> list[Row]:
    """What goes back so that each measure keeps the fen and points of `kept`, or nothing.

    What was paid is refunded; what was not is reversed where it lies. `cause` tells these
    entries from those of another reversal.
    """
    found: list[Row] = []
    for measure_no, holding in held.items():
        fen, points = kept.get(measure_no, (0, 0))
        back, points_back = max(holding.taken_fen - fen, 0), max(holding.points - points, 0)
        if back or points_back:
            account = "paid" if holding.paid else "frozen" if holding.frozen else "outstanding"
            found.append(
                _entry(
                    (decision_id, measure_no, day),
                    "refund" if holding.paid else "reverse",
                    ("reversed", account),
                    back,
                    points=-points_back,
                    cause=cause,
                    appeal_key=appeal_key,
                )
            )
    return found


def book(connection: Connection, rows: list[Row]) -> None:
    """Write entries, where there are any."""
    if rows:
        connection.execute(insert(entries), rows)


def _entry(
    where: tuple[str, int, date],
    entry_type: str,
    accounts: tuple[str, str],
    amount_fen: int,
    *,
    points: int = 0,
    cause: str | None = None,
    appeal_key: str | None = None,
) -> Row:
    decision_id, measure_no, day = where
    debit, credit = accounts
    return {
        "entry_id": entry_id(decision_id, measure_no, entry_type, cause),
        "decision_id": decision_id,
        "measure_no": measure_no,
        "entry_type": entry_type,
        "debit": debit,
        "credit": credit,
        "amount_fen": amount_fen,
        "points": points,
        "business_day": day,
        "appeal_key": appeal_key,
    }
