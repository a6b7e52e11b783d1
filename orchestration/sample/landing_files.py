"""Writes feeds as landing files: one for each platform, source and day, in the manner of the platform."""

# pyright: reportAttributeAccessIssue=false
# pyarrow makes its compute functions when it is imported; a type checker cannot see them.

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import IO, Literal

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

SOURCES = (
    "orders",
    "order_lines",
    "reviews",
    "after_sales",
    "complaints",
    "im_sessions",
    "im_messages",
)
_KNOWN = "known"  # a column of the rows that wait
_ROWS_OF_A_PIECE = 250_000
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


def write_file(file: Path, pieces: Iterable[pa.Table], kind: FileKind) -> None:
    """The pieces one below the other as one file, at least one; the same pieces give the same bytes."""
    with file.open("wb") as sink:
        if kind == "jsonl":
            for piece in pieces:
                sink.write(json_lines(piece))
        elif kind == "csv":
            for number, piece in enumerate(pieces):
                pa_csv.write_csv(piece, sink, pa_csv.WriteOptions(include_header=number == 0))
        else:
            _write_parquet(sink, pieces)


def _write_parquet(sink: IO[bytes], pieces: Iterable[pa.Table]) -> None:
    writer = None
    for piece in pieces:
        writer = writer or pq.ParquetWriter(sink, piece.schema, compression="zstd", store_schema=False)
        writer.write_table(piece)
    if writer is not None:
        writer.close()


def _check_folder(folder: Path, names: set[str]) -> None:
    if not folder.is_dir():
        return
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in names)
    if strangers:
        raise FileExistsError(
            f"{folder} holds {strangers[0]}, which this market does not write: a sample market "
            "needs a landing folder of its own; choose an empty one or remove the old days"
        )


class LandingFiles:
    """The files of a market's days. Feeds are added a share of the market at a time and wait on disk,
    cut into days; `write` then puts the days of all shares together.

    Raises FileExistsError if the landing folder holds days that this market does not write.
    """

    def __init__(self, landing: Path, waiting: Path, first_day: date, days: int) -> None:
        self._landing, self._waiting = landing, waiting
        self._days = [first_day + timedelta(days=today) for today in range(days)]
        self._first = (first_day - date(1970, 1, 1)).days
        for platform in PLATFORMS:
            for source in SOURCES:
                _check_folder(landing / platform / source, set(self._names(platform, source)))

    def _names(self, platform: str, source: str) -> list[str]:
        kind = file_kind(platform, source)
        return [f"{day}.{kind}" for day in self._days]

    def add(self, feed: Feed) -> None:
        """Takes rows in; those that become known outside of the days are left away."""
        day = feed.known // DAY - self._first
        days = len(self._days)
        place = np.where((day >= 0) & (day < days), feed.platform * days + day, -1)
        rows = np.flatnonzero(place >= 0)
        rows = rows[np.argsort(place[rows], kind="stable")]
        edges = np.searchsorted(place[rows], np.arange(len(PLATFORMS) * days + 1))
        table = feed.rows.append_column(_KNOWN, pa.array(feed.known))
        folder = self._waiting / feed.source
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{len(list(folder.iterdir())):06}.arrow"
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            for first, last in pairwise(edges.tolist()):
                of_day = table.take(pa.array(rows[first:last])).combine_chunks()
                # one batch for each day, also for one without rows
                writer.write_batch((of_day.to_batches() or [_no_rows(table.schema)])[0])

    def write(self, source: str) -> int:
        """Writes every day of a source for both platforms; returns the rows written."""
        written = 0
        with ExitStack() as opened:
            waiting = [
                pa.ipc.open_file(opened.enter_context(pa.OSFile(str(file))))
                for file in sorted((self._waiting / source).iterdir())
            ]
            for number, platform in enumerate(PLATFORMS):
                kind = file_kind(platform, source)
                style = _TIME_STYLES.get((platform, source), _PLATFORM_STYLE[platform])
                folder = self._landing / platform / source
                folder.mkdir(parents=True, exist_ok=True)
                for today, name in enumerate(self._names(platform, source)):
                    place = number * len(self._days) + today
                    rows = pa.Table.from_batches([share.get_batch(place) for share in waiting])
                    write_file(folder / name, _in_order(rows, style), kind)
                    written += rows.num_rows
        return written


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=schema)


def _in_order(rows: pa.Table, style: TimeStyle) -> Iterator[pa.Table]:
    """Rows as they become known, a piece at a time: their text would be several times their size."""
    order = np.argsort(rows[_KNOWN].to_numpy(), kind="stable")
    rows = rows.drop_columns([_KNOWN])
    for first in range(0, max(len(order), 1), _ROWS_OF_A_PIECE):
        piece = rows.take(pa.array(order[first : first + _ROWS_OF_A_PIECE])).combine_chunks()
        yield with_times(piece, style)


def write_snapshot(landing: Path, platform: str, name: str, kind: FileKind, rows: pa.Table) -> None:
    """Writes one snapshot of a platform."""
    folder = landing / platform
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / f"{name}.{kind}", [rows], kind)
