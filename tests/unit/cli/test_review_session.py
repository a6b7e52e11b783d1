"""A sitting at the terminal: keys in, decisions on disk, nothing lost when it ends."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from rich.console import Console

from orchestration.cli.review_session import Session
from orchestration.reviewing.book import Book
from orchestration.reviewing.decision import Asked
from tests.unit.reviewing.asking import CODES, SIGNED, asked

ITEMS = [asked("p:review:1"), asked("p:review:2", "一般般"), asked("p:review:3", "\x1b[2J发错货\u202e\x07")]


class Desk:
    """A terminal that is typed at: keys one by one, lines where a line is asked for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said = io.StringIO()
        self.book = Book(folder)
        self._console = Console(file=self.said, width=100, force_terminal=True)
        self._monkeypatch = monkeypatch

    def sit(self, *typed: str, items: list[Asked] | None = None) -> None:
        given: Iterator[str] = iter(typed)

        def next_given(*_: object, **__: object) -> str:
            try:
                return next(given)
            except StopIteration:
                raise EOFError from None

        self._monkeypatch.setattr(typer, "getchar", next_given)
        self._monkeypatch.setattr(self._console, "input", next_given)
        Session(self._console, CODES, self.book, lambda: SIGNED).run(ITEMS if items is None else items)

    def decisions(self) -> dict[str, list[str]]:
        return {key: [item.decision for item in kept] for key, kept in self.book.decisions().items()}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_each_key_does_what_it_says(desk: Desk) -> None:
    desk.sit("n", "", "o", "g", "usage_question")
    assert desk.decisions() == {
        "p:review:1": ["negative"], "p:review:2": ["not_negative"], "p:review:3": ["guarded"],
    }  # fmt: skip
    kept = desk.book.decisions()
    assert kept["p:review:1"][0].issue_code == "wrong_item"
    assert kept["p:review:3"][0].guard_code == "usage_question"
    assert "3 decided, 0 left open" in desk.said.getvalue()


def test_an_issue_is_chosen_by_number_or_code(desk: Desk) -> None:
    desk.sit("n", "2", "n", "late_ship", "般般")
    kept = desk.book.decisions()
    assert [kept[key][0].issue_code for key in ("p:review:1", "p:review:2")] == ["late_ship", "late_ship"]
    assert (kept["p:review:2"][0].evidence_start, kept["p:review:2"][0].evidence_text) == (1, "般般")


def test_what_is_mistyped_is_asked_again(desk: Desk) -> None:
    desk.sit("x", "n", "99", "g", "", "o")
    assert desk.decisions() == {"p:review:1": ["not_negative"]}


def test_skipping_decides_nothing(desk: Desk) -> None:
    desk.sit("s", "s", "o")
    assert desk.decisions() == {"p:review:3": ["not_negative"]}
    assert "1 decided, 2 left open" in desk.said.getvalue()


def test_undo_goes_back_and_leaves_a_trace(desk: Desk) -> None:
    desk.sit("u", "o", "s", "u", "n", "", "q")
    assert desk.decisions() == {"p:review:1": ["not_negative", "withdrawn", "negative"]}
    assert "1 decided, 2 left open" in desk.said.getvalue()


def test_undo_of_a_second_decision_gives_back_the_first(desk: Desk) -> None:
    desk.sit("n", "", "q")
    desk.sit("o", "u", "q")
    assert desk.decisions() == {"p:review:1": ["negative", "not_negative", "negative"]}


def test_a_sitting_that_breaks_off_keeps_what_was_decided(desk: Desk) -> None:
    desk.sit("o")
    assert desk.decisions() == {"p:review:1": ["not_negative"]}


def test_words_that_are_not_there_are_not_taken(desk: Desk) -> None:
    desk.sit("n", "late_ship", "不在", "q", items=[ITEMS[1]])
    assert desk.decisions() == {}
    assert "does not stand in the text" in desk.said.getvalue()


def test_the_words_are_in_colour_and_no_text_moves_the_cursor(desk: Desk) -> None:
    desk.sit("q", items=[ITEMS[2]])
    shown = desk.said.getvalue()
    assert "\x1b[1;7;31m发错货\x1b[0m" in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    for fact in ("p:review:3", "shop p:s1", "order p:o1", "3 stars", "probability 0.45", "wrong_item"):
        assert fact in shown
