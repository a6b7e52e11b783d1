"""What changes a past day is written down on the day it became known, with what arrived."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-12"
MODELS = "path:models/intermediate/counting dim_shops dim_products dim_categories fct_ccr fct_restatements"
PROMISE = "restatements_explain_every_change_of_a_past_day"

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("restated"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, MODELS)


def restated(counted: Counted, arrange: Arrange, subject_type: str = "shop") -> list[tuple[Any, ...]]:
    """(known day, order day, cause, detail, effective orders, negatives, orders, example)."""
    rows = counted.rows(
        arrange, "ccr.fct_restatements", where=f"subject_type = '{subject_type}'",
        order_by="business_day, subject_id, order_day, cause, detail",
    )  # fmt: skip
    return [
        (
            f"{row['business_day']:%d}", f"{row['order_day']:%d}", row["cause"], row["detail"],
            row["den_effective_change"], row["num_effective_change"], row["order_count"], row["example_key"],
        )
        for row in rows
    ]  # fmt: skip


@scenario
def feedback_of_the_day_and_of_later_days(inputs: Inputs) -> None:
    for order in ("o1", "o2", "o3", "o4"):
        inputs.order(order, paid="2026-09-02")
    inputs.feedback("at once", "o1", "2026-09-02")
    inputs.feedback("review b", "o2", "2026-09-05")
    inputs.feedback("review a", "o3", "2026-09-05")
    inputs.feedback("chat", "o4", "2026-09-05", channel="im_session")
    inputs.feedback("again", "o2", "2026-09-06")


def test_what_a_day_knew_by_its_own_end_is_no_restatement(counted: Counted) -> None:
    assert restated(counted, feedback_of_the_day_and_of_later_days) == [
        ("05", "02", "late_feedback", "im_session", 0, 1, 1, "chat"),
        ("05", "02", "late_feedback", "review", 0, 2, 2, "review a"),
    ]


def test_the_platform_is_restated_with_its_shops(counted: Counted) -> None:
    of_shop = restated(counted, feedback_of_the_day_and_of_later_days)
    assert restated(counted, feedback_of_the_day_and_of_later_days, "platform") == of_shop


@scenario
def excluded_later(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", codes=["risk_review"])
    inputs.order("o1", paid="2026-09-02", known="2026-09-04", codes=[])
    inputs.order("o1", paid="2026-09-02", known="2026-09-06", codes=["brushing_cluster", "zero_amount"])
    inputs.feedback("f1", "o1", "2026-09-03")


def test_an_exclusion_that_goes_or_comes_takes_the_negative_along(counted: Counted) -> None:
    assert restated(counted, excluded_later)[1:] == [
        ("04", "02", "exclusion_lifted", "risk_review", 1, 1, 1, "o1"),
        ("06", "02", "exclusion_added", "brushing_cluster", -1, -1, 1, "o1"),
    ]


def test_feedback_on_an_excluded_order_changes_the_real_rate_alone(counted: Counted) -> None:
    rows = counted.rows(excluded_later, "ccr.fct_restatements", where="business_day = '2026-09-03'")
    assert {(row["num_real_change"], row["num_effective_change"], row["cause"]) for row in rows} == {
        (1, 0, "late_feedback")
    }


@scenario
def late_orders(inputs: Inputs) -> None:
    inputs.order("late", paid="2026-09-02", known="2026-09-04")
    inputs.feedback("early word", "late", "2026-09-03", link_day="2026-09-04")
    inputs.order("unpaid", paid=None, known="2026-09-02")
    inputs.order("unpaid", paid="2026-09-02", known="2026-09-05")


def test_a_late_order_is_the_cause_of_its_feedback_too(counted: Counted) -> None:
    assert restated(counted, late_orders) == [
        ("04", "02", "late_order", "order", 1, 1, 1, "late"),
        ("05", "02", "late_order", "order", 1, 0, 1, "unpaid"),
    ]


@scenario
def corrected_orders(inputs: Inputs) -> None:
    inputs.order("moved", shop="east", paid="2026-09-02")
    inputs.order("moved", shop="west", paid="2026-09-03", known="2026-09-05")
    inputs.order("withdrawn", shop="east", paid="2026-09-04")
    inputs.order("withdrawn", shop="east", paid=None, known="2026-09-06")


def test_a_corrected_order_leaves_one_day_and_comes_to_another(counted: Counted) -> None:
    assert restated(counted, corrected_orders) == [
        ("05", "02", "order_moved", "order", -1, 0, 1, "moved"),
        ("05", "03", "order_moved", "order", 1, 0, 1, "moved"),
        ("06", "04", "order_withdrawn", "order", -1, 0, 1, "withdrawn"),
    ]


@scenario
def decided_by_people(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("review:f1", "o1", "2026-09-02")
    inputs.decide("review:f1", "2026-09-07", "not_negative")
    inputs.order("o2", paid="2026-09-02")
    inputs.feedback("review:f2", "o2", "2026-09-02", decision="uncertain")
    inputs.decide("review:f2", "2026-09-08", "negative")


def test_what_a_person_decides_is_told_from_late_feedback(counted: Counted) -> None:
    assert restated(counted, decided_by_people) == [
        ("07", "02", "review_decision", "review", 0, -1, 1, "review:f1"),
        ("08", "02", "review_decision", "review", 0, 1, 1, "review:f2"),
    ]


@scenario
def decided_and_said_on_one_day(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("review:praise", "o1", "2026-09-03", decision="uncertain")
    inputs.decide("review:praise", "2026-09-06", "not_negative")
    inputs.feedback("review:complaint", "o1", "2026-09-06")


def test_the_arrival_that_explains_the_change_is_named(counted: Counted) -> None:
    assert restated(counted, decided_and_said_on_one_day) == [
        ("06", "02", "late_feedback", "review", 0, 1, 1, "review:complaint")
    ]


def test_nothing_is_left_unexplained(counted: Counted) -> None:
    counted.warehouse.test(FIRST, LAST, f"{MODELS} {PROMISE}")
