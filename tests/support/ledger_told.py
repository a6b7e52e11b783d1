"""What a ledger says of all its decisions, set against the model and a fresh count of what is left."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select

from orchestration.penalties.accounts import Balance, balances, imbalances
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.tables import (
    decision_events,
    decision_orders,
    decisions,
    measures,
    reassessments,
)
from tests.support.ledger_model import Case, Model
from tests.support.ledger_rules import BENCHMARK, SEVERITY, lower_bound, tier_of

Row = dict[str, Any]
_ISSUED = ("decision_id", "mode", "tier", "suppressed_by", "num", "den", "occurrences_90d", "reasons")
_AGAIN = (
    *("decision_id", "business_day", "appeal_key", "cause", "num", "den", "rate", "ratio_low", "tier"),
    "detail",
)
Heard = tuple[date, str]  # a day and an appeal: those of one day are heard by their keys


class Told:
    """Reads a ledger after each step. What a decision was issued with cannot change, so it is read once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.issued: dict[str, tuple[Any, ...]] = {}
        self.listed: dict[str, dict[str, str | None]] = {}
        if ledger.engine.dialect.name == "sqlite":
            ledger.close()  # nothing here outlives the test, so no commit waits for the disk
            event.listen(ledger.engine, "connect", lambda opened, _: opened.execute("pragma synchronous=off"))

    def compare(self, model: Model, appeals: Sequence[Row]) -> None:
        """It balances, says why of each decision, punishes nothing twice, counts as a fresh count does, and
        is the model's."""
        with self.ledger.reading() as connection:
            assert list(imbalances(connection)) == []
            money = {each.decision_id: each for each in balances(connection, with_entries=True)}
            ids = list(connection.execute(select(decisions.c.decision_id)).scalars())
            self._read([key for key in ids if key not in self.issued], model, connection)
            happened: defaultdict[str, list[tuple[str, date]]] = defaultdict(list)
            columns = decision_events.c
            for key, status, when in connection.execute(
                select(columns.decision_id, columns.status, columns.business_day).order_by(
                    columns.decision_id, columns.seq
                )
            ):
                happened[key].append((status, when))
            again = connection.execute(
                select(*(reassessments.c[name] for name in _AGAIN))
                .where(reassessments.c.cause.in_(("appeal", "earlier_reversal")))
                .where(reassessments.c.num.is_not(None))
            ).all()
        found = {key: (*self.issued[key], happened[key], _sums(money.get(key))) for key in ids}
        assert found == {key: case.told() for key, case in model.cases.items()}
        self._punishes_nothing_twice(model)
        out = _taken_out(appeals)
        for row in again:
            case, heard = model.cases[row.decision_id], (row.business_day, row.appeal_key)
            lost = row.detail.get("occurrences_lost", 0)
            counts = row.num, row.den, row.rate, row.ratio_low, row.tier
            assert counts == _fresh(case, _left(case, out, heard, row.cause), case.tier, lost)

    def _read(self, keys: Sequence[str], model: Model, connection: Any) -> None:
        """What new decisions were issued with: their tier, orders, measures and reasons."""
        taken: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        columns = measures.c
        for key, *measure, params in connection.execute(
            select(
                *(columns[name] for name in ("decision_id", "measure_code", "amount_fen", "points", "params"))
            )
            .where(columns.decision_id.in_(keys))
            .order_by(columns.decision_id, columns.measure_no)
        ):
            code, fen, points = measure
            taken[key].append((code, fen or 0, points or 0, params.get("escalated_by")))
        for key in keys:
            self.listed[key] = {}
        spoken = ("decision_id", "order_key", "span_text", "consumed_by")
        for key, order, text, by in connection.execute(
            select(*(decision_orders.c[name] for name in spoken)).where(
                decision_orders.c.decision_id.in_(keys)
            )
        ):
            assert text
            self.listed[key][order] = by
        for row in connection.execute(
            select(*(decisions.c[name] for name in _ISSUED)).where(decisions.c.decision_id.in_(keys))
        ):
            key, listed = row.decision_id, self.listed[row.decision_id]
            assert listed
            assert row.reasons["calculation"]["zh"]
            assert row.reasons["calculation"]["en"]
            consumed = sorted(order for order, by in listed.items() if by)
            self.issued[key] = (row.mode, row.tier, row.suppressed_by, consumed, taken[key])
            case, held = model.cases[key], row.reasons["held"]
            assert bool(held) == bool(case.consumed or case.lost)
            if held:
                counts = held["num"], row.den, held["rate"], held["ratio_low"], row.tier
                left = case.orders.keys() - case.consumed
                assert counts == _fresh(case, left, case.candidate["tier"], case.lost)

    def _punishes_nothing_twice(self, model: Model) -> None:
        """No order by two decisions that stand, nor by two rates one period of a shop."""
        punished: Counter[Any] = Counter()
        for key, case in model.cases.items():
            if case.mode == "enforce" and case.stands_on(date.max):
                punished.update(order for order, by in self.listed[key].items() if by is None)
                if not case.is_ticket:
                    punished[case.candidate["shop_key"], case.candidate["period_key"]] += 1
        assert max(punished.values(), default=1) == 1


def _taken_out(appeals: Sequence[Row]) -> dict[str, list[Heard]]:
    """By feedback, the appeals that took it out, with their days."""
    found: defaultdict[str, list[Heard]] = defaultdict(list)
    for each in appeals:
        if each["to_state"] == "approved":
            for feedback in each["feedback"]:
                found[feedback].append((each["business_day"], each["appeal_key"]))
    return found


def _left(case: Case, out: dict[str, list[Heard]], heard: Heard, cause: str) -> set[str]:
    """The orders that still count once an appeal is heard: not punished before, not upheld since."""
    since = case.candidate["business_day"]
    # an earlier decision's reversal is looked into before the appeal is heard on this one
    return {
        order
        for order, feedback in case.orders.items()
        if order not in case.consumed
        and not any(
            since < each[0] and (each < heard or (each == heard and cause == "appeal"))
            for each in out.get(feedback, ())
        )
    }


def _fresh(case: Case, left: Collection[str], at_most: str, lost: int) -> tuple[Any, ...]:
    """Numbers and tier, counted from nothing but the orders that are left; no tier is harder than before."""
    num, den = len(left), case.candidate["den_effective"]
    tier = tier_of(num, den, case.candidate["occurrences_90d"] - lost)
    if tier is not None:
        tier = min(tier, at_most, key=SEVERITY.__getitem__)
    low = lower_bound(num, den) / BENCHMARK if num else 0.0
    return num, den, num / den, pytest.approx(low, rel=1e-9, abs=1e-12), tier


def _sums(account: Balance | None) -> tuple[int, ...]:
    if account is None:
        return (0,) * 6
    given_back = account.reversed + account.refunded + account.exempted
    return account.issued, given_back, account.outstanding, account.frozen, account.paid, account.points
