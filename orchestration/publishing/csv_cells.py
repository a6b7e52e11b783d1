"""Arrow columns as CSV cells that no spreadsheet takes for a formula."""

import json
import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

# What a spreadsheet may drop before it looks at the first sign: controls, spaces, a byte-order mark.
_DROPPED = r"[\x00-\x20\x{00A0}\x{200B}\x{3000}\x{FEFF}]*"
_LIVE = rf"^(?:[\t\r\n]|{_DROPPED}[=+\-@\x{{FF1D}}\x{{FF0B}}\x{{FF0D}}\x{{FF20}}])"
_NUMBER = r"^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"


def write_csv(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches as UTF-8 CSV and return the rows; lists are joined by ';'."""
    cells = _safe(schema.empty_table().to_batches(), schema)
    options = csv.WriteOptions(quoting_style="needed")
    rows = 0
    with csv.CSVWriter(path, cells.schema, write_options=options) as writer:
        for batch in batches:
            rows += batch.num_rows
            writer.write_table(_safe([batch], schema))
    return rows


def safe_text(column: pa.Array) -> pa.Array:
    """Put ' before each text that a spreadsheet could run; numbers are left alone."""
    live = _matches(column, _LIVE)
    quiet = pc.call_function("invert", [_matches(column, _NUMBER)])
    runs = pc.call_function("and", [live, quiet])
    if not pc.call_function("any", [runs]).as_py():
        return column
    quoted = pc.call_function("binary_join_element_wise", [pa.scalar("'"), column, pa.scalar("")])
    return pc.call_function("if_else", [runs, quoted, column])


def _matches(column: pa.Array, pattern: str) -> pa.Array:
    return pc.call_function("match_substring_regex", [column], pc.MatchSubstringOptions(pattern))


def plain(value: Any) -> Any:
    """A value as JSON can carry it."""
    match value:
        case datetime() | date():
            carried = value.isoformat()
        case Decimal():
            carried = int(value) if value == value.to_integral_value() else float(value)
        case bytes():
            carried = value.hex()
        case dict():
            carried = {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            carried = [plain(item) for item in value]
        case float():
            carried = value if math.isfinite(value) else None  # JSON knows neither NaN nor infinity
        case str() | int() | None:
            carried = value
        case _:
            carried = str(value)
    return carried


def _safe(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    table = pa.Table.from_batches(batches, schema=schema).combine_chunks()
    names = safe_text(pa.array(table.column_names, pa.string())).to_pylist()
    return pa.table([_cells(column) for column in table.columns], names=names)


def _cells(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return safe_text(array.cast(pa.string()))
    if pa.types.is_decimal(kind):
        return array.cast(pa.string())
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return array.cast(pa.timestamp("us", tz="UTC"))
    if (
        pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_date(kind)
        or pa.types.is_timestamp(kind)
    ):
        return array
    return safe_text(pa.array([_text(value) for value in array.to_pylist()], pa.string()))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ";".join(_text(item) or "" for item in value)
    carried = plain(value)
    if isinstance(carried, str):
        return carried
    return json.dumps(carried, sort_keys=True, ensure_ascii=False)
