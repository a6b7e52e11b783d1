"""Classifies feedback of all channels: Arrow tables in, tags, evidence and a review queue out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.classification.dialogue import Session, judge_session
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import TrainedModel, load_model
from orchestration.classification.normal import has_letters
from orchestration.classification.phrases import Lexicon
from orchestration.classification.requests import Request, judge_after_sale, judge_complaint
from orchestration.classification.reviews import Stars, judge_review
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

    def __init__(self, model: TrainedModel, lexicon: Lexicon) -> None:
        self._model = model
        self._agents = SpanFinder(lexicon.agent)
        self._reasons = SpanFinder(lexicon.reason)

    @classmethod
    def load(cls, model_dir: Path) -> "Classifier":
        """The classifier of a trained model folder."""
        return cls(load_model(model_dir), shipped_lexicon())

    @property
    def version(self) -> str:
        """Changes with the weights and the code that reads them."""
        return self._model.version

    def classify(self, events: pa.Table, messages: pa.Table) -> Classified:
        """Tags, evidence and queue of the events; each depends on its own words alone.

        Of a text the first `READ_AT_MOST` characters are read.
        """
        rows = events.select(EVENTS_SCHEMA.names).to_pylist()
        chats: dict[str, list[Row]] = defaultdict(list)
        for message in messages.select(MESSAGES_SCHEMA.names).to_pylist():
            chats[message["feedback_key"]].append(message)
        readings = self._read(rows, chats)
        agent_hits = self._read_agents(chats)
        verdicts = [
            (row, self._verdict(row, chats.get(row["feedback_key"], []), readings, agent_hits))
            for row in sorted(rows, key=lambda row: row["feedback_key"])
        ]
        return Classified(
            pa.Table.from_pylist(list(self._tag_rows(verdicts)), TAGS_SCHEMA),
            pa.Table.from_pylist(list(_span_rows(verdicts)), SPANS_SCHEMA),
            pa.Table.from_pylist(list(self._queue_rows(verdicts)), QUEUE_SCHEMA),
        )

    def _read(self, rows: Iterable[Row], chats: Mapping[str, Sequence[Row]]) -> dict[str, Reading]:
        """One reading for each distinct text that has letters to read."""
        texts = {row["text"] for row in rows} | {row["reason_text"] for row in rows}
        for turns in chats.values():
            texts |= {turn["text"] for turn in turns if turn["role"] == "consumer"}
        distinct = sorted(text for text in texts if text and has_letters(text))
        return dict(zip(distinct, self._model.texts.read(distinct), strict=True))

    def _read_agents(self, chats: Mapping[str, Sequence[Row]]) -> dict[str, tuple[Hit, ...]]:
        texts = {
            turn["text"]
            for turns in chats.values()
            for turn in turns
            if turn["role"] == "agent" and turn["text"]
        }
        return {text: tuple(self._agents.find(text)) for text in texts}

    def _verdict(
        self,
        row: Row,
        turns: Sequence[Row],
        readings: Mapping[str, Reading],
        agent_hits: Mapping[str, tuple[Hit, ...]],
    ) -> Verdict:
        reading = readings.get(row["text"])
        match row["channel"]:
            case "review":
                return judge_review(row["text"], reading, _stars(row))
            case "after_sale":
                about_reason = readings.get(row["reason_text"])
                return judge_after_sale(_request(row), reading, about_reason, self._reasons)
            case "complaint":
                return judge_complaint(_request(row), reading, self._reasons)
            case "im_session":
                return judge_session(_session(row, turns, readings, agent_hits))
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


def _stars(row: Row) -> Stars:
    return Stars(
        *(
            stars if stars is not None and 1 <= stars <= 5 else None
            for stars in (
                row["rating_overall"],
                row["rating_product"],
                row["rating_service"],
                row["rating_logistics"],
            )
        )
    )


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
        )
        for message in sorted(messages, key=lambda message: (message["seq"], message["message_id"]))
    )
    stars = row["rating_service"]
    is_human = row["rated_scope"] in (None, "human")
    return Session(turns, stars if stars is not None and is_human and 1 <= stars <= 5 else None)
