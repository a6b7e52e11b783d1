"""The ledger balances after every entry, and says where it does not."""

import pytest
from sqlalchemy import insert, text

from orchestration.penalties import accounts
from orchestration.penalties.accounts import Balance, balances, balances_of_shops, imbalances
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.tables import entries
from tests.unit.penalties.bench import posted, shop, ticket
from tests.unit.penalties.lived import DAY, Row, entry, write

FINE = 200_000
ISSUED = entry("d1", "issue", FINE, points=4)
FROZEN = entry("d1", "freeze", FINE)
PAID = entry("d1", "execute", FINE)


def whole(name: str, *moves: Row) -> list[Row]:
    return [entry(name, "issue", FINE, points=4), *moves]


LIVES: dict[str, tuple[list[str], list[Row], tuple[int, ...]]] = {
    # statuses, entries -> issued, reversed, refunded, exempted, outstanding, frozen, paid, points
    "noticed": (["noticed"], [ISSUED], (FINE, 0, 0, 0, FINE, 0, 0, 4)),
    "frozen": (["noticed", "suspended"], [ISSUED, FROZEN], (FINE, 0, 0, 0, 0, FINE, 0, 4)),
    "executed": (["noticed", "executed"], [ISSUED, FROZEN, PAID], (FINE, 0, 0, 0, 0, 0, FINE, 4)),
    "expired": (
        ["noticed", "executed", "expired"],
        [ISSUED, FROZEN, PAID, entry("d1", "expire", 0, points=-4)],
        (FINE, 0, 0, 0, 0, 0, FINE, 0),
    ),
    "exempted": (
        ["noticed", "exempted_first"],
        [ISSUED, entry("d1", "exempt", FINE, points=-4)],
        (FINE, 0, 0, FINE, 0, 0, 0, 0),
    ),
    "reversed_when_frozen": (
        ["noticed", "reversed"],
        [ISSUED, FROZEN, entry("d1", "reverse", FINE, points=-4, credit="frozen")],
        (FINE, FINE, 0, 0, 0, 0, 0, 0),
    ),
    "refunded": (
        ["noticed", "executed", "reversed"],
        [ISSUED, FROZEN, PAID, entry("d1", "refund", FINE, points=-4)],
        (FINE, 0, FINE, 0, 0, 0, 0, 0),
    ),
    "lowered": (
        ["noticed", "executed", "lowered"],
        [ISSUED, FROZEN, PAID, entry("d1", "refund", 50_000, points=-2)],
        (FINE, 0, 50_000, 0, 0, 0, 150_000, 2),
    ),
    "awaiting_review": (["awaiting_review"], [], (0, 0, 0, 0, 0, 0, 0, 0)),
    "void": (["awaiting_review", "void"], [], (0, 0, 0, 0, 0, 0, 0, 0)),
    "unknown": ([], [ISSUED], (FINE, 0, 0, 0, FINE, 0, 0, 4)),
}


@pytest.mark.parametrize("name", LIVES)
def test_a_life_of_a_decision_balances(ledger: Ledger, name: str) -> None:
    statuses, moves, sums = LIVES[name]
    write(ledger, "d1", statuses, moves)
    with ledger.reading() as connection:
        status = statuses[-1] if statuses else None
        assert list(balances(connection)) == [Balance("douyin", "douyin:s1", "d1", status, *sums)]
        assert list(imbalances(connection)) == []


def test_a_shop_owes_what_its_decisions_do(ledger: Ledger) -> None:
    write(ledger, "d1", ["noticed", "executed"], [ISSUED, FROZEN, PAID])
    write(ledger, "d2", ["noticed"], whole("d2"))
    write(ledger, "d3", ["shadow"], [], mode="shadow")
    write(ledger, "d4", ["noticed"], whole("d4"), shop_key="douyin:s2")
    with ledger.reading() as connection:
        first = Balance("douyin", "douyin:s1", None, None, 2 * FINE, 0, 0, 0, FINE, 0, FINE, 8)
        second = Balance("douyin", "douyin:s2", None, None, FINE, 0, 0, 0, FINE, 0, 0, 4)
        assert list(balances_of_shops(connection)) == [first, second]
        assert list(balances_of_shops(connection, shop_key="douyin:s2")) == [second]
        assert [each.decision_id for each in balances(connection, shop_key="douyin:s1")] == ["d1", "d2", "d3"]
        assert list(imbalances(connection)) == []


def test_what_is_posted_balances(ledger: Ledger) -> None:
    posted(ledger, shop("s1"), shop("s2", mode="shadow"), ticket())
    with ledger.reading() as connection:
        assert list(imbalances(connection)) == []
        assert sum(each.frozen for each in balances(connection)) == FINE + 617


BROKEN: dict[str, tuple[list[str], list[Row], Row, list[tuple[str, int | None]]]] = {
    "executed_and_still_owing": (["noticed", "executed"], [ISSUED], {}, [("carried_out", None)]),
    "expired_and_still_holding": (["expired"], [ISSUED, FROZEN], {}, [("carried_out", None)]),
    "paid_before_it_is_confirmed": (
        ["awaiting_review"],
        [ISSUED, FROZEN, PAID],
        {},
        [("not_yet_carried_out", None)],
    ),
    "executed_and_still_owing_when_lowered": (
        ["noticed", "executed", "lowered"],
        [ISSUED],
        {},
        [("carried_out", None)],
    ),
    "suspended_and_paid_all_the_same": (
        ["noticed", "suspended"],
        [ISSUED, FROZEN, PAID],
        {},
        [("not_yet_carried_out", None)],
    ),
    "noticed_and_not_frozen": (
        ["noticed"],
        [ISSUED],
        {"execute_after": DAY},
        [("held_until_then", None)],
    ),
    "confirmed_and_not_frozen": (["awaiting_review", "confirmed"], [ISSUED], {}, [("held_until_then", None)]),
    "frozen_before_it_is_confirmed": (
        ["awaiting_review"],
        [ISSUED, FROZEN],
        {},
        [("held_until_then", None)],
    ),
    "reversed_and_not_refunded": (["reversed"], [ISSUED, FROZEN, PAID], {}, [("given_up", None)]),
    "let_off_and_points_kept": (
        ["exempted_resolved"],
        [ISSUED, entry("d1", "exempt", FINE)],
        {},
        [("given_up", None)],
    ),
    "refused_and_still_owing": (["void"], [ISSUED], {}, [("given_up", None)]),
    "issued_less_than_decided": (["noticed"], [entry("d1", "issue", 1)], {}, [("issued_as_decided", None)]),
    "not_issued_though_noticed": (["noticed"], [], {}, [("issued_as_decided", None)]),
    "half_issued_while_reviewed": (
        ["awaiting_review"],
        [entry("d1", "issue", 1)],
        {},
        [("issued_as_decided", None)],
    ),
    "a_shadow_that_owes": (
        ["shadow"],
        [entry("d1", "issue", 0)],
        {"mode": "shadow"},
        [("shadow_owes_nothing", None)],
    ),
    "more_refunded_than_paid": (
        ["lowered"],
        [ISSUED, FROZEN, PAID, entry("d1", "refund", FINE + 1)],
        {},
        [("nothing_below_zero", 1)],
    ),
    "one_measure_pays_for_another": (
        ["executed"],
        [ISSUED, entry("d1", "freeze", FINE, measure_no=2), entry("d1", "execute", FINE, measure_no=2)],
        {},
        [("nothing_below_zero", 2)],
    ),
    "more_points_back_than_given": (
        ["lowered"],
        [ISSUED, entry("d1", "reverse", 1, points=-5)],
        {},
        [("nothing_below_zero", 1)],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_balance_is_named_with_its_rule(ledger: Ledger, name: str) -> None:
    statuses, moves, given, rules = BROKEN[name]
    write(ledger, "d1", statuses, moves, **given)
    write(ledger, "d2", ["noticed"], whole("d2"))
    with ledger.reading() as connection:
        found = list(imbalances(connection))
        assert [(each.rule, each.measure_no) for each in found] == rules
        assert {each.balance.decision_id for each in found} == {"d1"}
        assert found[0].balance in list(balances(connection))


def test_money_that_comes_from_nowhere_is_found_even_past_the_constraints(ledger: Ledger) -> None:
    write(ledger, "d1", ["noticed"], [ISSUED])
    forged = entry("d1", "issue", 7, debit="imposed", credit="outstanding")
    with ledger.writing("test") as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("pragma ignore_check_constraints = on"))
        else:
            connection.execute(text("alter table entries drop constraint entries_accounts_are_of_the_type"))
        connection.execute(insert(entries), forged)
        if connection.dialect.name == "sqlite":
            connection.execute(text("pragma ignore_check_constraints = off"))
    with ledger.reading() as connection:
        assert [each.rule for each in imbalances(connection)] == ["issued_as_decided", "sums_agree"]


def test_an_imbalance_says_what_is_wrong_in_one_line(ledger: Ledger) -> None:
    write(ledger, "d1", ["noticed", "executed"], [ISSUED])
    with ledger.reading() as connection:
        (found,) = imbalances(connection)
    assert str(found) == (
        "decision d1 of douyin:s1 (executed): nothing is outstanding or frozen once it is executed or "
        "expired; but issued 200000 - reversed 0 - refunded 0 - exempted 0 fen; outstanding 200000 + "
        "frozen 0 + paid 0 fen; 4 points"
    )


def test_balances_are_read_in_batches(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_AT_ONCE", 2)
    names = [f"d{number}" for number in range(5)]
    for name in names:
        write(ledger, name, ["executed"], whole(name))
    with ledger.reading() as connection:
        assert [each.decision_id for each in balances(connection)] == names
        assert [each.balance.decision_id for each in imbalances(connection)] == names
