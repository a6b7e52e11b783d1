"""Keeps what was said of a feedback for as long as what was read of it is the same.

A day that is run again is not read again: a new lexicon or model changes no stored tag unless
someone asks for it (`ccr retag`).
"""

from typing import NamedTuple, Protocol

import duckdb
import pyarrow as pa

from orchestration.classification.classifier import Classified
from orchestration.classification.inputs import hashes_of
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


def read_day(
    reader: Reader, events: pa.Table, messages: pa.Table, stored: Classified | None = None
) -> DayRead:
    """The day's tables: stored tags of feedback that is as it was, and the reader's of the rest.

    The same input gives the same bytes, whichever part of it was stored.
    """
    stored = _NOTHING if stored is None else stored
    inputs = hashes_of(events, messages)
    with duckdb.connect() as connection:
        connection.register("inputs", inputs)
        connection.register("stored_tags", stored.tags)
        connection.execute(
            "create temp table kept as select distinct feedback_key "
            "from inputs inner join stored_tags using (feedback_key, input_sha256)"
        )
        kept = Classified(*(_having(connection, table, "semi") for table in stored))
        unread = _having(connection, events, "anti")
        found = reader.classify(unread, _having(connection, messages, "anti"))
        tags = _with_hashes(connection, found.tags)
    queue = with_words(found.queue, unread, messages, tags, found.spans)
    fresh = Classified(tags, found.spans, queue)
    tables = [
        pa.concat_tables([old.select(new.schema.names).cast(new.schema), new])
        .sort_by([(column, "ascending") for column in order])
        .combine_chunks()
        for old, new, order in zip(kept, fresh, _ORDER, strict=True)
    ]
    return DayRead(Classified(*tables), unread.num_rows)


def _having(connection: duckdb.DuckDBPyConnection, table: pa.Table, join: str) -> pa.Table:
    """The rows whose feedback is (`semi`) or is not (`anti`) among those kept, in their order."""
    numbered = table.append_column("row_no", pa.array(range(table.num_rows), pa.int64()))
    connection.register("rows", numbered)
    found = connection.sql(
        f"select rows.* from rows {join} join kept using (feedback_key) order by row_no"
    ).to_arrow_table()
    return found.drop_columns(["row_no"]).cast(table.schema)


def _with_hashes(connection: duckdb.DuckDBPyConnection, tags: pa.Table) -> pa.Table:
    connection.register("tags", tags)
    return (
        connection.sql(
            "select tags.* replace (inputs.input_sha256 as input_sha256, "
            "inputs.words_sha256 as words_sha256) "
            "from tags inner join inputs using (feedback_key) order by feedback_key, tag_no"
        )
        .to_arrow_table()
        .cast(TAGS_SCHEMA)
    )
