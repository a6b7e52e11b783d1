"""What a person decides counts from the day it is known, and changes no day before."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtFailedError, DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-10"
DECIDED = (
    "path:models/intermediate/counting fct_negative_orders fct_exclusions dim_shops fct_ccr "
    "dim_products dim_categories"
)
TESTS = (
    "every_negative_has_words no_linked_negative_is_lost a_recount_of_the_last_day_gives_the_same_scores "
    "the_numerator_equals_the_listed_orders unique_grain_int_feedback_verdicts*"
)

scenario = Scenarios()
F1 = "review:f1"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("decided"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, DECIDED)


def changes(counted: Counted, arrange: Arrange, column: str = "num_effective_overall") -> list[Any]:
    """(known day, change) of a counted column of the shop."""
    rows = counted.rows(
        arrange, "intermediate.int_daily_counts", where=f"subject_type = 'shop' and {column} <> 0"
    )
    return [(f"{row['business_day']:%d}", row[column]) for row in rows]


def sold(inputs: Inputs, decision: str = "uncertain", **values: Any) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback(F1, "o1", "2026-09-03", decision=decision, **values)


@scenario
def found_negative(inputs: Inputs) -> None:
    sold(inputs)
    inputs.decide(F1, "2026-09-06", "negative")


def test_a_decision_counts_on_the_paid_day_from_the_day_it_is_known(counted: Counted) -> None:
    assert changes(counted, found_negative) == [("06", 1)]
    row = counted.row(found_negative, "ccr.fct_negative_orders", "dimension = 'overall'")
    assert (f"{row['business_day']:%d}", f"{row['order_day']:%d}") == ("06", "02")
    assert row["issue_codes"] == ["quality_defect"]


def test_the_day_before_a_decision_says_what_it_said(counted: Counted) -> None:
    rows = counted.rows(
        found_negative,
        "ccr.fct_ccr",
        "business_day",
        "subject_type = 'shop' and dimension = 'overall' and window_days = 7",
    )
    assert [row["num_effective"] for row in rows if f"{row['business_day']:%d}" < "09"] == [0] * 4 + [1] * 3


@scenario
def cleared(inputs: Inputs) -> None:
    sold(inputs, "negative")
    inputs.decide(F1, "2026-09-06", "not_negative")


def test_a_negative_that_a_person_clears_is_taken_back_from_both_rates(counted: Counted) -> None:
    assert changes(counted, cleared) == [("03", 1), ("06", -1)]
    assert changes(counted, cleared, "num_real_overall") == [("03", 1), ("06", -1)]


@scenario
def guarded(inputs: Inputs) -> None:
    sold(inputs, "negative")
    inputs.decide(F1, "2026-09-06", "guarded", guard_code="usage_question")


def test_what_a_person_guards_stays_real(counted: Counted) -> None:
    assert changes(counted, guarded) == [("03", 1), ("06", -1)]
    assert changes(counted, guarded, "num_real_overall") == [("03", 1)]


@scenario
def other_dimension(inputs: Inputs) -> None:
    sold(inputs, "negative")
    inputs.decide(F1, "2026-09-06", "negative", issue="late_ship", dimension="logistics")


def test_another_dimension_moves_and_the_total_stays(counted: Counted) -> None:
    assert changes(counted, other_dimension) == [("03", 1)]
    assert changes(counted, other_dimension, "num_effective_product") == [("03", 1), ("06", -1)]
    assert changes(counted, other_dimension, "num_effective_logistics") == [("06", 1)]


@scenario
def decided_thrice(inputs: Inputs) -> None:
    sold(inputs)
    inputs.decide(F1, "2026-09-05", "negative")
    inputs.decide(F1, "2026-09-06", "not_negative", number=2)
    inputs.decide(F1, "2026-09-08", "negative", number=3)


def test_each_decision_overrides_the_one_before_from_its_own_day(counted: Counted) -> None:
    assert changes(counted, decided_thrice) == [("05", 1), ("06", -1), ("08", 1)]


@scenario
def decided_twice_in_a_day(inputs: Inputs) -> None:
    sold(inputs)
    inputs.decide(F1, "2026-09-06", "negative")
    inputs.decide(F1, "2026-09-06", "not_negative", number=2)


def test_of_one_day_the_last_decision_holds(counted: Counted) -> None:
    assert changes(counted, decided_twice_in_a_day) == []


@scenario
def withdrawn(inputs: Inputs) -> None:
    sold(inputs, "negative")
    inputs.decide(F1, "2026-09-05", "not_negative")
    inputs.decide(F1, "2026-09-07", "withdrawn", number=2)


def test_a_withdrawn_decision_gives_the_word_back_to_the_classifier(counted: Counted) -> None:
    assert changes(counted, withdrawn) == [("03", 1), ("05", -1), ("07", 1)]


@scenario
def decided_before_linked(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", known="2026-09-07")
    inputs.feedback(F1, "o1", "2026-09-03", link_day="2026-09-07", decision="uncertain")
    inputs.decide(F1, "2026-09-05", "negative")


def test_a_decision_made_before_the_order_is_known_counts_with_the_link(counted: Counted) -> None:
    assert changes(counted, decided_before_linked) == [("07", 1)]


@scenario
def other_words(inputs: Inputs) -> None:
    sold(inputs)
    inputs.decide(F1, "2026-09-06", "negative", words_sha256="words that were there before")


def test_a_decision_on_other_words_holds_no_more(counted: Counted) -> None:
    assert changes(counted, other_words) == []
    assert counted.rows(other_words, "intermediate.int_review_decisions") == []


@scenario
def contradicted(inputs: Inputs) -> None:
    sold(inputs, "negative", rating_overall=1)
    inputs.abnormal(F1, "2026-09-03", "rating_text_contradiction")
    inputs.decide(F1, "2026-09-06", "negative")


def test_a_person_settles_what_rating_and_words_contradict(counted: Counted) -> None:
    assert changes(counted, contradicted) == [("06", 1)]
    days = counted.rows(
        contradicted,
        "ccr.fct_exclusions",
        "business_day",
        "exclusion_code = 'rating_text_contradiction'",
    )
    assert [f"{row['business_day']:%d}" for row in days] == ["03", "04", "05"]


@scenario
def noted(inputs: Inputs) -> None:
    sold(inputs)
    inputs.decide(F1, "2026-09-06", "negative", words=None, note="the picture shows a crack")


def test_a_person_is_cited_with_words_or_a_note(counted: Counted) -> None:
    cited = counted.warehouse.query(
        "select feedback_key, span_field, span_text from intermediate.int_evidence "
        "where kind = 'human' and feedback_key in ('noted:review:f1', 'found_negative:review:f1')"
    )
    assert {row["feedback_key"].split(":")[0]: (row["span_field"], row["span_text"]) for row in cited} == {
        "noted": ("note", "the picture shows a crack"),
        "found_negative": ("text", "坏了"),
    }


def test_the_promises_hold_with_decisions(counted: Counted) -> None:
    counted.warehouse.test(FIRST, LAST, f"{DECIDED} {TESTS}")


def test_words_that_are_not_there_are_found_out(warehouse: Warehouse) -> None:
    inputs = Inputs(warehouse)
    sold(inputs)
    inputs.decide(F1, "2026-09-06", "negative", evidence_text="碎了")
    inputs.deliver(FIRST, LAST)
    inputs.count(FIRST, LAST, DECIDED)
    with pytest.raises(DbtFailedError, match="every_negative_has_words"):
        warehouse.test(FIRST, LAST, "every_negative_has_words")


def test_day_by_day_and_late_decisions_end_like_one_run(warehouse: Warehouse, counted: Counted) -> None:
    inputs = Inputs(warehouse)
    for arrange in (decided_thrice, other_dimension, withdrawn, decided_before_linked):
        own = inputs.on(arrange.__name__)
        arrange(own)
        own.deliver(FIRST, LAST)
    for day in range(1, 11):
        inputs.count(f"2026-09-{day:02}", f"2026-09-{day:02}", DECIDED)
    names = ("intermediate.int_feedback_verdicts", "intermediate.int_daily_counts", "ccr.fct_negative_orders")
    where = "platform in ('decided_thrice', 'other_dimension', 'withdrawn', 'decided_before_linked')"
    for name in names:
        assert warehouse.rows(name) == counted.warehouse.rows(name, where=where), name
