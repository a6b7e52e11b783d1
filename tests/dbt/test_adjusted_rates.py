"""The adjusted rate beside the plain one: which orders are weighed, and when it is unknown or counts."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST, LAST = "2026-09-07", "2026-09-13"

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("adjusted"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST)


def adjustment(inputs: Inputs, day: str = LAST, **values: Any) -> None:
    """On that day words are known to be counted as negative twice as often as they are."""
    known = {"rate_plain": 0.2, "rate_adjusted": 0.1, "ci_low": 0.08, "ci_high": 0.12, "factor": 0.5}
    for window_days in (7, 30):
        inputs.add(
            "classified.rate_adjustment",
            {
                "business_day": day,
                "platform": inputs.platform,
                "channel": "review",
                "window_days": window_days,
                "status": "ok",
                **known,
                **values,
            },
        )


def sell(inputs: Inputs, shop: str, orders: int, channels: str = "") -> None:
    """Orders of a shop, the first of them with a review (r), an after-sale (a), or both in that order."""
    for number in range(orders):
        order = f"{shop}{number}"
        inputs.order(order, shop=shop, paid="2026-09-08")
        for place, letter in enumerate(channels.split()[number] if number < len(channels.split()) else ""):
            channel = {"r": "review", "a": "after_sale"}[letter]
            day = f"2026-09-{9 + place:02}"
            inputs.feedback(f"{letter} {order}", order, day, channel=channel)


def score(counted: Counted, arrange: Arrange, day: str = LAST, **where: Any) -> dict[str, Any]:
    asked = {"subject_type": "shop", "window_days": 7, "dimension": "overall", **where}
    conditions = " and ".join(f"{name} = '{value}'" for name, value in asked.items())
    return counted.row(arrange, "ccr.fct_ccr", f"business_day = '{day}' and {conditions}")


@scenario
def mixed(inputs: Inputs) -> None:
    adjustment(inputs)
    sell(inputs, "s", 10, "r r a ra ar")


def test_only_orders_whose_first_counting_feedback_words_decided_are_weighed(counted: Counted) -> None:
    row = score(counted, mixed)
    assert (row["num_effective"], row["rate"]) == (5, 0.5)
    assert (row["num_adjusted"], row["rate_adjusted"]) == (2 + 3 * 0.5, 0.35)
    assert row["adjustment_status"] == "ok"
    assert row["ci_low_adjusted"] < row["rate_adjusted"] < row["ci_high_adjusted"]


def test_the_interval_holds_the_doubt_about_the_factor_too(counted: Counted) -> None:
    certain, doubted = score(counted, sure), score(counted, mixed)
    assert certain["rate_adjusted"] == doubted["rate_adjusted"]
    assert doubted["ci_low_adjusted"] < certain["ci_low_adjusted"]
    assert doubted["ci_high_adjusted"] > certain["ci_high_adjusted"]


@scenario
def sure(inputs: Inputs) -> None:
    adjustment(inputs, ci_low=0.1, ci_high=0.1)
    sell(inputs, "s", 10, "r r a ra ar")


@scenario
def excluded_first(inputs: Inputs) -> None:
    adjustment(inputs)
    sell(inputs, "s", 10, "ra")
    inputs.abnormal("r s0", "2026-09-09", "template_text")


def test_what_is_excluded_is_not_the_first_that_counts(counted: Counted) -> None:
    row = score(counted, excluded_first)
    assert (row["num_effective"], row["num_adjusted"]) == (1, 1.0)


@scenario
def many_missed(inputs: Inputs) -> None:
    adjustment(inputs, factor=3.0, ci_low=0.5, ci_high=0.7)
    sell(inputs, "s", 4, "r r r")


def test_a_rate_never_leaves_its_bounds(counted: Counted) -> None:
    row = score(counted, many_missed)
    assert (row["num_adjusted"], row["rate_adjusted"], row["ci_high_adjusted"]) == (4.0, 1.0, 1.0)


@scenario
def few_texts(inputs: Inputs) -> None:
    adjustment(inputs, status="insufficient", rate_adjusted=None, ci_low=None, ci_high=None, factor=None)
    sell(inputs, "words", 10, "r r")
    sell(inputs, "reasons", 10, "a a")


@scenario
def no_texts(inputs: Inputs) -> None:
    sell(inputs, "words", 10, "r")


@pytest.mark.parametrize(
    ("arrange", "status", "rate"), [(few_texts, "insufficient", 0.2), (no_texts, "no_texts", 0.1)]
)
def test_an_unknown_factor_makes_the_rate_unknown_and_says_why(
    counted: Counted, arrange: Arrange, status: str, rate: float
) -> None:
    row = score(counted, arrange, subject_id=f"{arrange.__name__}:words")
    unknown = ("num_adjusted", "rate_adjusted", "ci_low_adjusted", "ci_high_adjusted")
    assert [row[name] for name in unknown] == [None] * 4
    assert row["adjustment_status"] == status
    assert row["rate"] == rate


def test_nothing_to_weigh_needs_no_factor(counted: Counted) -> None:
    row = score(counted, few_texts, subject_id="few_texts:reasons")
    assert (row["num_adjusted"], row["rate_adjusted"], row["adjustment_status"]) == (2.0, 0.2, "ok")
    assert row["benchmark_rate_adjusted"] is None


def judged(inputs: Inputs, **values: Any) -> None:
    """A weekly policy that warns from half on, over two shops: nine reviews of ten, and seven reasons."""
    eligible = {"window_days": 7, "min_orders": 1, "min_distinct_buyers": 1}
    inputs.policy(inputs.platform, **{"platform": inputs.platform, "mode": "enforce", **eligible, **values})
    inputs.rung(inputs.platform, 1, "rate", 0.5)
    sell(inputs, "words", 10, "r r r r r r r r r")
    sell(inputs, "reasons", 10, "a a a a a a a")


@scenario
def judged_plainly(inputs: Inputs) -> None:
    adjustment(inputs)
    judged(inputs)


@scenario
def judged_as_adjusted(inputs: Inputs) -> None:
    adjustment(inputs)
    judged(inputs, metric_rate="adjusted")


@scenario
def judged_without_factor(inputs: Inputs) -> None:
    adjustment(inputs, status="implausible", factor=None)
    judged(inputs, metric_rate="adjusted")


def candidates(counted: Counted, arrange: Arrange) -> dict[str, tuple[Any, ...]]:
    rows = counted.rows(arrange, "penalties.fct_penalty_candidates")
    columns = ("num_effective", "num_weighed", "den_effective", "rate", "benchmark_rate")
    return {row["shop_key"]: tuple(row[name] for name in columns) for row in rows}


def test_the_policy_says_which_rate_is_held_against_the_ladder(counted: Counted) -> None:
    assert candidates(counted, judged_plainly) == {
        "words": (9, 9.0, 10, 0.9, 0.7),
        "reasons": (7, 7.0, 10, 0.7, 0.9),
    }
    assert candidates(counted, judged_as_adjusted) == {"reasons": (7, 7.0, 10, 0.7, 0.45)}


def test_a_shop_whose_adjusted_rate_is_unknown_is_not_judged_by_it(counted: Counted) -> None:
    held = counted.rows(judged_without_factor, "penalties.penalty_rate_evaluations")
    assert {row["shop_key"]: row["held_back_by"] for row in held} == {
        "words": "no_adjustment",
        "reasons": None,
    }
    assert set(candidates(counted, judged_without_factor)) == {"reasons"}


def test_the_promises_of_the_scores_hold(counted: Counted) -> None:
    counted.warehouse.test(FIRST, LAST, "fct_ccr fct_penalty_candidates penalty_rate_evaluations")
