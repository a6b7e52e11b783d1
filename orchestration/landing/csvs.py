"""Reads CSV (RFC 4180, comma, UTF-8, a header): every value as text.

A record with too few or too many fields refuses the file: after a lost comma or quote no later
value is where it seems to be.
"""

import csv
import io
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.landing.columns import Source
from orchestration.landing.folders import DeliveredFile
from orchestration.landing.reading import Layout, Reading, json_of_rest
from orchestration.landing.refusal import RefusalError
from orchestration.landing.streams import require_utf8, unpacked

BLOCK_ROWS = 32_768
LONGEST_RECORD = 4 << 20
"""What the fast reader takes; a longer record is read by the slow one."""
_LONGEST_FIELD = 1 << 30


def read_csv(
    connection: duckdb.DuckDBPyConnection, file: DeliveredFile, source: Source, scratch: Path
) -> Reading:
    """The records of a file, by DuckDB's reader."""
    header = _header(file, source)
    return Reading(layout(source, header), _fast(connection, file, header, scratch))


def can_be_fast(file: DeliveredFile, scratch: Path) -> bool:
    """False for a path that DuckDB takes for a pattern: it would read the files that match."""
    return not set(f"{file.path}{scratch}") & set("*?[]")


def read_csv_slowly(file: DeliveredFile, source: Source) -> Reading:
    """The same records one by one: where the fast reader failed or may not be used."""
    header = _header(file, source)
    return Reading(layout(source, header), _slow(file, header))


def layout(source: Source, header: Sequence[str]) -> Layout:
    """Takes each value from the field under its name."""
    fields = {name: f"f{n}" for n, name in enumerate(header)}
    texts = {
        name: f"nullif({fields[name]}, '')" if name in fields else "NULL::VARCHAR" for name in source.names
    }
    rest = [(name, f"nullif({field}, '')") for name, field in fields.items() if name not in source.names]
    return Layout(prepared="*", texts=texts, extra=json_of_rest(rest))


def _header(file: DeliveredFile, source: Source) -> list[str]:
    """The names in the first record; [] for a file without one byte."""
    require_utf8(file)
    with unpacked(file) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
        try:
            header = next(csv.reader(text, strict=True), [])
        except csv.Error as error:
            raise RefusalError(file.name, "line 1", f"no CSV header ({error})", _REMEDY) from None
        empty = not header and not text.read(1)
    if empty:
        return []
    lacking = [name for name in source.required if name not in header]
    if lacking:
        raise RefusalError(
            file.name,
            "line 1",
            f"required column {', '.join(lacking)} is not in the header ({','.join(header)[:200]})",
            "deliver every required column of docs/landing.md, comma separated",
        )
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise RefusalError(
            file.name, "line 1", f"column {', '.join(twice)} stands twice", "name each column once"
        )
    return header


_REMEDY = "quote every field that holds a comma, a quote or a line break, and deliver it whole"


def _fast(
    connection: duckdb.DuckDBPyConnection, file: DeliveredFile, header: list[str], scratch: Path
) -> Iterator[pa.Table]:
    if not header:
        return
    columns = ", ".join(f"'f{n}': 'VARCHAR'" for n in range(len(header)))
    records = connection.cursor().sql(
        f"SELECT * FROM read_csv($path, auto_detect=false, header=true, delim=',', quote='\"', "
        f"escape='\"', columns={{{columns}}}, strict_mode=true, max_line_size={LONGEST_RECORD}, "
        "compression='none')",
        params={"path": str(_plain(file, scratch))},
    )
    done = 0
    for batch in rebatched(records.to_arrow_reader(BLOCK_ROWS)):
        yield _numbered(batch, done)
        done += batch.num_rows


def _plain(file: DeliveredFile, scratch: Path) -> Path:
    """The unpacked file: DuckDB does not compare a gzip stream with its checksum, Python does."""
    if not file.format.endswith(".gz"):
        return file.path
    path = scratch / "unpacked.csv"
    with unpacked(file) as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)
    return path


def rebatched(batches: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Blocks of exactly BLOCK_ROWS rows: where threads cut theirs is a matter of chance."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        while count >= BLOCK_ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, BLOCK_ROWS)
            rest = table.slice(BLOCK_ROWS)
            held, count = rest.to_batches(), rest.num_rows
    if count:
        yield pa.Table.from_batches(held)


def _numbered(table: pa.Table, done: int) -> pa.Table:
    numbers = pa.array(range(done + 1, done + 1 + table.num_rows), pa.int64())
    return table.append_column("_line", numbers)


def _slow(file: DeliveredFile, header: list[str]) -> Iterator[pa.Table]:
    # The limit is the process's; a text of a megabyte is eight times the default.
    csv.field_size_limit(_LONGEST_FIELD)
    schema = pa.schema([(f"f{n}", pa.string()) for n in range(len(header))])
    done = 0
    with unpacked(file) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
        records = _records(file, header, text)
        while some := list(islice(records, BLOCK_ROWS)):
            arrays = [pa.array(values, pa.string()) for values in zip(*some, strict=True)]
            yield _numbered(pa.table(arrays, schema=schema), done)
            done += len(some)


def _records(file: DeliveredFile, header: list[str], text: io.TextIOWrapper) -> Iterator[list[str]]:
    reader = csv.reader(text, strict=True)
    line = 1
    try:
        next(reader, None)
        line = reader.line_num + 1
        for record in reader:
            if record and len(record) != len(header):
                reason = f"{len(record)} fields under a header of {len(header)}"
                raise RefusalError(file.name, f"line {line}", reason, _REMEDY)
            if record:
                yield record
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusalError(file.name, f"line {line}", f"not CSV ({error})", _REMEDY) from None
