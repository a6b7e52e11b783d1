"""Writes feeds as landing files: one for each platform, source and day, in the manner of the platform."""

# pyright: reportAttributeAccessIssue=false
# pyarrow makes its compute functions when it is imported; a type checker cannot see them.

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from orchestration.sample.columns import Feed, joined
from orchestration.sample.orders import DAY
from orchestration.sample.schedules import PLATFORMS

TimeStyle = Literal["offset", "local", "seconds", "milliseconds"]
FileKind = Literal["jsonl", "csv", "parquet"]

_UTC_OFFSET = 8 * 3600  # Shanghai has no daylight saving time

# Douyin writes offsets, Pinduoduo local times; chat logs count from 1970.
_TIME_STYLES: dict[tuple[str, str], TimeStyle] = {
    ("douyin", "im_messages"): "milliseconds",
    ("pinduoduo", "im_messages"): "seconds",
}
_PLATFORM_STYLE: dict[str, TimeStyle] = {"douyin": "offset", "pinduoduo": "local"}
_FILE_KINDS: dict[tuple[str, str], FileKind] = {
    ("pinduoduo", "order_lines"): "parquet",
    ("douyin", "complaints"): "csv",
    ("pinduoduo", "complaints"): "csv",
}


def file_kind(platform: str, source: str) -> FileKind:
    """How a platform delivers a source."""
    return _FILE_KINDS.get((platform, source), "jsonl")


def _times(column: pa.Array, style: TimeStyle) -> pa.Array:
    if style in ("seconds", "milliseconds"):
        seconds = pc.subtract(column.cast(pa.int64()), _UTC_OFFSET)
        return pc.multiply(seconds, 1000) if style == "milliseconds" else seconds
    local = column.cast(pa.string())
    return local if style == "local" else joined(pc.replace_substring(local, " ", "T"), "+08:00")


def with_times(table: pa.Table, style: TimeStyle) -> pa.Table:
    """The table with its moments written in one style."""
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            written = _times(table.column(position).combine_chunks(), style)
            table = table.set_column(position, field.name, written)
    return table


def _json_values(column: pa.Array) -> pa.Array:
    if not pa.types.is_string(column.type):
        return pc.cast(column, pa.string())
    for sign, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        column = pc.replace_substring(column, sign, escaped)
    return joined('"', column, '"')


def json_lines(table: pa.Table) -> bytes:
    """One JSON object a line, every column named, written column by column."""
    if table.num_rows == 0:
        return b""
    parts: list[pa.Array | str] = []
    opening = "{"
    for field, column in zip(table.schema, table.columns, strict=True):
        parts.append(f'{opening}"{field.name}":')
        parts.append(pc.fill_null(_json_values(column.combine_chunks()), "null"))
        opening = ","
    lines = joined(*parts, "}\n")
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset :]
    return lines.buffers()[2].slice(offsets[0], offsets[len(lines)] - offsets[0]).to_pybytes()


def file_bytes(table: pa.Table, kind: FileKind) -> bytes:
    """The table as one file; the same rows give the same bytes."""
    if kind == "jsonl":
        return json_lines(table)
    sink = io.BytesIO()
    if kind == "csv":
        pa_csv.write_csv(table, sink)
    else:
        pq.write_table(table, sink, compression="zstd", store_schema=False)
    return sink.getvalue()


def _check_folder(folder: Path, names: set[str]) -> None:
    if not folder.is_dir():
        return
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in names)
    if strangers:
        raise FileExistsError(
            f"{folder} holds {strangers[0]}, which this market does not write: a sample market "
            "needs a landing folder of its own; choose an empty one or remove the old days"
        )


def write_feed(landing: Path, feed: Feed, first_day: date, days: int) -> int:
    """Writes every day of a feed for both platforms; returns the rows written."""
    first = (first_day - date(1970, 1, 1)).days
    day = feed.known // DAY - first
    written = 0
    for number, platform in enumerate(PLATFORMS):
        kind = file_kind(platform, feed.source)
        style = _TIME_STYLES.get((platform, feed.source), _PLATFORM_STYLE[platform])
        rows = np.flatnonzero((feed.platform == number) & (day >= 0) & (day < days))
        rows = rows[np.lexsort((feed.known[rows], day[rows]))]
        edges = np.searchsorted(day[rows], np.arange(days + 1))
        names = [f"{first_day + timedelta(days=today)}.{kind}" for today in range(days)]
        folder = landing / platform / feed.source
        _check_folder(folder, set(names))
        folder.mkdir(parents=True, exist_ok=True)
        for today, name in enumerate(names):
            # a day at a time: the text of all days together would be several times the market
            of_day = feed.rows.take(pa.array(rows[edges[today] : edges[today + 1]])).combine_chunks()
            (folder / name).write_bytes(file_bytes(with_times(of_day, style), kind))
        written += len(rows)
    return written


def write_snapshot(landing: Path, platform: str, name: str, kind: FileKind, rows: pa.Table) -> None:
    """Writes one snapshot of a platform."""
    folder = landing / platform
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.{kind}").write_bytes(file_bytes(rows, kind))
