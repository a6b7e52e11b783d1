"""Feedback out of the warehouse as it is put to a person, from what was said of it and its words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from orchestration.classification.queue import Shown, shown_of, with_words
from orchestration.classification.schemas import MESSAGES_SCHEMA, SPANS_SCHEMA, TAGS_SCHEMA
from orchestration.classification.taxonomy import taxonomy
from orchestration.reviewing.decision import Asked, Codes, Evidence, FieldShown, IssueMeaning, Words
from orchestration.wiring.warehouse import arrow

Row = dict[str, Any]


class Wanted(NamedTuple):
    """Which feedback of the queue to ask about; what is None does not matter."""

    platform: str | None = None
    shop: str | None = None
    channel: str | None = None
    first: date | None = None
    last: date | None = None


def codes() -> Codes:
    """The issues and guards of the taxonomy."""
    return Codes(
        issues={
            issue.code: IssueMeaning(
                issue.dimension,
                issue.severity,
                issue.needs_content_theme,
                f"{issue.title_zh} {issue.title_en}",
            )
            for issue in taxonomy().issues
        },
        guards={guard.code: f"{guard.title_zh} {guard.title_en}" for guard in taxonomy().guards},
    )


def queued(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> list[str]:
    """The keys of the queue, earliest day first."""
    rows = connection.execute(
        """
        select queue.feedback_key
        from classified.review_queue as queue
        inner join intermediate.int_feedback_events as events
            on queue.feedback_key = events.feedback_key and events.is_first_version
        where (events.platform = $platform or $platform is null)
          and (events.shop_key in ($shop, events.platform || ':' || $shop) or $shop is null)
          and (events.channel = $channel or $channel is null)
          and (queue.business_day >= $first or $first is null)
          and (queue.business_day <= $last or $last is null)
        order by queue.business_day, queue.feedback_key
        """,
        wanted._asdict(),
    ).fetchall()
    return [key for (key,) in rows]


def asked(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, Asked]:
    """Each classified feedback among the keys, in their order."""
    if not keys:
        return {}
    connection.register("asked_keys", pa.table({"feedback_key": pa.array(dict.fromkeys(keys), pa.string())}))
    try:
        events = arrow(
            connection,
            """
            select events.*, links.order_key, tags.probability, tags.decision, tags.classifier_version,
                   queue.reason
            from asked_keys
            inner join intermediate.int_feedback_events as events
                on asked_keys.feedback_key = events.feedback_key and events.is_first_version
            inner join classified.feedback_tags as tags
                on asked_keys.feedback_key = tags.feedback_key and tags.tag_no = 1
            left join classified.review_queue as queue on asked_keys.feedback_key = queue.feedback_key
            left join intermediate.int_feedback_links as links
                on asked_keys.feedback_key = links.feedback_key
            """,
        )
        messages = _of_keys(connection, "intermediate.int_session_messages", MESSAGES_SCHEMA)
        tags = _of_keys(connection, "classified.feedback_tags", TAGS_SCHEMA)
        spans = _of_keys(connection, "classified.evidence_spans", SPANS_SCHEMA)
    finally:
        connection.unregister("asked_keys")
    queue = events.select(["feedback_key", "channel", "probability", "reason", "classifier_version"])
    turns: dict[str, list[Row]] = defaultdict(list)
    for turn in messages.to_pylist():
        turns[turn["feedback_key"]].append(turn)
    of_key = {row["feedback_key"]: row for row in events.to_pylist()}
    found = {
        row["feedback_key"]: _asked(of_key[row["feedback_key"]], row, turns[row["feedback_key"]])
        for row in with_words(queue, events, messages, tags, spans).to_pylist()
    }
    return {key: found[key] for key in dict.fromkeys(keys) if key in found}


def _of_keys(connection: duckdb.DuckDBPyConnection, table: str, columns: pa.Schema) -> pa.Table:
    names = ", ".join(f"{table}.{name}" for name in columns.names)
    return arrow(connection, f"select {names} from {table} semi join asked_keys using (feedback_key)")


def _asked(event: Row, queue: Row, turns: Sequence[Row]) -> Asked:
    shown = shown_of(event, turns)
    return Asked(
        feedback_key=event["feedback_key"],
        known_day=event["business_day"],
        shop=event["shop_key"],
        order=event["order_key"],
        rating=event["rating_overall"] or event["rating_service"],
        text=shown.text,
        fields=tuple(_fields(shown)),
        words=tuple(
            Words(
                words["text_start"],
                words["text_end"],
                words["issue_code"],
                Evidence(words["field"], words["span_start"], words["span_end"], words["span_text"]),
            )
            for words in queue["words"]
        ),
        issues=tuple(queue["issue_codes"]),
        decision=event["decision"],
        probability=event["probability"],
        reason=event["reason"],
        classifier_version=event["classifier_version"],
        words_sha256=queue["words_sha256"] or "",
        consumer_text=_said_by_the_consumer(event, turns),
    )


def _fields(shown: Shown) -> Iterable[FieldShown]:
    for field, start in shown.starts.items():
        # what was cut off cannot be cited
        if shown.ends[field] <= len(shown.text):
            yield FieldShown(field, start, shown.ends[field])


def _said_by_the_consumer(event: Row, turns: Sequence[Row]) -> str:
    spoken = [turn for turn in turns if turn["role"] == "consumer" and turn["text"]]
    in_order = sorted(spoken, key=lambda turn: (turn["seq"], turn["message_id"]))
    return event["text"] or "\n".join(turn["text"] for turn in in_order) or event["reason_text"] or ""
