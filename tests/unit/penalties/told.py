"""What tests read off a ledger, and appeals as the appeals' room tells them."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import select

from orchestration.penalties.accounts import imbalances
from orchestration.penalties.appeals import APPEAL_EVENTS, UPHELD_FEEDBACK, Appeals
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import snapshot
from orchestration.penalties.tables import METADATA
from tests.unit.penalties.bench import SUNDAY

Row = dict[str, Any]


def day(number: int) -> date:
    """So many days after the Sunday of the first decision."""
    return SUNDAY + timedelta(days=number)


def judged(first: int, last: int, platform: str = "douyin") -> list[tuple[date, str]]:
    """Days, counted from the Sunday, that are posted whether they have candidates or not."""
    return [(day(number), platform) for number in range(first, last + 1)]


def stored(ledger: Ledger, table: str) -> list[Row]:
    with ledger.reading() as connection:
        found = METADATA.tables[table]
        keys = [
            found.c[name] for name in ("decision_id", "measure_no", "seq", "business_day") if name in found.c
        ]
        return [dict(row) for row in connection.execute(select(found).order_by(*keys)).mappings()]


def statuses(ledger: Ledger, shop_key: str = "douyin:s1") -> list[tuple[str, int]]:
    """What happened to the decisions of a shop, with the day counted from the Sunday."""
    ids = {row["decision_id"] for row in stored(ledger, "decisions") if row["shop_key"] == shop_key}
    return [
        (row["status"], (row["business_day"] - SUNDAY).days)
        for row in stored(ledger, "decision_events")
        if row["decision_id"] in ids
    ]


def booked(ledger: Ledger) -> list[tuple[str, int, int, int]]:
    """The entries: type, measure, fen, points; sorted by day and type."""
    return [
        (row["entry_type"], row["measure_no"], row["amount_fen"], row["points"])
        for row in sorted(
            stored(ledger, "entries"),
            key=lambda row: (row["business_day"], row["entry_type"], row["measure_no"]),
        )
    ]


def whole(ledger: Ledger) -> dict[str, pa.Table]:
    """Everything in the ledger; and it balances."""
    with ledger.reading() as connection:
        assert list(imbalances(connection)) == []
    return snapshot(ledger)


def appeal(key: str, number: int, to_state: str, *, seq: int = 1, **given: Any) -> Row:
    """One event of an appeal, on a day counted from the Sunday."""
    return {
        "business_day": day(number),
        "platform": "douyin",
        "appeal_key": key,
        "seq": seq,
        "to_state": to_state,
        "shop_key": "douyin:s1",
        "subject_type": "order",
        "subject_key": "",
        "decision_id": None,
        "filed_on": day(min(number, 1)),
    } | given


def upheld(key: str, number: int, *orders: str, platform: str = "douyin") -> list[Row]:
    """The feedback of some orders that an appeal had taken out on a day."""
    return [
        {
            "business_day": day(number),
            "platform": platform,
            "feedback_key": f"review:{order}",
            "order_key": order,
            "appeal_key": key,
        }
        for order in orders
    ]


def heard(*events: Row, out: list[Row] | None = None) -> Appeals:
    return Appeals.of(
        pa.Table.from_pylist(list(events), schema=APPEAL_EVENTS),
        pa.Table.from_pylist(out or [], schema=UPHELD_FEEDBACK),
    )
