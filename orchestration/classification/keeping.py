"""Keeps what was said of a feedback for as long as what was read of it is the same.

A day that is run again is not read again: a new lexicon or model changes no stored tag unless
someone asks for it (`ccr retag`).
"""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from typing import NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.classifier import Classified
from orchestration.classification.inputs import hashes_of
from orchestration.classification.keyed import is_sorted
from orchestration.classification.queue import with_words
from orchestration.classification.schemas import QUEUE_SCHEMA, SPANS_SCHEMA, TAGS_SCHEMA


class Reader(Protocol):
    """What reads feedback: a `Classifier`."""

    def classify(self, events: pa.Table, messages: pa.Table) -> Classified:
        """Tags, evidence and queue of the events."""
        ...


class DayRead(NamedTuple):
    """A day's tables as they are to be stored, and how many feedbacks were read for them."""

    tables: Classified
    read_count: int


_NOTHING = Classified(TAGS_SCHEMA.empty_table(), SPANS_SCHEMA.empty_table(), QUEUE_SCHEMA.empty_table())
_ORDER = (("feedback_key", "tag_no"), ("feedback_key", "tag_no", "span_no"), ("feedback_key",))
_HASHES = ("input_sha256", "words_sha256")


def read_day(
    reader: Reader, events: pa.Table, messages: pa.Table, stored: Classified | None = None
) -> DayRead:
    """The day's tables: stored tags of feedback that is as it was, and the reader's of the rest.

    The same input gives the same bytes, whichever part of it was stored.
    """
    stored = _NOTHING if stored is None else stored
    inputs = hashes_of(events, messages)
    kept = _unchanged(inputs, stored.tags)
    unread = _of(events, kept, within=False)
    found = reader.classify(unread, _of(messages, kept, within=False))
    tags = _with_hashes(found.tags, inputs)
    fresh = Classified(tags, found.spans, with_words(found.queue, unread, messages, tags, found.spans))
    if len(kept) == 0 and is_sorted(inputs["feedback_key"], strictly=True):
        # A reader answers in the order of the keys.
        return DayRead(Classified(*(table.combine_chunks() for table in fresh)), unread.num_rows)
    tables = [
        pa.concat_tables([_of(old, kept, within=True).select(new.schema.names).cast(new.schema), new])
        .sort_by([(column, "ascending") for column in order])
        .combine_chunks()
        for old, new, order in zip(stored, fresh, _ORDER, strict=True)
    ]
    return DayRead(Classified(*tables), unread.num_rows)


def _unchanged(inputs: pa.Table, tags: pa.Table) -> pa.Array:
    """The keys of feedback that is as it was when its tags were stored."""
    if tags.num_rows == 0:
        return pa.array([], pa.string())
    was = tags["input_sha256"].take(pc.index_in(inputs["feedback_key"], value_set=tags["feedback_key"]))
    is_as_it_was = pc.fill_null(pc.equal(was, inputs["input_sha256"]), fill_value=False)
    return inputs["feedback_key"].filter(is_as_it_was).combine_chunks()


def _of(table: pa.Table, keys: pa.Array, *, within: bool) -> pa.Table:
    """The rows whose feedback is, or is not, among some keys, in their order."""
    if len(keys) == 0:
        return table.slice(0, 0) if within else table
    among = pc.is_in(table["feedback_key"], value_set=keys)
    return table.filter(among if within else pc.invert(among))


def _with_hashes(tags: pa.Table, inputs: pa.Table) -> pa.Table:
    rows = pc.index_in(tags["feedback_key"], value_set=inputs["feedback_key"])
    for name in _HASHES:
        place = TAGS_SCHEMA.get_field_index(name)
        tags = tags.set_column(place, TAGS_SCHEMA.field(name), inputs[name].take(rows))
    return tags.cast(TAGS_SCHEMA)
