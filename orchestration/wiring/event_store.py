"""Dagster's SQLite event log, writing a batch of events in one transaction instead of three an event.

A range of 45 days writes thousands of materializations, and the stock store opens the file
anew for each: half of a small run's time. Dagster hands over batches where
DAGSTER_EVENT_BATCH_SIZE is set, as `ccr` and make do. Named in deploy/dagster.yaml; dagster is capped below
1.14 because this overrides how the stock store connects.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dagster import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, NullPool, create_engine

INDEX_SHARD = "index"
_BUSY_SECONDS = 60


class BatchingSqliteEventLogStorage(SqliteEventLogStorage):
    """Stores what the stock store does, row for row; `base_dir` is the home."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._batch = threading.local()
        super().__init__(str(Path(base_dir) / "history" / "events"), inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: "SqliteStorageConfig"
    ) -> "BatchingSqliteEventLogStorage":
        """Dagster's way in; the stock method would make a stock store."""
        return cls(config_value["base_dir"], inst_data)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """All of the events or none: one transaction in the run's file and one in the index."""
        runs = {event.run_id for event in events}
        if len(runs) != 1:
            super().store_event_batch(events)
            return
        with ExitStack() as stack:
            self._batch.connections = {
                shard: stack.enter_context(self._held_open(shard)) for shard in (runs.pop(), INDEX_SHARD)
            }
            try:
                for event in events:
                    self.store_event(event)
            finally:
                self._batch.connections = {}

    @contextmanager
    def _held_open(self, shard: str) -> Iterator[Connection]:
        with super()._connect(shard):
            pass  # makes the file and its tables if they are not there
        engine = create_engine(
            self.conn_string_for_shard(shard), poolclass=NullPool, connect_args={"timeout": _BUSY_SECONDS}
        )
        with engine.connect() as connection, connection.begin():
            yield connection
        engine.dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        held: dict[str, Connection] = getattr(self._batch, "connections", {})
        if shard in held:
            yield held[shard]
        else:
            with super()._connect(shard) as connection:
                yield connection
