"""Writes one business day of one table of the lake, whole or not at all."""

import os
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def partition_folder(lake: Path, layer: str, table: str, day: date) -> Path:
    """Where a table keeps a business day."""
    return lake / layer / table / f"business_day={day.isoformat()}"


def write_partition(lake: Path, layer: str, table: str, day: date, rows: pa.Table) -> Path:
    """Replaces the day. The same rows in the same order give the same bytes.

    A day without rows has no file, so that a day re-landed empty leaves no ghost.
    """
    folder = partition_folder(lake, layer, table, day)
    if rows.num_rows == 0:
        shutil.rmtree(folder, ignore_errors=True)
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "part.parquet"
    staged = folder / f".{file.name}.{os.getpid()}"
    pq.write_table(rows.replace_schema_metadata(None), staged, compression="zstd")
    staged.replace(file)
    return folder


def read_partition(lake: Path, layer: str, table: str, day: date, columns: pa.Schema) -> pa.Table:
    """The day as stored, in the columns asked for: none where there is no day, NULL where no column."""
    file = partition_folder(lake, layer, table, day) / "part.parquet"
    if not file.exists():
        return columns.empty_table()
    stored = pq.ParquetFile(file).read()
    return pa.table(
        [
            stored[field.name].cast(field.type)
            if field.name in stored.column_names
            else pa.nulls(stored.num_rows, field.type)
            for field in columns
        ],
        schema=columns,
    )
