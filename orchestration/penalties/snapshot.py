"""The ledger as Arrow tables, for the lake and the notice board."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Column, Connection, Select, Table, collate, select
from sqlalchemy.types import String

from orchestration.penalties import tables
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.tables import canonical_json

_KINDS: dict[str, pa.DataType] = {
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
}
_LISTS = {"issue_codes"}
_ORDER = (
    *("business_day", "platform", "shop_key", "rule_family", "subject_type", "subject_key"),
    *("decision_id", "measure_no", "seq"),
)
# Who looked at what is for those who may look at the ledger itself: the audit log is not among them.
_SOURCES: tuple[Table, ...] = (
    tables.decisions,
    tables.measures,
    tables.decision_orders,
    tables.decision_events,
    tables.entries,
    tables.measure_terms,
    tables.reassessments,
    tables.suspensions,
)
# Rows held at once, and the rows of a row group: the same ledger is cut at the same places everywhere.
_AT_ONCE = 10_000


def _schema(table: Table) -> pa.Schema:
    return pa.schema(
        (
            column.name,
            pa.list_(pa.string()) if column.name in _LISTS else _KINDS.get(str(column.type), pa.string()),
        )
        for column in table.columns
    )


# What the lake has of the ledger, one file a table; JSON columns are canonical text.
SNAPSHOTS: dict[str, pa.Schema] = {table.name: _schema(table) for table in _SOURCES}


def snapshot(ledger: Ledger) -> dict[str, pa.Table]:
    """Every table of SNAPSHOTS, sorted and whole: for ledgers of a trial or a test, which are small."""
    with ledger.reading() as connection:
        return {
            table.name: pa.Table.from_batches(_batches(connection, table), SNAPSHOTS[table.name])
            for table in _SOURCES
        }


def write_snapshot(ledger: Ledger, lake: Path) -> dict[str, int]:
    """Write `lake/penalties/<table>.parquet`, as of one moment, and return how many rows each has.

    The same ledger gives the same bytes, whichever database holds it. Rows pass through in batches.
    """
    folder = lake / "penalties"
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with ledger.reading() as connection:
        for table in _SOURCES:
            counts[table.name] = _write(connection, table, folder)
    for name in counts:
        _staged(folder, name).replace(folder / f"{name}.parquet")
    return counts


def _write(connection: Connection, table: Table, folder: Path) -> int:
    count = 0
    with pq.ParquetWriter(_staged(folder, table.name), SNAPSHOTS[table.name], compression="zstd") as writer:
        for batch in _batches(connection, table):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _staged(folder: Path, name: str) -> Path:
    return folder / f".{name}.staged"


def _batches(connection: Connection, table: Table) -> Iterator[pa.RecordBatch]:
    schema = SNAPSHOTS[table.name]
    streamed = connection.execution_options(yield_per=_AT_ONCE)
    with streamed.execute(_sorted(table, connection.dialect.name)) as rows:
        for some in rows.mappings().partitions():
            yield pa.RecordBatch.from_pylist(
                [{column: _plain(value) for column, value in row.items()} for row in some], schema=schema
            )


def _sorted(table: Table, dialect: str) -> Select[Any]:
    keys = [name for name in _ORDER if name in table.columns]
    keys += [column.name for column in table.primary_key.columns if column.name not in keys]
    return select(table).order_by(*(_by_bytes(table.c[name], dialect) for name in keys))


def _by_bytes(column: Column[Any], dialect: str) -> Any:
    # SQLite sorts text by its bytes; PostgreSQL sorts it by the language of the database, unless told.
    return collate(column, "C") if dialect == "postgresql" and isinstance(column.type, String) else column


def _plain(value: Any) -> Any:
    return canonical_json(value) if isinstance(value, dict) else value
