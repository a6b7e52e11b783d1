"""A day's feedback out of the warehouse, through the classifier, into the lake."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from orchestration.classification.classifier import Classified
from orchestration.classification.keeping import DayRead, Reader, read_day
from orchestration.classification.profile import Profiler
from orchestration.classification.schemas import TABLES_OF_A_DAY
from orchestration.wiring.lake import read_partition, write_partition
from orchestration.wiring.warehouse import arrow


class Input(NamedTuple):
    """What is read of a day."""

    events: pa.Table
    messages: pa.Table


class Done(NamedTuple):
    """The tables of a day as they were stored, by name, and how many feedbacks were read now."""

    tables: dict[str, pa.Table]
    read_count: int


def input_of(connection: duckdb.DuckDBPyConnection, day: date) -> Input:
    """The first versions that became known on the day, and the messages of their chats."""
    return Input(
        arrow(
            connection,
            "select * from intermediate.int_feedback_events "
            "where business_day = ? and is_first_version order by feedback_key",
            [day],
        ),
        arrow(
            connection,
            "select * from intermediate.int_session_messages "
            "where business_day = ? order by feedback_key, seq, message_id",
            [day],
        ),
    )


def stored(lake: Path, day: date) -> Classified:
    """What was said of the day before, empty where nothing was."""
    names = ("feedback_tags", "evidence_spans", "review_queue")
    return Classified(
        *(read_partition(lake, "classified", name, day, TABLES_OF_A_DAY[name]) for name in names)
    )


def classify_day(
    lake: Path, connection: duckdb.DuckDBPyConnection, day: date, reader: Reader, profiler: Profiler
) -> Done:
    """Reads what is new or changed and stores the day; the rest of it stays as it was said."""
    given = input_of(connection, day)
    before = stored(lake, day)
    read = read_day(reader, given.events, given.messages, before)
    profile = read_partition(
        lake, "classified", "classification_profile", day, TABLES_OF_A_DAY["classification_profile"]
    )
    if not (profile.num_rows and read.tables.tags.equals(before.tags)):
        profile = profiler.profile(read.tables.tags, given.events, given.messages)
    return store(lake, day, read, profile)


def store(lake: Path, day: date, read: DayRead, profile: pa.Table) -> Done:
    """Writes the tables of a day. The tags come last: without them the day counts as not read."""
    tables = {
        "classification_profile": profile,
        "evidence_spans": read.tables.spans,
        "review_queue": read.tables.queue,
        "feedback_tags": read.tables.tags,
    }
    for name, table in tables.items():
        write_partition(lake, "classified", name, day, table)
    return Done(tables, read.read_count)
