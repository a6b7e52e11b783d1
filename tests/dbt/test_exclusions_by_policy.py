"""Which codes keep an order out is the policy's choice; what each takes off the counts adds up."""

from typing import Any

import pytest

from tests.dbt.scoring import FIRST, LAST, SCORES, score, sell
from tests.support.inputs import EXCLUDING_ORDERS, Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("exclusions"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, f"{SCORES} stg_shops")


def steps(
    counted: Counted, arrange: Arrange, day: str, subject_type: str = "shop", window_days: int = 30
) -> list[tuple[Any, ...]]:
    rows = counted.rows(
        arrange,
        "ccr.fct_exclusion_steps",
        "step_no",
        f"business_day = '{day}' and subject_type = '{subject_type}' and window_days = {window_days}",
    )
    return [
        (row["exclusion_code"], row["orders_out"], row["negatives_out"], row["den_after"], row["num_after"])
        for row in rows
    ]


@scenario
def a_policy_that_counts_samples(inputs: Inputs) -> None:
    inputs.policy("lenient", platform=inputs.platform, mode="score_only")
    listed = [code for code in EXCLUDING_ORDERS if code != "sample_order"]
    inputs.exclude("lenient", codes=listed, scope="order")
    inputs.order("sample", paid="2026-10-01", codes=["sample_order"])
    inputs.order("both", paid="2026-10-01", codes=["risk_review", "sample_order"])
    inputs.feedback("f1", "sample", "2026-10-02")


def test_a_code_that_the_policy_does_not_list_keeps_no_order_out(counted: Counted) -> None:
    row = score(counted, a_policy_that_counts_samples, LAST)
    assert (row["den_real"], row["den_effective"], row["num_effective"]) == (2, 1, 1)
    orders = counted.rows(a_policy_that_counts_samples, "intermediate.int_orders_counted")
    found = {row["order_key"]: (row["exclusion_codes"], row["excluding_codes"]) for row in orders}
    assert found == {
        "sample": (["sample_order"], []),
        "both": (["risk_review", "sample_order"], ["risk_review"]),
    }


@scenario
def a_change_of_policy(inputs: Inputs) -> None:
    first = {"platform": inputs.platform, "mode": "score_only", "effective_to": "2026-10-02"}
    inputs.policy("p", **first)
    inputs.policy("p", **{**first, "version": "2", "effective_from": "2026-10-02", "effective_to": None})
    inputs.exclude("p", "2", codes=["risk_review"], scope="order")
    inputs.order("before", paid="2026-10-01", codes=["sample_order"])
    inputs.order("after", paid="2026-10-02", codes=["sample_order"])


def test_an_order_is_counted_by_the_rule_of_the_day_it_was_known(counted: Counted) -> None:
    found = [score(counted, a_change_of_policy, day)["den_effective"] for day in ("2026-10-01", "2026-10-02")]
    assert found == [0, 1]


@scenario
def several_reasons(inputs: Inputs) -> None:
    sell(inputs, "s1", 4, 2)
    inputs.order("lottery", paid="2026-10-01", codes=["lottery_or_lucky_bag", "risk_review"])
    inputs.feedback("f lottery", "lottery", "2026-10-02")
    inputs.order("risky", paid="2026-10-02", codes=["risk_review"])
    inputs.order("risky", paid="2026-10-02", known="2026-10-04", codes=[])
    inputs.order("cleared", paid="2026-10-02")
    inputs.feedback("f cleared", "cleared", "2026-10-03", decision="guarded")


def test_an_order_leaves_at_the_first_of_its_codes_and_the_steps_add_up(counted: Counted) -> None:
    assert steps(counted, several_reasons, "2026-10-03") == [
        ("lottery_or_lucky_bag", 1, 1, 6, 3),
        ("risk_review", 1, 0, 5, 3),
        ("no_valid_feedback", 0, 1, 5, 2),
    ]
    row = score(counted, several_reasons, "2026-10-03")
    assert (row["den_real"], row["num_real"], row["den_effective"], row["num_effective"]) == (7, 4, 5, 2)


def test_a_step_ends_when_the_reason_does_and_when_the_order_leaves_the_window(counted: Counted) -> None:
    assert [step[0] for step in steps(counted, several_reasons, "2026-10-04")] == [
        "lottery_or_lucky_bag", "no_valid_feedback",
    ]  # fmt: skip
    in_seven_days = [step[:3] for step in steps(counted, several_reasons, "2026-10-06", window_days=7)]
    assert in_seven_days == [("lottery_or_lucky_bag", 1, 1), ("no_valid_feedback", 0, 1)]


def test_the_steps_of_a_platform_are_those_of_its_shops(counted: Counted) -> None:
    of_shop, of_platform = (
        steps(counted, several_reasons, "2026-10-03", subject_type) for subject_type in ("shop", "platform")
    )
    assert of_platform == of_shop


@scenario
def a_sudden_flood(inputs: Inputs) -> None:
    for day in range(1, 29):
        sell(inputs, "abuser", 3, paid=f"2026-09-{day:02}")
        sell(inputs, "steady", 3, paid=f"2026-09-{day:02}")
    for number in range(12):
        inputs.order(f"out {number}", shop="abuser", paid="2026-10-05", codes=["risk_review"])
        inputs.order(f"in {number}", shop="steady", paid="2026-10-05")
    inputs.order("one", shop="steady", paid="2026-10-05", codes=["risk_review"])


def test_a_shop_whose_exclusions_jump_is_named_and_no_other(counted: Counted) -> None:
    rows = counted.rows(a_sudden_flood, "ccr.fct_exclusion_alerts")
    assert {(row["shop_key"], f"{row['business_day']:%m-%d}") for row in rows} == {
        ("abuser", "10-05"), ("abuser", "10-06"),
    }  # fmt: skip
    latest = rows[-1]
    assert (latest["excluded"], latest["den_real"], latest["excluded_before"]) == (12, 12, 0)
    assert latest["share_low"] > latest["share_high_before"]


def test_the_promise_holds_for_all_of_them(counted: Counted) -> None:
    counted.warehouse.test(FIRST, LAST, "exclusion_steps_add_up unique_grain_fct_exclusion_steps*")
