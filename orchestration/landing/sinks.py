"""Parquet files of the lake: fixed settings, staged under another name, renamed when whole."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

_GROUP_ROWS = 122_880
_GROUP_BYTES = 64 << 20
# A column of ids gives its dictionary up early: it would only be written beside the values.
_DICTIONARY_BYTES = 64 << 10
_STAGING = ".landing"


class Sink:
    """Writes tables of one schema to one file; writes no file where no row came."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.row_count = 0
        self._schema = schema
        self._held: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> "Sink":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        if self._writer is not None:
            self._writer.close()

    def write(self, table: pa.Table) -> None:
        """Append the rows. Row groups close by rows and bytes alone: same rows, same file."""
        if table.num_rows == 0:
            return
        self._held.append(table)
        self.row_count += table.num_rows
        rows = sum(held.num_rows for held in self._held)
        if rows >= _GROUP_ROWS or sum(held.nbytes for held in self._held) >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._held:
            return
        group = pa.concat_tables(self._held).combine_chunks()
        self._held = []
        if self._writer is None:
            # Without the Arrow schema and its metadata the bytes depend on the rows alone.
            self._writer = pq.ParquetWriter(
                self.path,
                self._schema,
                compression="zstd",
                store_schema=False,
                dictionary_pagesize_limit=_DICTIONARY_BYTES,
            )
        self._writer.write_table(group, row_group_size=group.num_rows)


@contextmanager
def staging(lake: Path, name: str) -> Iterator[Path]:
    """An empty folder on the lake's own disk, gone afterwards; what a killed run left goes first."""
    folder = lake / "raw" / _STAGING / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def joined(parts: Iterable[Sink], into: Path, schema: pa.Schema) -> Path | None:
    """One file of the parts that hold rows, in order; None where none does."""
    written = [part.path for part in parts if part.row_count]
    if len(written) <= 1:
        return written[0] if written else None
    with Sink(into, schema) as sink:
        for part in written:
            with pq.ParquetFile(part) as parquet:
                for n in range(parquet.num_row_groups):
                    sink.write(parquet.read_row_group(n))
    return into


def publish(folder: Path, staged: dict[str, Path]) -> None:
    """Make the staged files, by name, all that is in the folder; without any, the folder goes."""
    _move(folder, staged, folder.glob("*.parquet"))
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def publish_among(folder: Path, staged: dict[str, Path], source: str) -> None:
    """The same for one source in a folder it shares: only `<platform>.<source>.parquet` is ours."""
    _move(folder, staged, folder.glob(f"*.{source}.parquet"))


def _move(folder: Path, staged: dict[str, Path], present: Iterable[Path]) -> None:
    stale = [path for path in present if path.name not in staged]
    for name, path in staged.items():
        folder.mkdir(parents=True, exist_ok=True)
        path.replace(folder / name)
    for path in stale:
        path.unlink()
