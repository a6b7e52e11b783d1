"""A decision cites words that are there, names codes that exist, and keeps what it overrode."""

from datetime import date

import pytest

from orchestration.reviewing.decision import (
    Choice,
    DecisionRefusedError,
    FieldShown,
    Signature,
    decided,
    taken_back,
)
from tests.unit.reviewing.asking import AT, CODES, SIGNED, asked


def test_a_negative_takes_the_suggested_issue_and_its_words() -> None:
    found = decided(asked(), Choice("negative"), CODES, SIGNED)
    assert (found.issue_code, found.dimension, found.severity) == ("wrong_item", "product", 2)
    assert (found.evidence_field, found.evidence_start, found.evidence_end) == ("text", 2, 5)
    assert found.evidence_text == "发错货"
    assert (found.overrode_decision, found.overrode_probability) == ("uncertain", "0.45")
    assert found.feedback_key == "p:review:1"


def test_words_that_a_person_copies_are_found_where_they_stand() -> None:
    found = decided(asked(), Choice("negative", "late_ship", words="发货也慢"), CODES, SIGNED)
    assert (found.evidence_start, found.evidence_end, found.dimension) == (7, 11, "logistics")


def test_words_of_two_turns_are_no_words() -> None:
    text = "consumer: 发错\nconsumer: 货了"
    item = asked(text=text, fields=(FieldShown("message:1", 10, 12), FieldShown("message:2", 23, 25)))
    assert item.where("货了") == ("message:2", 0, 2, "货了")
    assert item.where("发错\nconsumer: 货") is None
    assert item.where("consumer") is None


def test_without_found_words_the_whole_text_is_cited() -> None:
    found = decided(asked(text="一般般"), Choice("negative"), CODES, SIGNED)
    assert (found.issue_code, found.evidence_start, found.evidence_text) == ("other_negative", 0, "一般般")


def test_a_feedback_without_words_needs_a_note() -> None:
    with pytest.raises(DecisionRefusedError, match="note: is empty"):
        decided(asked(text=""), Choice("negative"), CODES, SIGNED)
    assert decided(asked(text=""), Choice("negative", note="seen"), CODES, SIGNED).note == "seen"


@pytest.mark.parametrize(
    ("choice", "column"),
    [
        (Choice(""), "decision"),
        (Choice("withdrawn"), "decision"),
        (Choice("perhaps"), "decision"),
        (Choice("negative", "no_such_issue"), "issue_code"),
        (Choice("not_negative", "wrong_item"), "issue_code"),
        (Choice("guarded"), "guard_code"),
        (Choice("guarded", guard="no_such_guard"), "guard_code"),
        (Choice("negative", guard="price_only"), "guard_code"),
        (Choice("negative", words="发错一件"), "words"),
    ],
)
def test_a_choice_that_breaks_a_rule_is_refused_by_column(choice: Choice, column: str) -> None:
    with pytest.raises(DecisionRefusedError) as refused:
        decided(asked(), choice, CODES, SIGNED)
    assert refused.value.column == column


def test_nothing_is_known_of_a_feedback_before_it_came() -> None:
    early = Signature("a reader", AT, date(2026, 9, 1))
    assert decided(asked(), Choice("negative"), CODES, early).decided_day == date(2026, 9, 5)


def test_nobody_decides_nothing() -> None:
    with pytest.raises(DecisionRefusedError, match="name who decides"):
        decided(asked(), Choice("negative"), CODES, Signature(" ", AT, date(2026, 9, 10)))


def test_what_is_taken_back_gives_the_word_to_the_one_before() -> None:
    first = decided(asked(), Choice("guarded", guard="price_only"), CODES, SIGNED)
    second = decided(asked(), Choice("negative"), CODES, SIGNED)
    again = taken_back(second, first, SIGNED)
    assert again.says_the_same_as(first)
    nothing = taken_back(second, None, SIGNED)
    assert (nothing.decision, nothing.issue_code, nothing.evidence_text) == ("withdrawn", None, None)
    assert nothing.words_sha256 == second.words_sha256
