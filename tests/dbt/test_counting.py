"""What an order counts for: which subject, which dimension, from which day, until when."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-10"
COUNTS = (
    "int_platform_days int_policies_in_force int_evaluation_exclusions int_review_decisions"
    " int_orders_counted int_order_states int_feedback_verdicts int_verdicts_in_force int_subject_changes"
    " int_daily_counts fct_negative_orders"
)

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("counting"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, COUNTS)


def changes(
    counted: Counted,
    arrange: Arrange,
    subject: str = "shop",
    column: str = "num_effective_overall",
) -> list[Any]:
    """(known day, paid day, subject, change) of one counted column, as short as can be read."""
    rows = counted.rows(
        arrange,
        "intermediate.int_daily_counts",
        where=f"subject_type = '{subject}' and {column} <> 0",
    )
    return [
        (f"{row['business_day']:%d}", f"{row['order_day']:%d}", row["subject_id"], row[column])
        for row in rows
    ]


def negatives(counted: Counted, arrange: Arrange) -> list[Any]:
    """(known day, dimension, change) of every change of a negative order."""
    rows = counted.rows(arrange, "ccr.fct_negative_orders", "business_day, dimension, change")
    return [(f"{row['business_day']:%d}", row["dimension"], row["change"]) for row in rows]


def verdict(counted: Counted, arrange: Arrange, feedback: str = "f1") -> dict[str, Any]:
    return counted.row(arrange, "intermediate.int_feedback_verdicts", f"feedback_key like '%:{feedback}'")


@scenario
def late(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-06")


def test_late_feedback_counts_on_the_paid_day_from_the_day_it_is_known(counted: Counted) -> None:
    assert changes(counted, late) == [("06", "02", "s1", 1)]
    assert changes(counted, late, column="den_effective") == [("02", "02", "s1", 1)]


@scenario
def presale(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-04")
    inputs.feedback("f1", "o1", "2026-09-02", link_day="2026-09-04", channel="im_session")


def test_feedback_before_its_order_counts_when_the_order_comes(counted: Counted) -> None:
    assert changes(counted, presale) == [("04", "04", "s1", 1)]


@scenario
def twice(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03")
    inputs.feedback("f2", "o1", "2026-09-05", dimension="service", channel="complaint")


def test_two_complaints_about_one_order_are_one_negative(counted: Counted) -> None:
    assert negatives(counted, twice) == [
        ("03", "overall", 1),
        ("03", "product", 1),
        ("05", "service", 1),
    ]


@scenario
def described(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", known="2026-09-05")
    inputs.feedback("f1", "o1", "2026-09-03", link_day="2026-09-05", issue="wrong_item")
    inputs.feedback("f2", "o1", "2026-09-02", link_day="2026-09-05", channel="complaint", tag={"severity": 3})
    inputs.feedback("f3", "o1", "2026-09-07", channel="im_session", issue="no_reply")


def test_a_negative_names_its_channels_issues_and_first_feedback(counted: Counted) -> None:
    row = counted.row(described, "ccr.fct_negative_orders", "dimension = 'overall'")
    assert row["channels"] == ["complaint", "review"]
    assert row["issue_codes"] == ["quality_defect", "wrong_item"]
    assert row["first_feedback_key"] == "f2"
    assert row["severity_max"] == 3
    assert row["buyer_key"] == "buyer of o1"


@scenario
def excluded_later(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03")
    inputs.order("o1", paid="2026-09-02", known="2026-09-05", codes=["instant_refund"])
    inputs.feedback("f2", "o1", "2026-09-05", channel="complaint", issue="wrong_item")
    inputs.order("o1", paid="2026-09-02", known="2026-09-07", codes=["instant_refund"])


def test_an_order_excluded_later_is_taken_back_and_stays_real(counted: Counted) -> None:
    began, ended = ("02", "02", "s1", 1), ("05", "02", "s1", -1)
    assert changes(counted, excluded_later) == [("03", "02", "s1", 1), ended]
    assert changes(counted, excluded_later, column="den_effective") == [began, ended]
    assert changes(counted, excluded_later, column="num_real_overall") == [("03", "02", "s1", 1)]
    assert changes(counted, excluded_later, column="den_real") == [began]
    assert negatives(counted, excluded_later)[-2:] == [("05", "overall", -1), ("05", "product", -1)]


def test_what_ceased_is_described_by_what_was_known_before(counted: Counted) -> None:
    ceased = "change = -1 and dimension = 'overall'"
    row = counted.row(excluded_later, "ccr.fct_negative_orders", ceased)
    assert (row["channels"], row["issue_codes"]) == (["review"], ["quality_defect"])


@scenario
def paid_day_corrected(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03")
    inputs.order("o1", paid="2026-09-01", known="2026-09-04")


def test_a_corrected_paid_day_moves_the_order(counted: Counted) -> None:
    assert changes(counted, paid_day_corrected) == [
        ("03", "02", "s1", 1),
        ("04", "01", "s1", 1),
        ("04", "02", "s1", -1),
    ]


@scenario
def unpaid(inputs: Inputs) -> None:
    inputs.order("o1", paid=None, known="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03")


@scenario
def paid_later(inputs: Inputs) -> None:
    unpaid(inputs)
    inputs.order("o1", paid="2026-09-04")


def test_an_order_counts_for_nothing_until_it_is_paid(counted: Counted) -> None:
    assert counted.rows(unpaid, "intermediate.int_daily_counts") == []
    assert changes(counted, paid_later) == [("04", "04", "s1", 1)]


@scenario
def guarded(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03", decision="guarded", issue="usage_question")


def test_guarded_feedback_is_real_and_not_valid(counted: Counted) -> None:
    assert changes(counted, guarded) == []
    assert changes(counted, guarded, column="num_real_product") == [("03", "02", "s1", 1)]
    row = verdict(counted, guarded)
    assert (row["issue_codes"], row["guarded_issue_codes"]) == ([], ["usage_question"])


@scenario
def undecided(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03", decision="uncertain")
    inputs.feedback("f2", "o1", "2026-09-03", decision="not_negative")


def test_uncertain_feedback_never_counts(counted: Counted) -> None:
    assert changes(counted, undecided) == []
    assert changes(counted, undecided, column="num_real_overall") == []


@scenario
def excluded_evaluation(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03", exclusion_codes=["template_text"])


def test_an_excluded_evaluation_is_real_and_not_valid(counted: Counted) -> None:
    assert changes(counted, excluded_evaluation) == []
    real = changes(counted, excluded_evaluation, column="num_real_overall")
    assert real == [("03", "02", "s1", 1)]


@scenario
def linked_weakly(inputs: Inputs) -> None:
    for order, confidence in [("o1", 0.5), ("o2", 0.49)]:
        inputs.order(order, paid="2026-09-02")
        inputs.feedback(f"f {order}", order, "2026-09-03", confidence=confidence)


def test_a_link_weaker_than_even_odds_counts_for_nothing(counted: Counted) -> None:
    assert changes(counted, linked_weakly) == [("03", "02", "s1", 1)]
    assert changes(counted, linked_weakly, column="num_real_overall") == [("03", "02", "s1", 1)]
    assert verdict(counted, linked_weakly, "f o1")["exclusion_codes"] == []
    assert verdict(counted, linked_weakly, "f o2")["exclusion_codes"] == ["low_link_confidence"]


@scenario
def abnormal_words(inputs: Inputs) -> None:
    for code in ("rating_text_contradiction", "logistics_only"):
        inputs.order(f"o {code}", paid="2026-09-02")
        inputs.feedback(f"f {code}", f"o {code}", "2026-09-03", exclusion_codes=["platform_exempt_tag"])
        inputs.abnormal(f"f {code}", "2026-09-03", code)
    inputs.order("o late", paid="2026-09-02")
    inputs.feedback("f late", "o late", "2026-09-03", link_day="2026-09-05")
    inputs.abnormal("f late", "2026-09-03", "advertising")


def test_what_words_say_joins_what_facts_say(counted: Counted) -> None:
    row = verdict(counted, abnormal_words, "f rating_text_contradiction")
    assert row["exclusion_codes"] == ["platform_exempt_tag", "rating_text_contradiction"]
    row = verdict(counted, abnormal_words, "f logistics_only")
    assert row["exclusion_codes"] == ["platform_exempt_tag"]
    row = verdict(counted, abnormal_words, "f late")
    assert (row["exclusion_codes"], row["is_real"], row["is_valid"]) == (["advertising"], True, False)


@scenario
def lenient(inputs: Inputs) -> None:
    inputs.policy("lenient", platform="lenient", effective_to="2026-09-04")
    inputs.exclude("lenient", codes=["logistics_only"])
    for day in ("2026-09-03", "2026-09-04"):
        for code in ("logistics_only", "template_text"):
            inputs.order(f"{code} {day}", paid="2026-09-02")
            inputs.feedback(f"{code} {day}", f"{code} {day}", day)
            inputs.abnormal(f"{code} {day}", day, code)


def test_the_policy_in_force_that_day_says_which_codes_keep_out(counted: Counted) -> None:
    """The platform's own policy ends on the fourth; then the one for any platform holds."""
    kept_out = {
        row["feedback_key"]: row["exclusion_codes"]
        for row in counted.rows(lenient, "intermediate.int_feedback_verdicts")
    }
    assert kept_out == {
        "logistics_only 2026-09-03": ["logistics_only"],
        "template_text 2026-09-03": [],
        "logistics_only 2026-09-04": [],
        "template_text 2026-09-04": ["template_text"],
    }
    found = counted.rows(lenient, "intermediate.int_evaluation_exclusions", where="not is_excluding")
    assert {row["feedback_key"] for row in found} == {"template_text 2026-09-03", "logistics_only 2026-09-04"}


@scenario
def content(inputs: Inputs) -> None:
    for order, theme in [("live", "live"), ("search", "search")]:
        inputs.order(order, lines=[{"line_id": "l1", "product": "p", "theme": theme}])
        inputs.feedback(
            f"f {order}",
            order,
            "2026-09-03",
            dimension="content",
            tag={"needs_content_theme": True},
        )
        inputs.order(f"promise {order}", lines=[{"line_id": "l1", "product": "p", "theme": theme}])
        inputs.feedback(f"f promise {order}", f"promise {order}", "2026-09-03", dimension="content")


def test_a_content_issue_is_the_products_where_nothing_was_shown(counted: Counted) -> None:
    rows = counted.rows(content, "ccr.fct_negative_orders", where="dimension <> 'overall'")
    assert {row["order_key"]: row["dimension"] for row in rows} == {
        "live": "content",
        "search": "product",
        "promise live": "content",
        "promise search": "content",
    }


@scenario
def theme_learnt_later(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", lines=[])
    inputs.feedback("f1", "o1", "2026-09-03", dimension="content", tag={"needs_content_theme": True})
    line = {"line_id": "l1", "product": "p", "theme": "short_video"}
    inputs.order("o1", paid="2026-09-02", known="2026-09-05", lines=[line])


def test_a_theme_learnt_later_moves_the_dimension_and_not_the_total(counted: Counted) -> None:
    assert negatives(counted, theme_learnt_later) == [
        ("03", "overall", 1),
        ("03", "product", 1),
        ("05", "content", 1),
        ("05", "product", -1),
    ]


@scenario
def delivered_badly(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.feedback("f1", "o1", "2026-09-03", dimension="logistics", issue="late_ship")


def test_logistics_counts_into_the_total(counted: Counted) -> None:
    assert negatives(counted, delivered_badly) == [("03", "logistics", 1), ("03", "overall", 1)]


GIFT = {"line_id": "g", "product": "gift", "is_gift": True}
TWO_PRODUCTS = [
    {"line_id": "l1", "product": "p1", "creator": "k1"},
    {"line_id": "l2", "product": "p2"},
    GIFT,
]
ONE_PRODUCT = [
    {"line_id": "l1", "product": "p1", "creator": "k1"},
    {"line_id": "l2", "product": "p1", "creator": "k1"},
    GIFT,
]


def about_lines(inputs: Inputs, lines: list[dict[str, Any]], *about: str | None) -> None:
    for number, line_id in enumerate(about):
        inputs.order(f"o{number}", paid=f"2026-09-0{number + 1}", lines=lines)
        inputs.feedback(f"f{number}", f"o{number}", "2026-09-08", line_id=line_id)


@scenario
def two_products(inputs: Inputs) -> None:
    about_lines(inputs, TWO_PRODUCTS, "l1", "l2", "g", None, "unheard of")


def test_feedback_on_a_line_is_its_products_and_creators_and_no_others(counted: Counted) -> None:
    assert changes(counted, two_products, "product") == [
        ("08", "01", "p1", 1),
        ("08", "02", "p2", 1),
    ]
    assert changes(counted, two_products, "creator") == [("08", "01", "k1", 1)]
    assert len(changes(counted, two_products)) == 5


def test_an_order_counts_for_each_product_once_and_for_no_gift(counted: Counted) -> None:
    orders = changes(counted, two_products, "product", "den_effective")
    assert [(day, product) for _, day, product, _ in orders if day == "01"] == [
        ("01", "p1"),
        ("01", "p2"),
    ]
    assert [product for *_, product, _ in changes(counted, one_product, "product", "den_effective")] == [
        "p1"
    ] * 4
    assert len(changes(counted, two_products, "creator", "den_effective")) == 5


@scenario
def one_product(inputs: Inputs) -> None:
    about_lines(inputs, ONE_PRODUCT, "l2", None, "unheard of", "g")


def test_feedback_on_an_order_of_one_product_is_the_products(counted: Counted) -> None:
    paid_days = ["01", "02", "03"]
    assert [day for _, day, *_ in changes(counted, one_product, "product")] == paid_days
    assert [day for _, day, *_ in changes(counted, one_product, "creator")] == paid_days


@scenario
def line_taken_out(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02", lines=TWO_PRODUCTS)
    inputs.feedback("f1", "o1", "2026-09-03")
    inputs.order("o1", paid="2026-09-02", known="2026-09-05", lines=TWO_PRODUCTS[:1])


def test_a_line_taken_out_takes_its_products_order_back(counted: Counted) -> None:
    assert changes(counted, line_taken_out, "product", "den_effective") == [
        ("02", "02", "p1", 1),
        ("02", "02", "p2", 1),
        ("05", "02", "p2", -1),
    ]
    assert changes(counted, line_taken_out, "product") == [("05", "02", "p1", 1)]


@scenario
def only_updates(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-02")
    inputs.order("o1", paid="2026-09-02", known="2026-09-04", status="shipped")
    inputs.order("o1", paid="2026-09-02", known="2026-09-06", status="finished")


def test_an_update_that_changes_no_verdict_leaves_no_row(counted: Counted) -> None:
    rows = counted.rows(only_updates, "intermediate.int_subject_changes")
    assert {row["business_day"].day for row in rows} == {2}
