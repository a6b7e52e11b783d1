"""A copy of a warehouse is whole, and neither waits for a writer nor holds one up."""

from pathlib import Path

import duckdb
import pytest

from orchestration.wiring import scratch
from orchestration.wiring.scratch import Scratch, WarehouseBusyError, copy_at_rest


def rows_of(file: Path) -> list[tuple[int]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("select n from t order by n").fetchall()


def test_what_a_writer_has_committed_is_copied_while_it_is_at_work(tmp_path: Path) -> None:
    kept, copied = tmp_path / "warehouse.duckdb", tmp_path / "copy" / "warehouse.duckdb"
    copied.parent.mkdir()
    with duckdb.connect(str(kept)) as writer:
        writer.execute("create table t as select 1 as n")
        writer.execute("checkpoint")
        writer.execute("insert into t values (2)")  # in the log alone
        writer.execute("begin")
        writer.execute("insert into t values (3)")
        copy_at_rest(kept, copied)
        writer.execute("commit")
    assert rows_of(copied) == [(1,), (2,)]
    assert rows_of(kept) == [(1,), (2,), (3,)]


def test_a_log_of_an_earlier_attempt_is_not_left_beside_the_copy(tmp_path: Path) -> None:
    kept, copied = tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb"
    with duckdb.connect(str(kept)) as writer:
        writer.execute("create table t as select 1 as n")
    stale = tmp_path / "copy.duckdb.wal"
    stale.write_bytes(b"of another file")
    copy_at_rest(kept, copied)
    assert not stale.exists()
    assert rows_of(copied) == [(1,)]


def test_a_file_that_changes_while_it_is_copied_is_copied_again_and_at_last_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, copied = tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb"
    kept.write_bytes(b"0")
    pauses: list[float] = []
    monkeypatch.setattr(scratch.time, "sleep", pauses.append)
    copy = scratch.shutil.copyfile

    def copy_and_write(source: Path, target: Path) -> None:
        copy(source, target)
        if source == kept and len(pauses) < writes:
            kept.write_bytes(kept.read_bytes() + b"1")

    monkeypatch.setattr(scratch.shutil, "copyfile", copy_and_write)
    writes = 3
    copy_at_rest(kept, copied)
    assert (len(pauses), copied.read_bytes()) == (3, b"0111")
    writes = 1_000
    with pytest.raises(WarehouseBusyError, match="try again when it has ended"):
        copy_at_rest(kept, copied)


def test_schemas_that_are_made_here_are_read_from_here(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "scratch"
    folder.mkdir()
    for lake, number in ((home, 1), (folder / "lake", 2)):
        for table in ("policies/policy_versions.parquet", "penalties/decisions.parquet"):
            (lake / table).parent.mkdir(parents=True)
            duckdb.sql(f"copy (select {number} as n) to '{lake / table}'")
    duckdb.connect(str(home / "warehouse.duckdb")).close()
    made = Scratch.of(home / "warehouse.duckdb", home, folder, {"policies"})
    with made.opened() as connection:
        assert connection.execute("select n from policies.policy_versions").fetchall() == [(2,)]
        assert connection.execute("select n from penalties.decisions").fetchall() == [(1,)]
