"""Turns lines of JSON and batches of Parquet into FEEDBACK_SCHEMA, and says which rows it could not."""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from orchestration.classification.feedback import FEEDBACK_SCHEMA
from orchestration.classification.feedback_rows import Row, RowError, checked, row_of_json

_STARS = frozenset({None, 1, 2, 3, 4, 5})
_TEXTS = ("id", "channel", "text", "reason_text")
Given = TypeVar("Given")


class Chunk(NamedTuple):
    """Rows as read; a row that could not be is there with its id at most, and its error by its place."""

    table: pa.Table
    errors: dict[int, str]


def read_lines(lines: Sequence[bytes]) -> Chunk:
    """One row per line of JSON. Read as columns; where a line or a value resists, line by line."""
    try:
        return Chunk(_columns([orjson.loads(line) for line in lines]), {})
    except (ValueError, TypeError, AttributeError, OverflowError, pa.ArrowException):
        return _one_by_one(lines, row_of_json)


def read_batch(batch: pa.RecordBatch) -> Chunk:
    """The rows of a Parquet file; columns of other types than those of the schema are read row by row."""
    table = pa.Table.from_batches([batch])
    try:
        return Chunk(_cast(table), {})
    except (TypeError, pa.ArrowException):
        return _one_by_one(table.to_pylist(), checked)


def _columns(rows: list[dict[str, Any]]) -> pa.Table:
    """The columns of rows that are texts with stars; raises where any is a chat or of another type."""
    if any(row.get("messages") is not None for row in rows):
        raise TypeError("chats are read one by one")
    ratings = [row.get("rating") for row in rows]
    if not _STARS.issuperset(ratings):
        raise ValueError("a rating is out of range")
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in _TEXTS}
    columns["rating"] = pa.array(ratings, pa.int64())
    columns["messages"] = pa.nulls(len(rows), FEEDBACK_SCHEMA.field("messages").type)
    return pa.table([columns[name] for name in FEEDBACK_SCHEMA.names], schema=FEEDBACK_SCHEMA)


def _cast(table: pa.Table) -> pa.Table:
    """The columns cast without loss; raises where a type asks for a look at each value."""
    columns: list[pa.ChunkedArray | pa.Array] = []
    for field in FEEDBACK_SCHEMA:
        if field.name not in table.column_names or kinds.is_null(table[field.name].type):
            columns.append(pa.nulls(len(table), field.type))
            continue
        column = table[field.name]
        if kinds.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        columns.append(_cast_one(column, field))
    return pa.table(columns, schema=FEEDBACK_SCHEMA)


def _cast_one(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    kind = column.type
    if field.name == "messages" and column.null_count < len(column):
        raise TypeError("chats are read one by one")
    if field.name == "rating" and kinds.is_floating(kind):
        # Whole numbers with gaps come as floats from frames that have no other way to say it.
        column = pc.if_else(pc.is_nan(column), None, column)
    is_text = kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind)
    fits = {
        "id": is_text or kinds.is_integer(kind),
        "rating": kinds.is_integer(kind) or kinds.is_floating(kind),
        "messages": True,
    }.get(field.name, is_text)
    if not fits:
        raise TypeError(f"{field.name} is {kind}")
    if field.name == "messages":
        return pa.chunked_array([pa.nulls(len(column), field.type)])
    return column.cast(field.type)


def _one_by_one(given: Iterable[Given], read: Callable[[Given], Row]) -> Chunk:
    rows: list[Row] = []
    errors: dict[int, str] = {}
    for place, item in enumerate(given):
        try:
            rows.append(read(item))
        except RowError as error:
            errors[place] = str(error)
            rows.append({"id": error.identity})
    return Chunk(pa.Table.from_pylist(rows, FEEDBACK_SCHEMA), errors)
