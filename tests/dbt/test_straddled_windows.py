"""A window that a change of versions falls into is judged as the version of its last day says (C12)."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-21"
CHANGE = "2026-09-10"
# seven days each: the change falls into the first window and lies before the second
STRADDLING, WHOLE = "2026-09-13", "2026-09-20"

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("straddled_windows"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST)


def outcomes(counted: Counted, arrange: Arrange) -> list[tuple[str, str, str, str]]:
    """Of each candidate its day, the version, the tier and the mode."""
    return [
        (f"{row['business_day']}", row["policy_version"], row["tier"], row["mode"])
        for row in counted.rows(arrange, "penalties.fct_penalty_candidates", "business_day")
    ]


def two_versions(
    inputs: Inputs,
    straddle: str,
    old: tuple[float, int] | None,
    new: tuple[float, int],
    *,
    asked: float | None = None,
    **values: Any,
) -> None:
    """A change of versions, each with one tier: the rate from which it matches, and how severe it is.

    `asked` is the probability that the new version wants, `values` are the old one's own.
    """
    says = {
        "platform": inputs.platform,
        "mode": "enforce",
        "window_days": 7,
        "min_orders": 1,
        "min_distinct_buyers": 1,
        "straddle": straddle,
    }
    inputs.policy(inputs.platform, **{**says, "effective_to": CHANGE, "sha256": "old", **values})
    dated = {"version": "2", "effective_from": CHANGE, "sha256": "new"}
    inputs.policy(inputs.platform, **says, **dated, prob_above_threshold=asked)
    for version, tier in (("1", old), ("2", new)):
        if tier is not None:
            rate, severity = tier
            inputs.rung(inputs.platform, severity, "rate", rate, version=version, severity=severity)
    for paid in ("2026-09-08", "2026-09-16"):
        for number in range(10):
            order = f"{paid}-{number}"
            inputs.order(order, shop="bad", paid=paid)
            if number < 5:
                inputs.feedback(f"f of {order}", order, paid)


@scenario
def by_period_end(inputs: Inputs) -> None:
    two_versions(inputs, "by_period_end", (0.6, 1), (0.4, 2))


def test_by_period_end_the_version_of_the_last_day_judges_all_of_it(counted: Counted) -> None:
    assert outcomes(counted, by_period_end) == [
        (STRADDLING, "2", "T2", "enforce"),
        (WHOLE, "2", "T2", "enforce"),
    ]


@scenario
def old_is_milder(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 1), (0.4, 3))


@scenario
def new_is_milder(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 3), (0.4, 1))


@scenario
def as_severe(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.3, 2), (0.4, 2))


def test_leniently_the_milder_of_both_outcomes_counts(counted: Counted) -> None:
    assert outcomes(counted, old_is_milder) == [
        (STRADDLING, "1", "T1", "enforce"),
        (WHOLE, "2", "T3", "enforce"),
    ]
    assert outcomes(counted, new_is_milder)[0] == (STRADDLING, "2", "T1", "enforce")
    assert outcomes(counted, as_severe)[0] == (STRADDLING, "2", "T2", "enforce")


def test_a_candidate_names_the_document_that_judged_it(counted: Counted) -> None:
    rows = counted.rows(old_is_milder, "penalties.fct_penalty_candidates", "business_day")
    assert [row["policy_sha256"] for row in rows] == ["old", "new"]
    assert [(row["num_effective"], row["den_effective"]) for row in rows] == [(5, 10), (5, 10)]


@scenario
def old_lets_pass(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.6, 1), (0.4, 2))


@scenario
def old_has_no_ladder(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", None, (0.4, 2))


@scenario
def old_holds_back(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 1), (0.4, 2), min_orders=11)


@scenario
def new_lets_pass(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 2), (0.6, 1))


def test_leniently_no_outcome_is_the_mildest_and_no_occurrence(counted: Counted) -> None:
    for arrange in (old_lets_pass, old_has_no_ladder, old_holds_back):
        assert outcomes(counted, arrange) == [(WHOLE, "2", "T2", "enforce")]
        evaluations = counted.rows(arrange, "penalties.penalty_rate_evaluations", "business_day")
        assert [row["is_occurrence"] for row in evaluations] == [False, True]
    assert outcomes(counted, new_lets_pass) == []


@scenario
def old_only_scored(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 2), (0.4, 2), mode="score_only")


def test_leniently_a_shadow_of_one_version_is_a_shadow(counted: Counted) -> None:
    assert outcomes(counted, old_only_scored) == [
        (STRADDLING, "2", "T2", "shadow"),
        (WHOLE, "2", "T2", "enforce"),
    ]


@scenario
def full_window_only(inputs: Inputs) -> None:
    two_versions(inputs, "full_window_only", (0.4, 1), (0.4, 2))


def test_no_tier_is_asked_until_a_window_lies_in_one_version_whole(counted: Counted) -> None:
    assert outcomes(counted, full_window_only) == [(WHOLE, "2", "T2", "enforce")]
    evaluations = counted.rows(full_window_only, "penalties.penalty_rate_evaluations", "business_day")
    assert [row["held_back_by"] for row in evaluations] == ["straddles", None]
    assert [row["is_occurrence"] for row in evaluations] == [False, True]


@scenario
def old_asks_for_more(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 1), (0.4, 2), asked=0.9, prob_above_threshold=0.99)


@scenario
def old_does_not_ask(inputs: Inputs) -> None:
    two_versions(inputs, "lenient", (0.4, 1), (0.4, 2), asked=0.9, prob_above_threshold=None)


@scenario
def old_is_not_asked(inputs: Inputs) -> None:
    two_versions(inputs, "by_period_end", (0.4, 1), (0.4, 2), asked=0.9, prob_above_threshold=0.99)


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (old_asks_for_more, {CHANGE: 0.99, STRADDLING: 0.99, WHOLE: 0.9}),
        (old_does_not_ask, {CHANGE: 0.9, STRADDLING: 0.9, WHOLE: 0.9}),
        (old_is_not_asked, {CHANGE: 0.9, STRADDLING: 0.9, WHOLE: 0.9}),
    ],
)
def test_the_probability_asked_for_is_that_of_the_strictest_version_that_judges(
    counted: Counted, arrange: Arrange, expected: dict[str, float]
) -> None:
    rows = counted.rows(arrange, "intermediate.int_subjects_to_score")
    shops = {str(row["business_day"]): row for row in rows if row["subject_type"] == "shop"}
    assert {day: shops[day]["least_probability"] for day in expected} == expected
    products = {row["least_probability"] for row in rows if row["subject_type"] == "product"}
    assert products == {None}


def test_a_distance_is_told_by_every_version_that_judges_and_on_every_day(counted: Counted) -> None:
    def met(arrange: Arrange, day: str) -> str | None:
        table = "penalties.fct_tier_distances"
        return counted.row(arrange, table, f"business_day = '{day}'")["tier_met"]

    monday = "2026-09-14"
    assert [met(old_is_milder, day) for day in (STRADDLING, monday, WHOLE)] == ["T1", "T1", "T3"]
    assert met(old_lets_pass, STRADDLING) is None
    assert met(by_period_end, monday) == "T2"
    assert [met(full_window_only, day) for day in (STRADDLING, monday, WHOLE)] == [None, None, "T2"]


def test_the_promises_of_the_tables_hold(counted: Counted) -> None:
    rates = "penalty_rate_judgings penalty_rate_evaluations penalty_rate_candidates"
    distances = "a_tier_is_as_far_as_its_distance_says a_tier_met_is_the_evaluation_s int_versions_judging"
    counted.warehouse.test(FIRST, LAST, f"fct_penalty_candidates {rates} {distances}")
