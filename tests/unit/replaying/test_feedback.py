"""What one feedback counts as on a day: by its tags, by a person, by what keeps it out."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from orchestration.replaying.feedback import Feedback, Verdict, verdicts

LINKED = date(2026, 9, 5)
LATER = date(2026, 9, 9)


def tag(number: int, decision: str = "negative", **values: Any) -> dict[str, Any]:
    given = {"issue_code": "quality_defect", "dimension": "product", "needs_content_theme": None}
    return {"feedback_key": "f", "tag_no": number, "decision": decision} | given | values


def person(number: int, decision: str, day: date = LATER, **values: Any) -> dict[str, Any]:
    given = {"issue_code": "late_delivery", "dimension": "logistics", "needs_content_theme": False}
    return (
        {"feedback_key": "f", "decision_no": number, "decision": decision, "business_day": day}
        | given
        | values
    )


def excluded(code: str, *, excludes: bool = True, first: bool = True, day: date = LINKED) -> dict[str, Any]:
    return {
        "exclusion_code": code,
        "is_excluding": excludes,
        "is_first_version": first,
        "business_day": day,
    }


def feedback(confidence: float = 1.0, **parts: Any) -> Feedback:
    link = {
        "feedback_key": "f",
        "order_key": "o",
        "business_day": LINKED,
        "link_method": "native",
        "link_confidence": confidence,
    }
    version = {
        "is_first_version": True,
        "channel": "review",
        "occurred_at": datetime(2026, 9, 4, 2, tzinfo=UTC),
        "business_day": LINKED,
    }
    given: dict[str, Any] = {"tags": [tag(1)], "spans": [], "decisions": [], "exclusions": []}
    return Feedback(link, [version], **(given | parts))


def one(said: Feedback, day: date = LATER, listed: frozenset[str] | None = None) -> Verdict:
    (found,) = verdicts(said, day, listed)
    return found


def test_the_words_are_those_of_what_counts_until_a_person_marks_others() -> None:
    spans = [
        {"tag_no": number, "span_no": place, "span_text": text}
        for number, place, text in ((1, 1, "坏了"), (1, 2, "没法用"), (2, 1, "坏了"), (3, 1, "有点慢"))
    ]
    tags = [tag(1), tag(2, issue_code="wrong_item"), tag(3, "guarded", issue_code="late_ship")]
    marked = person(1, "negative", evidence_text="两天就坏")
    said = feedback(tags=tags, spans=spans, decisions=[marked])
    assert said.words_on(LINKED) == ["坏了", "没法用"]
    assert said.words_on(LATER) == ["两天就坏"]


def test_before_it_is_linked_it_says_nothing() -> None:
    assert verdicts(feedback(), date(2026, 9, 4)) == []
    found = one(feedback(), LINKED)
    assert (found.from_day, found.is_valid, found.is_by_words, found.issue_codes) == (
        LINKED, True, True, ["quality_defect"],
    )  # fmt: skip


def test_tags_of_one_dimension_are_one_verdict_and_the_undecided_says_nothing() -> None:
    tags = [
        tag(1, issue_code="wrong_item"),
        tag(2),
        tag(3, "guarded", issue_code="missing_item"),
        tag(4, "uncertain", dimension="service"),
        tag(5, "guarded", dimension="logistics", issue_code="late_delivery"),
    ]
    logistics, product = verdicts(feedback(tags=tags), LATER)
    assert (product.issue_codes, product.guarded_issue_codes, product.is_valid) == (
        ["quality_defect", "wrong_item"], ["missing_item"], True,
    )  # fmt: skip
    assert (logistics.issue_codes, logistics.guarded_issue_codes) == ([], ["late_delivery"])
    assert (logistics.is_negative, logistics.is_real, logistics.is_valid) == (False, True, False)


def test_a_person_is_heard_from_the_day_of_the_decision_on() -> None:
    said = feedback(decisions=[person(1, "negative")])
    before, after = one(said, date(2026, 9, 8)), one(said)
    assert (before.dimension, before.decision_no, before.from_day) == ("product", 0, LINKED)
    assert (after.dimension, after.decision_no, after.from_day) == ("logistics", 1, LATER)
    assert (before.is_by_words, after.is_by_words) == (True, False)


@pytest.mark.parametrize("decision", ["not_negative", "uncertain"])
def test_a_person_may_say_that_it_is_nothing(decision: str) -> None:
    assert verdicts(feedback(decisions=[person(1, decision)]), LATER) == []


def test_the_last_decision_holds_and_one_taken_back_gives_the_tags_their_word_again() -> None:
    decisions = [person(1, "negative"), person(2, "withdrawn", date(2026, 9, 12))]
    said = feedback(decisions=decisions)
    assert one(said, date(2026, 9, 11)).dimension == "logistics"
    again = one(said, date(2026, 9, 12))
    assert (again.dimension, again.decision_no, again.from_day) == ("product", 0, date(2026, 9, 12))
    guarded = one(replace(said, decisions=[person(1, "guarded")]))
    assert (guarded.is_negative, guarded.guarded_issue_codes) == (False, ["late_delivery"])


def test_what_keeps_it_out_is_named_and_a_weak_link_is_not_even_real() -> None:
    exclusions = [
        excluded("template_text"),
        excluded("advertising", excludes=False),
        excluded("edited_later_version", first=False),
    ]
    found = one(feedback(exclusions=exclusions))
    assert (found.exclusion_codes, found.is_real, found.is_valid) == (["template_text"], True, False)
    weak = one(feedback(0.45))
    assert (weak.exclusion_codes, weak.is_real, weak.is_valid) == (["low_link_confidence"], False, False)
    assert one(feedback(0.5)).is_valid


def test_a_version_that_is_tried_says_itself_what_keeps_it_out() -> None:
    said = feedback(exclusions=[excluded("template_text"), excluded("advertising", excludes=False)])
    assert one(said, listed=frozenset({"advertising"})).exclusion_codes == ["advertising"]
    assert one(said, listed=frozenset()).is_valid


def test_a_person_settles_what_contradicts_the_words() -> None:
    exclusions = [excluded("rating_text_contradiction")]
    assert not one(feedback(exclusions=exclusions)).is_valid
    assert one(feedback(exclusions=exclusions, decisions=[person(1, "negative")])).is_valid


def test_what_holds_only_of_shown_content_is_elsewhere_about_the_product() -> None:
    found = one(feedback(tags=[tag(1, dimension="content", needs_content_theme=True)]))
    assert (found.counted_dimension(True), found.counted_dimension(False)) == ("content", "product")
    plain = one(feedback(tags=[tag(1, dimension="content", needs_content_theme=False)]))
    assert plain.counted_dimension(False) == "content"


def test_an_upheld_appeal_takes_it_out_from_its_own_day_on() -> None:
    appealed = feedback(exclusions=[excluded("appeal_upheld", day=LATER)])
    before, after = one(appealed, date(2026, 9, 8)), one(appealed)
    assert (before.is_valid, before.from_day) == (True, LINKED)
    assert (after.is_valid, after.is_real, after.from_day) == (False, True, LATER)
    assert after.exclusion_codes == ["appeal_upheld"]
