"""Judges blocks of rows in SQL: what keeps every rule is raw, the rest is quarantine."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.landing import privacy, times
from orchestration.landing.columns import Kind, Source
from orchestration.landing.contract import QUARANTINE, raw_schema
from orchestration.landing.reading import Fault, Layout, quoted
from orchestration.landing.rules import faults_of, times_of, value_of

VALUE_LENGTH = 200
"""How much of an offending value is kept beside the whole row."""


@dataclass(frozen=True)
class Origin:
    """Where rows come from."""

    platform: str
    file: str
    batch_id: str
    day: date | None
    """The delivery day, None for a snapshot."""


@dataclass(frozen=True)
class Judged:
    """One block parted in two, each in file order."""

    rows: pa.Table
    quarantined: pa.Table


class Judge:
    """Judges the blocks of one file."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        layout: Layout,
        origin: Origin,
        key: bytes,
    ) -> None:
        self._connection = connection
        self._schema = raw_schema(source)
        faults = [*layout.faults, *faults_of(source)]
        judged = _judged(source, layout, faults)
        self._rows = f"SELECT {_raw_list(source)}, _fault FROM ({judged})"
        self._explained = (
            f"SELECT {_quarantine_list(source, faults)} FROM ({judged}) WHERE _fault IS NOT NULL"
        )
        # The same for all rows of a file: DuckDB would write each of them out once more.
        self._constants = {
            "platform": origin.platform,
            "_source_file": origin.file,
            "_batch_id": origin.batch_id,
        }
        self._parameters: dict[str, object] = {
            "platform": origin.platform,
            "file": origin.file,
            "ahead_us": _ahead_us(origin.day) if origin.day else None,
            **privacy.pads(key),
        }

    def judge(self, block: pa.Table) -> Judged:
        """Part the rows of a block. Raises what DuckDB raises where a line is not JSON."""
        self._connection.register("block", block)
        rows = self._run(self._rows)
        faults = rows["_fault"]
        if faults.null_count == len(rows):
            quarantined = _NOTHING
        else:
            broken = rows["_line"].filter(faults.is_valid())
            rows = rows.filter(faults.is_null())
            is_broken = np.isin(block["_line"].to_numpy(), broken.to_numpy())
            self._connection.register("block", block.filter(pa.array(is_broken)))
            quarantined = self._run(self._explained).cast(QUARANTINE)
        return Judged(self._completed(rows), quarantined)

    def _completed(self, rows: pa.Table) -> pa.Table:
        columns = {
            name: pa.repeat(self._constants[name], rows.num_rows) if name in self._constants else rows[name]
            for name in self._schema.names
        }
        return pa.table(columns).cast(self._schema)

    def _run(self, query: str) -> pa.Table:
        # DuckDB refuses a parameter that the query does not name.
        named = {name: value for name, value in self._parameters.items() if f"${name}" in query}
        # A relation of a query is planned twice, of a table once: half the time of a small file.
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {query}", named)
        return self._connection.table("judged").to_arrow_table()


_NOTHING = QUARANTINE.empty_table()


def _judged(source: Source, layout: Layout, faults: list[Fault]) -> str:
    """SQL of every row with its texts, its values and the number of the first rule it breaks."""
    texts = ", ".join(f"{sql} AS t_{name}" for name, sql in layout.texts.items())
    values = ", ".join(f'{value_of(source, column)} AS "{column.name}"' for column in source.columns)
    broken = " ".join(f"WHEN {fault.condition} THEN {n}" for n, fault in enumerate(faults, 1))
    return (
        f"SELECT *, CASE {broken} END AS _fault FROM (SELECT *, {values} FROM ("
        f"SELECT *, {times_of(source)} AS _times FROM ("
        f"SELECT *, {texts}, {layout.extra} AS _rest FROM ("
        f"SELECT _line, {layout.prepared} FROM block WHERE {layout.counts}))))"
    )


def _raw_list(source: Source) -> str:
    own = ", ".join(f'"{name}"' for name in source.names)
    return f"{own}, _line, {_row_sha256(source)} AS _row_sha256, {_without_nulls('_rest')} AS _extra"


def _row_sha256(source: Source) -> str:
    """The hash of the values' canonical text: joined by null bytes, which no value can hold."""
    parts = (
        f'epoch_us("{column.name}")' if column.kind is Kind.TIME else f'"{column.name}"'
        for column in source.columns
    )
    return f"sha256(concat({', chr(0), '.join(parts)}))"


def _without_nulls(json: str) -> str:
    """SQL of a JSON object's text with its null members left out, NULL where none are left."""
    return f"CASE WHEN {json} IS NOT NULL THEN nullif(json_merge_patch('{{}}', {json}), '{{}}') END"


def _quarantine_list(source: Source, faults: list[Fault]) -> str:
    texts = {
        column.name: f'"{column.name}"' if column.kind is Kind.BUYER else f"t_{column.name}"
        for column in source.columns
    }
    names = ", ".join(quoted(fault.column) if fault.column else "NULL" for fault in faults)
    values = ", ".join(texts[fault.column] if fault.column else "NULL" for fault in faults)
    reasons = ", ".join(quoted(fault.reason) for fault in faults)
    pairs = ", ".join(f"{quoted(name)}, {text}" for name, text in texts.items())
    row = f"json_object({pairs})"
    return (
        f"$platform AS platform, {quoted(source.name)} AS source, $file AS file, _line AS line, "
        f"[{names}][_fault] AS column_name, left([{values}][_fault], {VALUE_LENGTH}) AS value, "
        f"[{reasons}][_fault] AS reason, "
        f"json_merge_patch('{{}}', {row}, coalesce(_rest, '{{}}'))::VARCHAR AS row_json"
    )


def _ahead_us(day: date) -> int:
    """The first microsecond more than a day after the end of the delivery day in Shanghai."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=2)
    return round((midnight - timedelta(hours=times.SHANGHAI_HOURS)).timestamp()) * 1_000_000
