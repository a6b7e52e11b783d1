"""A ledger of any age becomes what the code knows, with every row it had."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, create_engine, inspect, text

from orchestration.penalties import upgrading
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.migrations.versions import r0001_decisions
from orchestration.penalties.tables import METADATA
from orchestration.penalties.upgrading import REVISIONS, LedgerTooNewError, revision_of
from tests.unit.penalties.conftest import NewStore
from tests.unit.penalties.lived import a_row_in_every_table, counts, open_at_once

OLD_TABLES = ("decisions", "measures", "decision_orders", "entries")


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A stranger's connection, that opens no ledger."""
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def checks_and_defaults(connection: Connection) -> dict[str, Any]:
    """What Alembic does not compare."""
    inspector = inspect(connection)
    return {
        table: (
            sorted((check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)),
            {column["name"]: column["default"] for column in inspector.get_columns(table)},
            sorted(map(str, inspector.get_foreign_keys(table))),
        )
        for table in METADATA.tables
    }


def test_the_revisions_lead_to_the_tables_that_the_code_knows(new_store: NewStore, ledger: Ledger) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
        migrated = checks_and_defaults(connection)
    with connected(new_store()) as connection:
        METADATA.create_all(connection)
        assert checks_and_defaults(connection) == migrated


def old_ledger(connection: Connection) -> None:
    """What a version before Alembic left: the tables of revision 1, two decisions, and the old guards."""
    with Operations.context(MigrationContext.configure(connection)):
        r0001_decisions.upgrade()
    for name, mode, review in (
        ("d1", "enforce", "false"),
        ("d2", "shadow", "false"),
        ("d3", "enforce", "true"),
    ):
        connection.execute(
            text(
                f"insert into decisions values ('{name}', 'douyin', 'douyin:s1', 'douyin_ccr', '2026-07-14', "
                f"'{'0' * 64}', 'ccr', 'CCR-T1', 'T1', 1, '{mode}', 'shop', 'douyin:s1', '{name}', "
                "'2026-10-05', '2026-10-11', '2026-10-11', 12, 200, 0.06, 0.0346, 0.1019, 0.02, "
                "'category', 3.0, 1.73, 11, "
                f"'[\"quality_defect\"]', {review}, true, '2026-10-18', 200000, '{{}}')"
            )
        )
    connection.execute(text("insert into measures values ('d1', 1, 'fine', 200000, null, null, '{}')"))
    connection.execute(
        text(
            "insert into decision_orders values ('d1', 1, 'douyin:o1', 'douyin:review:1', 'review', "
            "'product', null, 'text', '坏了')"
        )
    )
    connection.execute(text("insert into entries values ('e1', 'd1', 1, 'issue', 200000, 4, '2026-10-11')"))
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                "create trigger decisions_refuse_update before update on decisions "
                "begin select raise(abort, 'the ledger is append-only: no update on decisions'); end"
            )
        )
    else:
        connection.execute(
            text(
                "create function refuse_ledger_change() returns trigger language plpgsql as "
                "$$ begin raise exception 'the ledger is append-only'; end $$"
            )
        )
        for table in OLD_TABLES:
            connection.execute(
                text(
                    f"create trigger {table}_refuse_change before update or delete or truncate on {table} "
                    "for each statement execute function refuse_ledger_change()"
                )
            )


def rows_of(connection: Connection, columns: dict[str, str]) -> dict[str, list[Any]]:
    return {
        table: connection.execute(text(f"select {names} from {table} order by 1")).all()
        for table, names in columns.items()
    }


def test_a_ledger_from_before_alembic_keeps_its_rows(store: str) -> None:
    with connected(store) as connection:
        old_ledger(connection)
        inspector = inspect(connection)
        columns = {
            table: ", ".join(column["name"] for column in inspector.get_columns(table))
            for table in OLD_TABLES
        }
        before = rows_of(connection, columns)
    Ledger(store).close()
    with connected(store) as connection:
        assert revision_of(connection) == REVISIONS[-1]
        assert rows_of(connection, columns) == before
        assert connection.execute(text("select debit, credit, appeal_key from entries")).all() == [
            ("outstanding", "imposed", None)
        ]
        assert connection.execute(
            text("select decision_id, shadowed_by, execute_after from decisions order by 1")
        ).all() == [("d1", None, None), ("d2", "policy", None), ("d3", None, None)]
        assert connection.execute(
            text("select decision_id, seq, status, actor from decision_events order by 1")
        ).all() == [
            ("d1", 1, "noticed", "pipeline"),
            ("d2", 1, "shadow", "pipeline"),
            ("d3", 1, "awaiting_review", "pipeline"),
        ]


def test_an_upgraded_ledger_has_the_tables_of_a_new_one(store: str, new_store: NewStore) -> None:
    with connected(store) as connection:
        old_ledger(connection)
    Ledger(store).close()
    fresh = new_store()
    Ledger(fresh).close()
    with connected(store) as upgraded, connected(fresh) as made:
        assert checks_and_defaults(upgraded) == checks_and_defaults(made)
        assert compare_metadata(MigrationContext.configure(upgraded), METADATA) == []


def test_an_old_ledger_is_guarded_once_it_is_opened(store: str) -> None:
    with connected(store) as connection:
        old_ledger(connection)
    ledger = Ledger(store)
    for change in ("update decisions set tier = 'T0'", "delete from entries"):
        with pytest.raises(Exception, match="append-only"), ledger.writing("test") as connection:
            connection.execute(text(change))
    ledger.close()


def test_an_upgrade_that_is_cut_leaves_the_old_ledger(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(store) as connection:
        old_ledger(connection)
        tables = set(inspect(connection).get_table_names())

    def cut(_dialect: str) -> list[str]:
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(upgrading, "guard_statements", cut)
        with pytest.raises(InterruptedError):
            Ledger(store)
    with connected(store) as connection:
        assert set(inspect(connection).get_table_names()) == tables
    Ledger(store).close()


def test_a_ledger_that_is_ahead_of_the_code_is_refused(ledger: Ledger, store: str) -> None:
    with ledger.writing("test") as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(
        LedgerTooNewError, match="has revision 9999, and this version of ccr knows none after"
    ):
        Ledger(store)


def test_opening_a_ledger_again_changes_nothing_and_waits_for_nobody(ledger: Ledger, store: str) -> None:
    a_row_in_every_table(ledger)
    with ledger.writing(upgrading.SCHEMA_LOCK):
        again = Ledger(store)
        with again.reading() as connection:
            assert counts(connection) == dict.fromkeys(METADATA.tables, 1)
        again.close()


@pytest.mark.parametrize("old", [False, True])
def test_several_processes_may_open_a_ledger_at_once(store: str, old: bool) -> None:
    if old:
        with connected(store) as connection:
            old_ledger(connection)
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(4), context.Queue()
    processes = [context.Process(target=open_at_once, args=(store, start, results)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [results.get(timeout=120) for _ in processes] == [REVISIONS[-1]] * 4
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0] * 4
    with connected(store) as connection:
        assert counts(connection)["decision_events"] == (3 if old else 0)
