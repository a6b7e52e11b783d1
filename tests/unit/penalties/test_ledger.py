"""The store keeps what it is given, from however many writers."""

import multiprocessing
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import snapshot
from tests.support.postgres import PostgresServer
from tests.unit.penalties.bench import counted, posted, shop, ticket, url_of
from tests.unit.penalties.conftest import NewStore


def test_a_new_folder_is_made_for_a_new_ledger(tmp_path: Path) -> None:
    Ledger(url_of(tmp_path / "new" / "home" / "ledger.sqlite")).close()
    assert (tmp_path / "new" / "home" / "ledger.sqlite").exists()


def test_sqlite_writes_ahead_and_keeps_references(tmp_path: Path) -> None:
    ledger = Ledger(url_of(tmp_path / "ledger.sqlite"))
    with ledger.reading() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma foreign_keys")).scalar() == 1
        assert connection.execute(text("pragma busy_timeout")).scalar() == 60_000
    ledger.close()


def test_transactions_in_bulk_reach_the_disk_together_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    ledger = Ledger(url_of(tmp_path / "ledger.sqlite"))
    monkeypatch.setattr(os, "fsync", lambda file: flushed.append(os.fstat(file).st_ino))

    def synchronous() -> int | None:
        with ledger.writing("test") as connection:
            return connection.execute(text("pragma synchronous")).scalar()

    assert synchronous() == 2
    with ledger.in_bulk():
        assert [synchronous(), synchronous()] == [1, 1]
        assert flushed == []
    assert flushed == [(tmp_path / "ledger.sqlite-wal").stat().st_ino]
    assert synchronous() == 2
    with pytest.raises(OSError, match="the disk is full"), ledger.in_bulk():
        raise OSError("the disk is full")
    assert len(flushed) == 2
    assert synchronous() == 2
    ledger.close()


def test_a_url_of_postgresql_needs_no_driver(postgres: PostgresServer) -> None:
    ledger = Ledger(postgres.new_store().replace("postgresql+psycopg:", "postgresql:"))
    with ledger.reading() as connection:
        assert connection.execute(text("select current_setting('transaction_isolation')")).scalar() == (
            "repeatable read"
        )
    ledger.close()


def test_a_ledger_in_postgresql_says_which_extra_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'ccr-pipeline\[postgres\]'"):
        Ledger("postgresql://host/ledger")


def test_a_reader_does_not_wait_for_a_writer(ledger: Ledger) -> None:
    with ledger.writing("test"), ledger.reading() as connection:
        assert connection.execute(text("select count(*) from decisions")).scalar() == 0


def test_a_writer_in_sqlite_keeps_every_other_out_before_it_has_written(tmp_path: Path) -> None:
    ledger = Ledger(url_of(tmp_path / "ledger.sqlite"))
    with sqlite3.connect(tmp_path / "ledger.sqlite", timeout=0) as stranger:
        with ledger.writing("test"), pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("begin immediate")
        stranger.execute("begin immediate")
    stranger.close()
    ledger.close()


def test_a_writer_in_postgresql_keeps_those_out_who_want_the_same_lock(postgres: PostgresServer) -> None:
    store = postgres.new_store()
    ledger, other = Ledger(store), Ledger(store)
    with ledger.writing("one shop"):
        with other.writing("another shop") as connection:
            connection.execute(text("set lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"), other.writing("one shop"):
            pass
    with other.writing("one shop") as connection:
        assert connection.execute(text("show lock_timeout")).scalar() == "50ms"
    ledger.close()
    other.close()


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


def test_what_another_posted_meanwhile_is_found_under_the_lock(ledger: Ledger, store: str) -> None:
    beaten = BeatenLedger(store)
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


def test_two_processes_at_once_make_one_decision_each(new_store: NewStore) -> None:
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(2), context.Queue()
    url = new_store()
    processes = [context.Process(target=_post_into, args=(url, start, results)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert sum(counts.get("posted_enforce", 0) for counts in found) == 24
    assert sum(counts.get("unchanged", 0) for counts in found) == 24
    by_itself = new_store()
    _post_all(by_itself, context.Barrier(1))
    alone = Ledger(by_itself)
    together = Ledger(url)
    assert snapshot(together) == snapshot(alone)
    together.close()
    alone.close()
