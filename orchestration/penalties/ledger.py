"""The store of decisions: SQLite or PostgreSQL, one writer at a time, append-only."""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from orchestration.penalties.tables import canonical_json, create

_WAIT_SECONDS = 60.0
_SCHEMA_LOCK = "ledger schema"


class Ledger:
    """Opens the store at a SQLAlchemy URL and makes its tables when they are not there."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        with self.writing(_SCHEMA_LOCK) as connection:
            create(connection)

    @contextmanager
    def writing(self, lock: str) -> Iterator[Connection]:
        """One transaction that no other holder of the same lock overlaps; all of it, or nothing."""
        with self.engine.connect() as connection:
            locked = connection.execution_options(ledger_writes=True)
            with locked.begin():
                if locked.dialect.name == "postgresql":
                    key = int.from_bytes(hashlib.sha256(lock.encode()).digest()[:8], "big", signed=True)
                    locked.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})
                yield locked

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
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, json_serializer=canonical_json)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, json_serializer=canonical_json, connect_args={"timeout": _WAIT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
    writes = connection.get_execution_options().get("ledger_writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")
