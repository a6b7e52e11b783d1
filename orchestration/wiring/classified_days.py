"""A day's feedback out of the warehouse, through the classifier, into the lake."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.classification.classifier import Classified
from orchestration.classification.keeping import DayRead, Reader, read_day
from orchestration.classification.profile import Profiler
from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA, TABLES_OF_A_DAY
from orchestration.wiring.lake import read_partition, write_partition
from orchestration.wiring.partitions import Days
from orchestration.wiring.warehouse import arrow
from orchestration.wiring.windows import windows

# So many rows of days that are asked for together are in memory, or those of one day that has more.
MOST_ROWS = 200_000
_OF_EVENT = ", ".join(EVENTS_SCHEMA.names)
_OF_MESSAGE = ", ".join(MESSAGES_SCHEMA.names)


class Input(NamedTuple):
    """What is read of a day."""

    events: pa.Table
    messages: pa.Table


class Done(NamedTuple):
    """The tables of a day as they were stored, by name, and how many feedbacks were read now."""

    tables: dict[str, pa.Table]
    read_count: int


def inputs_of(connection: duckdb.DuckDBPyConnection, days: Days) -> Iterator[Input]:
    """Of each day the first versions that became known, and the messages of their chats.

    Many short days are asked for together: what a query costs by itself is paid once.
    """
    for window in windows(days, _counts(connection, days), MOST_ROWS):
        bounds: list[object] = [window.first, window.last]
        events = arrow(
            connection,
            f"select business_day, {_OF_EVENT} from intermediate.int_feedback_events "
            "where business_day between ? and ? and is_first_version order by business_day, feedback_key",
            bounds,
        )
        messages = arrow(
            connection,
            f"select business_day, {_OF_MESSAGE} from intermediate.int_session_messages "
            "where business_day between ? and ? order by business_day, feedback_key, seq, message_id",
            bounds,
        )
        events_of_day, messages_of_day = dict(by_day(events)), dict(by_day(messages))
        for day in window:
            yield Input(
                events_of_day.get(day, events.slice(0, 0)).drop_columns(["business_day"]),
                messages_of_day.get(day, messages.slice(0, 0)).drop_columns(["business_day"]),
            )


def _counts(connection: duckdb.DuckDBPyConnection, days: Days) -> dict[date, int]:
    """How many rows each day's input has."""
    return dict(
        connection.execute(
            """
            select business_day, count(*)
            from (
                select business_day from intermediate.int_feedback_events where is_first_version
                union all
                select business_day from intermediate.int_session_messages
            ) as input
            where business_day between ? and ?
            group by business_day
            """,
            [days.first, days.last],
        ).fetchall()
    )


def by_day(rows: pa.Table) -> Iterator[tuple[date, pa.Table]]:
    """The rows of each day, of rows sorted by it."""
    days = rows["business_day"].to_numpy()
    first = np.flatnonzero(days[1:] != days[:-1]) + 1 if len(days) else []
    for begin, end in pairwise([0, *first, len(days)]):
        if end > begin:
            yield rows["business_day"][begin].as_py(), rows.slice(begin, end - begin)


def stored(lake: Path, day: date) -> Classified:
    """What was said of the day before, empty where nothing was."""
    names = ("feedback_tags", "evidence_spans", "review_queue")
    return Classified(
        *(read_partition(lake, "classified", name, day, TABLES_OF_A_DAY[name]) for name in names)
    )


def classify_days(
    lake: Path, connection: duckdb.DuckDBPyConnection, days: Days, reader: Reader, profiler: Profiler
) -> Iterator[Done]:
    """Reads what is new or changed and stores day after day; the rest of it stays as it was said."""
    for day, given in zip(days, inputs_of(connection, days), strict=True):
        yield _classify_day(lake, day, given, reader, profiler)


def _classify_day(lake: Path, day: date, given: Input, reader: Reader, profiler: Profiler) -> Done:
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
