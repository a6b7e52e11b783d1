"""Judges the reviews of a day by their own words and stars, and lays out as rows what was found."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa

from orchestration.classification.abnormal.advertising import find_advertising
from orchestration.classification.abnormal.comparisons import Repeated
from orchestration.classification.abnormal.contradiction import find_contradiction
from orchestration.classification.abnormal.finding import Finding, whole
from orchestration.classification.abnormal.logistics_only import find_logistics_only
from orchestration.classification.abnormal.meaningless import find_meaningless, needs_no_words
from orchestration.classification.abnormal.schemas import ABNORMAL_SCHEMA
from orchestration.classification.abnormal.wrong_product import family_named, find_wrong_product

Row = dict[str, Any]
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


_READ = (
    "feedback_key", "native_order_key", "line_id", "text", "text_probability",
    "rating_overall", "rating_product", "rating_service", "rating_logistics",
)  # fmt: skip


class Found(NamedTuple):
    """Rows found in reviews, and those reviews whose goods must be known to say more."""

    rows: list[Row]
    naming_goods: list[Row]


class _Said(NamedTuple):
    """What a text says whoever gave which stars."""

    meaningless: Finding | None
    others: tuple[Finding, ...]
    names_goods: bool


def find_in_reviews(reviews: pa.Table) -> Found:
    """What the words and stars of each review say by themselves. Reviews without words say nothing.

    Reviews of the same words, and of the same words and stars, are looked at once.
    """
    found = Found([], [])
    said = _Remembered(_said)
    contradictions = _Remembered(_contradiction)
    for key, order, line, text, probability, *stars in zip(
        *(reviews.column(name).to_pylist() for name in _READ), strict=True
    ):
        if not text or not text.strip():
            continue
        words = said[text]
        every = [rating for rating in stars if rating is not None]
        given = [rating for rating in stars[:2] if rating is not None]
        if words.meaningless is not None and not needs_no_words(min(every, default=None)):
            found.rows.append(_row(key, text, words.meaningless))
        found.rows.extend(_row(key, text, finding) for finding in words.others)
        contradiction = contradictions[text, min(given), max(given), probability] if given else None
        if contradiction is not None:
            found.rows.append(_row(key, text, contradiction))
        if words.names_goods:
            found.naming_goods.append(
                {"feedback_key": key, "native_order_key": order, "line_id": line, "text": text}
            )
    return found


class _Remembered(dict[Asked, Answer]):
    """Answers by what was asked; each is worked out once."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, asked: Asked) -> Answer:
        answer = self[asked] = self._answer(asked)
        return answer


def _said(text: str) -> _Said:
    others = (find_advertising(text), find_logistics_only(text))
    return _Said(
        find_meaningless(text, lowest_stars=None),
        tuple(finding for finding in others if finding is not None),
        family_named(text) is not None,
    )


def _contradiction(asked: tuple[str, int, int, float | None]) -> Finding | None:
    text, lowest, highest, probability = asked
    return find_contradiction(text, lowest_stars=lowest, highest_stars=highest, text_probability=probability)


def find_wrong_goods(naming_goods: Iterable[Row], product_words: Mapping[str, str]) -> list[Row]:
    """The reviews of other goods than were bought, by the titles of what was, where they are known."""
    rows = []
    for review in naming_goods:
        finding = find_wrong_product(review["text"], product_words.get(review["feedback_key"]))
        if finding is not None:
            rows.append(_row(review["feedback_key"], review["text"], finding))
    return rows


def repeated_rows(repeated: Iterable[Repeated], texts: Mapping[str, str]) -> list[Row]:
    """Templates and bursts, with the whole text as evidence."""
    return [
        _row(
            each.feedback_key,
            texts[each.feedback_key],
            whole(each.code, each.detail, texts[each.feedback_key]),
        )
        | {"buyers": each.buyers}
        for each in repeated
    ]


def abnormal_table(rows: Iterable[Row]) -> pa.Table:
    """All rows, in the order of feedback and code."""
    ordered = sorted(rows, key=lambda row: (row["feedback_key"], row["code"]))
    return pa.Table.from_pylist(ordered, ABNORMAL_SCHEMA)


def _row(feedback_key: str, text: str, finding: Finding) -> Row:
    return {
        "feedback_key": feedback_key,
        "code": finding.code,
        "detail": finding.detail,
        "span_start": finding.start,
        "span_end": finding.end,
        "span_text": text[finding.start : finding.end],
        "buyers": None,
    }
