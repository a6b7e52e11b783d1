"""The store keeps what it is given, from however many writers."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import SNAPSHOTS, snapshot, write_snapshot
from orchestration.penalties.tables import METADATA, guard_statements
from tests.unit.penalties.bench import counted, posted, shop, ticket, url_of

TABLES = sorted(METADATA.tables)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "update {table} set decision_id = decision_id",
        "delete from {table}",
        "insert or replace into {table} select * from {table}",
        "insert into {table} select * from {table} where true on conflict do update set decision_id = 'x'",
    ],
)
def test_nothing_in_the_ledger_can_be_changed(ledger: Ledger, table: str, statement: str) -> None:
    posted(ledger, shop())
    before = snapshot(ledger)
    with (
        pytest.raises(DatabaseError, match="the ledger is append-only"),
        ledger.writing("test") as connection,
    ):
        connection.execute(text(statement.format(table=table)))
    assert snapshot(ledger) == before


def test_opening_a_ledger_again_keeps_what_is_in_it(ledger: Ledger, tmp_path: Path) -> None:
    posted(ledger, shop())
    again = Ledger(url_of(tmp_path / "ledger.sqlite"))
    assert snapshot(again) == snapshot(ledger)
    again.close()


def test_a_new_folder_is_made_for_a_new_ledger(tmp_path: Path) -> None:
    Ledger(url_of(tmp_path / "new" / "home" / "ledger.sqlite")).close()
    assert (tmp_path / "new" / "home" / "ledger.sqlite").exists()


def test_sqlite_writes_ahead_and_keeps_references(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.reading() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma foreign_keys")).scalar() == 1
        assert connection.execute(text("pragma busy_timeout")).scalar() == 60_000


def test_a_reader_does_not_wait_for_a_writer(ledger: Ledger) -> None:
    with ledger.writing("test"), ledger.reading() as connection:
        assert connection.execute(text("select count(*) from decisions")).scalar() == 0


def test_a_writer_keeps_other_writers_out_before_it_has_written(ledger: Ledger, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.sqlite", timeout=0) as stranger:
        with ledger.writing("test"), pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("begin immediate")
        stranger.execute("begin immediate")
    stranger.close()


class BeatenLedger(Ledger):
    """Somebody else posts just before this one takes the lock."""

    rival: Ledger | None = None

    @contextmanager
    def writing(self, lock: str) -> Iterator[Connection]:
        rival, self.rival = self.rival, None
        if rival is not None:
            assert counted(posted(rival, shop())) == {"posted_enforce": 1}
        with super().writing(lock) as connection:
            yield connection


def test_what_another_posted_meanwhile_is_found_under_the_lock(ledger: Ledger, tmp_path: Path) -> None:
    beaten = BeatenLedger(url_of(tmp_path / "ledger.sqlite"))
    beaten.rival = ledger
    assert counted(posted(beaten, shop(), shop(weeks=1))) == {"unchanged": 1, "in_cooldown": 1}
    assert beaten.rival is None
    beaten.close()


def _post_all(url: str, start: "multiprocessing.synchronize.Barrier") -> dict[str, int]:
    start.wait(timeout=60)
    ledger = Ledger(url)
    batch = [shop(f"s{number}", weeks=week) for number in range(6) for week in (0, 5)]
    counts = counted(posted(ledger, *batch, *(ticket(f"o{number}") for number in range(12))))
    ledger.close()
    return counts


def _post_into(
    url: str, start: "multiprocessing.synchronize.Barrier", results: "multiprocessing.Queue[dict[str, int]]"
) -> None:
    results.put(_post_all(url, start))


def test_two_processes_at_once_make_one_decision_each(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(2), context.Queue()
    url = url_of(tmp_path / "shared.sqlite")
    processes = [context.Process(target=_post_into, args=(url, start, results)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert sum(counts.get("posted_enforce", 0) for counts in found) == 24
    assert sum(counts.get("unchanged", 0) for counts in found) == 24
    alone = Ledger(url_of(tmp_path / "alone.sqlite"))
    _post_all(url_of(tmp_path / "alone.sqlite"), context.Barrier(1))
    together = Ledger(url)
    assert snapshot(together) == snapshot(alone)
    together.close()
    alone.close()


def test_a_snapshot_is_typed_and_sorted_and_the_same_bytes(ledger: Ledger, tmp_path: Path) -> None:
    posted(ledger, shop("s2"), ticket())
    posted(ledger, shop("s1"))
    counts = write_snapshot(ledger, tmp_path / "first")
    write_snapshot(ledger, tmp_path / "second")
    assert counts == {"decisions": 3, "measures": 7, "decision_orders": 25}
    for name, schema in SNAPSHOTS.items():
        first, second = (tmp_path / lake / "penalties" / f"{name}.parquet" for lake in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        assert pq.read_schema(first).equals(schema)
    shops = pq.read_table(tmp_path / "first" / "penalties" / "decisions.parquet")["shop_key"].to_pylist()
    assert shops == ["douyin:s1", "douyin:s2", "pinduoduo:s9"]


def test_an_empty_ledger_has_typed_tables(ledger: Ledger) -> None:
    assert {name: table.schema for name, table in snapshot(ledger).items()} == SNAPSHOTS


def test_a_store_that_cannot_be_guarded_is_refused() -> None:
    with pytest.raises(ValueError, match="use a sqlite or postgresql URL"):
        guard_statements("mysql")


def test_postgresql_is_guarded_too() -> None:
    statements = guard_statements("postgresql")
    assert len(statements) == 1 + len(TABLES)
    assert all("update or delete or truncate" in statement for statement in statements[1:])
    assert "%" not in "".join(statements)  # a driver takes it for a placeholder


def test_the_file_is_guarded_whoever_opens_it(ledger: Ledger, tmp_path: Path) -> None:
    posted(ledger, shop())
    with (
        sqlite3.connect(tmp_path / "ledger.sqlite") as stranger,
        pytest.raises(sqlite3.DatabaseError, match="append-only"),
    ):
        stranger.execute("delete from entries")
    stranger.close()
