"""The record view: what is listed is the numerator, and each order stands in its tab."""

from typing import Any

import pytest

from orchestration.records.asking import ask
from orchestration.records.reading import RecordsError
from orchestration.records.scope import Scope
from orchestration.records.view import Records, records_of
from tests.unit.records.market import Market


def view(market: Market, subject: str = "s1") -> Records:
    return records_of(market.connection, ask(market.connection, subject, Scope()))


def rows(market: Market, **asked: Any) -> dict[str, dict[str, Any]]:
    found = view(market).listed(**asked).to_arrow_table().to_pylist()
    return {row["order_key"].removeprefix("douyin:"): row for row in found}


def test_the_orders_that_count_are_the_numerator(market: Market) -> None:
    market.order("early", 8)
    market.order("a", 9, known=12)
    market.order("b", 15)
    market.order("gone", 10, gone_on=13)
    market.order("other", 10, shop="s2")
    found = view(market)
    assert found.figures["num"] == 2
    assert set(rows(market)) == {"a", "b"}
    assert view(market, "g1").figures["num"] == 3


def test_records_that_are_not_the_numerator_are_refused(market: Market) -> None:
    market.order("a", 9)
    market.connection.execute("update intermediate.int_daily_counts set num_effective_overall = 2").fetchall()
    with pytest.raises(RecordsError, match="1 counting orders of douyin:s1 are listed and 2 are counted"):
        view(market)


def test_a_record_says_what_it_rests_on(market: Market) -> None:
    market.order("a", 9, known=12, words=["坏了", "退货"])
    row = rows(market)["a"]
    assert (row["issue_codes"], row["dimensions"]) == (["quality_defect"], ["product"])
    assert row["words"] == ["坏了", "退货"]
    assert (row["policy_id"], row["policy_version"]) == ("rates", "1")
    assert (row["pay_amount_fen"], row["amount_fen"]) == (10_000, None)


def test_a_wait_is_told_as_seconds(market: Market) -> None:
    market.order("a", 9, issue="no_reply", dimension="service", words=["4200"])
    assert rows(market)["a"]["words"] == ["waited 4200 s"]


def test_days_left_count_from_the_last_processed_day(market: Market) -> None:
    market.order("a", 9, known=12)
    market.order("last", 9, known=9)
    found = rows(market)
    assert (found["a"]["tab"], str(found["a"]["appeal_deadline"]), found["a"]["days_left"]) == (
        *("appealable", "2026-10-19", 4),
    )
    assert found["last"]["days_left"] == 1


def test_past_its_deadline_a_record_has_failed_as_expired(market: Market) -> None:
    market.connection.execute("update policies.policy_appeals set window_days = 2").fetchall()
    market.order("a", 9, known=12)
    market.order("b", 13)
    found = rows(market)
    assert (found["a"]["tab"], found["a"]["appeal_state"]) == ("failed", "expired")
    assert found["a"]["appeal_reason"] == "the last day to appeal was 2026-10-14"
    assert (found["b"]["tab"], found["b"]["days_left"]) == ("appealable", 0)


def test_a_report_window_counts_from_what_was_said(market: Market) -> None:
    market.connection.execute("update policies.policy_appeals set report_window_days = 30").fetchall()
    market.order("a", 9, known=12, occurred=11)
    assert str(rows(market)["a"]["appeal_deadline"]) == "2026-11-10"


@pytest.mark.parametrize(
    ("states", "tab"),
    [
        (["submitted"], "in_progress"),
        (["submitted", "under_review"], "in_progress"),
        (["submitted", "returned"], "in_progress"),
        (["submitted", "human_review"], "in_progress"),
        (["submitted", "rejected", "reconsidering"], "in_progress"),
        (["submitted", "rejected"], "failed"),
        (["submitted", "rejected", "reconsidering", "final_rejected"], "failed"),
        (["submitted", "withdrawn"], "none"),
        (["submitted", "cancelled"], "none"),
        (["submitted", "exempt"], "none"),
    ],
)
@pytest.mark.parametrize("subject", ["feedback", "order"])
def test_an_appeal_puts_its_order_into_a_tab(
    market: Market, states: list[str], tab: str, subject: str
) -> None:
    market.order("a", 10)
    market.appeal(subject, "douyin:review:a" if subject == "feedback" else "douyin:a", *states)
    row = rows(market)["a"]
    assert (row["tab"], row["appeal_state"], row["is_counted"]) == (tab, states[-1], True)


def test_an_upheld_appeal_keeps_its_order_in_the_list_and_out_of_the_numerator(market: Market) -> None:
    market.order("a", 10, gone_on=14)
    market.order("b", 10)
    market.appeal("feedback", "douyin:review:a", "submitted", "approved")
    found = view(market)
    assert found.figures["num"] == 1
    assert [(row["tab"], row["orders"], row["counted_orders"]) for row in found.tabs] == [
        ("appealable", 1, 1), ("in_progress", 0, 0), ("upheld", 1, 0), ("failed", 0, 0), ("none", 0, 0),
    ]  # fmt: skip
    row = rows(market, tab="upheld")["a"]
    assert (row["is_counted"], row["words"]) == (False, ["坏了"])


def test_feedback_that_nobody_appealed_keeps_an_order_appealable(market: Market) -> None:
    market.order("a", 10)
    market.insert(
        "intermediate.int_verdicts_in_force",
        order_key="douyin:a", feedback_key="douyin:complaint:c", channel="complaint",
        business_day="2026-10-12",
        is_valid=True, occurred_at="2026-10-12 04:00:00+00", decision_no=0, dimension="service",
        needs_content_theme=False, counts_as="service", product_counts_as="product", issue_codes=["shirking"],
    )  # fmt: skip
    market.appeal("feedback", "douyin:review:a", "submitted", "rejected")
    row = rows(market)["a"]
    assert (row["tab"], row["dimensions"]) == ("appealable", ["product", "service"])


def test_what_cannot_be_appealed_is_told_with_its_reason(market: Market) -> None:
    market.policy("tickets", kind="per_order_ticket", appealable=True, never_issues=["no_reply"])
    market.order("a", 10, issue="no_reply", dimension="service")
    market.order("b", 10)
    found = rows(market)
    assert (found["a"]["tab"], found["a"]["appeal_state"]) == ("none", "not_appealable")
    assert found["a"]["appeal_reason"] == "tickets 1 opens no appeal about no_reply"
    assert (found["b"]["tab"], found["b"]["appeal_deadline"]) == ("appealable", None)


def test_a_policy_that_opens_no_appeal_says_so(market: Market) -> None:
    market.connection.execute("update policies.policy_appeals set appealable = false").fetchall()
    market.order("a", 10)
    assert rows(market)["a"]["appeal_reason"] == "rates 1 opens no appeal"


def test_a_ticket_brings_its_money_and_deadline(market: Market) -> None:
    key = market.order("a", 10, gone_on=14)
    ticket = {"subject_type": "order", "subject_key": key, "tier": "ticket", "amount_fen": 500}
    market.decision("d1", key, **ticket)
    market.insert(
        "penalties.entries",
        decision_id="d1", entry_id="e1", entry_type="reverse", debit="reversed", credit="outstanding",
        amount_fen=500, points=0, business_day="2026-10-14",
    )  # fmt: skip
    market.insert(
        "penalties.decision_events", decision_id="d1", seq=1, status="reversed", business_day="2026-10-14"
    )
    market.appeal("decision", "d1", "submitted", "approved")
    row = rows(market)["a"]
    assert (row["amount_fen"], row["returned_fen"], row["decision_status"]) == (500, 500, "reversed")
    assert (row["tab"], row["is_counted"]) == ("upheld", False)


def test_a_shops_decision_is_named_and_its_fine_is_not_charged_to_an_order(market: Market) -> None:
    key = market.order("a", 9)
    market.decision("d1", key)
    row = rows(market)["a"]
    assert (row["decision_id"], row["decision_tier"], row["rule_id"]) == ("d1", "T1", "R-T1")
    assert (row["decision_status"], row["amount_fen"]) == ("noticed", None)
    assert str(row["appeal_deadline"]) == "2026-10-18"


def test_what_a_person_confirmed_can_be_appealed_from_then_on(market: Market) -> None:
    market.decision("d1", market.order("a", 9), appeal_deadline=None)
    assert str(rows(market)["a"]["appeal_deadline"]) == "2026-10-16", "that of the feedback"
    market.insert(
        "penalties.decision_events", decision_id="d1", seq=1, status="confirmed", business_day="2026-10-13"
    )
    assert str(rows(market)["a"]["appeal_deadline"]) == "2026-10-20"


def test_issues_are_counted_and_lead_to_their_orders(market: Market) -> None:
    market.order("a", 10)
    market.order("b", 11)
    market.order("c", 12, issue="shirking", dimension="service")
    found = view(market)
    assert [(row["issue_code"], row["orders"], row["dimensions"]) for row in found.issues()] == [
        ("quality_defect", 2, ["product"]),
        ("shirking", 1, ["service"]),
    ]
    assert set(rows(market, issue="shirking")) == {"c"}
    with pytest.raises(RecordsError, match="is about 'late_ship'; there are quality_defect, shirking"):
        found.listed(issue="late_ship")
    with pytest.raises(RecordsError, match="there is no tab 'won'"):
        found.listed(tab="won")
