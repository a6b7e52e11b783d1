"""The ledger as Arrow tables, for the lake and the notice board."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table, select

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
# Sorted here and not by the store: SQLite and PostgreSQL do not agree on the order of text.
_ORDER = (
    *("business_day", "platform", "shop_key", "rule_family", "subject_type", "subject_key"),
    *("decision_id", "measure_no", "seq"),
)
_SOURCES: tuple[Table, ...] = (tables.decisions, tables.measures, tables.decision_orders)


def _schema(table: Table) -> pa.Schema:
    return pa.schema(
        (
            column.name,
            pa.list_(pa.string()) if column.name in _LISTS else _KINDS.get(str(column.type), pa.string()),
        )
        for column in table.columns
    )


# Decisions, their measures, and the words of their orders; JSON columns are canonical text.
SNAPSHOTS: dict[str, pa.Schema] = {table.name: _schema(table) for table in _SOURCES}


def snapshot(ledger: Ledger) -> dict[str, pa.Table]:
    """Every table of SNAPSHOTS, sorted: the same ledger gives the same rows in the same order."""
    with ledger.reading() as connection:
        rows = {table.name: connection.execute(select(table)).mappings().all() for table in _SOURCES}
    return {
        name: pa.Table.from_pylist(
            [{column: _plain(value) for column, value in row.items()} for row in rows[name]],
            schema=schema,
        ).sort_by([(column, "ascending") for column in _ORDER if column in schema.names])
        for name, schema in SNAPSHOTS.items()
    }


def write_snapshot(ledger: Ledger, lake: Path) -> dict[str, int]:
    """Write `lake/penalties/<table>.parquet` whole and return its rows."""
    folder = lake / "penalties"
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for name, table in snapshot(ledger).items():
        staged = folder / f".{name}.staged"
        pq.write_table(table, staged, compression="zstd")
        staged.replace(folder / f"{name}.parquet")
        counts[name] = table.num_rows
    return counts


def _plain(value: Any) -> Any:
    return canonical_json(value) if isinstance(value, dict) else value
