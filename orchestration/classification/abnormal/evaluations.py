"""Judges the reviews of a day by their own words and stars, and lays out as rows what was found."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.classification.abnormal.advertising import find_advertising
from orchestration.classification.abnormal.comparisons import Repeated
from orchestration.classification.abnormal.contradiction import find_contradiction
from orchestration.classification.abnormal.finding import Finding, whole
from orchestration.classification.abnormal.logistics_only import find_logistics_only
from orchestration.classification.abnormal.meaningless import find_meaningless
from orchestration.classification.abnormal.schemas import ABNORMAL_SCHEMA
from orchestration.classification.abnormal.wrong_product import family_named, find_wrong_product

Row = dict[str, Any]


class Found(NamedTuple):
    """Rows found in reviews, and those reviews whose goods must be known to say more."""

    rows: list[Row]
    naming_goods: list[Row]


def find_in_reviews(reviews: pa.Table) -> Found:
    """What the words and stars of each review say by themselves. Reviews without words say nothing."""
    found = Found([], [])
    for review in reviews.to_pylist():
        text = review["text"]
        if not text or not text.strip():
            continue
        found.rows.extend(_row(review["feedback_key"], text, finding) for finding in _findings(text, review))
        if family_named(text) is not None:
            found.naming_goods.append(
                {name: review[name] for name in ("feedback_key", "native_order_key", "line_id", "text")}
            )
    return found


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


def _findings(text: str, review: Row) -> Iterable[Finding]:
    given = [review[f"rating_{of}"] for of in ("overall", "product") if review[f"rating_{of}"] is not None]
    every = given + [
        review[f"rating_{of}"] for of in ("service", "logistics") if review[f"rating_{of}"] is not None
    ]
    found = (
        find_meaningless(text, lowest_stars=min(every, default=None)),
        find_advertising(text),
        find_logistics_only(text),
        find_contradiction(
            text,
            lowest_stars=min(given, default=None),
            highest_stars=max(given, default=None),
            text_probability=review["text_probability"],
        ),
    )
    return (finding for finding in found if finding is not None)


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
