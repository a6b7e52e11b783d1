"""The work-list goes by deadline and benefit; the lists of decisions say where each stands."""

from typing import Any

from orchestration.records.asking import ask
from orchestration.records.decisions import decisions_of
from orchestration.records.scope import Scope
from orchestration.records.view import records_of
from orchestration.records.worklist import worklist
from tests.unit.records.market import TODAY, Market


def listed(market: Market, retest: Any = None) -> list[dict[str, Any]]:
    asked = ask(market.connection, "s1", Scope(), days=90)
    records = records_of(market.connection, asked)
    found = worklist(market.connection, records, retest or (lambda _case: ("T1", 200_000)))
    return found.to_arrow_table().to_pylist()


def test_the_soonest_deadline_goes_first_and_the_dearest_of_a_day(market: Market) -> None:
    market.order("late", 12)
    market.order("soon", 9)
    dear = market.order("dear", 12)
    ticket = {"subject_type": "order", "subject_key": dear, "tier": "ticket", "amount_fen": 700}
    market.decision("d1", dear, **ticket, appeal_deadline="2026-10-19")
    market.appeal("feedback", "douyin:review:none", "submitted")
    assert [row["order_key"] for row in listed(market)] == ["douyin:soon", dear, "douyin:late"]


def test_only_what_can_be_appealed_is_listed(market: Market) -> None:
    market.order("a", 12)
    market.order("filed", 12)
    market.appeal("order", "douyin:filed", "submitted")
    market.order("past", 2)
    assert [row["order_key"] for row in listed(market)] == ["douyin:a"]


def test_a_ticket_would_fall_and_its_money_come_back(market: Market) -> None:
    key = market.order("a", 12)
    ticket = {"subject_type": "order", "subject_key": key, "tier": "ticket", "amount_fen": 700}
    market.decision("d1", key, **ticket)
    market.insert(
        "penalties.entries",
        decision_id="d1", entry_id="e", entry_type="exempt", amount_fen=300, points=0, business_day=TODAY,
    )  # fmt: skip
    (row,) = listed(market)
    assert (row["would_change_tier"], row["tier_without"], row["money_back_fen"]) == (True, None, 400)


def test_a_decision_is_asked_again_once_for_each_case(market: Market) -> None:
    orders = [market.order(name, 10 + number) for number, name in enumerate(("a", "b", "c"))]
    market.decision("d1", *orders, num=3, den=30, benchmark_rate=0.03)
    market.connection.execute(
        "update penalties.decision_orders set buyer_key = 'same' where order_key <> 'douyin:a'"
    ).fetchall()
    cases: list[dict[str, Any]] = []

    def retest(case: dict[str, Any]) -> tuple[str | None, int]:
        cases.append(case)
        return (None, 0) if case["is_sole_of_buyer"] else ("T0", 50_000)

    found = {row["order_key"]: row for row in listed(market, retest)}
    assert [(case["is_sole_of_buyer"], case["order_key"], case["num"]) for case in cases] == [
        (False, "douyin:b", 3),
        (True, "douyin:a", 3),
    ]
    money = {key: (row["tier_without"], row["money_back_fen"]) for key, row in found.items()}
    assert money == {
        "douyin:a": (None, 200_000), "douyin:b": ("T0", 150_000), "douyin:c": ("T0", 150_000),
    }  # fmt: skip
    assert all(row["would_change_tier"] for row in found.values())


def test_the_same_tier_brings_no_money(market: Market) -> None:
    key = market.order("a", 10)
    market.decision("d1", key, num=3, den=30)
    (row,) = listed(market)
    assert (row["would_change_tier"], row["money_back_fen"]) == (False, 0)


def test_a_consumed_order_moves_nothing(market: Market) -> None:
    key = market.order("a", 10)
    market.decision("d1", key, num=3, den=30)
    market.connection.execute("update penalties.decision_orders set consumed_by = 'd0'").fetchall()
    (row,) = listed(market, lambda _case: (None, 0))
    assert (row["tier_without"], row["money_back_fen"]) == ("T1", 0)


def test_the_rate_is_told_with_and_without_an_order_of_its_window(market: Market) -> None:
    market.insert(
        "ccr.fct_ccr",
        business_day=TODAY, platform="douyin", subject_type="shop", subject_id="douyin:s1", window_days=7,
        dimension="overall", window_start="2026-10-09", num_effective=2, den_effective=40, rate=0.05,
    )  # fmt: skip
    market.order("in", 10)
    market.order("before", 8, known=12)
    rates = {row["order_key"]: (row["rate_now"], row["rate_without"]) for row in listed(market)}
    assert rates == {"douyin:in": (0.05, 0.025), "douyin:before": (0.05, 0.05)}


def test_the_penalty_list_says_where_a_decision_stands(market: Market) -> None:
    market.decision("d1", "o1", amount_fen=1_000)
    market.decision("d2", "o1", mode="shadow", shadowed_by="horizon")
    market.decision("d3", "o1", shop="s2")
    movements = [
        ("issue", "outstanding", "imposed", 1_000, 4),
        ("freeze", "frozen", "outstanding", 1_000, 0),
        ("reverse", "reversed", "frozen", 400, 0),
        ("execute", "paid", "frozen", 600, 0),
    ]
    for number, (kind, debit, credit, fen, points) in enumerate(movements):
        market.insert(
            "penalties.entries",
            decision_id="d1", entry_id=str(number), entry_type=kind, debit=debit, credit=credit,
            amount_fen=fen, points=points, business_day=TODAY,
        )  # fmt: skip
    for seq, status in enumerate(("noticed", "executed"), 1):
        market.insert(
            "penalties.decision_events",
            decision_id="d1", seq=seq, status=status, business_day=TODAY, reason=f"as {status}",
        )  # fmt: skip
    market.insert("penalties.measures", decision_id="d1", measure_no=1, measure_code="fine", amount_fen=1_000)
    asked = ask(market.connection, "s1", Scope())
    (row,) = decisions_of(market.connection, asked).to_arrow_table().to_pylist()
    assert (row["decision_id"], row["status"], row["status_reason"]) == ("d1", "executed", "as executed")
    names = ("outstanding_fen", "frozen_fen", "paid_fen", "returned_fen", "points")
    assert [row[name] for name in names] == [0, 0, 600, 400, 4]
    assert (row["measures"], row["days_left"]) == (["fine 10.00"], 3)
    (shadow,) = decisions_of(market.connection, asked, "shadow").to_arrow_table().to_pylist()
    assert (shadow["decision_id"], shadow["status"], shadow["shadowed_by"]) == ("d2", "shadow", "horizon")
