"""Which orders a ticket policy would penalise: the five cases of the rule, and what was known when."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-20"

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("ticket_candidates"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST)


def tickets(counted: Counted, arrange: Arrange) -> dict[str, tuple[str, str]]:
    """order -> (day, rule)."""
    rows = counted.rows(arrange, "penalties.fct_penalty_candidates", where="subject_type = 'order'")
    return {row["subject_id"]: (f"{row['business_day']:%d}", row["rule_id"]) for row in rows}


def rules(inputs: Inputs, **policy: Any) -> None:
    """The rules of S75–S77 and S52, in the order in which they go."""
    name = inputs.platform
    inputs.policy(name, **{"platform": name, "kind": "per_order_ticket", "mode": "enforce", **policy})
    inputs.ticket_rule(name, "wrong", 1, "wrong_item", requires_evidence=True, requires_admission=True)
    inputs.ticket_rule(name, "missing", 2, "missing_item", requires_evidence=True)
    inputs.ticket_rule(name, "damaged", 3, "damaged_on_arrival", requires_evidence=True)
    inputs.ticket_rule(name, "silent", 4, "no_reply", requires_dissatisfaction=True)
    inputs.ticket_rule(name, "defect", 5, "quality_defect")


def complain(inputs: Inputs, order: str, issue: str, **values: Any) -> None:
    """One order and one complaint about it, on the next day."""
    inputs.order(order, paid="2026-09-02", pay_amount_fen=9_900)
    inputs.feedback(f"f of {order}", order, "2026-09-03", issue=issue, **values)


PROVEN = {"evidence_valid": True}
ADMITTED = {"evidence_valid": True, "merchant_admitted": True}


@scenario
def cases(inputs: Inputs) -> None:
    rules(inputs)
    complain(inputs, "S75", "wrong_item", **ADMITTED)
    complain(inputs, "S75 not admitted", "wrong_item", **PROVEN)
    complain(inputs, "S76", "missing_item", **PROVEN)
    complain(inputs, "S76 unproven", "missing_item", evidence_valid=False)
    complain(inputs, "S76 unknown", "missing_item")
    complain(inputs, "S77", "damaged_on_arrival", dimension="logistics", **PROVEN)
    complain(inputs, "S78", "usage_question", decision="guarded", **PROVEN)
    complain(inputs, "S79", "quality_defect", decision="guarded", **PROVEN)
    complain(inputs, "uncertain", "quality_defect", decision="uncertain", **PROVEN)
    complain(inputs, "no rule", "price_only", **PROVEN)


def test_the_five_cases_of_the_rule_are_judged_as_it_says(counted: Counted) -> None:
    assert tickets(counted, cases) == {
        "S75": ("03", "wrong"),
        "S76": ("03", "missing"),
        "S77": ("03", "damaged"),
    }


def test_a_ticket_says_what_it_rests_on(counted: Counted) -> None:
    row = counted.row(cases, "penalties.fct_penalty_candidates", "subject_id = 'cases:S75'")
    assert (row["subject_type"], row["period_key"], row["shop_key"]) == ("order", "S75", "s1")
    assert row["period_start"] == row["period_end"] == row["business_day"]
    assert (row["tier"], row["mode"], row["pay_amount_fen"]) == ("ticket", "enforce", 9_900)
    assert row["issue_codes"] == ["wrong_item"]
    assert row["rate"] is row["num_effective"] is row["distinct_buyers"] is None
    words = counted.row(cases, "penalties.fct_candidate_orders", "subject_id = 'cases:S75'")
    assert (words["order_key"], words["feedback_key"]) == ("S75", "f of S75")
    assert (words["issue_code"], words["span_text"]) == ("wrong_item", "坏了")


@scenario
def proof_later(inputs: Inputs) -> None:
    rules(inputs)
    complain(inputs, "o1", "wrong_item", **PROVEN)
    inputs.version("f of o1", "2026-09-06", **ADMITTED, updated_at="2026-09-06 10:00:00")
    complain(inputs, "o2", "missing_item")
    inputs.version("f of o2", "2026-09-05", **PROVEN, updated_at="2026-09-05 10:00:00")
    inputs.version("f of o2", "2026-09-07", evidence_valid=False, updated_at="2026-09-07 10:00:00")
    complain(inputs, "o3", "missing_item", **PROVEN)
    inputs.version("f of o3", "2026-09-08", evidence_valid=False, updated_at="2026-09-08 10:00:00")


def test_a_ticket_is_of_the_first_day_on_which_all_was_known(counted: Counted) -> None:
    assert tickets(counted, proof_later) == {
        "o1": ("06", "wrong"),
        "o2": ("05", "missing"),
        "o3": ("03", "missing"),
    }


@scenario
def resolved(inputs: Inputs) -> None:
    rules(inputs)
    complain(inputs, "accepted", "missing_item", **PROVEN, consumer_accepted=True)
    complain(inputs, "compensated", "missing_item", **PROVEN, compensated=True)
    complain(inputs, "open", "missing_item", **PROVEN, consumer_accepted=False)
    complain(inputs, "too late", "missing_item", **PROVEN)
    inputs.version(
        "f of too late", "2026-09-05", **PROVEN, compensated=True, updated_at="2026-09-05 10:00:00"
    )
    complain(inputs, "half", "missing_item", **PROVEN, compensated=True)
    inputs.feedback("second of half", "half", "2026-09-03", issue="damaged_on_arrival", **PROVEN)


def test_a_ticket_is_resolved_once_all_of_it_was_before_its_day(counted: Counted) -> None:
    rows = counted.rows(resolved, "penalties.fct_penalty_candidates", where="subject_type = 'order'")
    assert {row["subject_id"]: row["is_resolved"] for row in rows} == {
        "accepted": True,
        "compensated": True,
        "open": False,
        "too late": False,
        "half": False,
    }


@scenario
def stale_proof(inputs: Inputs) -> None:
    rules(inputs)
    complain(inputs, "o1", "missing_item", updated_at="2026-09-03 20:00:00")
    inputs.version("f of o1", "2026-09-06", **PROVEN, updated_at="2026-09-02 10:00:00")


def test_the_facts_are_those_of_the_latest_version_not_of_the_last_delivered(counted: Counted) -> None:
    assert tickets(counted, stale_proof) == {}


@scenario
def dissatisfaction(inputs: Inputs) -> None:
    rules(inputs)
    service = {"dimension": "service"}
    complain(inputs, "chat", "no_reply", **service, channel="im_session")
    complain(inputs, "complaint", "no_reply", **service, channel="complaint")
    complain(inputs, "three stars", "no_reply", **service, rating_overall=3)
    complain(inputs, "service two", "no_reply", **service, rating_overall=5, rating_service=2)
    complain(inputs, "happy", "no_reply", **service, rating_overall=4, rating_logistics=1)
    complain(inputs, "unrated", "no_reply", **service, channel="after_sale")


def test_a_rule_may_ask_that_the_consumer_was_dissatisfied(counted: Counted) -> None:
    assert set(tickets(counted, dissatisfaction)) == {
        "chat",
        "complaint",
        "three stars",
        "service two",
    }


@scenario
def stages(inputs: Inputs) -> None:
    rules(inputs)
    said = {"dimension": "service", "channel": "complaint", "occurred_at": "2026-09-03 13:00:00"}
    for order, refunded in [("before", "2026-09-03 13:00:01"), ("after", "2026-09-03 13:00:00")]:
        inputs.order(order, paid="2026-09-02", known="2026-09-04", refunded_at=refunded)
        inputs.feedback(f"f {order}", order, "2026-09-04", issue="no_reply", **said)
        inputs.order(f"goods {order}", paid="2026-09-02", known="2026-09-04", refunded_at=refunded)
        inputs.feedback(f"f goods {order}", f"goods {order}", "2026-09-04", channel="complaint")
    inputs.order("presale", paid="2026-09-05")
    inputs.feedback("f presale", "presale", "2026-09-04", link_day="2026-09-05", issue="no_reply", **said)


def test_service_is_judged_from_the_order_to_the_refund(counted: Counted) -> None:
    assert set(tickets(counted, stages)) == {"before", "goods before", "goods after"}


@scenario
def excluded(inputs: Inputs) -> None:
    rules(inputs)
    inputs.order("out", paid="2026-09-02", codes=["risk_review"])
    inputs.feedback("f out", "out", "2026-09-03")
    inputs.order("let in", paid="2026-09-02", codes=["risk_review"])
    inputs.feedback("f let in", "let in", "2026-09-03")
    inputs.order("let in", paid="2026-09-02", known="2026-09-06")
    inputs.order("put out", paid="2026-09-02")
    inputs.feedback("f put out", "put out", "2026-09-03")
    inputs.order("put out", paid="2026-09-02", known="2026-09-06", codes=["risk_review"])
    complain(inputs, "template", "quality_defect", exclusion_codes=["template_text"])
    complain(inputs, "maybe", "quality_defect", confidence=0.4)


def test_only_valid_feedback_on_an_effective_order_makes_a_ticket(counted: Counted) -> None:
    assert tickets(counted, excluded) == {"let in": ("06", "defect"), "put out": ("03", "defect")}


@scenario
def several(inputs: Inputs) -> None:
    rules(inputs)
    complain(inputs, "o1", "quality_defect")
    inputs.tag("f of o1", "2026-09-03", "product", "missing_item")
    inputs.version("f of o1", "2026-09-03", **PROVEN, updated_at="2026-09-03 20:00:00")
    complain(inputs, "o2", "quality_defect")
    inputs.feedback("f2", "o2", "2026-09-05", issue="missing_item", **PROVEN)


def test_an_order_gets_one_ticket_by_the_rule_that_goes_first_that_day(counted: Counted) -> None:
    assert tickets(counted, several) == {"o1": ("03", "missing"), "o2": ("03", "defect")}
    row = counted.row(several, "penalties.fct_penalty_candidates", "subject_id = 'several:o1'")
    assert row["issue_codes"] == ["missing_item", "quality_defect"]


@scenario
def dated(inputs: Inputs) -> None:
    rules(inputs, effective_from="2026-09-05", enforced_from="2026-09-10")
    for order, day in [("early", "2026-09-04"), ("shadow", "2026-09-05"), ("full", "2026-09-10")]:
        inputs.order(order, paid="2026-09-02")
        inputs.feedback(f"f {order}", order, day)
        inputs.order(order, paid="2026-09-02", known="2026-09-12", status="finished")


def test_what_was_complete_before_the_rule_is_not_judged_by_it(counted: Counted) -> None:
    assert set(tickets(counted, dated)) == {"shadow", "full"}


def test_a_ticket_is_a_shadow_until_the_policy_enforces(counted: Counted) -> None:
    rows = counted.rows(dated, "penalties.fct_penalty_candidates")
    assert {row["subject_id"]: row["mode"] for row in rows} == {"shadow": "shadow", "full": "enforce"}


@scenario
def succession(inputs: Inputs) -> None:
    rules(inputs, effective_to="2026-09-06")
    inputs.policy(
        inputs.platform,
        platform=inputs.platform,
        kind="per_order_ticket",
        mode="enforce",
        version="2",
        effective_from="2026-09-06",
    )
    inputs.ticket_rule(inputs.platform, "any", 1, "quality_defect", version="2", requires_evidence=True)
    inputs.ticket_rule(inputs.platform, "new", 2, "price_only", version="2")
    complain(inputs, "old", "quality_defect")
    inputs.version("f of old", "2026-09-08", **PROVEN, updated_at="2026-09-08 10:00:00")
    complain(inputs, "no rule then", "price_only")
    inputs.order("no rule then", paid="2026-09-02", known="2026-09-09", status="finished")
    inputs.order("new", paid="2026-09-07")
    inputs.feedback("f new", "new", "2026-09-08", **PROVEN)


def test_a_new_version_makes_no_second_ticket(counted: Counted) -> None:
    assert tickets(counted, succession) == {"old": ("03", "defect"), "new": ("08", "any")}


@scenario
def unprocessed(inputs: Inputs) -> None:
    rules(inputs)
    inputs.deliver("2026-09-01", "2026-09-04")
    inputs.deliver("2026-09-06", LAST)
    complain(inputs, "before", "quality_defect")
    inputs.order("after", paid="2026-09-02")
    inputs.feedback("f after", "after", "2026-09-07")


def test_no_ticket_while_an_earlier_landed_day_is_unprocessed(counted: Counted) -> None:
    assert set(tickets(counted, unprocessed)) == {"before"}


@scenario
def without_policy(inputs: Inputs) -> None:
    complain(inputs, "o1", "quality_defect")


def test_a_platform_without_a_ticket_policy_has_no_tickets(counted: Counted) -> None:
    assert tickets(counted, without_policy) == {}
