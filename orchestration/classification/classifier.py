"""Classifies feedback of all channels: Arrow tables in, tags, evidence and a review queue out."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.dialogue import Session, judge_session
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import TrainedModel, load_model
from orchestration.classification.normal import has_letters
from orchestration.classification.phrases import Lexicon
from orchestration.classification.requests import Request, judge_after_sale, judge_complaint
from orchestration.classification.review_columns import Judged, ReviewColumns
from orchestration.classification.reviews import ReviewJudge
from orchestration.classification.schemas import (
    EVENTS_SCHEMA,
    MESSAGES_SCHEMA,
    QUEUE_SCHEMA,
    SPANS_SCHEMA,
    TAGS_SCHEMA,
)
from orchestration.classification.spans import Hit, SpanFinder
from orchestration.classification.turns import Turn
from orchestration.classification.verdict import Verdict
from orchestration.classification.weighing import Reading

Row = dict[str, Any]


class Classified(NamedTuple):
    """What was found, sorted by feedback, tag and span."""

    tags: pa.Table
    spans: pa.Table
    queue: pa.Table


class Classifier:
    """Reads feedback with one trained model and the lexicon that ships."""

    def __init__(self, model: TrainedModel, lexicon: Lexicon, threads: int | None = None) -> None:
        self._model = model
        self._agents = SpanFinder(lexicon.agent)
        self._reasons = SpanFinder(lexicon.reason)
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
        ordered = _by_key(events.select(EVENTS_SCHEMA.names).cast(EVENTS_SCHEMA))
        is_review = _equals(ordered["channel"], "review")
        if is_review.all():
            return Classified(*self._reviews.judge(ordered)[:3])
        places = np.flatnonzero(is_review)
        judged = self._reviews.judge(ordered.filter(pa.array(is_review)))
        rows = ordered.filter(pa.array(~is_review)).to_pylist()
        rest = self._classify_rows(rows, messages, np.flatnonzero(~is_review))
        return Classified(
            _merged((judged.tags, rest.tags), (places[judged.tag_rows], rest.tag_rows)),
            _merged((judged.spans, rest.spans), (places[judged.span_rows], rest.span_rows)),
            _merged((judged.queue, rest.queue), (places[judged.queue_rows], rest.queue_rows)),
        )

    def _classify_rows(
        self, rows: Sequence[Row], messages: pa.Table, places: npt.NDArray[np.int64]
    ) -> Judged:
        """What is no review, a row at a time; `places` says where the rows stand among all."""
        chats: dict[str, list[Row]] = defaultdict(list)
        for message in messages.select(MESSAGES_SCHEMA.names).to_pylist():
            chats[message["feedback_key"]].append(message)
        readings = self._read(rows, chats)
        upset = self._read_turns(chats)
        agent_hits = self._read_agents(chats)
        verdicts = [
            (row, self._verdict(row, chats.get(row["feedback_key"], []), readings, upset, agent_hits))
            for row in rows
        ]
        tags = [len(verdict.tags) for _, verdict in verdicts]
        spans = [sum(len(tag.spans) for tag in verdict.tags) for _, verdict in verdicts]
        queued = [int(verdict.decision == "uncertain") for _, verdict in verdicts]
        return Judged(
            pa.Table.from_pylist(list(self._tag_rows(verdicts)), TAGS_SCHEMA),
            pa.Table.from_pylist(list(_span_rows(verdicts)), SPANS_SCHEMA),
            pa.Table.from_pylist(list(self._queue_rows(verdicts)), QUEUE_SCHEMA),
            np.repeat(places, tags),
            np.repeat(places, spans),
            np.repeat(places, queued),
        )

    def _read(self, rows: Iterable[Row], chats: Mapping[str, Sequence[Row]]) -> dict[str, Reading]:
        """One reading for each distinct text that has letters to read."""
        texts = {row["text"] for row in rows} | {row["reason_text"] for row in rows}
        distinct = _readable(texts | _said_by(chats, "consumer"))
        return dict(zip(distinct, self._model.texts.read(distinct), strict=True))

    def _read_turns(self, chats: Mapping[str, Sequence[Row]]) -> dict[str, float]:
        """How upset each distinct turn of consumers is, by the model of chats."""
        distinct = _readable(_said_by(chats, "consumer"))
        readings = self._model.chats.read(distinct)
        return {text: reading.evidence for text, reading in zip(distinct, readings, strict=True)}

    def _read_agents(self, chats: Mapping[str, Sequence[Row]]) -> dict[str, tuple[Hit, ...]]:
        return {text: tuple(self._agents.find(text)) for text in _said_by(chats, "agent") if text}

    def _verdict(
        self,
        row: Row,
        turns: Sequence[Row],
        readings: Mapping[str, Reading],
        upset: Mapping[str, float],
        agent_hits: Mapping[str, tuple[Hit, ...]],
    ) -> Verdict:
        reading = readings.get(row["text"])
        match row["channel"]:
            case "after_sale":
                about_reason = readings.get(row["reason_text"])
                return judge_after_sale(_request(row), reading, about_reason, self._reasons)
            case "complaint":
                return judge_complaint(_request(row), reading, self._reasons)
            case "im_session":
                session = _session(row, turns, readings, upset, agent_hits)
                return judge_session(session, self._model.dissatisfaction)
            case other:
                raise ValueError(
                    f"feedback {row['feedback_key']!r} has channel {other!r}: "
                    "use review, after_sale, complaint or im_session"
                )

    def _tag_rows(self, verdicts: Iterable[tuple[Row, Verdict]]) -> Iterable[Row]:
        for row, verdict in verdicts:
            for number, tag in enumerate(verdict.tags, start=1):
                yield {
                    "feedback_key": row["feedback_key"],
                    "channel": row["channel"],
                    "tag_no": number,
                    "issue_code": tag.issue,
                    "dimension": tag.dimension,
                    "decision": verdict.decision,
                    "probability": verdict.probability,
                    "text_probability": verdict.text_probability,
                    "severity": tag.severity,
                    "guard_code": verdict.guard,
                    "needs_content_theme": tag.needs_content_theme,
                    "is_dissatisfied": verdict.is_dissatisfied,
                    "classifier_version": self._model.version,
                    "lexicon_version": self._model.lexicon_version,
                }

    def _queue_rows(self, verdicts: Iterable[tuple[Row, Verdict]]) -> Iterable[Row]:
        for row, verdict in verdicts:
            if verdict.decision == "uncertain":
                yield {
                    "feedback_key": row["feedback_key"],
                    "channel": row["channel"],
                    "probability": verdict.probability,
                    "reason": verdict.unclear,
                    "classifier_version": self._model.version,
                }


def _span_rows(verdicts: Iterable[tuple[Row, Verdict]]) -> Iterable[Row]:
    for row, verdict in verdicts:
        for number, tag in enumerate(verdict.tags, start=1):
            for span_number, span in enumerate(tag.spans, start=1):
                yield {
                    "feedback_key": row["feedback_key"],
                    "tag_no": number,
                    "span_no": span_number,
                    "field": span.field,
                    "span_start": span.start,
                    "span_end": span.end,
                    "span_text": span.text,
                    "kind": span.kind,
                    "lexicon_entry": span.entry,
                }


def _said_by(chats: Mapping[str, Sequence[Row]], role: str) -> set[str | None]:
    return {turn["text"] for turns in chats.values() for turn in turns if turn["role"] == role}


def _readable(texts: Iterable[str | None]) -> list[str]:
    """The texts that have letters to read, in an order that is always the same."""
    return sorted(text for text in texts if text and has_letters(text))


def _equals(column: pa.ChunkedArray, value: str) -> npt.NDArray[np.bool_]:
    found = pc.call_function("equal", [column, pa.scalar(value, column.type)])
    return pc.fill_null(found, False).to_numpy()


def _by_key(events: pa.Table) -> pa.Table:
    """The events sorted by key; those of one key keep their order."""
    keys = events["feedback_key"]
    if pc.call_function("all", [pc.call_function("less_equal", [keys[:-1], keys[1:]])]).as_py() is not False:
        return events
    return events.take(pc.call_function("sort_indices", [keys]))


def _merged(tables: tuple[pa.Table, pa.Table], rows: tuple[npt.NDArray[np.int64], ...]) -> pa.Table:
    """Both tables as one, in the order of the feedback that their rows are of."""
    order = np.argsort(np.concatenate(rows), kind="stable")
    return pa.concat_tables(tables).take(pa.array(order)).combine_chunks()


def _request(row: Row) -> Request:
    return Request(
        kind=row["after_sale_kind"],
        reason_code=row["reason_code"],
        reason_text=row["reason_text"],
        text=row["text"],
        blame=row["blame"],
        is_proven=bool(row["evidence_valid"] or row["merchant_admitted"]),
    )


def _session(
    row: Row,
    messages: Sequence[Row],
    readings: Mapping[str, Reading],
    upset: Mapping[str, float],
    agent_hits: Mapping[str, tuple[Hit, ...]],
) -> Session:
    turns = tuple(
        Turn(
            message_id=message["message_id"],
            role=message["role"],
            sent_at=message["sent_at"],
            text=message["text"] or "",
            reading=readings.get(message["text"]) if message["role"] == "consumer" else None,
            agent_hits=agent_hits.get(message["text"], ()) if message["role"] == "agent" else (),
            upset_evidence=upset.get(message["text"]) if message["role"] == "consumer" else None,
        )
        for message in sorted(messages, key=lambda message: (message["seq"], message["message_id"]))
    )
    stars = row["rating_service"]
    is_human = row["rated_scope"] in (None, "human")
    return Session(turns, stars if stars is not None and is_human and 1 <= stars <= 5 else None)
