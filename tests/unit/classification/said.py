"""Feedback and chats as rows, and what the classifier says of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA

Row = dict[str, Any]
MORNING = datetime(2026, 9, 3, 2, 0, tzinfo=UTC)  # ten o'clock in Shanghai


class Said(NamedTuple):
    """The tags of one feedback with their evidence."""

    decision: str
    guard: str | None
    probability: float
    text_probability: float | None
    issues: tuple[str | None, ...]
    tags: tuple[Row, ...]
    spans: tuple[Row, ...]

    def words(self, issue: str) -> list[str]:
        """The words that show an issue."""
        numbers = {tag["tag_no"] for tag in self.tags if tag["issue_code"] == issue}
        return [span["span_text"] for span in self.spans if span["tag_no"] in numbers]


def events(rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), EVENTS_SCHEMA)


def messages(rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), MESSAGES_SCHEMA)


def review(text: str | None, stars: int | None = None, key: str = "r", **given: Any) -> Row:
    return {"feedback_key": key, "channel": "review", "text": text, "rating_overall": stars, **given}


def after_sale(reason_text: str | None, text: str | None = None, key: str = "a", **given: Any) -> Row:
    return {
        "feedback_key": key, "channel": "after_sale", "reason_text": reason_text, "text": text, **given,
    }  # fmt: skip


def complaint(text: str | None, category: str | None = None, key: str = "c", **given: Any) -> Row:
    return {
        "feedback_key": key, "channel": "complaint", "reason_text": category, "text": text, **given,
    }  # fmt: skip


def turns(
    *said: tuple[str, str] | tuple[str, str, int], key: str = "s", start: datetime = MORNING
) -> list[Row]:
    """Messages one minute apart, or as many seconds after the one before as the third part says."""
    rows: list[Row] = []
    at = start
    for number, (role, text, *after) in enumerate(said, start=1):
        at += timedelta(seconds=after[0] if after else 60)
        rows.append(
            {
                "feedback_key": key, "message_id": f"m{number}", "seq": number, "role": role,
                "sent_at": at, "text": text,
            }
        )  # fmt: skip
    return rows


def said_of(classifier: Classifier, row: Row, chat: Sequence[Row] = ()) -> Said:
    """What is said of one feedback."""
    found = classifier.classify(events([row]), messages(chat))
    return _said(found, row["feedback_key"])


def said_of_chat(classifier: Classifier, chat: Sequence[Row], stars: int | None = None, **given: Any) -> Said:
    """What is said of one chat."""
    row = {
        "feedback_key": chat[0]["feedback_key"] if chat else "s", "channel": "im_session",
        "rating_service": stars, "rated_scope": "human" if stars else None, **given,
    }  # fmt: skip
    return said_of(classifier, row, chat)


def _said(found: Classified, key: str) -> Said:
    tags = [tag for tag in found.tags.to_pylist() if tag["feedback_key"] == key]
    spans = [span for span in found.spans.to_pylist() if span["feedback_key"] == key]
    first = tags[0]
    return Said(
        first["decision"], first["guard_code"], first["probability"], first["text_probability"],
        tuple(tag["issue_code"] for tag in tags), tuple(tags), tuple(spans),
    )  # fmt: skip
