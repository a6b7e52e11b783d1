"""Who did what is written once, with what was done."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from orchestration.penalties.audit import Act, AuditError, acts, record
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.tables import audit_log

NOON = datetime(2026, 10, 11, 12, 0, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))


def test_what_was_done_is_read_back_oldest_first(ledger: Ledger) -> None:
    with ledger.writing("test") as connection:
        later = NOON.replace(microsecond=5).astimezone(SHANGHAI)
        record(connection, "zhang", "exported", "shop", "douyin:s1", {"rows": 3, "to": "表.csv"}, later)
        record(connection, "li", "confirmed", "decision", "d1", {}, NOON)
    confirmed = Act(NOON, "li", "confirmed", "decision", "d1", {})
    exported = Act(later, "zhang", "exported", "shop", "douyin:s1", {"rows": 3, "to": "表.csv"})
    with ledger.reading() as connection:
        assert list(acts(connection)) == [confirmed, exported]
        assert list(acts(connection, actor="zhang")) == [exported]
        assert list(acts(connection, object_type="decision")) == [confirmed]
        assert list(acts(connection, object_type="decision", object_key="d2")) == []
        assert connection.execute(
            select(audit_log.c.happened_at).order_by(audit_log.c.happened_at)
        ).all() == [
            ("2026-10-11T12:00:00.000000+00:00",),
            ("2026-10-11T12:00:00.000005+00:00",),
        ]


def test_the_same_act_is_written_once(ledger: Ledger) -> None:
    with ledger.writing("test") as connection:
        for moment in (NOON, NOON.astimezone(SHANGHAI)):
            record(connection, "li", "confirmed", "decision", "d1", {"reason": "seen"}, moment)
    with ledger.reading() as connection:
        assert len(list(acts(connection))) == 1


def test_two_tales_of_one_act_are_refused(ledger: Ledger) -> None:
    with ledger.writing("test") as connection:
        record(connection, "li", "confirmed", "decision", "d1", {"reason": "seen"}, NOON)
    with pytest.raises(IntegrityError), ledger.writing("test") as connection:
        record(connection, "li", "confirmed", "decision", "d1", {"reason": "not seen"}, NOON)


def test_an_act_that_is_taken_back_leaves_no_trace(ledger: Ledger) -> None:
    def cut(connection: Connection) -> None:
        record(connection, "li", "confirmed", "decision", "d1", {}, NOON)
        raise InterruptedError

    with pytest.raises(InterruptedError), ledger.writing("test") as connection:
        cut(connection)
    with ledger.reading() as connection:
        assert connection.execute(select(func.count()).select_from(audit_log)).scalar() == 0


@pytest.mark.parametrize("unnamed", ["actor", "action", "object_type", "object_key"])
def test_nobody_acts_without_a_name(ledger: Ledger, unnamed: str) -> None:
    named = {"actor": "li", "action": "confirmed", "object_type": "decision", "object_key": "d1"}
    with pytest.raises(AuditError, match=f"without {unnamed} "), ledger.writing("test") as connection:
        record(connection, **named | {unnamed: " "}, detail={}, happened_at=NOON)


def test_a_time_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(AuditError, match="no time zone"), ledger.writing("test") as connection:
        record(connection, "li", "confirmed", "decision", "d1", {}, NOON.replace(tzinfo=None))


def test_the_latest_acts_are_told_first(ledger: Ledger) -> None:
    with ledger.writing("test") as connection:
        for minute in (1, 3, 2):
            at = datetime(2026, 10, 1, 8, minute, tzinfo=UTC)
            record(connection, "a person", f"act {minute}", "decision", "d1", {}, at)
    with ledger.reading() as connection:
        assert [act.action for act in acts(connection, latest=2)] == ["act 3", "act 2"]
