"""Appeals come out of the warehouse with everything about the same subjects, and with the terms in force."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.wiring.appealed import events_about, events_of_days, known_of, pieces, policies
from orchestration.wiring.house import House
from orchestration.wiring.partitions import Days
from tests.support.appealed_home import PRODUCT, make_home, write_event


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    home = make_home(tmp_path / "home")
    with House(home=str(home), landing=str(tmp_path)).warehouse() as opened:
        yield opened


def days(first: int, last: int) -> Days:
    return Days(date(2026, 9, first), date(2026, 9, last))


def places(events: list[Any]) -> list[tuple[str, int]]:
    return [(event.appeal_id, event.event_no) for event in events]


def test_a_range_takes_the_whole_story_of_the_appeals_it_touches(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_event(connection, "a1", 1, "filed", 4, subject_key=PRODUCT)
    write_event(connection, "a1", 2, "upheld", 6)
    write_event(connection, "a1", 3, "withdrawn", 9)
    write_event(connection, "other", 1, "filed", 4, subject_key="pinduoduo:o2")
    assert places(events_of_days(connection, days(5, 7))) == [("a1", 1), ("a1", 2)]
    assert places(events_of_days(connection, days(7, 8))) == []


def test_appeals_about_the_same_subject_come_along(connection: duckdb.DuckDBPyConnection) -> None:
    write_event(connection, "a1", 1, "filed", 4, subject_key=PRODUCT)
    write_event(connection, "a2", 1, "filed", 6, subject_key=PRODUCT)
    write_event(connection, "a2", 2, "filed", 6, subject_key="pinduoduo:o2")
    write_event(connection, "a3", 1, "filed", 3, subject_key="pinduoduo:o2")
    found = places(events_of_days(connection, days(6, 6)))
    assert found == [("a1", 1), ("a2", 1), ("a2", 2), ("a3", 1)]
    assert places(events_about(connection, PRODUCT, date(2026, 9, 5)))[0] == ("a1", 1)


def test_a_persons_word_holds_for_the_words_that_were_read(connection: duckdb.DuckDBPyConnection) -> None:
    write_event(connection, "a1", 1, "filed", 4, subject_key=PRODUCT)
    (filing,) = events_of_days(connection, days(4, 4))

    def issues(day: int) -> set[str]:
        subject = known_of(connection, [filing]).case_of(filing, date(2026, 9, day)).subject
        assert subject is not None
        return subject.issues

    assert issues(4) == {"quality_defect"}
    said = "insert into staging.stg_review_decisions values (?, 'pinduoduo:complaint:c1', ?, ?, ?, ?)"
    connection.execute(said, ["2026-09-05", 1, "not_negative", None, "words of pinduoduo:complaint:c1"])
    connection.execute(said, ["2026-09-06", 2, "negative", "no_reply", "words of pinduoduo:complaint:c1"])
    connection.execute(said, ["2026-09-07", 3, "withdrawn", None, "words of pinduoduo:complaint:c1"])
    connection.execute(said, ["2026-09-08", 4, "not_negative", None, "other words"])
    assert [issues(day) for day in (4, 5, 6, 7, 8)] == [
        {"quality_defect"}, set(), {"no_reply"}, {"quality_defect"}, {"quality_defect"},
    ]  # fmt: skip


def test_terms_are_read_with_what_single_rules_close(connection: duckdb.DuckDBPyConnection) -> None:
    terms = {policy.terms.policy_id: policy.terms for policy in policies(connection)}
    tickets = terms["pinduoduo_negative_experience"]
    assert tickets.appealable
    assert {"no_reply", "late_ship_false_voucher"} <= tickets.never_issues
    assert "quality_defect" not in tickets.never_issues
    assert (tickets.rounds, tickets.evidence_must_differ) == (2, True)
    ccr = terms["douyin_ccr"]
    assert (ccr.window_days, ccr.decision_sla_days, ccr.sla_calendar) == (7, 5, "working")
    # of rates only CCR is judged
    assert "amazon_odr" not in terms


def test_evidence_is_taken_apart_once() -> None:
    assert pieces(" photo:aa; video:bb ;photo:aa;") == ("photo:aa", "video:bb")
    assert pieces(None) == ()
