"""Hashes of what the classifier reads of each feedback, to tell whether it was read before."""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA

INPUTS_SCHEMA = pa.schema(
    [("feedback_key", pa.string()), ("input_sha256", pa.string()), ("words_sha256", pa.string())]
)
_WORDS = ("text", "reason_text")
_WORDS_OF_MESSAGE = ("message_id", "role", "text")


def hashes_of(events: pa.Table, messages: pa.Table) -> pa.Table:
    """One row per feedback, sorted: the hash of all that is read of it, and of its words alone.

    An absent value leaves no trace, so a column that is added and empty changes no hash.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("events", events.select(EVENTS_SCHEMA.names).cast(EVENTS_SCHEMA))
        connection.register("messages", messages.select(MESSAGES_SCHEMA.names).cast(MESSAGES_SCHEMA))
        of_event = [field for field in EVENTS_SCHEMA if field.name != "feedback_key"]
        of_message = [field for field in MESSAGES_SCHEMA if field.name != "feedback_key"]
        return connection.sql(
            f"""
            with chats as (
                select feedback_key,
                       string_agg({_written(of_message)}, '|' order by seq, message_id) as input,
                       string_agg({_written(_named(of_message, _WORDS_OF_MESSAGE))}, '|'
                                  order by seq, message_id) as words
                from messages
                group by feedback_key
            )
            select feedback_key,
                   sha256(concat_ws('|', {_written(of_event)}, chats.input)) as input_sha256,
                   sha256(concat_ws('|', {_written(_named(of_event, _WORDS))}, chats.words)) as words_sha256
            from events
            left join chats using (feedback_key)
            order by feedback_key
            """
        ).to_arrow_table()


def _named(fields: Iterable[pa.Field], names: tuple[str, ...]) -> list[pa.Field]:
    return [field for field in fields if field.name in names]


def _written(fields: Iterable[pa.Field]) -> str:
    """SQL of the values with their names and lengths, so that no two rows are written alike."""
    return f"concat_ws(',', {', '.join(_value(field) for field in fields)})"


def _value(field: pa.Field) -> str:
    # a time is written as a number: how an engine prints one may change
    value = f"epoch_us({field.name})" if pa.types.is_timestamp(field.type) else field.name
    text = f"cast({value} as varchar)"
    return f"'{field.name}=' || length({text}) || ':' || {text}"
