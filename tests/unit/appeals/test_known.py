"""Every event is judged by what was known on its own day."""

from datetime import date

import pytest

from orchestration.appeals.filing import Subject, Terms
from orchestration.appeals.known import (
    FeedbackKnown,
    Known,
    OrderKnown,
    PolicyInForce,
    SaidOf,
    terms_in_force,
)
from tests.unit.appeals.appeals import filed

ORDER, F1, F2 = "pinduoduo:o1", "pinduoduo:review:f1", "pinduoduo:im_session:f2"


def day(number: int) -> date:
    return date(2026, 9, number)


KNOWN = Known(
    feedback=[
        FeedbackKnown(F1, "review", "pinduoduo:s1", day(2), day(3), ORDER, day(4)),
        FeedbackKnown(F2, "im_session", None, day(5), day(5), ORDER, day(6)),
    ],
    orders=[OrderKnown(ORDER, day(1), "pinduoduo:s1"), OrderKnown(ORDER, day(9), "pinduoduo:s2")],
    said=[
        SaidOf(F1, day(3), 0, ("quality_defect",)),
        SaidOf(F2, day(5), 0, ("no_reply",)),
        SaidOf(F1, day(7), 1, ()),
        SaidOf(F1, day(8), 2, None),
    ],
)


def order_on(number: int) -> Subject | None:
    return KNOWN.case_of(filed(), day(number)).subject


def test_an_order_is_known_with_the_feedback_that_counts_against_it_by_the_day() -> None:
    assert KNOWN.case_of(filed(), date(2026, 8, 31)).subject is None
    issues = {number: order_on(number).issues for number in (3, 4, 6, 7, 8)}  # type: ignore[union-attr]
    assert issues == {
        3: set(),  # not linked yet
        4: {"quality_defect"},
        6: {"quality_defect", "no_reply"},
        7: {"no_reply"},  # a person found nothing wrong
        8: {"quality_defect", "no_reply"},  # and gave the word back
    }


def test_an_order_belongs_to_whom_it_was_known_to_belong() -> None:
    assert [order_on(number).shop_key for number in (8, 9)] == ["pinduoduo:s1", "pinduoduo:s2"]  # type: ignore[union-attr]


def test_feedback_is_known_before_its_order_is() -> None:
    asked = filed(subject_type="feedback", subject_key=F1)
    assert KNOWN.case_of(asked, day(2)).subject is None
    (facts,) = KNOWN.case_of(asked, day(3)).subject.feedback  # type: ignore[union-attr]
    assert (facts.order_key, facts.issues) == (None, ("quality_defect",))
    (facts,) = KNOWN.case_of(asked, day(4)).subject.feedback  # type: ignore[union-attr]
    assert facts.order_key == ORDER


def test_a_chat_that_names_no_shop_has_that_of_its_order() -> None:
    asked = filed(subject_type="session", subject_key=F2)
    assert [KNOWN.case_of(asked, day(number)).subject.shop_key for number in (5, 6)] == [  # type: ignore[union-attr]
        None,
        "pinduoduo:s1",
    ]


def policy(name: str, platform: str, kind: str, first: date, last: date | None = None) -> PolicyInForce:
    return PolicyInForce(platform, kind, first, last, Terms(policy_id=name, version=str(first)))


RULE_BOOK = [
    policy("reference", "*", "rate", date(2016, 1, 1)),
    policy("tickets", "pinduoduo", "per_order_ticket", day(1)),
    policy("ccr", "douyin", "rate", day(1), day(10)),
    policy("ccr", "douyin", "rate", day(10)),
    policy("douyin tickets", "douyin", "per_order_ticket", day(1)),
]


@pytest.mark.parametrize(
    ("platform", "subject", "number", "name", "version"),
    [
        ("pinduoduo", "order", 5, "tickets", "2026-09-01"),
        ("pinduoduo", "feedback", 5, "tickets", "2026-09-01"),
        ("douyin", "order", 5, "douyin tickets", "2026-09-01"),
        ("douyin", "feedback", 9, "ccr", "2026-09-01"),
        ("douyin", "session", 10, "ccr", "2026-09-10"),
        ("tmall", "feedback", 5, "reference", "2016-01-01"),
    ],
)
def test_the_terms_are_those_of_the_day_and_the_platforms_own_go_first(
    platform: str, subject: str, number: int, name: str, version: str
) -> None:
    terms = terms_in_force(RULE_BOOK, platform, subject, day(number))
    assert (terms.policy_id, terms.version) == (name, version)


def test_without_a_policy_there_are_no_terms() -> None:
    assert terms_in_force([], "douyin", "order", day(5)) == Terms()
