"""An answer that is owed and late is named; nothing else is."""

from datetime import date

import duckdb
import pytest

from orchestration.defs.overdue_appeals import overdue_by

DAY = date(2026, 10, 10)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute(
        "create schema appeals; create table appeals.appeal_events "
        "(business_day date, appeal_key varchar, seq integer, to_state varchar, due_on date)"
    )
    return opened


def tell(connection: duckdb.DuckDBPyConnection, key: str, *events: tuple[int, str, int | None]) -> None:
    """Events of an appeal: the day known, the state reached, the day its answer is due."""
    for seq, (day, state, due) in enumerate(events, start=1):
        due_on = None if due is None else date(2026, 10, due)
        connection.execute(
            "insert into appeals.appeal_events values (?, ?, ?, ?, ?)",
            [date(2026, 10, day), key, seq, state, due_on],
        )


def overdue(connection: duckdb.DuckDBPyConnection) -> str | None:
    return overdue_by(connection, DAY).description


def test_an_answer_that_is_late_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    tell(connection, "p:appeal:late", (1, "submitted", 9), (2, "human_review", 9))
    found = overdue_by(connection, DAY)
    assert not found.passed
    assert found.description == "p:appeal:late was due on 2026-10-09"


@pytest.mark.parametrize(
    "events",
    [
        [(1, "submitted", 10)],
        [(1, "submitted", None)],
        [(1, "submitted", 9), (5, "rejected", 9)],
        [(1, "submitted", 9), (5, "returned", 9)],
        [(1, "submitted", 3), (5, "rejected", 3), (6, "reconsidering", 13)],
        [(11, "submitted", 9)],
    ],
    ids=["due_today", "no_day_known", "answered", "with_its_merchant", "asked_again", "not_known_yet"],
)
def test_what_is_not_late_is_not_named(
    connection: duckdb.DuckDBPyConnection, events: list[tuple[int, str, int | None]]
) -> None:
    tell(connection, "p:appeal:a", *events)
    assert overdue_by(connection, DAY).passed
    assert overdue(connection) is None
