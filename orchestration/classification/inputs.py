"""Hashes of what the classifier reads of each feedback, to tell whether it was read before."""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.keyed import by_key, in_turn, turns_of_chats
from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA

INPUTS_SCHEMA = pa.schema(
    [("feedback_key", pa.string()), ("input_sha256", pa.string()), ("words_sha256", pa.string())]
)
_OF_EVENT = tuple(name for name in EVENTS_SCHEMA.names if name != "feedback_key")
_OF_MESSAGE = tuple(name for name in MESSAGES_SCHEMA.names if name != "feedback_key")
_WORDS = ("text", "reason_text")
_WORDS_OF_MESSAGE = ("message_id", "role", "text")


def hashes_of(events: pa.Table, messages: pa.Table) -> pa.Table:
    """One row per feedback, sorted: the hash of all that is read of it, and of its words alone.

    An absent value leaves no trace, so a column that is added and empty changes no hash.
    """
    given = by_key(events.select(EVENTS_SCHEMA.names).cast(EVENTS_SCHEMA))
    chats = in_turn(messages.select(MESSAGES_SCHEMA.names).cast(MESSAGES_SCHEMA))
    keys, turns = turns_of_chats(chats["feedback_key"])
    chat = pc.index_in(given["feedback_key"].combine_chunks(), value_set=keys)
    columns = [given["feedback_key"]]
    for of_event, of_message in ((_OF_EVENT, _OF_MESSAGE), (_WORDS, _WORDS_OF_MESSAGE)):
        said = pa.ListArray.from_arrays(turns, _written(chats, of_message))
        of_chat = pc.binary_join(said, "|").take(chat)
        whole = pc.binary_join_element_wise(_written(given, of_event), of_chat, "|", null_handling="skip")
        columns.append(_hashed(whole))
    return pa.table(columns, schema=INPUTS_SCHEMA)


def _written(table: pa.Table, names: tuple[str, ...]) -> pa.Array:
    """The values with their names and lengths, so that no two rows are written alike."""
    columns = [(name, table[name].combine_chunks()) for name in names]
    values = [_value(name, column) for name, column in columns if column.null_count < len(column)]
    # Arrow leaves out a row that has nothing to join: each begins with an empty text, cut off again.
    nothing = pa.repeat("", table.num_rows)
    joined = pc.binary_join_element_wise(nothing, *values, ",", null_handling="skip")
    return pc.binary_replace_slice(joined, start=0, stop=1, replacement="")


def _value(name: str, column: pa.Array) -> pa.Array:
    # a time is written as a number: how an engine prints one may change
    value = column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
    text = value.cast(pa.string())
    length = pc.utf8_length(text).cast(pa.string())
    return pc.binary_join_element_wise(f"{name}=", length, ":", text, "")


def _hashed(texts: pa.Array) -> pa.Array:
    return pa.array([sha256(text).hexdigest() for text in texts.cast(pa.binary()).to_pylist()], pa.string())
