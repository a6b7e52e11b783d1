"""Writes down the tags of a batch and the places of their evidence, row after row."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.grams import Floats, Integers
from orchestration.classification.compiled.hits import END, ENTRY, FIRST, HIT_CODE, HIT_ROLE
from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import Bytes
from orchestration.classification.compiled.readings import Page

KINDS = ("keyword", "model", "rating")
KEYWORD, MODEL, RATING = range(len(KINDS))
FIELDS = ("text", "rating_overall", "rating_product", "rating_service", "rating_logistics")
TEXT, OVERALL, PRODUCT, SERVICE, LOGISTICS = range(len(FIELDS))
DIMENSIONS = ("product", "content", "service", "logistics")
DIMENSION_OF_FIELD = (0, 0, 0, 2, 3)

MOST_SPANS = 5
NONE = -1

# The columns of a tag, and of a span; a span's bytes count from the start of its text.
TAG_ROW, TAG_NUMBER, TAG_ISSUE, TAG_DIMENSION, TAG_SEVERITY = range(5)
TAG_COLUMNS = 5
(
    SPAN_ROW, SPAN_TAG, SPAN_NUMBER, SPAN_FIELD, SPAN_START, SPAN_END,
    SPAN_FROM_BYTE, SPAN_TO_BYTE, SPAN_KIND, SPAN_ENTRY, SPAN_LABEL,
) = range(11)  # fmt: skip
SPAN_COLUMNS = 11

Table = npt.NDArray[np.int32]


class Verdicts(NamedTuple):
    """What is said of each row of a batch, and the tags and spans that follow one another."""

    decision: npt.NDArray[np.int8]
    probability: Floats
    words: Floats
    guard: npt.NDArray[np.int8]
    tags: Table
    spans: Table


@kernel
def tag(table: Table, tags: int, row: int, number: int, issue: int, dimension: int, severity: int) -> None:
    """Writes a tag; NONE where there is no issue."""
    table[tags, TAG_ROW], table[tags, TAG_NUMBER], table[tags, TAG_ISSUE] = row, number, issue
    table[tags, TAG_DIMENSION], table[tags, TAG_SEVERITY] = dimension, severity


@kernel
def cite(
    row: int, tag_number: int, number: int, page: Page, hit: int, codes: int, verdicts: Verdicts, spans: int
) -> int:
    """Writes the words of a hit; a hit without a code is labelled by its role, after all `codes`."""
    hits, stands, spans_of = page.hits, page.sheet.stands, verdicts.spans
    start, end, code = hits[hit, FIRST], hits[hit, END], hits[hit, HIT_CODE]
    _place(spans_of, spans, row, tag_number, number, TEXT, KEYWORD)
    spans_of[spans, SPAN_START], spans_of[spans, SPAN_END] = start, end
    spans_of[spans, SPAN_FROM_BYTE], spans_of[spans, SPAN_TO_BYTE] = stands[start], stands[end]
    spans_of[spans, SPAN_ENTRY] = hits[hit, ENTRY]
    spans_of[spans, SPAN_LABEL] = code if code != NONE else codes + hits[hit, HIT_ROLE]
    return spans + 1


@kernel
def cite_clause(
    row: int, tag_number: int, number: int, page: Page, start: int, end: int, verdicts: Verdicts, spans: int
) -> int:
    """Writes a clause that a model points at."""
    stands, spans_of = page.sheet.stands, verdicts.spans
    _place(spans_of, spans, row, tag_number, number, TEXT, MODEL)
    spans_of[spans, SPAN_START], spans_of[spans, SPAN_END] = start, end
    spans_of[spans, SPAN_FROM_BYTE], spans_of[spans, SPAN_TO_BYTE] = stands[start], stands[end]
    return spans + 1


@kernel
def cite_rating(row: int, field: int, stars: int, verdicts: Verdicts, spans: int) -> int:
    """Writes a rating; its value takes the place of bytes."""
    spans_of = verdicts.spans
    _place(spans_of, spans, row, 1, 1, field, RATING)
    spans_of[spans, SPAN_START], spans_of[spans, SPAN_END] = 0, 0
    spans_of[spans, SPAN_FROM_BYTE], spans_of[spans, SPAN_TO_BYTE] = stars, stars + 1
    return spans + 1


@kernel
def _place(table: Table, spans: int, row: int, tag_number: int, number: int, field: int, kind: int) -> None:
    table[spans, SPAN_ROW], table[spans, SPAN_TAG], table[spans, SPAN_NUMBER] = row, tag_number, number
    table[spans, SPAN_FIELD], table[spans, SPAN_KIND] = field, kind
    table[spans, SPAN_ENTRY], table[spans, SPAN_LABEL] = NONE, NONE


@kernel
def copy_words(data: Bytes, offsets: Integers, spans: Table, ends: Integers, words: Bytes) -> None:
    """Copies the words that spans cite, one after another; a rating is its digit."""
    for number in range(len(spans)):
        to = ends[number - 1] if number else 0
        if spans[number, SPAN_KIND] == RATING:
            words[to] = ord("0") + spans[number, SPAN_FROM_BYTE]
            continue
        start = offsets[spans[number, SPAN_ROW]]
        for at in range(start + spans[number, SPAN_FROM_BYTE], start + spans[number, SPAN_TO_BYTE]):
            words[to] = data[at]
            to += 1


class Wording(NamedTuple):
    """The words that entries are cited by: labels and phrases, each laid end to end."""

    labels: Bytes
    label_offsets: Integers
    phrases: Bytes
    phrase_offsets: Integers


@kernel
def copy_names(wording: Wording, spans: Table, ends: Integers, names: Bytes) -> None:
    """Writes `label:phrase` of each span that a lexicon entry made, one after another."""
    for number in range(len(spans)):
        entry, label = spans[number, SPAN_ENTRY], spans[number, SPAN_LABEL]
        if entry == NONE:
            continue
        to = ends[number - 1] if number else 0
        for at in range(wording.label_offsets[label], wording.label_offsets[label + 1]):
            names[to] = wording.labels[at]
            to += 1
        names[to] = ord(":")
        to += 1
        for at in range(wording.phrase_offsets[entry], wording.phrase_offsets[entry + 1]):
            names[to] = wording.phrases[at]
            to += 1
