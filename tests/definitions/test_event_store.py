"""Events written in a batch are the events that were handed over, and a broken batch leaves none."""

import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from orchestration.wiring.event_store import BatchingSqliteEventLogStorage

DAYS = dg.StaticPartitionsDefinition([f"day {number}" for number in range(30)])


@dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
def counted() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 3})


def run(instance: dg.DagsterInstance) -> None:
    result = dg.materialize(
        [counted],
        instance=instance,
        tags={
            "dagster/asset_partition_range_start": "day 0",
            "dagster/asset_partition_range_end": "day 29",
        },
    )
    assert result.success


def instance_of(folder: Path) -> dg.DagsterInstance:
    (folder / "dagster.yaml").write_text(
        "event_log_storage:\n"
        "  module: orchestration.wiring.event_store\n"
        "  class: BatchingSqliteEventLogStorage\n"
        f"  config: {{base_dir: {folder}}}\n",
        encoding="utf-8",
    )
    return dg.DagsterInstance.from_config(str(folder))


@pytest.mark.parametrize("batch_size", ["0", "7", "500"])
def test_every_partition_is_materialized_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_size: str
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", batch_size)
    with instance_of(tmp_path) as instance:
        run(instance)
        records = instance.fetch_materializations(counted.key, limit=100).records
        assert sorted(record.partition_key or "" for record in records) == sorted(DAYS.get_partition_keys())
        assert (tmp_path / "history" / "events" / "index.db").exists()


def test_a_batch_is_stored_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "500")
    with instance_of(tmp_path) as instance:
        run(instance)
        storage = instance.event_log_storage
        assert isinstance(storage, BatchingSqliteEventLogStorage)
        run_id = instance.get_runs()[0].run_id
        before = storage.get_logs_for_run(run_id)

        def fails(*_given: object) -> None:
            raise OSError("the disk is full")

        # what comes last in a batch: by then both files have its rows, uncommitted
        monkeypatch.setattr(storage, "_store_asset_event", fails)
        materialized = [each for each in before if each.dagster_event and each.dagster_event.asset_key]
        with pytest.raises(OSError, match="disk is full"):
            storage.store_event_batch(materialized[:3])
        assert len(storage.get_logs_for_run(run_id)) == len(before)
        assert len(instance.fetch_materializations(counted.key, limit=100).records) == 30


def test_a_batch_leaves_the_rows_that_single_events_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = []
    for batch_size in ("0", "500"):
        monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", batch_size)
        home = tmp_path / batch_size
        home.mkdir()
        with instance_of(home) as instance:
            run(instance)
            run(instance)
        with sqlite3.connect(home / "history" / "events" / "index.db") as index:
            left.append(
                [
                    index.execute(f"select {columns} from {table} order by id").fetchall()
                    for table, columns in (
                        ("event_logs", "id, dagster_event_type, step_key, asset_key, partition"),
                        ("asset_event_tags", "asset_key, key, event_id"),
                        ("asset_keys", "asset_key, json_extract(last_materialization, '$.storage_id')"),
                    )
                ]
            )
        index.close()
    assert left[0] == left[1]
    assert len(left[0][0]) > 60
