"""Reads JSON Lines: one object a line, in blocks of whole lines.

A line that is not JSON refuses the file, because its tail may be lost. A line that is JSON but
for a null byte or half an emoji goes to quarantine.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.landing.columns import Source
from orchestration.landing.folders import DeliveredFile
from orchestration.landing.reading import Fault, Layout, Misfit, Reading, quoted
from orchestration.landing.refusal import RefusalError
from orchestration.landing.streams import not_utf8, unpacked

BLOCK = 16 << 20
LONGEST_LINE = 64 << 20
_BOM = b"\xef\xbb\xbf"
# DuckDB scans one Arrow batch with one thread.
_BATCH_ROWS = 8192


def read_jsonl(connection: duckdb.DuckDBPyConnection, file: DeliveredFile, source: Source) -> Reading:
    """The lines of a file; `connection` is used only to find the lines that are not JSON."""
    return Reading(layout(source), _blocks(file), partial(_rescue, connection, file, source))


def layout(source: Source) -> Layout:
    """Takes each value out of a line's JSON."""
    paths = ", ".join(f"'$.{name}'" for name in source.names)
    types = f"json_type(line, [{paths}])"
    nothing = ", ".join(f'"{name}": null' for name in source.names)
    texts = {name: f"nullif(_texts[{n}], '')" for n, name in enumerate(source.names, 1)}
    contract = ", ".join(quoted(name) for name in source.names)
    faults = [
        Fault(
            None,
            "not_an_object",
            "CASE WHEN len(_names) = 0 THEN json_type(line) <> 'OBJECT' ELSE false END",
        ),
        Fault(
            None,
            "duplicate_name",
            "CASE WHEN _rest IS NOT NULL THEN list_unique(_names) < len(_names) ELSE false END",
        ),
    ]
    for column in source.columns:
        if column.kind.is_text:
            # The type is looked for only where the text could be another type's.
            text = f"t_{column.name}"
            faults.append(
                Fault(
                    column.name,
                    "wrong_type",
                    f"CASE WHEN {text}[1] IN ('{{', '[') OR {text} IN "
                    "('true', 'false', 'NaN', 'Infinity', '-Infinity') "
                    f"OR (contains({text}, '.') AND TRY_CAST({text} AS DOUBLE) IS NOT NULL) "
                    f"THEN json_type(line, '$.{column.name}') <> 'VARCHAR' ELSE false END",
                )
            )
    return Layout(
        prepared=f"line, json_extract_string(line, [{paths}]) AS _texts, json_keys(line) AS _names",
        texts=texts,
        # Most lines name what the contract names, in its order: only in others are the names counted.
        extra=f"CASE WHEN _names = [{contract}] THEN NULL "
        f"WHEN len(_names) > list_count({types}) THEN json_merge_patch(line, '{{{nothing}}}') END",
        faults=tuple(faults),
        # Trimming goes through every letter of a line. Of an OR, DuckDB computes both sides for all lines.
        counts=r"CASE WHEN starts_with(line, '{') THEN true ELSE trim(line, E' \t\r\n') <> '' END",
    )


def _blocks(file: DeliveredFile) -> Iterator[pa.Table]:
    before = 0
    byte = 0
    with unpacked(file) as stream:
        for data in _whole_lines(stream, file):
            start = len(_BOM) if byte == 0 and data.startswith(_BOM) else 0
            block = _block(data, start, before)
            if block is None:
                raise _bad_byte(file, data, byte, before)
            yield block
            before += block.num_rows
            byte += len(data)


def _whole_lines(stream: BinaryIO, file: DeliveredFile) -> Iterator[bytes]:
    held = b""
    while chunk := stream.read(BLOCK):
        data = held + chunk
        cut = data.rfind(b"\n") + 1
        held = data[cut:]
        if len(held) > LONGEST_LINE:
            raise RefusalError(
                file.name,
                "",
                f"a line is longer than {LONGEST_LINE} bytes",
                "deliver one JSON object a line",
            )
        if cut:
            yield data[:cut]
    if held:
        yield held


def _block(data: bytes, start: int, before: int) -> pa.Table | None:
    """The lines of `data` over its own memory; None where they are not UTF-8."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")) + 1
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    offsets = np.concatenate(([start], ends)).astype(np.int64)
    lines = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data))
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        return None
    numbers = pa.array(np.arange(before + 1, before + 1 + len(ends), dtype=np.int64))
    table = pa.table({"_line": numbers, "line": lines})
    return pa.Table.from_batches(table.to_batches(max_chunksize=_BATCH_ROWS))


def _bad_byte(file: DeliveredFile, data: bytes, byte: int, before: int) -> RefusalError:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return not_utf8(file, byte + error.start, before + data[: error.start].count(b"\n") + 1)
    raise AssertionError("Arrow and Python disagree about UTF-8")


def _rescue(
    connection: duckdb.DuckDBPyConnection, file: DeliveredFile, source: Source, block: pa.Table
) -> tuple[pa.Table, list[Misfit]]:
    connection.register("block", block)
    flags = connection.sql(
        r"SELECT json_valid(line) OR trim(line, E' \t\r\n') = '' AS valid, NOT valid AS bad FROM block"
    ).to_arrow_table()
    bad = block.filter(flags["bad"])
    misfits = [
        _misfit(file, source, line, text)
        for line, text in zip(bad["_line"].to_pylist(), bad["line"].to_pylist(), strict=True)
    ]
    return block.filter(flags["valid"]), misfits


def _misfit(file: DeliveredFile, source: Source, line: int, text: str) -> Misfit:
    try:
        row = json.loads(text.rstrip("\r\n"), strict=False)
    except json.JSONDecodeError as error:
        raise RefusalError(
            file.name,
            f"line {line}, column {error.colno}",
            f"not JSON ({error.msg}); the file may be cut off",
            "deliver it again, whole, one JSON object a line",
        ) from None
    except RecursionError:
        raise RefusalError(
            file.name, f"line {line}", "JSON nested too deeply", "deliver flat objects"
        ) from None
    if not isinstance(row, dict):
        return Misfit(line, None, text, "not_an_object", {})
    for name, value in row.items():
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if reason := _unfit(written):
            return Misfit(line, name if name in source.names else None, written, reason, row)
    return Misfit(line, None, None, "invalid_text", row)


def _unfit(text: str) -> str | None:
    if "\0" in text:
        return "null_byte"
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: an emoji cut in two
        return "invalid_text"
    return "control_character" if any(letter < " " for letter in text) else None
