"""Turns verdicts that are objects into the columns of tags, evidence and queue."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.classification.review_columns import Judged
from orchestration.classification.schemas import QUEUE_SCHEMA, SPANS_SCHEMA, TAGS_SCHEMA
from orchestration.classification.verdict import Tag, Verdict

Rows = npt.NDArray[np.int64]


class VerdictColumns:
    """Writes the columns of one classifier and lexicon."""

    def __init__(self, version: str, lexicon_version: str) -> None:
        self._version, self._lexicon_version = version, lexicon_version

    def of(self, feedback: pa.Table, verdicts: Sequence[Verdict], places: Rows) -> Judged:
        """The tables of feedback and the verdict on each; `places` says where each stands among all."""
        tags = list(chain.from_iterable(verdict.tags for verdict in verdicts))
        tag_counts = [len(verdict.tags) for verdict in verdicts]
        span_counts = [len(tag.spans) for tag in tags]
        tag_rows = np.repeat(np.arange(len(verdicts)), tag_counts)
        span_rows = np.repeat(tag_rows, span_counts)
        numbers = _numbered(tag_counts)
        queued = np.flatnonzero([verdict.decision == "uncertain" for verdict in verdicts])
        keys = feedback["feedback_key"].take(span_rows)
        return Judged(
            self._tags(feedback, verdicts, tags, tag_rows),
            _spans(keys, tags, np.repeat(numbers, span_counts), _numbered(span_counts)),
            self._queue(feedback.take(queued), [verdicts[row] for row in queued.tolist()]),
            places[tag_rows],
            places[span_rows],
            places[queued],
        )

    def _tags(
        self, feedback: pa.Table, verdicts: Sequence[Verdict], tags: Sequence[Tag], rows: Rows
    ) -> pa.Table:
        said = {
            "decision": [verdict.decision for verdict in verdicts],
            "probability": [verdict.probability for verdict in verdicts],
            "text_probability": [verdict.text_probability for verdict in verdicts],
            "guard_code": [verdict.guard for verdict in verdicts],
            "is_dissatisfied": [verdict.is_dissatisfied for verdict in verdicts],
        }
        values = {
            "feedback_key": feedback["feedback_key"].take(rows),
            "channel": feedback["channel"].take(rows),
            "tag_no": _numbered([len(verdict.tags) for verdict in verdicts]),
            "issue_code": [tag.issue for tag in tags],
            "dimension": [tag.dimension for tag in tags],
            "severity": [tag.severity for tag in tags],
            "needs_content_theme": [tag.needs_content_theme for tag in tags],
            "classifier_version": pa.repeat(self._version, len(tags)),
            "lexicon_version": pa.repeat(self._lexicon_version, len(tags)),
        }
        for name, column in said.items():
            values[name] = pa.array(column, TAGS_SCHEMA.field(name).type).take(rows)
        return _table(values, TAGS_SCHEMA)

    def _queue(self, feedback: pa.Table, verdicts: Sequence[Verdict]) -> pa.Table:
        values = {
            "feedback_key": feedback["feedback_key"],
            "channel": feedback["channel"],
            "probability": [verdict.probability for verdict in verdicts],
            "reason": [verdict.unclear for verdict in verdicts],
            "classifier_version": pa.repeat(self._version, len(verdicts)),
        }
        return _table(values, QUEUE_SCHEMA)


def _spans(keys: pa.ChunkedArray, tags: Sequence[Tag], tag_numbers: Rows, numbers: Rows) -> pa.Table:
    spans = [span for tag in tags for span in tag.spans]
    values = {
        "feedback_key": keys,
        "tag_no": tag_numbers,
        "span_no": numbers,
        "field": [span.field for span in spans],
        "span_start": [span.start for span in spans],
        "span_end": [span.end for span in spans],
        "span_text": [span.text for span in spans],
        "kind": [span.kind for span in spans],
        "lexicon_entry": [span.entry for span in spans],
    }
    return _table(values, SPANS_SCHEMA)


def _numbered(counts: Sequence[int]) -> Rows:
    """1, 2, … for as many as each count says, one count after the other."""
    each = np.asarray(counts, dtype=np.int64)
    return np.arange(1, each.sum() + 1) - np.repeat(np.cumsum(each) - each, each)


def _table(values: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """The columns of a schema; those without values are NULL."""
    count = len(values["feedback_key"])
    columns = []
    for field in schema:
        given = values.get(field.name)
        if given is None:
            columns.append(pa.nulls(count, field.type))
        elif isinstance(given, pa.ChunkedArray | pa.Array):
            columns.append(given)
        else:
            columns.append(pa.array(given, field.type))
    return pa.table(columns, schema=schema)
