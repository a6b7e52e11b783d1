"""When a consultation session becomes an event, and with which of its messages."""

from typing import Any

import pytest

from tests.support.raw_rows import deliver, message, session
from tests.support.warehouse import DbtProject, Warehouse

FIRST, LAST = "2026-09-01", "2026-09-06"


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("sessions"), dbt_project)
    at_once = session("at once", FIRST)
    rated = {"rating": 1, "rated_scope": "human"}
    deliver(
        warehouse,
        im_sessions=[
            at_once,
            at_once | {"business_day": "2026-09-04"},
            session("row first", FIRST),
            session("row first", "2026-09-02", updated_at="2026-09-02 18:00:00", _row_sha256="ff"),
            session("row first", "2026-09-02", updated_at="2026-09-02 17:00:00", _row_sha256="00"),
            session("messages first", "2026-09-03"),
            session("in two parts", FIRST),
            session("rated in silence", FIRST, **rated),
            session("rated later", FIRST),
            session("rated later", "2026-09-02", started_at=f"{FIRST} 15:00:00", **rated),
            session("silent", FIRST),
            session("edited words", FIRST),
            session("bot only", FIRST),
            session("bot rated", FIRST, rating=1, rated_scope="bot"),
            session("bot then human", FIRST),
            session("nobody answered", FIRST),
            session("opening", FIRST, started_at=f"{FIRST} 08:00:00"),
            session("before opening", FIRST, started_at=f"{FIRST} 07:59:59"),
            session("closing", FIRST, started_at=f"{FIRST} 22:59:59"),
            session("after closing", FIRST, started_at=f"{FIRST} 23:00:00"),
        ],
        im_messages=[
            message("at once", FIRST, 2, role="agent", text="今天发"),
            message("at once", FIRST, 1, text="什么时候发货，电话13812345678"),
            message("row first", "2026-09-03", 1),
            message("messages first", FIRST, 1),
            message("messages first", "2026-09-02", 2),
            message("in two parts", FIRST, 1),
            message("in two parts", "2026-09-02", 2),
            message("in two parts", "2026-09-02", 3, role="agent"),
            message("rated in silence", "2026-09-03", 1),
            message("edited words", FIRST, 1, text="太慢了"),
            message("edited words", "2026-09-02", 1, text="没事了"),
            message("bot only", FIRST, 1),
            message("bot only", FIRST, 2, role="bot"),
            message("bot rated", FIRST, 1),
            message("bot then human", FIRST, 1, role="bot"),
            message("bot then human", FIRST, 2, role="agent"),
            message("nobody answered", FIRST, 1),
            message("nobody answered", FIRST, 2, role="system"),
            message("without a session", FIRST, 1),
            *[
                message(name, FIRST, 1, role="agent")
                for name in ("opening", "before opening", "closing", "after closing")
            ],
        ],
    )
    warehouse.run(FIRST, LAST, select="staging intermediate.feedback")
    return warehouse


def versions(warehouse: Warehouse, name: str) -> list[dict[str, Any]]:
    return warehouse.rows(
        "intermediate.int_feedback_events",
        "version_no",
        f"feedback_key = 'douyin:im_session:{name}'",
    )


def counts(warehouse: Warehouse, name: str) -> list[tuple[str, int]]:
    """The messages known at each version, as (day of the month, count)."""
    rows = versions(warehouse, name)
    return [(f"{row['business_day']:%d}", row["message_count"]) for row in rows]


def words(warehouse: Warehouse, name: str) -> list[tuple[str, int, str]]:
    rows = warehouse.rows(
        "intermediate.int_session_messages", "seq", f"feedback_key = 'douyin:im_session:{name}'"
    )
    return [(f"{row['business_day']:%d}", row["seq"], row["text"]) for row in rows]


def test_a_session_keeps_its_messages_in_order_and_masked(built: Warehouse) -> None:
    assert words(built, "at once") == [
        ("01", 1, "什么时候发货，电话[phone]"),
        ("01", 2, "今天发"),
    ]


def test_a_session_delivered_again_is_a_duplicate(built: Warehouse) -> None:
    assert counts(built, "at once") == [("01", 2), ("04", 2)]
    codes = [row["exclusion_codes"] for row in versions(built, "at once")]
    assert codes == [[], ["duplicate_version"]]


def test_an_unrated_session_waits_for_its_first_message(built: Warehouse) -> None:
    assert counts(built, "row first") == [("03", 1)]
    (row,) = versions(built, "row first")
    assert row["row_sha256"] == "ff", "the latest row known by then"


def test_messages_wait_for_their_session(built: Warehouse) -> None:
    assert counts(built, "messages first") == [("03", 2)]
    assert [day for day, *_ in words(built, "messages first")] == ["03", "03"]


def test_messages_that_come_later_make_a_later_version(built: Warehouse) -> None:
    assert counts(built, "in two parts") == [("01", 1), ("02", 3)]
    later = versions(built, "in two parts")[1]
    assert later["exclusion_codes"] == ["edited_later_version"]
    assert later["human_present"] is True
    assert len(words(built, "in two parts")) == 1, "the classifier reads what the event knew"


def test_a_rated_session_needs_no_message(built: Warehouse) -> None:
    assert counts(built, "rated in silence") == [("01", 0), ("03", 1)]
    first = versions(built, "rated in silence")[0]
    assert (first["rating_service"], first["rating_overall"]) == (1, None)
    assert first["human_present"] is True
    assert counts(built, "rated later") == [("02", 0)]


def test_a_session_without_messages_and_rating_says_nothing(built: Warehouse) -> None:
    assert versions(built, "silent") == []
    assert words(built, "without a session") == []


def test_a_message_edited_later_keeps_its_first_words(built: Warehouse) -> None:
    assert words(built, "edited words") == [("01", 1, "太慢了")]
    assert counts(built, "edited words") == [("01", 1)]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("bot only", ["bot_only_session"]),
        ("bot rated", ["bot_only_session"]),
        ("bot then human", []),
        ("nobody answered", []),
        ("opening", []),
        ("before opening", ["out_of_hours_session"]),
        ("closing", []),
        ("after closing", ["out_of_hours_session"]),
    ],
)
def test_sessions_without_a_person_or_out_of_hours_are_excluded(
    built: Warehouse, name: str, codes: list[str]
) -> None:
    assert versions(built, name)[0]["exclusion_codes"] == codes
