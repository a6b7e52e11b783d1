"""Dagster's SQLite event log, written by connections that stay open and in batches that cost one transaction.

A range of 45 days writes thousands of materializations, and the stock store opens both files anew for
each, closes them with a flush to the disk, and rewrites the asset's row: most of a small run's time.
Dagster hands over batches where DAGSTER_EVENT_BATCH_SIZE is set, as `ccr` and make do. Named in
deploy/dagster.yaml; dagster is capped below 1.14 because this overrides how the stock store connects.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dagster import DagsterEventType, EventLogEntry
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.sqlite_storage import SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

INDEX_SHARD = "index"
_BUSY_SECONDS = 60
# the index and the runs that are being written; the web server reads many more, one after another
_OPEN_SHARDS = 3


class BatchingSqliteEventLogStorage(SqliteEventLogStorage):
    """Stores what the stock store does, row for row; `base_dir` is the home."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._batch = threading.local()
        self._engines: dict[str, Engine] = {}
        self._engines_lock = threading.Lock()
        self._tables_seen: set[str] = set()
        super().__init__(str(Path(base_dir) / "history" / "events"), inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: "SqliteStorageConfig"
    ) -> "BatchingSqliteEventLogStorage":
        """Dagster's way in; the stock method would make a stock store."""
        return cls(config_value["base_dir"], inst_data)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """All of the events or none: one transaction in the run's file and one in the index."""
        runs = {each.run_id for each in events}
        if len(runs) != 1:
            super().store_event_batch(events)
            return
        of_assets = [each for each in events if _is_of_an_asset(each)]
        with ExitStack() as stack:
            run_id = runs.pop()
            run, index = (stack.enter_context(self._held_open(shard)) for shard in (run_id, INDEX_SHARD))
            self._batch.connections = {run_id: run, INDEX_SHARD: index}
            try:
                if of_assets:
                    self._store_of_assets(run, index, of_assets)
                for each in events:
                    if not _is_of_an_asset(each):
                        self.store_event(each)
            finally:
                self._batch.connections = {}

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; a table that was there stays there."""
        if table_name not in self._tables_seen and super().has_table(table_name):
            self._tables_seen.add(table_name)
        return table_name in self._tables_seen

    def dispose(self) -> None:
        """Closes the files."""
        with self._engines_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
        super().dispose()

    def delete_events(self, run_id: str) -> None:
        """Forgets a run, whose file Dagster then removes."""
        super().delete_events(run_id)
        with self._engines_lock:
            engine = self._engines.pop(run_id, None)
        if engine is not None:
            engine.dispose()

    def _store_of_assets(self, run: Connection, index: Connection, events: Sequence[EventLogEntry]) -> None:
        rows = [self._event_to_row(each) for each in events]
        insert = SqlEventLogStorageTable.insert()
        run.execute(insert, rows)
        numbered = insert.returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
        numbers = list(index.execute(numbered, rows).scalars())
        self._store_asset_event_tags(index, events, numbers)
        # each event rewrites its asset's row, so that of several of a kind the last is what remains
        last: dict[tuple[str, str], tuple[EventLogEntry, int]] = {}
        for each, row, number in zip(events, rows, numbers, strict=True):
            kind = (row["asset_key"], row["dagster_event_type"])
            last.pop(kind, None)
            last[kind] = (each, number)
        for each, number in last.values():
            self._store_asset_event(index, each, number)

    @contextmanager
    def _held_open(self, shard: str) -> Iterator[Connection]:
        with self._engine(shard).connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        held: dict[str, Connection] = getattr(self._batch, "connections", {})
        if shard in held:
            yield held[shard]
        else:
            with self._held_open(shard) as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        with self._engines_lock:
            engine = self._engines.pop(shard, None)
            if engine is None or not Path(self.path_for_shard(shard)).exists():
                if engine is not None:
                    engine.dispose()
                with super()._connect(shard):
                    pass  # makes the file and its tables if they are not there
                engine = _keeping(self.conn_string_for_shard(shard))
            self._engines[shard] = engine  # the last one asked for comes last
            while len(self._engines) > _OPEN_SHARDS:
                oldest = next(name for name in self._engines if name != INDEX_SHARD)
                self._engines.pop(oldest).dispose()
            return engine


def _is_of_an_asset(entry: EventLogEntry) -> bool:
    return (
        entry.dagster_event is not None
        and DagsterEventType(entry.dagster_event.event_type_value) in ASSET_EVENTS
        and entry.dagster_event.asset_key is not None
    )


def _keeping(address: str) -> Engine:
    """An engine whose connections stay open. A power cut may lose the last events, never the file."""
    engine = create_engine(
        address, poolclass=QueuePool, pool_size=2, max_overflow=20, connect_args={"timeout": _BUSY_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.execute("pragma synchronous = normal")

    return engine
