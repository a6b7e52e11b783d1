"""An upheld appeal takes exactly its feedback out, from the day it is known on, and changes no day before."""

import random
from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-12"
MODELS = (
    "path:models/intermediate/counting fct_negative_orders fct_exclusions dim_shops fct_ccr "
    "dim_products dim_categories fct_restatements"
)
TESTS = (
    "every_negative_has_words no_linked_negative_is_lost a_recount_of_the_last_day_gives_the_same_scores "
    "the_numerator_equals_the_listed_orders unique_grain_int_feedback_verdicts* "
    "unique_grain_int_evaluation_exclusions* restatements_explain_every_change_of_a_past_day"
)

scenario = Scenarios()
F1, F2 = "review:f1", "review:f2"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("appealed"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, MODELS)


def changes(counted: Counted, arrange: Arrange, column: str = "num_effective_overall") -> list[Any]:
    """(known day, change) of a counted column of the shop."""
    rows = counted.rows(
        arrange, "intermediate.int_daily_counts", where=f"subject_type = 'shop' and {column} <> 0"
    )
    return [(f"{row['business_day']:%d}", row[column]) for row in rows]


def sold(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback(F1, "o1", "2026-09-03")


@scenario
def upheld(inputs: Inputs) -> None:
    sold(inputs)
    inputs.order("o2", paid="2026-09-02")
    inputs.feedback(F2, "o2", "2026-09-03")
    inputs.uphold(F1, "2026-09-07")


def test_the_negative_is_taken_back_on_the_known_day_of_the_decision(counted: Counted) -> None:
    assert changes(counted, upheld) == [("03", 2), ("07", -1)]
    rows = counted.rows(upheld, "ccr.fct_negative_orders", "business_day, order_key", "dimension = 'overall'")
    assert [(f"{row['business_day']:%d}", row["order_key"], row["change"]) for row in rows] == [
        ("03", "o1", 1),
        ("03", "o2", 1),
        ("07", "o1", -1),
    ]
    assert rows[-1]["first_feedback_key"] == F1


def test_what_is_taken_out_stays_in_the_real_rate_and_is_listed_with_its_code(counted: Counted) -> None:
    assert changes(counted, upheld, "num_real_overall") == [("03", 2)]
    days = counted.rows(upheld, "ccr.fct_exclusions", "business_day", "exclusion_code = 'appeal_upheld'")
    assert [f"{row['business_day']:%d}" for row in days] == ["07", "08", "09", "10", "11", "12"]
    assert {(row["scope"], row["item_count"]) for row in days} == {("evaluation", 1)}


def test_days_before_the_decision_say_what_they_said(counted: Counted) -> None:
    rows = counted.rows(
        upheld, "ccr.fct_ccr", "business_day",
        "subject_type = 'shop' and dimension = 'overall' and window_days = 30",
    )  # fmt: skip
    by_day = {f"{row['business_day']:%d}": row["num_effective"] for row in rows}
    assert [by_day[day] for day in ("03", "06", "07", "12")] == [2, 2, 1, 1]


def test_the_restatement_names_the_appeal(counted: Counted) -> None:
    rows = counted.rows(upheld, "ccr.fct_restatements", where="subject_type = 'shop' and cause = 'appeal'")
    assert [
        (f"{row['business_day']:%d}", f"{row['order_day']:%d}", row["detail"], row["num_effective_change"],
         row["num_real_change"], row["order_count"], row["example_key"])
        for row in rows
    ] == [("07", "02", "review", -1, 0, 1, F1)]  # fmt: skip


@scenario
def without_that_feedback(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.order("o2", paid="2026-09-02")
    inputs.feedback(F2, "o2", "2026-09-03")


def test_afterwards_scores_are_those_of_a_market_without_it(counted: Counted) -> None:
    def scores(arrange: Arrange) -> list[dict[str, Any]]:
        found = counted.warehouse.query(
            "select business_day, subject_type, dimension, window_days, num_effective, den_effective, "
            "den_real, rate, benchmark_rate, rate_eb, status from ccr.fct_ccr "
            f"where platform = '{arrange.__name__}' and business_day >= '2026-09-07' order by all"
        )
        assert len(found) > 50
        return found

    assert scores(upheld) == scores(without_that_feedback)


@scenario
def another_negative_stays(inputs: Inputs) -> None:
    sold(inputs)
    inputs.feedback(F2, "o1", "2026-09-04", dimension="service", issue="no_reply")
    inputs.uphold(F1, "2026-09-07")


def test_an_order_with_another_valid_negative_stays_negative(counted: Counted) -> None:
    assert changes(counted, another_negative_stays) == [("03", 1)]
    assert changes(counted, another_negative_stays, "num_effective_product") == [("03", 1), ("07", -1)]
    assert changes(counted, another_negative_stays, "num_effective_service") == [("04", 1)]


@scenario
def reported(inputs: Inputs) -> None:
    sold(inputs)
    inputs.uphold(F1, "2026-09-07", "report_upheld")
    inputs.uphold(F1, "2026-09-09", "report_upheld", appeal="a2")
    inputs.uphold(F1, "2026-09-10", "appeal_upheld", appeal="a3")


def test_what_is_upheld_again_is_taken_out_once(counted: Counted) -> None:
    assert changes(counted, reported) == [("03", 1), ("07", -1)]
    rows = counted.rows(reported, "intermediate.int_evaluation_exclusions", "business_day")
    assert [(f"{row['business_day']:%d}", row["exclusion_code"]) for row in rows] == [
        ("07", "report_upheld"),
        ("10", "appeal_upheld"),
    ]


@scenario
def upheld_before_it_is_linked(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", known="2026-09-08")
    inputs.feedback(F1, "o1", "2026-09-03", link_day="2026-09-08")
    inputs.uphold(F1, "2026-09-06")


def test_what_was_upheld_before_its_order_is_known_never_counts(counted: Counted) -> None:
    assert changes(counted, upheld_before_it_is_linked) == []


@scenario
def a_person_looks_at_it_afterwards(inputs: Inputs) -> None:
    sold(inputs)
    inputs.uphold(F1, "2026-09-06")
    inputs.decide(F1, "2026-09-08", "negative", issue="late_ship", dimension="logistics")


def test_a_review_decision_does_not_put_an_upheld_feedback_back(counted: Counted) -> None:
    assert changes(counted, a_person_looks_at_it_afterwards) == [("03", 1), ("06", -1)]


@scenario
def a_person_moved_it_before(inputs: Inputs) -> None:
    sold(inputs)
    inputs.decide(F1, "2026-09-05", "negative", issue="late_ship", dimension="logistics")
    inputs.uphold(F1, "2026-09-08")


def test_what_a_person_found_is_taken_out_as_well(counted: Counted) -> None:
    assert changes(counted, a_person_moved_it_before) == [("03", 1), ("08", -1)]
    assert changes(counted, a_person_moved_it_before, "num_effective_logistics") == [("05", 1), ("08", -1)]


@scenario
def not_listed(inputs: Inputs) -> None:
    sold(inputs)
    inputs.policy("own", platform="not_listed", mode="enforce")
    inputs.exclude("own", codes=["platform_abnormal_flag"])
    inputs.uphold(F1, "2026-09-07")


def test_a_policy_that_does_not_list_the_code_goes_on_counting_it(counted: Counted) -> None:
    assert changes(counted, not_listed) == [("03", 1)]


class Market:
    """Orders of three shops, what is said of them, and what appeals take out: at random, each on a day."""

    SHOPS, ORDERS, FEEDBACK = 3, 60, 70

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        self.paid = {f"o{number}": chance.randrange(1, 9) for number in range(self.ORDERS)}
        self.said: dict[str, tuple[str, int]] = {}  # the order, and the day it is known and linked
        self.out: dict[str, list[int]] = {}  # the days on which it is upheld that it should not count
        for number in range(self.FEEDBACK):
            order = chance.choice(list(self.paid))
            key, day = f"review:r{number}", chance.randrange(self.paid[order], 12)
            self.said[key] = order, day
            if chance.random() < 0.4:
                days = range(1, 13) if chance.random() < 0.2 else range(day + 1, 13)
                self.out[key] = sorted(chance.choices(days, k=chance.choice([1, 1, 2])))

    def arrange(self, inputs: Inputs) -> None:
        for order, day in self.paid.items():
            inputs.order(order, shop=self.shop(order), paid=f"2026-09-{day:02}")
        for feedback, (order, day) in self.said.items():
            inputs.feedback(feedback, order, f"2026-09-{day:02}")
            for number, out in enumerate(self.out.get(feedback, ())):
                inputs.uphold(feedback, f"2026-09-{out:02}", appeal=f"{feedback}-{number}")

    def shop(self, order: str) -> str:
        return f"s{int(order[1:]) % self.SHOPS}"

    def counted(self, day: int) -> dict[str, tuple[int, int]]:
        """Negative and all orders of each shop, counted from the events that are left on a day."""
        paid = [order for order, on in self.paid.items() if on <= day]
        negative = {
            order
            for feedback, (order, on) in self.said.items()
            if on <= day and not any(out <= day for out in self.out.get(feedback, ()))
        }
        shops = {self.shop(order) for order in paid}
        return {
            shop: (
                sum(self.shop(order) == shop for order in negative),
                sum(self.shop(order) == shop for order in paid),
            )
            for shop in shops
        }


def at_random(seed: int) -> tuple[Market, Arrange]:
    """A market, and its scenario under a name of its own."""
    market = Market(seed)

    def arrange(inputs: Inputs) -> None:
        market.arrange(inputs)

    arrange.__name__ = f"at_random_{seed}"
    return market, scenario(arrange)


AT_RANDOM = [at_random(seed) for seed in range(8)]


@pytest.mark.parametrize(("market", "arrange"), AT_RANDOM)
def test_scores_are_those_of_a_fresh_count_on_every_day(
    counted: Counted, market: Market, arrange: Arrange
) -> None:
    rows = counted.rows(
        arrange,
        "ccr.fct_ccr",
        where="subject_type = 'shop' and dimension = 'overall' and window_days = 30",
    )
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for row in rows:
        numbers = row["num_effective"], row["den_effective"]
        assert row["rate"] == numbers[0] / numbers[1]
        found.setdefault(row["business_day"].day, {})[row["subject_id"]] = numbers
    assert found == {day: market.counted(day) for day in range(1, 13)}


def test_the_promises_hold_with_appeals(counted: Counted) -> None:
    counted.warehouse.test(FIRST, LAST, f"{MODELS} {TESTS}")


def test_day_by_day_ends_like_one_run(warehouse: Warehouse, counted: Counted) -> None:
    inputs = Inputs(warehouse)
    again = (upheld, another_negative_stays, upheld_before_it_is_linked, a_person_moved_it_before)
    for arrange in again:
        own = inputs.on(arrange.__name__)
        arrange(own)
        own.deliver(FIRST, LAST)
    for day in range(1, 13):
        inputs.count(f"2026-09-{day:02}", f"2026-09-{day:02}", MODELS)
    names = ("intermediate.int_feedback_verdicts", "intermediate.int_daily_counts", "ccr.fct_negative_orders")
    where = f"platform in ({', '.join(repr(arrange.__name__) for arrange in again)})"
    for name in names:
        assert warehouse.rows(name) == counted.warehouse.rows(name, where=where), name
