"""Puts the words into the review queue, so that a person can decide from the queue alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.schemas import QUEUE_SCHEMA

Row = dict[str, Any]

# A chat of hundreds of turns is not read to its end by anyone; the words beyond are not shown.
MOST_TEXT = 4_000


class Shown(NamedTuple):
    """A text as a person sees it, and where each field of the feedback begins in it."""

    text: str
    starts: dict[str, int]
    ends: dict[str, int]


def with_words(
    queue: pa.Table, events: pa.Table, messages: pa.Table, tags: pa.Table, spans: pa.Table
) -> pa.Table:
    """The queue with text, suggested issues and words; offsets are code points of its text."""
    if queue.num_rows == 0:
        return queue.cast(QUEUE_SCHEMA)
    keys = queue["feedback_key"].combine_chunks()
    of_feedback = {row["feedback_key"]: row for row in _rows(events, keys)}
    turns = _by_feedback(_rows(messages, keys))
    tagged = _by_feedback(_rows(tags, keys))
    cited = _by_feedback(_rows(spans, keys))
    rows = []
    for row in queue.to_pylist():
        key = row["feedback_key"]
        shown = shown_of(of_feedback[key], turns[key])
        issues = {tag["tag_no"]: tag["issue_code"] for tag in tagged[key]}
        rows.append(
            {
                **row,
                "words_sha256": next((tag["words_sha256"] for tag in tagged[key]), None),
                "text": shown.text,
                "issue_codes": list(dict.fromkeys(code for code in issues.values() if code)),
                "words": list(_words(cited[key], issues, shown)),
            }
        )
    return pa.Table.from_pylist(rows, QUEUE_SCHEMA)


def _rows(table: pa.Table, keys: pa.Array) -> list[Row]:
    wanted = pc.call_function("is_in", [table["feedback_key"]], pc.SetLookupOptions(keys))
    return table.filter(wanted).to_pylist()


def _by_feedback(rows: Iterable[Row]) -> dict[str, list[Row]]:
    gathered: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        gathered[row["feedback_key"]].append(row)
    return gathered


def shown_of(event: Row, turns: Sequence[Row]) -> Shown:
    """The reason above the words; a chat turn by turn, each on its line after who speaks."""
    parts = [("reason_text", "", event["reason_text"]), ("text", "", event["text"])]
    parts += [
        (f"message:{turn['message_id']}", f"{turn['role']}: ", turn["text"])
        for turn in sorted(turns, key=lambda turn: (turn["seq"], turn["message_id"]))
    ]
    text = ""
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for field, speaker, words in parts:
        if words:
            text += ("\n" if text else "") + speaker
            starts[field] = len(text)
            text += words
            ends[field] = len(text)
    return Shown(text[:MOST_TEXT], starts, ends)


def _words(spans: Iterable[Row], issues: dict[int, str | None], shown: Shown) -> Iterable[Row]:
    for span in sorted(spans, key=lambda span: (span["tag_no"], span["span_no"])):
        start = shown.starts.get(span["field"])
        if start is None or span["span_end"] <= span["span_start"]:
            continue
        first, last = start + span["span_start"], start + span["span_end"]
        if last <= len(shown.text):
            yield {
                "text_start": first,
                "text_end": last,
                "field": span["field"],
                "span_start": span["span_start"],
                "span_end": span["span_end"],
                "span_text": span["span_text"],
                "issue_code": issues.get(span["tag_no"]),
            }
