"""What comes in of appeals: how far each came on which day, and the feedback that was taken out."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa

Row = dict[str, Any]

CLOSED = frozenset(
    {
        "approved",
        "rejected",
        "final_rejected",
        "withdrawn",
        "cancelled",
        "exempt",
        "expired",
        "not_appealable",
    }
)
FAILED = frozenset({"rejected", "final_rejected"})
PASSED = frozenset({"approved", "exempt"})
FAILED_DAYS = 90

APPEAL_EVENTS = pa.schema(
    [
        ("business_day", pa.date32()),
        ("platform", pa.string()),
        ("appeal_key", pa.string()),
        ("seq", pa.int64()),
        ("to_state", pa.string()),
        ("shop_key", pa.string()),
        ("subject_type", pa.string()),
        ("subject_key", pa.string()),
        ("decision_id", pa.string()),
        ("filed_on", pa.date32()),
    ]
)
UPHELD_FEEDBACK = pa.schema(
    [
        ("business_day", pa.date32()),
        ("platform", pa.string()),
        ("feedback_key", pa.string()),
        ("order_key", pa.string()),
        ("appeal_key", pa.string()),
    ]
)


@dataclass(frozen=True)
class Appeals:
    """The events of appeals, of the days posted and 90 days before them, and the feedback upheld."""

    events: tuple[Row, ...]
    upheld: tuple[Row, ...]

    @classmethod
    def of(cls, events: pa.Table | None = None, upheld: pa.Table | None = None) -> "Appeals":
        """Read tables that have at least the columns of APPEAL_EVENTS and UPHELD_FEEDBACK."""
        return cls(
            _read(events, APPEAL_EVENTS, "appeal_key", "seq"), _read(upheld, UPHELD_FEEDBACK, "feedback_key")
        )

    def last_words(self, platform: str, day: date) -> list[Row]:
        """Each appeal's last event of a day, by its key."""
        of_day = self._of_days.get((platform, day), ())
        return list({row["appeal_key"]: row for row in of_day}.values())

    def upheld_by(self, appeal_key: str, day: date) -> frozenset[str]:
        """The feedback that an appeal had taken out by a day; days posted with it may bring more."""
        taken_out = self._upheld_by.get(appeal_key, ())
        return frozenset(row["feedback_key"] for row in taken_out if row["business_day"] <= day)

    def failed(self, shop_key: str, day: date) -> int:
        """How many appeals of a shop were rejected in the 90 days up to a day, for whatever reason.

        An appeal counts once, however often it was rejected, and no more once it has passed. Asking for
        another round, or taking that back, makes no rejection undone.
        """
        failed: set[str] = set()
        for row in self._of_shops.get(shop_key, ()):
            if day - timedelta(days=FAILED_DAYS) < row["business_day"] <= day:
                if row["to_state"] in FAILED:
                    failed.add(row["appeal_key"])
                elif row["to_state"] in PASSED:
                    failed.discard(row["appeal_key"])
        return len(failed)

    # Asked for each day, each appeal and each decision: looked up, not searched for.
    @cached_property
    def _of_days(self) -> dict[Hashable, list[Row]]:
        return _by(self.events, lambda row: (row["platform"], row["business_day"]))

    @cached_property
    def _of_shops(self) -> dict[Hashable, list[Row]]:
        return _by(self.events, lambda row: row["shop_key"])

    @cached_property
    def _upheld_by(self) -> dict[Hashable, list[Row]]:
        return _by(self.upheld, lambda row: row["appeal_key"])


def _by(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> dict[Hashable, list[Row]]:
    found: defaultdict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _read(table: pa.Table | None, schema: pa.Schema, *order: str) -> tuple[Row, ...]:
    if table is None:
        return ()
    absent = [name for name in schema.names if name not in table.column_names]
    if absent:
        raise ValueError(f"the appeals lack the columns {', '.join(absent)}: see appeals.appeal_events")
    keys = [(name, "ascending") for name in ("business_day", *order)]
    return tuple(table.select(schema.names).cast(schema).sort_by(keys).to_pylist())
