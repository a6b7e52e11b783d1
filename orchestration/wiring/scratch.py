"""A scratch copy of the warehouse, to try something out in without touching what is kept."""

import shutil
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.wiring.lake_tables import LAKE_TABLES
from orchestration.wiring.warehouse import opened, show_lake

_ATTEMPTS = 20
_PAUSE_SECONDS = 0.5


class WarehouseBusyError(RuntimeError):
    """The warehouse was written to each time that it was copied."""


@dataclass(frozen=True)
class Scratch:
    """A copied warehouse over the lake of a home, some of whose schemas are made here instead."""

    folder: Path
    home_lake: Path
    made_here: Set[str]  # schemas of the lake

    @classmethod
    def of(cls, warehouse: Path, home_lake: Path, folder: Path, made_here: Set[str]) -> "Scratch":
        """Copies the warehouse as it was last committed; a run that is at work is not held up."""
        scratch = cls(folder, home_lake, made_here)
        copy_at_rest(warehouse, scratch.warehouse)
        return scratch

    @property
    def warehouse(self) -> Path:
        """The copy. dbt takes the name of the database from the file's stem: it is that of a home's."""
        return self.folder / "warehouse.duckdb"

    @property
    def lake(self) -> Path:
        """Where the schemas that are made here lie."""
        return self.folder / "lake"

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees both lakes as they are now; dbt must not be running meanwhile."""
        with opened(self.warehouse) as connection:
            kept = [table for table in LAKE_TABLES if table.schema not in self.made_here]
            made = [table for table in LAKE_TABLES if table.schema in self.made_here]
            show_lake(connection, self.home_lake, kept)
            show_lake(connection, self.lake, made)
            yield connection


def copy_at_rest(warehouse: Path, to: Path) -> None:
    """Copies a database and its log, again until nothing was written meanwhile.

    A second process may not even read a file that DuckDB writes to, and a reader of it would stop
    a run from writing; a copy does neither.
    """
    log = warehouse.with_name(f"{warehouse.name}.wal")
    for _ in range(_ATTEMPTS):
        before = _written(warehouse, log)
        shutil.copyfile(warehouse, to)
        to.with_name(f"{to.name}.wal").unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # without a log all of it is in the file
            shutil.copyfile(log, to.with_name(f"{to.name}.wal"))
        if _written(warehouse, log) == before:
            return
        time.sleep(_PAUSE_SECONDS)
    raise WarehouseBusyError(
        f"{warehouse} was written to while it was copied, {_ATTEMPTS} times: "
        "a run is at work; try again when it has ended"
    )


def _written(*files: Path) -> list[tuple[int, int] | None]:
    return [(found.st_mtime_ns, found.st_size) if (found := _stat(file)) else None for file in files]


def _stat(file: Path):
    try:
        return file.stat()
    except FileNotFoundError:
        return None
