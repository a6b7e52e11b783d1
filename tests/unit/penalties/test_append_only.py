"""Nothing in the ledger can be changed or removed, and nothing comes in that makes no sense."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from orchestration.penalties.append_only import guard_statements, insert_absent, is_guarded
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.tables import METADATA, decision_events, entries, suspensions
from tests.unit.penalties.lived import DAY, a_row_in_every_table, counts, decision, entry, event, write

TABLES = sorted(METADATA.tables)
CHANGES = {
    "sqlite": [
        "update {table} set {key} = {key}",
        "delete from {table}",
        "insert or replace into {table} select * from {table}",
        "insert into {table} select * from {table} where true on conflict do update set {key} = 'x'",
    ],
    "postgresql": [
        "update {table} set {key} = {key}",
        "update {table} set {key} = {key} where false",
        "delete from {table}",
        "truncate {table} cascade",
        "insert into {table} select * from {table} on conflict ({keys}) do update set {key} = 'x'",
    ],
}


@pytest.mark.parametrize("table", TABLES)
def test_nothing_in_the_ledger_can_be_changed(ledger: Ledger, table: str) -> None:
    a_row_in_every_table(ledger)
    keys = [column.name for column in METADATA.tables[table].primary_key.columns]
    for statement in CHANGES[ledger.engine.dialect.name]:
        with (
            pytest.raises(DatabaseError, match="the ledger is append-only"),
            ledger.writing("test") as connection,
        ):
            connection.execute(text(statement.format(table=table, key=keys[0], keys=", ".join(keys))))
    with ledger.reading() as connection:
        assert counts(connection) == dict.fromkeys(METADATA.tables, 1)


def test_a_guard_that_is_gone_comes_back_with_the_next_opening(ledger: Ledger, store: str) -> None:
    with ledger.writing("test") as connection:
        name, on = ("refuse_change", " on entries") if "postgresql" in store else ("refuse_delete", "")
        connection.execute(text(f"drop trigger entries_{name}{on}"))
        assert not is_guarded(connection)
    Ledger(store).close()
    with ledger.reading() as connection:
        assert is_guarded(connection)


def test_a_store_that_cannot_be_guarded_is_refused() -> None:
    with pytest.raises(ValueError, match="set CCR_LEDGER_URL to a sqlite or postgresql URL"):
        Ledger("mysql://host/ledger")
    with pytest.raises(ValueError, match="use a sqlite or postgresql URL"):
        guard_statements("mysql")


MOVES = {
    "an_amount_below_zero": (entry("d1", "issue", -1), "entries_amount_is_not_negative"),
    "from_an_account_to_itself": (
        entry("d1", "issue", 1, debit="imposed"),
        "entries_accounts_are_of_the_type",
    ),
    "an_account_nobody_knows": (entry("d1", "issue", 1, debit="purse"), "entries_accounts_are_of_the_type"),
    "a_type_nobody_knows": (entry("d1", "issue", 1, entry_type="gift"), "entries_accounts_are_of_the_type"),
    "paid_without_being_frozen": (
        entry("d1", "execute", 1, credit="outstanding"),
        "entries_accounts_are_of_the_type",
    ),
    "points_that_come_by_a_reversal": (
        entry("d1", "reverse", 0, points=4),
        "entries_points_come_by_issue_alone",
    ),
    "points_that_go_by_an_issue": (entry("d1", "issue", 0, points=-4), "entries_points_come_by_issue_alone"),
    "money_that_expires": (entry("d1", "expire", 1), "entries_amount_is_not_negative"),
}


@pytest.mark.parametrize("name", MOVES)
def test_money_moves_only_as_its_type_says(ledger: Ledger, name: str) -> None:
    row, rule = MOVES[name]
    a_row_in_every_table(ledger)
    with pytest.raises(IntegrityError, match=rule), ledger.writing("test") as connection:
        connection.execute(insert(entries), row)


WORDS: list[tuple[str, dict[str, Any], str]] = [
    ("decisions", decision("d2", shadowed_by="mood"), "decisions_shadowed_by_is_known"),
    ("decision_events", event("d1", 2, "forgotten"), "decision_events_status_is_known"),
    ("measure_terms", {"change": "paused"}, "measure_terms_change_is_known"),
    ("reassessments", {"cause": "whim"}, "reassessments_cause_is_known"),
    ("reassessments", {"outcome": "harder"}, "reassessments_outcome_is_known"),
    ("suspensions", {"kind": "holiday"}, "suspensions_kind_is_known"),
    ("suspensions", {"scope": "country"}, "suspensions_scope_is_known"),
    ("suspensions", {"to_day": DAY.replace(day=1)}, "suspensions_end_after_they_begin"),
]


@pytest.mark.parametrize(("table", "changed", "rule"), WORDS, ids=[rule for _, _, rule in WORDS])
def test_a_word_that_nobody_knows_is_refused(
    ledger: Ledger, table: str, changed: dict[str, Any], rule: str
) -> None:
    a_row_in_every_table(ledger)
    with ledger.reading() as connection:
        there = dict(connection.execute(select(METADATA.tables[table])).mappings().one())
    another = {"seq": 2} if "seq" in there else {"suspension_id": "another"} if table == "suspensions" else {}
    with pytest.raises(IntegrityError, match=rule), ledger.writing("test") as connection:
        connection.execute(insert(METADATA.tables[table]), there | another | changed)


def test_what_is_there_already_is_left_as_it_is(ledger: Ledger) -> None:
    write(ledger, "d1", ["noticed"], [])
    rows = [event("d1", 1, "void"), event("d1", 2, "executed"), event("d1", 2, "executed")]
    with ledger.writing("test") as connection:
        assert insert_absent(connection, decision_events, rows) == 1
    with ledger.writing("test") as connection:
        assert insert_absent(connection, decision_events, rows) == 0
        statuses = select(decision_events.c.status).order_by(decision_events.c.seq)
        assert connection.execute(statuses).scalars().all() == ["noticed", "executed"]


def test_an_absent_row_is_written_with_every_type_of_value(ledger: Ledger) -> None:
    a_row_in_every_table(ledger)
    for table in METADATA.sorted_tables:
        keys = [column.name for column in table.primary_key.columns]
        if "decision_id" in keys and table.name != "decisions":
            continue
        with ledger.writing("test") as connection:
            there = dict(connection.execute(select(table)).mappings().one())
            other = there | {keys[0]: "another", **({"object_key": "x"} if table.name == "audit_log" else {})}
            assert insert_absent(connection, table, [there, other]) == 1
            found = connection.execute(select(table).where(table.c[keys[0]] == "another")).mappings().one()
            assert dict(found) == other


def test_another_row_with_a_name_that_is_taken_is_no_absent_row(ledger: Ledger) -> None:
    a_row_in_every_table(ledger)
    with ledger.reading() as connection:
        stop = dict(connection.execute(select(suspensions)).mappings().one())
    with (
        pytest.raises(IntegrityError, match="suspensions_kind_is_known"),
        ledger.writing("test") as connection,
    ):
        insert_absent(connection, suspensions, [stop | {"suspension_id": "new", "kind": "holiday"}])
