"""Classifies feedback of all channels: Arrow tables in, tags, evidence and a review queue out."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.chats import ChatJudge
from orchestration.classification.keyed import by_key
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import TrainedModel, load_model
from orchestration.classification.phrases import Lexicon
from orchestration.classification.request_rows import RequestJudge
from orchestration.classification.review_columns import Judged, ReviewColumns
from orchestration.classification.reviews import ReviewJudge
from orchestration.classification.schemas import (
    CHANNELS,
    EVENTS_SCHEMA,
)
from orchestration.classification.spans import SpanFinder
from orchestration.classification.verdict import Verdict
from orchestration.classification.verdict_columns import VerdictColumns

Mask = npt.NDArray[np.bool_]


class Classified(NamedTuple):
    """What was found, sorted by feedback, tag and span."""

    tags: pa.Table
    spans: pa.Table
    queue: pa.Table


class Classifier:
    """Reads feedback with one trained model and the lexicon that ships."""

    def __init__(self, model: TrainedModel, lexicon: Lexicon, threads: int | None = None) -> None:
        self._model = model
        self._chats = ChatJudge(model.texts, model.chats, SpanFinder(lexicon.agent), model.dissatisfaction)
        self._requests = RequestJudge(model.texts, SpanFinder(lexicon.reason))
        self._written = VerdictColumns(model.version, model.lexicon_version)
        self._reviews = ReviewJudge(
            model.texts,
            model.issues,
            ReviewColumns(model.texts.finder.entries, model.version, model.lexicon_version),
            threads or os.cpu_count() or 1,
        )

    @classmethod
    def load(cls, model_dir: Path, threads: int | None = None) -> "Classifier":
        """The classifier of a trained model folder; reviews are judged on so many threads, or on all."""
        return cls(load_model(model_dir), shipped_lexicon(), threads)

    @property
    def version(self) -> str:
        """Changes with the weights and the code that reads them."""
        return self._model.version

    def classify(self, events: pa.Table, messages: pa.Table) -> Classified:
        """Tags, evidence and queue of the events; each depends on its own words alone.

        Of a text the first `READ_AT_MOST` characters are read.
        """
        ordered = by_key(events.select(EVENTS_SCHEMA.names).cast(EVENTS_SCHEMA))
        channels = ordered["channel"]
        of_channel = {channel: _equals(channels, channel) for channel in CHANNELS}
        _refuse_others(ordered, np.logical_or.reduce(list(of_channel.values())))
        is_review = of_channel["review"]
        if is_review.all():
            return Classified(*self._reviews.judge(ordered)[:3])
        is_chat = of_channel["im_session"]
        parts = [
            self._of_reviews(ordered, is_review),
            self._of_others(ordered, ~(is_review | is_chat), self._requests.judge),
            self._of_others(ordered, is_chat, lambda sessions: self._chats.judge(sessions, messages)),
        ]
        parts = [part for part in parts if part.tags.num_rows]
        return Classified(
            _merged([part.tags for part in parts], [part.tag_rows for part in parts]),
            _merged([part.spans for part in parts], [part.span_rows for part in parts]),
            _merged([part.queue for part in parts], [part.queue_rows for part in parts]),
        )

    def _of_reviews(self, events: pa.Table, are_meant: Mask) -> Judged:
        places = np.flatnonzero(are_meant)
        judged = self._reviews.judge(events.filter(pa.array(are_meant)))
        return judged._replace(
            tag_rows=places[judged.tag_rows],
            span_rows=places[judged.span_rows],
            queue_rows=places[judged.queue_rows],
        )

    def _of_others(
        self, events: pa.Table, are_meant: Mask, judge: Callable[[pa.Table], Iterator[Verdict]]
    ) -> Judged:
        given = events.filter(pa.array(are_meant))
        return self._written.of(given, list(judge(given)), np.flatnonzero(are_meant))


def _refuse_others(events: pa.Table, are_known: Mask) -> None:
    for place in np.flatnonzero(~are_known)[:1].tolist():
        raise ValueError(
            f"feedback {events['feedback_key'][place].as_py()!r} has channel "
            f"{events['channel'][place].as_py()!r}: use {', '.join(CHANNELS[:-1])} or {CHANNELS[-1]}"
        )


def _equals(column: pa.ChunkedArray, value: str) -> Mask:
    found = pc.call_function("equal", [column, pa.scalar(value, column.type)])
    return pc.fill_null(found, False).to_numpy()


def _merged(tables: list[pa.Table], rows: list[npt.NDArray[np.int64]]) -> pa.Table:
    """The tables as one, in the order of the feedback that their rows are of."""
    order = np.argsort(np.concatenate(rows), kind="stable")
    return pa.concat_tables(tables).take(pa.array(order)).combine_chunks()
