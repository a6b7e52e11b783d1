"""Classifies in Spark's Python workers: Arrow batches through the same compiled kernel as elsewhere."""

# pyspark is an optional extra; pyarrow makes its compute functions when it is imported
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.classifier import Classifier
from orchestration.classification.keeping import read_day
from orchestration.classification.schemas import (
    EVENTS_SCHEMA,
    MESSAGES_SCHEMA,
    QUEUE_SCHEMA,
    SPANS_SCHEMA,
    TAGS_SCHEMA,
)
from orchestration.wiring.partitions import Days

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# The three tables come back as one stream of rows: each row is of one table, the other two are NULL.
_SAID = {
    "feedback_tags": (TAGS_SCHEMA, ("feedback_key", "tag_no")),
    "evidence_spans": (SPANS_SCHEMA, ("feedback_key", "tag_no", "span_no")),
    "review_queue": (QUEUE_SCHEMA, ("feedback_key",)),
}
CLASSIFIED_ON_SPARK = tuple(_SAID)
ANSWERS_SCHEMA = pa.schema(
    [("business_day", pa.date32())] + [(name, pa.struct(list(schema))) for name, (schema, _) in _SAID.items()]
)
_OF_EVENT = ", ".join(f"events.{name}" for name in EVENTS_SCHEMA.names)
_OF_MESSAGE = [field.name for field in MESSAGES_SCHEMA if field.name != "feedback_key"]
_MESSAGE = ", ".join(_OF_MESSAGE)


def feedback_of(session: "SparkSession", days: Days) -> "DataFrame":
    """One row per feedback that became known in the days, its chat as a list in it."""
    return session.sql(
        f"""
        with chats as (
            select feedback_key, collect_list(struct({_MESSAGE})) as messages
            from intermediate.int_session_messages
            where business_day between :first and :last
            group by feedback_key
        )
        select events.business_day, {_OF_EVENT}, chats.messages
        from intermediate.int_feedback_events as events
        left join chats on events.feedback_key = chats.feedback_key
        where events.is_first_version and events.business_day between :first and :last
        """,
        args={"first": days.first, "last": days.last},
    )


def classify(session: "SparkSession", days: Days, model: Path, lake: Path) -> None:
    """Writes what is said of the days into `lake`, laid out as the lake's own tables are."""
    from pyspark.sql.pandas.types import from_arrow_schema

    answers = feedback_of(session, days).mapInArrow(
        reading_with(str(model)), from_arrow_schema(ANSWERS_SCHEMA)
    )
    answers.persist()
    try:
        for name, (_, order) in _SAID.items():
            (
                answers.where(f"{name} is not null")
                .select(f"{name}.*", "business_day")
                .repartition("business_day")
                .sortWithinPartitions("business_day", *order)
                .write.mode("overwrite")
                .partitionBy("business_day")
                .parquet(str(lake / "classified" / name))
            )
    finally:
        answers.unpersist()


def reading_with(model: str) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What a worker does with its batches, by the model of a folder that it can read."""

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from said_of(batch, _classifier(model))

    return read


def said_of(batch: pa.RecordBatch, classifier: Classifier) -> Iterator[pa.RecordBatch]:
    """Batches of ANSWERS_SCHEMA for a batch of `feedback_of`; each row depends on its own words alone."""
    feedback = pa.Table.from_batches([batch])
    keys = feedback["feedback_key"].combine_chunks()
    chats = feedback["messages"].combine_chunks()
    turns = pc.list_flatten(chats)
    columns = {name: turns.field(name) for name in _OF_MESSAGE}
    columns["feedback_key"] = keys.take(pc.list_parent_indices(chats))
    messages = pa.table([columns[name] for name in MESSAGES_SCHEMA.names], names=MESSAGES_SCHEMA.names)
    said = read_day(classifier, feedback.select(EVENTS_SCHEMA.names), messages.cast(MESSAGES_SCHEMA)).tables
    for name, table in zip(_SAID, said, strict=True):
        if table.num_rows:
            rows = table.combine_chunks().to_struct_array().combine_chunks()
            places = pc.index_in(table["feedback_key"], value_set=keys)
            given = {"business_day": feedback["business_day"].take(places).combine_chunks(), name: rows}
            yield pa.record_batch(
                [
                    given[field.name].cast(field.type)
                    if field.name in given
                    else pa.nulls(table.num_rows, field.type)
                    for field in ANSWERS_SCHEMA
                ],
                schema=ANSWERS_SCHEMA,
            )


@cache
def _classifier(model: str) -> Classifier:
    # Spark runs a worker for each core, so a worker's kernel has one thread
    return Classifier.load(Path(model), threads=1)
