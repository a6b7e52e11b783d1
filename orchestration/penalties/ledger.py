"""The store of decisions: SQLite or PostgreSQL, one writer at a time, append-only."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from orchestration.penalties.tables import canonical_json
from orchestration.penalties.upgrading import SCHEMA_LOCK, is_up_to_date, upgrade

_WAIT_SECONDS = 60.0


class Ledger:
    """Opens the store at a SQLAlchemy URL, and makes or upgrades its tables where they need it."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._in_bulk = False
        try:
            with self.reading() as connection:
                ready = is_up_to_date(connection)
            if not ready:
                # Whoever opens it first upgrades it; the others wait, and find nothing left to do.
                with self.writing(SCHEMA_LOCK) as connection:
                    upgrade(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def writing(self, lock: str) -> Iterator[Connection]:
        """One transaction that no other holder of the same lock overlaps; all of it, or nothing."""
        with self.engine.connect() as connection:
            locked = connection.execution_options(ledger_writes=True, ledger_in_bulk=self._in_bulk)
            with locked.begin():
                if locked.dialect.name == "postgresql":
                    key = int.from_bytes(hashlib.sha256(lock.encode()).digest()[:8], "big", signed=True)
                    locked.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})
                yield locked

    @contextmanager
    def in_bulk(self) -> Iterator[None]:
        """Transactions of the block are safe from a power cut at its end, and not each by itself.

        A file is then flushed to the disk once instead of thousands of times. A cut before the end may
        take the last transactions, each whole: for writers that are run again after one.
        """
        self._in_bulk = True
        try:
            yield
        finally:
            self._in_bulk = False
            _flush(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                yield connection.execution_options(isolation_level="REPEATABLE READ")
            else:
                yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgres(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(
            f"the ledger cannot be kept in '{parsed.get_backend_name()}': its tables must refuse every "
            "change there; set CCR_LEDGER_URL to a sqlite or postgresql URL"
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, json_serializer=canonical_json, connect_args={"timeout": _WAIT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgres(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    try:
        return create_engine(url, json_serializer=canonical_json)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"a ledger in PostgreSQL needs the module {error.name}: install the project with its extra, "
            "`pip install 'ccr-pipeline[postgres]'`"
        ) from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN comes too late: it lets two processes read before either writes.
    connection.isolation_level = None
    connection.execute("pragma foreign_keys = on")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for its lock on this one switch, so the first openers take turns here.
    waited = 0.0
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or waited >= _WAIT_SECONDS:
                raise
            time.sleep(0.05)
            waited += 0.05


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("ledger_writes", False)
    if writes:
        in_bulk = options.get("ledger_in_bulk", False)
        connection.exec_driver_sql("pragma synchronous = normal" if in_bulk else "pragma synchronous = full")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _flush(engine: Engine) -> None:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    log = Path(f"{engine.url.database}-wal")
    if log.exists():  # else all of it is in the file already, flushed when it went there
        with log.open("rb") as file:
            os.fsync(file.fileno())
