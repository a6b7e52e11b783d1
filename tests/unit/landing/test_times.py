from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from orchestration.landing.engine import connect
from orchestration.landing.times import FIRST_SECOND, LAST_SECOND, in_range, time_of

TEN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(connect()) as opened:
        yield opened


def read(
    connection: duckdb.DuckDBPyConnection, text: str | None, *, day_alone: bool = False
) -> datetime | None:
    sql = f"SELECT {time_of('t', day_alone=day_alone)} FROM (SELECT $text::VARCHAR AS t)"
    row = connection.execute(sql, {"text": text}).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-09-01T10:00:00+08:00", TEN),
        ("2026-09-01T10:00:00+0800", TEN),
        ("2026-09-01T10:00:00+08", TEN),
        ("2026-09-01T02:00:00Z", TEN),
        ("2026-08-31T21:00:00-05:00", TEN),
        ("2026-09-01T07:30:00+05:30", TEN),
        ("2026-09-01T10:00:00", TEN),
        ("2026-09-01 10:00:00", TEN),
        ("2026-09-01 10:00", TEN),
        ("2026-09-01T10:00:00.25", TEN + timedelta(milliseconds=250)),
        ("2026-09-01T02:00:00.123456Z", TEN + timedelta(microseconds=123456)),
        ("2026-09-01T02:00:00.123456789Z", TEN + timedelta(microseconds=123456)),
        ("1788228000", TEN),
        ("1788228000.0", TEN),
        ("1788228000000", TEN),
        ("1788228000123", TEN + timedelta(milliseconds=123)),
        (str(FIRST_SECOND), datetime(2000, 1, 1, tzinfo=UTC)),
        (str(LAST_SECOND), datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (f"{FIRST_SECOND}000", datetime(2000, 1, 1, tzinfo=UTC)),
        (f"{LAST_SECOND}999", datetime(2099, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ("2024-02-29T00:00:00", datetime(2024, 2, 28, 16, tzinfo=UTC)),
    ],
)
def test_a_time_is_read(connection: duckdb.DuckDBPyConnection, text: str, time: datetime) -> None:
    assert read(connection, text) == time


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "0",
        "-1",
        "2026-09-01",  # a day has no time of day
        "20260901",
        "20260901T100000Z",
        "2026-9-1T10:00:00",
        "2026-02-30T10:00:00",
        "2026-09-01T24:00:00",
        "2026-09-01T10:60:00",
        "2026-09-01T10:00:60",
        "2026-09-01T10:00:00+99:00",
        "2026-09-01T10:00:00 +08:00",
        "2026-09-01T10:00:00 Asia/Shanghai",
        "2026-09-01T10",
        "01/09/2026 10:00",
        "1788228000.5",
        "1.788228e9",
        " 1788228000",
        str(FIRST_SECOND - 1),
        str(LAST_SECOND + 1),  # neither so late nor, as milliseconds, so early
        "100000000000",
        f"{LAST_SECOND + 1}000",
        "1788228000000000",  # microseconds
        "infinity",
        "now",
    ],
)
def test_what_is_no_time_is_not_read(connection: duckdb.DuckDBPyConnection, text: str | None) -> None:
    assert read(connection, text) is None


def test_a_day_alone_is_midnight_in_shanghai_where_it_is_allowed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert read(connection, "2026-09-01", day_alone=True) == datetime(2026, 8, 31, 16, tzinfo=UTC)
    assert read(connection, "2026-02-30", day_alone=True) is None


def test_seconds_and_milliseconds_cannot_be_confused() -> None:
    assert LAST_SECOND < FIRST_SECOND * 1000


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("1999-12-31T23:59:59Z", False),
        ("2000-01-01T00:00:00Z", True),
        ("2099-12-31T23:59:59Z", True),
        ("2100-01-01T00:00:00Z", False),
    ],
)
def test_only_times_of_this_century_are_in_range(
    connection: duckdb.DuckDBPyConnection, text: str, within: bool
) -> None:
    row = connection.execute(f"SELECT {in_range('$text::TIMESTAMPTZ')}", {"text": text}).fetchone()
    assert row == (within,)
