"""Which shops a rate policy would penalise, on which day, by which tier, and on what orders."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-12-31"
SUNDAYS = ["2026-09-13", "2026-09-20", "2026-09-27"]
PERSON = {"human_review": True}

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("rate_candidates"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST)


def candidates(counted: Counted, arrange: Arrange) -> list[dict[str, Any]]:
    return counted.rows(arrange, "penalties.fct_penalty_candidates", "business_day, subject_id")


def held_back(counted: Counted, arrange: Arrange, day: str = "2026-09-13") -> dict[str, str | None]:
    rows = counted.rows(arrange, "penalties.penalty_rate_evaluations", where=f"business_day = '{day}'")
    return {row["shop_key"]: row["held_back_by"] for row in rows}


def policy(inputs: Inputs, **values: Any) -> None:
    """A weekly policy of one's own over seven days that lets any shop through."""
    eligible = {"window_days": 7, "min_orders": 1, "min_distinct_buyers": 1}
    inputs.policy(inputs.platform, **{"platform": inputs.platform, "mode": "enforce", **eligible, **values})


def rung(inputs: Inputs, rank: int, measure: str, at_least: float, **values: Any) -> None:
    inputs.rung(inputs.platform, rank, measure, at_least, **values)


def sell(inputs: Inputs, shop: str, orders: int, negatives: int, paid: str = "2026-09-08") -> None:
    for number in range(orders):
        order = f"{shop}-{paid}-{number}"
        inputs.order(order, shop=shop, paid=paid)
        if number < negatives:
            inputs.feedback(f"f of {order}", order, paid)


@scenario
def plain(inputs: Inputs) -> None:
    policy(inputs, sha256="abc", rule_family="family", cooldown_days=40)
    rung(inputs, 1, "rate", 0.5)
    sell(inputs, "bad", 10, 5)
    sell(inputs, "good", 10, 4)


def test_a_shop_that_meets_a_tier_is_a_candidate_on_the_evaluation_day(counted: Counted) -> None:
    (row,) = candidates(counted, plain)
    assert f"{row['business_day']}" == f"{row['period_end']}" == "2026-09-13"
    assert f"{row['period_start']}" == "2026-09-07"
    assert row["period_key"] == "2026-W37"
    assert (row["subject_type"], row["subject_id"], row["shop_key"]) == ("shop", "bad", "bad")
    assert (row["tier"], row["rule_id"], row["severity"]) == ("T1", "R1", 1)
    assert (row["mode"], row["rule_family"], row["policy_sha256"]) == ("enforce", "family", "abc")
    assert (row["num_effective"], row["den_effective"], row["rate"]) == (5, 10, 0.5)
    assert (row["benchmark_rate"], row["ratio_to_benchmark"]) == (0.4, 1.25)
    assert (row["distinct_buyers"], row["occurrences_90d"], row["cooldown_days"]) == (5, 1, 40)
    assert row["issue_codes"] == ["quality_defect"]
    assert row["human_review"] is False
    assert row["pay_amount_fen"] is None


def test_a_candidate_lists_each_counted_order_with_its_words(counted: Counted) -> None:
    rows = counted.rows(plain, "penalties.fct_candidate_orders", "order_key")
    assert [row["order_key"] for row in rows] == [f"bad-2026-09-08-{n}" for n in range(5)]
    assert rows[0] == {
        "business_day": rows[0]["period_key"] and candidates(counted, plain)[0]["business_day"],
        "platform": "plain",
        "shop_key": "bad",
        "subject_type": "shop",
        "subject_id": "bad",
        "rule_family": "family",
        "period_key": "2026-W37",
        "order_key": "bad-2026-09-08-0",
        "feedback_key": "f of bad-2026-09-08-0",
        "channel": "review",
        "dimension": "product",
        "issue_code": "quality_defect",
        "tag_no": 1,
        "span_no": 1,
        "span_field": "text",
        "span_text": "坏了",
        "buyer_key": "buyer of bad-2026-09-08-0",
    }


@scenario
def ladder(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "rate", 0.5, severity=3, human_review=True)
    rung(inputs, 1, "num_effective", 4, severity=3, human_review=True)
    rung(inputs, 2, "ratio_to_benchmark_low", 2, severity=2)
    rung(inputs, 3, "ratio_to_benchmark", 1.3, severity=0)
    for number in range(6):
        sell(inputs, f"peer{number}", 50, 2)
    sell(inputs, "both", 8, 4)
    sell(inputs, "rate alone", 4, 2)
    sell(inputs, "mild", 50, 4)


def test_the_first_tier_whose_conditions_all_hold_wins(counted: Counted) -> None:
    found = {row["subject_id"]: row for row in candidates(counted, ladder)}
    assert {shop: row["tier"] for shop, row in found.items()} == {
        "both": "T1",
        "rate alone": "T2",
        "mild": "T3",
    }
    assert {shop: row["severity"] for shop, row in found.items()} == {
        "both": 3,
        "rate alone": 2,
        "mild": 0,
    }
    assert found["both"]["human_review"] is True
    assert found["mild"]["human_review"] is False


@scenario
def without_benchmark(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "ratio_to_benchmark", 0.0)
    sell(inputs, "alone", 10, 5)


def test_an_unknown_ratio_meets_no_condition(counted: Counted) -> None:
    assert held_back(counted, without_benchmark) == {"alone": None}
    assert candidates(counted, without_benchmark) == []


@scenario
def eligibility(inputs: Inputs) -> None:
    policy(inputs, min_orders=10, min_distinct_buyers=3)
    rung(inputs, 1, "num_effective", 1)
    sell(inputs, "nine", 9, 9)
    sell(inputs, "ten", 10, 3)
    sell(inputs, "two buyers", 10, 2)
    for number in range(10):
        inputs.order(f"same{number}", shop="one buyer", paid="2026-09-08", buyer="b")
        inputs.feedback(f"f same{number}", f"same{number}", "2026-09-08")
    inputs.order("sample", shop="none", paid="2026-09-08", codes=["sample_order"])


def test_a_shop_is_held_back_and_the_reason_said(counted: Counted) -> None:
    assert held_back(counted, eligibility) == {
        "nine": "insufficient",
        "ten": None,
        "two buyers": "few_buyers",
        "one buyer": "few_buyers",
        "none": "no_orders",
    }
    assert [row["subject_id"] for row in candidates(counted, eligibility)] == ["ten"]


@scenario
def guards(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "num_effective", 1)
    for number, (shop_type, den_lt) in enumerate([("flagship", 3), (None, 10)], 1):
        inputs.add(
            "policies.small_n_guards",
            {
                "policy_id": inputs.platform,
                "version": "1",
                "guard_no": number,
                "shop_type": shop_type,
                "den_lt": den_lt,
                "num_le": 2,
                "score": 80,
            },
        )
    inputs.shop("flagship", shop_type="flagship")
    inputs.shop("small flagship", shop_type="flagship")
    sell(inputs, "flagship", 5, 2)
    sell(inputs, "small flagship", 2, 2)
    sell(inputs, "few", 9, 2)
    sell(inputs, "enough", 10, 2)
    sell(inputs, "many negatives", 5, 3)


def test_small_numbers_are_guarded_by_the_first_guard_that_fits(counted: Counted) -> None:
    assert held_back(counted, guards) == {
        "flagship": None,
        "small flagship": "small_n",
        "few": "small_n",
        "enough": None,
        "many negatives": None,
    }


@scenario
def repeated(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "rate", 0.5, severity=3)
    rung(inputs, 1, "occurrences_90d", 3, severity=3)
    rung(inputs, 2, "rate", 0.5)
    rung(inputs, 3, "rate", 0.1, severity=0)
    for paid in ("2026-09-08", "2026-09-15", "2026-09-29", "2026-12-08"):
        sell(inputs, "again", 2, 1, paid=paid)
    sell(inputs, "again", 10, 2, paid="2026-09-22")


def test_a_tier_may_ask_for_earlier_occurrences(counted: Counted) -> None:
    found = [
        (f"{row['business_day']:%m-%d}", row["occurrences_90d"], row["tier"])
        for row in candidates(counted, repeated)
    ]
    assert found == [
        ("09-13", 1, "T2"),
        ("09-20", 2, "T2"),
        ("09-27", 2, "T3"),
        ("10-04", 3, "T1"),
        ("12-13", 3, "T1"),
    ]


@scenario
def forgotten(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "rate", 0.5)
    sell(inputs, "again", 2, 1, paid="2026-09-07")
    sell(inputs, "again", 2, 1, paid="2026-12-06")
    sell(inputs, "again", 2, 1, paid="2026-12-12")


def test_occurrences_are_forgotten_after_ninety_days(counted: Counted) -> None:
    found = {f"{row['business_day']}": row["occurrences_90d"] for row in candidates(counted, forgotten)}
    assert found == {"2026-09-13": 1, "2026-12-06": 2, "2026-12-13": 2}


@scenario
def score_only(inputs: Inputs) -> None:
    policy(inputs, mode="score_only")
    rung(inputs, 1, "rate", 0.5)
    sell(inputs, "bad", 10, 5)


@scenario
def enforced_later(inputs: Inputs) -> None:
    policy(inputs, enforced_from="2026-09-20")
    rung(inputs, 1, "rate", 0.5)
    sell(inputs, "bad", 10, 5)
    sell(inputs, "bad", 10, 5, paid="2026-09-16")


@scenario
def shadow(inputs: Inputs) -> None:
    policy(inputs, mode="shadow")
    rung(inputs, 1, "rate", 0.5)
    sell(inputs, "bad", 10, 5)


def test_only_a_policy_that_enforces_makes_more_than_shadows(counted: Counted) -> None:
    assert [row["mode"] for row in candidates(counted, score_only)] == ["shadow"]
    assert [row["mode"] for row in candidates(counted, shadow)] == ["shadow"]
    assert [row["mode"] for row in candidates(counted, enforced_later)] == ["shadow", "enforce"]


@scenario
def enforced(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "rate", 0.5)
    sell(inputs, "bad", 10, 5)


def test_the_mode_changes_no_score(counted: Counted) -> None:
    enforcing, scoring = (
        [
            {name: value for name, value in row.items() if name not in ("platform", "policy_id")}
            | {"subject_id": row["subject_id"].replace(arrange.__name__, "")}
            for row in counted.rows(arrange, "ccr.fct_ccr")
        ]
        for arrange in (enforced, score_only)
    )
    assert len(enforcing) > 100
    assert enforcing == scoring


@scenario
def day_missing(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "rate", 0.5)
    inputs.deliver("2026-09-01", "2026-09-08")
    inputs.deliver("2026-09-09", "2026-09-09", status="refused")
    inputs.deliver("2026-09-10", "2026-09-30")
    sell(inputs, "bad", 10, 5)
    sell(inputs, "bad", 10, 5, paid="2026-09-16")


def test_a_window_with_a_day_missing_makes_no_candidate(counted: Counted) -> None:
    assert held_back(counted, day_missing) == {"bad": "provisional"}
    assert [f"{row['business_day']}" for row in candidates(counted, day_missing)] == ["2026-09-20"]


@scenario
def day_unprocessed(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "rate", 0.5)
    inputs.deliver("2026-09-01", "2026-09-01")
    inputs.deliver("2026-09-03", "2026-09-30")
    sell(inputs, "bad", 10, 5)


def test_no_candidate_while_an_earlier_landed_day_is_unprocessed(counted: Counted) -> None:
    assert candidates(counted, day_unprocessed) == []


@scenario
def known_later(inputs: Inputs) -> None:
    policy(inputs)
    rung(inputs, 1, "num_effective", 1)
    for number in range(3):
        inputs.order(f"o{number}", shop="s", paid="2026-09-08")
    inputs.feedback("f0", "o0", "2026-09-09")
    inputs.feedback("f0 again", "o0", "2026-09-10", issue="wrong_item", channel="complaint")
    inputs.feedback("f1", "o1", "2026-09-14", issue="late_ship")
    inputs.feedback("f0 later", "o0", "2026-09-14", issue="rude")
    inputs.feedback("f2", "o2", "2026-09-09")
    inputs.order("o2", shop="s", paid="2026-09-08", known="2026-09-11", codes=["risk_review"])
    inputs.feedback("excluded", "o0", "2026-09-09", issue="no_reply", exclusion_codes=["template_text"])


def test_a_candidate_rests_on_what_was_known_on_its_day(counted: Counted) -> None:
    row = candidates(counted, known_later)[0]
    assert (row["num_effective"], row["den_effective"], row["distinct_buyers"]) == (1, 2, 1)
    assert row["issue_codes"] == ["quality_defect", "wrong_item"]
    listed = counted.rows(known_later, "penalties.fct_candidate_orders", where="business_day = '2026-09-13'")
    assert [(row["order_key"], row["feedback_key"]) for row in listed] == [
        ("o0", "f0"),
        ("o0", "f0 again"),
    ]
