"""Turns compiled verdicts into the columns of tags, evidence and queue."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.classification.compiled import evidence as columns
from orchestration.classification.compiled.evidence import (
    DIMENSIONS,
    FIELDS,
    KINDS,
    NONE,
    Verdicts,
    Wording,
    copy_names,
    copy_words,
)
from orchestration.classification.compiled.hits import ROLES
from orchestration.classification.compiled.judging import DECISIONS, UNCERTAIN
from orchestration.classification.phrases import Entry
from orchestration.classification.schemas import QUEUE_SCHEMA, SPANS_SCHEMA, TAGS_SCHEMA
from orchestration.classification.spans import taxonomy_codes
from orchestration.classification.taxonomy import taxonomy

Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_UNCLEAR = "probability_near_threshold"
_SPARE = 4_096


class Judged(NamedTuple):
    """The tables of some reviews, and for each row of each table which review it is of."""

    tags: pa.Table
    spans: pa.Table
    queue: pa.Table
    tag_rows: Rows
    span_rows: Rows
    queue_rows: Rows


class ReviewColumns:
    """Writes the columns of one classifier and lexicon."""

    def __init__(self, entries: tuple[Entry, ...], version: str, lexicon_version: str) -> None:
        self._version, self._lexicon_version = version, lexicon_version
        labels, label_offsets = _laid([*taxonomy_codes(), *ROLES])
        phrases, phrase_offsets = _laid([entry.phrase for entry in entries])
        self._wording = Wording(labels, label_offsets, phrases, phrase_offsets)
        themes = {issue.code: issue.needs_content_theme for issue in taxonomy().issues}
        self._themed = np.asarray([themes.get(code, False) for code in taxonomy_codes()])
        self._columns: dict[str, pa.Array] = {}
        self._nulls: dict[str, pa.Array] = {}
        self._codes = _choices(taxonomy_codes())
        self._decisions = _choices(DECISIONS)
        self._dimensions = _choices(DIMENSIONS)
        self._fields = _choices(FIELDS)
        self._kinds = _choices(KINDS)

    def of(self, keys: pa.Array, data: Bytes, offsets: Rows, verdicts: Verdicts, rows: range) -> Judged:
        """The tables of some rows of a batch, whose tags and spans `verdicts` holds."""
        tags, spans = verdicts.tags, verdicts.spans
        uncertain = rows.start + np.flatnonzero(verdicts.decision[rows.start : rows.stop] == UNCERTAIN)
        return Judged(
            self._tags(keys, verdicts, tags),
            self._spans(keys, data, offsets, spans),
            self._queue(keys, verdicts, uncertain),
            tags[:, columns.TAG_ROW].astype(np.int64),
            spans[:, columns.SPAN_ROW].astype(np.int64),
            uncertain,
        )

    def _tags(self, keys: pa.Array, verdicts: Verdicts, tags: Numbers) -> pa.Table:
        row, issue = tags[:, columns.TAG_ROW], tags[:, columns.TAG_ISSUE]
        words = verdicts.words[row]
        values = {
            "feedback_key": keys.take(pa.array(row)),
            "channel": self._repeated("review", len(tags)),
            "tag_no": pa.array(tags[:, columns.TAG_NUMBER]),
            "issue_code": _chosen(self._codes, issue),
            "dimension": _chosen(self._dimensions, tags[:, columns.TAG_DIMENSION]),
            "decision": _chosen(self._decisions, verdicts.decision[row]),
            "probability": pa.array(verdicts.probability[row]),
            "text_probability": pa.array(words, mask=np.isnan(words)),
            "severity": pa.array(tags[:, columns.TAG_SEVERITY].astype(np.int16)),
            "guard_code": _chosen(self._codes, verdicts.guard[row]),
            "needs_content_theme": pa.array(self._themed[issue] & (issue != NONE)),
            "classifier_version": self._repeated(self._version, len(tags)),
            "lexicon_version": self._repeated(self._lexicon_version, len(tags)),
        }
        return self._completed(values, TAGS_SCHEMA, len(tags))

    def _spans(self, keys: pa.Array, data: Bytes, offsets: Rows, spans: Numbers) -> pa.Table:
        lengths = spans[:, columns.SPAN_TO_BYTE] - spans[:, columns.SPAN_FROM_BYTE]
        ends = np.cumsum(lengths, dtype=np.int64)
        words = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
        copy_words(data, offsets, spans, ends, words)
        values = {
            "feedback_key": keys.take(pa.array(spans[:, columns.SPAN_ROW])),
            "tag_no": pa.array(spans[:, columns.SPAN_TAG]),
            "span_no": pa.array(spans[:, columns.SPAN_NUMBER]),
            "field": _chosen(self._fields, spans[:, columns.SPAN_FIELD]),
            "span_start": pa.array(spans[:, columns.SPAN_START]),
            "span_end": pa.array(spans[:, columns.SPAN_END]),
            "span_text": _strings(words, ends, None),
            "kind": _chosen(self._kinds, spans[:, columns.SPAN_KIND]),
            "lexicon_entry": self._names(spans),
        }
        return pa.table(values, schema=SPANS_SCHEMA)

    def _names(self, spans: Numbers) -> pa.Array:
        entry, label = spans[:, columns.SPAN_ENTRY], spans[:, columns.SPAN_LABEL]
        wording, is_named = self._wording, entry != NONE
        lengths = np.diff(wording.label_offsets)[label] + 1 + np.diff(wording.phrase_offsets)[entry]
        ends = np.cumsum(np.where(is_named, lengths, 0), dtype=np.int64)
        names = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
        copy_names(wording, spans, ends, names)
        return _strings(names, ends, is_named)

    def _repeated(self, value: str, count: int) -> pa.Array:
        """The value so many times: a part of a column that is made once."""
        column = self._columns.get(value)
        if column is None or len(column) < count:
            column = pa.repeat(pa.scalar(value, pa.string()), count + _SPARE)
            self._columns[value] = column
        return column.slice(0, count)

    def _completed(self, values: dict[str, pa.Array], schema: pa.Schema, count: int) -> pa.Table:
        """The columns of reviews; what only chats have, and what is known later of the input, is NULL."""
        for field in schema:
            if field.name not in values:
                nulls = self._nulls.get(field.name)
                if nulls is None or len(nulls) < count:
                    nulls = pa.nulls(count + _SPARE, field.type)
                    self._nulls[field.name] = nulls
                values[field.name] = nulls.slice(0, count)
        return pa.table(values, schema=schema)

    def _queue(self, keys: pa.Array, verdicts: Verdicts, rows: Rows) -> pa.Table:
        values = {
            "feedback_key": keys.take(pa.array(rows)),
            "channel": self._repeated("review", len(rows)),
            "probability": pa.array(verdicts.probability[rows]),
            "reason": self._repeated(_UNCLEAR, len(rows)),
            "classifier_version": self._repeated(self._version, len(rows)),
        }
        return self._completed(values, QUEUE_SCHEMA, len(rows))


def joined(parts: Sequence[Judged], counts: Sequence[int]) -> Judged:
    """Tables that follow one another as one; each part's row numbers begin after so many more reviews."""
    first = np.cumsum([0, *counts])[: len(parts)]
    none = np.zeros(0, dtype=np.int64)
    return Judged(
        pa.concat_tables([TAGS_SCHEMA.empty_table(), *(part.tags for part in parts)]),
        pa.concat_tables([SPANS_SCHEMA.empty_table(), *(part.spans for part in parts)]),
        pa.concat_tables([QUEUE_SCHEMA.empty_table(), *(part.queue for part in parts)]),
        np.concatenate([none, *(part.tag_rows + at for part, at in zip(parts, first, strict=True))]),
        np.concatenate([none, *(part.span_rows + at for part, at in zip(parts, first, strict=True))]),
        np.concatenate([none, *(part.queue_rows + at for part, at in zip(parts, first, strict=True))]),
    )


def _choices(values: Sequence[str]) -> pa.Array:
    """Null, which `NONE` chooses, and the values after it."""
    return pa.array([None, *values], pa.string())


def _chosen(choices: pa.Array, numbers: npt.NDArray[np.integer]) -> pa.Array:
    """The values by number."""
    return choices.take(pa.array(numbers - NONE))


def _strings(data: Bytes, ends: Rows, is_given: npt.NDArray[np.bool_] | None) -> pa.Array:
    offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    offsets[1:] = ends
    valid = None if is_given is None else pa.py_buffer(np.packbits(is_given, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), len(ends), [valid, pa.py_buffer(offsets), pa.py_buffer(data)])


def _laid(values: list[str]) -> tuple[Bytes, Rows]:
    each = [value.encode() for value in values]
    offsets = np.cumsum([0, *(len(value) for value in each)], dtype=np.int64)
    return np.frombuffer(b"".join(each), dtype=np.uint8), offsets
