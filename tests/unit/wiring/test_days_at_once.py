"""Days that are asked of the warehouse together are given as days asked for one by one, in their order."""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest

from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA
from orchestration.defs.abnormal import _prints
from orchestration.wiring import classified_days
from orchestration.wiring.classified_days import inputs_of
from orchestration.wiring.partitions import Days
from orchestration.wiring.warehouse import CONNECTION_SETTINGS

FIRST = date(2026, 9, 1)
DAYS = Days(FIRST, FIRST + timedelta(days=5))
# of each day, by number: the third has none, the fifth more than one vector of the engine holds
COUNTS = (7, 1, 0, 12, 9_000, 3)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    rows = [
        {
            "business_day": FIRST + timedelta(days=day),
            "feedback_key": f"k{number * 7919 % 10_007:05d}:{day}",
            "channel": "review",
            "text": f"包装精美物流很快质量非常好第{'一二三四五六七八九十'[number % 10]}次",
            "buyer_key": f"b{number}",
            "shop_key": "s",
            "is_first_version": number % 11 != 5,
        }
        for day, count in enumerate(COUNTS)
        for number in range(count)
    ]
    turns = [
        {
            "business_day": row["business_day"], "feedback_key": row["feedback_key"], "seq": seq,
            "message_id": f"m{seq}", "role": "consumer", "text": "在吗",
        }
        for row in rows[:30]
        for seq in (2, 1)
    ]  # fmt: skip
    more = [("business_day", pa.date32()), ("buyer_key", pa.string()), ("shop_key", pa.string())]
    columns = pa.schema([*more, ("is_first_version", pa.bool_()), *EVENTS_SCHEMA])
    events = pa.Table.from_pylist(rows, columns)
    messages = pa.Table.from_pylist(turns, pa.schema([more[0], *MESSAGES_SCHEMA]))
    with duckdb.connect() as opened:
        for setting, value in CONNECTION_SETTINGS.items():
            opened.execute(f"set {setting} = '{value}'")
        opened.register("events", events)
        opened.register("messages", messages)
        opened.execute("create schema intermediate")
        opened.execute("create table intermediate.int_feedback_events as select * from events")
        opened.execute("create table intermediate.int_session_messages as select * from messages")
        yield opened


@pytest.mark.parametrize("most", [1, 20, 10**6])
def test_the_input_of_a_day_is_the_same_in_any_window(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(classified_days, "MOST_ROWS", most)
    found = list(inputs_of(connection, DAYS))
    assert len(found) == len(DAYS)
    for (events, messages), day in zip(found, DAYS, strict=True):
        number = (day - FIRST).days
        assert events.num_rows == sum(place % 11 != 5 for place in range(COUNTS[number]))
        assert events.schema.names == EVENTS_SCHEMA.names
        assert messages.schema.names == MESSAGES_SCHEMA.names
        keys = events["feedback_key"].to_pylist()
        assert keys == sorted(keys)
        assert all(key.endswith(f":{number}") for key in keys)
        turns = list(zip(messages["feedback_key"].to_pylist(), messages["seq"].to_pylist(), strict=True))
        assert turns == sorted(turns)
        ((alone, chat),) = inputs_of(connection, Days(day, day))
        assert alone.equals(events)
        assert chat.equals(messages)
    assert sum(messages.num_rows for _, messages in found) == 60


def test_prints_of_a_day_are_in_the_order_of_their_keys(connection: duckdb.DuckDBPyConnection) -> None:
    found = dict(_prints(connection, DAYS))
    assert list(found) == list(DAYS)
    for day, prints in found.items():
        keys = prints["feedback_key"].to_pylist()
        assert keys == sorted(keys)
        ((_, alone),) = _prints(connection, Days(day, day))
        assert alone.equals(prints)
    assert [prints.num_rows > 0 for prints in found.values()] == [count > 0 for count in COUNTS]
