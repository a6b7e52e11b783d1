"""Files what was delivered: reads each file, judges its rows, stages raw and quarantine."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.landing.columns import Source
from orchestration.landing.contract import QUARANTINE, raw_schema
from orchestration.landing.csvs import can_be_fast, read_csv, read_csv_slowly
from orchestration.landing.engine import connect
from orchestration.landing.folders import DeliveredFile, Found
from orchestration.landing.jsonl import read_jsonl
from orchestration.landing.judging import Judge, Judged, Origin
from orchestration.landing.parquets import read_parquet
from orchestration.landing.quarantine import with_misfits
from orchestration.landing.reading import Reading
from orchestration.landing.refusal import RefusalError
from orchestration.landing.sinks import Sink, joined
from orchestration.landing.streams import sha256_of


class _Staged(NamedTuple):
    rows: Sink
    quarantined: Sink
    batch_id: str


@dataclass(frozen=True)
class Filed:
    """What became of the files of one platform and source."""

    rows: Path | None
    quarantined: Path | None
    row_count: int
    quarantined_count: int
    batch_ids: tuple[str, ...]
    refusals: tuple[str, ...]


class Clerk:
    """Files the deliveries of one source into a scratch folder."""

    def __init__(self, source: Source, day: date | None, key: bytes, scratch: Path) -> None:
        self._source = source
        self._day = day
        self._key = key
        self._scratch = scratch
        self._rows_schema = raw_schema(source)
        self._connection = connect()

    def close(self) -> None:
        """Let go of the engine."""
        self._connection.close()

    def file(self, platform: str, found: Found) -> Filed:
        """Read every file found; a refused one leaves the others as they are."""
        staged: list[_Staged] = []
        refusals = list(found.refusals)
        for n, file in enumerate(found.files):
            try:
                staged.append(self._file(platform, file, f"{platform}.{n}"))
            except RefusalError as refusal:
                refusals.append(str(refusal))
        whole = self._scratch / platform
        return Filed(
            joined((part.rows for part in staged), whole.with_suffix(".rows"), self._rows_schema),
            joined(
                (part.quarantined for part in staged),
                whole.with_suffix(".quarantined"),
                QUARANTINE,
            ),
            sum(part.rows.row_count for part in staged),
            sum(part.quarantined.row_count for part in staged),
            tuple(part.batch_id for part in staged),
            tuple(refusals),
        )

    def _file(self, platform: str, file: DeliveredFile, name: str) -> _Staged:
        try:
            before = file.path.stat()
            origin = Origin(platform, file.name, sha256_of(file.path), self._day)
            staged = self._read(file, origin, name)
            after = file.path.stat()
        except OSError as error:
            raise RefusalError(
                file.name, "", f"it cannot be read ({error.strerror or error})", "deliver it again"
            ) from None
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise RefusalError(
                file.name,
                "",
                "it was written to while it was read",
                "write under another name, such as .part, and rename when done",
            )
        return staged

    def _read(self, file: DeliveredFile, origin: Origin, name: str) -> _Staged:
        if file.format.startswith("jsonl"):
            return self._stage(read_jsonl(self._connection, file, self._source), origin, name)
        if file.format == "parquet":
            return self._stage(read_parquet(file, self._source), origin, name)
        if can_be_fast(file, self._scratch):
            with suppress(duckdb.Error):
                fast = read_csv(self._connection, file, self._source, self._scratch)
                return self._stage(fast, origin, name)
        # DuckDB knows that the file is broken, or odd; Python finds the line, or reads it.
        return self._stage(read_csv_slowly(file, self._source), origin, name)

    def _stage(self, reading: Reading, origin: Origin, name: str) -> _Staged:
        judge = Judge(self._connection, self._source, reading.layout, origin, self._key)
        with (
            Sink(self._scratch / f"{name}.rows", self._rows_schema) as rows,
            Sink(self._scratch / f"{name}.quarantined", QUARANTINE) as quarantined,
        ):
            for judged in self._judged(judge, reading, origin):
                rows.write(judged.rows)
                quarantined.write(judged.quarantined)
        return _Staged(rows, quarantined, origin.batch_id)

    def _judged(self, judge: Judge, reading: Reading, origin: Origin) -> Iterator[Judged]:
        for block in reading.blocks:
            try:
                yield judge.judge(block)
            except duckdb.InvalidInputException:
                if reading.rescue is None:
                    raise
                readable, misfits = reading.rescue(block)
                judged = judge.judge(readable)
                yield Judged(
                    judged.rows,
                    with_misfits(judged.quarantined, misfits, self._source, origin, self._key),
                )
