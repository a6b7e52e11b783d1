"""Rows of a query as one file, streamed: Parquet, CSV, JSON or JSON Lines."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.publishing.csv_cells import plain, write_csv

ROWS_AT_ONCE = 50_000


class ExportRefusedError(ValueError):
    """A table that is not there or not to be given out, or a file that cannot be written."""


def refuse_file(path: Path) -> None:
    """Raises ExportRefusedError where the file's ending or folder cannot be written."""
    if path.suffix.lower() not in _WRITERS:
        raise ExportRefusedError(
            f"'{path.name}' cannot be written: '{path.suffix}' is none of {', '.join(_WRITERS)}; "
            "give the file one of these endings"
        )
    if not path.parent.is_dir():
        raise ExportRefusedError(f"there is no folder '{path.parent}' to write to: make it first")


def write_rows(reader: pa.RecordBatchReader, path: Path, release: Callable[[int], None] | None = None) -> int:
    """Write every row of a reader and return how many there are. The file appears when it is complete.

    `release` is told the rows before the file appears; what it raises keeps the file from appearing.
    """
    refuse_file(path)
    schema = pa.schema(_in_utc(column) for column in reader.schema)
    batches = (_fitted(batch, schema) for batch in reader)
    staged = path.with_name(f".{path.name}.staged")
    try:
        rows = _WRITERS[path.suffix.lower()](staged, schema, batches)
        if release is not None:
            release(rows)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
    return rows


def _in_utc(column: pa.Field) -> pa.Field:
    # DuckDB stamps its session's time zone on the column: the file must not depend on it.
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return column.with_type(pa.timestamp("us", tz="UTC"))
    return column


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            array.cast(column.type) if array.type != column.type else array
            for array, column in zip(batch.columns, schema, strict=True)
        ],
        schema=schema,
    )


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _write_json_lines(path: Path, _schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for batch in batches:
            for row in batch.to_pylist():
                file.write(_as_json(row) + "\n")
                rows += 1
    return rows


def _write_json(path: Path, _schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for batch in batches:
            for row in batch.to_pylist():
                file.write(("," if rows else "") + "\n" + _as_json(row))
                rows += 1
        file.write("\n]\n" if rows else "]\n")
    return rows


def _as_json(row: dict[str, object]) -> str:
    return json.dumps(plain(row), sort_keys=True, ensure_ascii=False, allow_nan=False)


_Writer = Callable[[Path, pa.Schema, Iterator[pa.RecordBatch]], int]
_WRITERS: dict[str, _Writer] = {
    ".parquet": _write_parquet,
    ".csv": write_csv,
    ".json": _write_json,
    ".jsonl": _write_json_lines,
}
