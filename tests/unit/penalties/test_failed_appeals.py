"""How many appeals of a shop failed, read off the table as the appeals' room writes it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from orchestration.appeals.schemas import APPEALS_TABLES
from orchestration.penalties.appeals import Appeals
from orchestration.wiring.lake import write_partition
from orchestration.wiring.warehouse import LakeTable, arrow, show_lake

TODAY = date(2026, 10, 11)
SHOP = "pinduoduo:s9"
COLUMNS = APPEALS_TABLES["appeal_events"].append(pa.field("business_day", pa.date32()))


def event(name: str, to_state: str, ago: int = 1, *, seq: int = 1, **given: Any) -> dict[str, Any]:
    """One event of an appeal of the shop, so many days ago."""
    on = TODAY - timedelta(days=ago)
    return {
        "business_day": on,
        "platform": "pinduoduo",
        "appeal_key": f"pinduoduo:appeal:{name}",
        "seq": seq,
        "event": "rejected",
        "to_state": to_state,
        "round": 1,
        "shop_key": SHOP,
        "subject_type": "order",
        "subject_key": f"pinduoduo:{name}",
        "evidence": ["photo:aa"],
        "filed_on": on,
        "human_requested": False,
        "happened_at": datetime(
            on.year, on.month, on.day, 20, tzinfo=UTC
        ),  # already the next day in Shanghai
        "result_reason": None,
    } | given


def failed(*events: dict[str, Any], shop: str = SHOP) -> int:
    return Appeals.of(pa.Table.from_pylist(list(events), schema=COLUMNS)).failed(shop, TODAY)


def test_each_rejected_appeal_counts_once_untrue_ones_too() -> None:
    events = [
        event("a", "rejected", 9),
        event("a", "reconsidering", 8, seq=2),
        event("a", "final_rejected", 7, seq=3),
        event("b", "rejected", result_reason="untrue"),
        event("c", "rejected", result_reason="insufficient_evidence"),
    ]
    assert failed(*events) == 3
    assert failed(*reversed(events)) == 3
    assert failed(*events, shop="pinduoduo:s8") == 0


@pytest.mark.parametrize(("ago", "counts"), [(0, 1), (89, 1), (90, 0), (-1, 0)])
def test_the_last_ninety_days_count_by_the_day_of_the_rejection(ago: int, counts: int) -> None:
    assert failed(event("a", "rejected", ago, filed_on=TODAY - timedelta(days=200))) == counts


@pytest.mark.parametrize(
    ("then", "counts"),
    [("approved", 0), ("exempt", 0), ("reconsidering", 1), ("withdrawn", 1), ("human_review", 1)],
)
def test_only_passing_in_the_end_undoes_a_rejection(then: str, counts: int) -> None:
    assert failed(event("a", "rejected", 5), event("a", then, 2, seq=2)) == counts
    assert failed(event("a", "rejected", 2), event("a", then, 2, seq=2)) == counts


@pytest.mark.parametrize("state", ["submitted", "under_review", "returned", "withdrawn", "cancelled"])
def test_what_was_never_rejected_did_not_fail(state: str) -> None:
    assert failed(event("a", state)) == 0


def test_the_table_of_the_lake_is_read_as_it_is_written(tmp_path: Path) -> None:
    schema = APPEALS_TABLES["appeal_events"]
    for each in (event("a", "rejected", 3), event("b", "rejected", 95), event("c", "final_rejected", 0)):
        row = pa.Table.from_pylist([each], schema=schema)
        write_partition(tmp_path, "appeals", "appeal_events", each["business_day"], row)
    with duckdb.connect() as connection:
        show_lake(connection, tmp_path, [LakeTable("appeals", "appeal_events", schema)])
        found = arrow(connection, "select * from appeals.appeal_events")
    assert pa.types.is_timestamp(found.schema.field("happened_at").type)
    assert Appeals.of(found).failed(SHOP, TODAY) == 2


def test_a_table_without_a_column_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="lack the columns business_day: see"):
        Appeals.of(APPEALS_TABLES["appeal_events"].empty_table())
