"""Judged shops for a comparison, with the columns that a simulation hands over."""

from datetime import date
from typing import Any

import pyarrow as pa

SUNDAY, NEXT_SUNDAY = date(2026, 10, 4), date(2026, 10, 11)

COLUMNS = pa.schema(
    [
        ("business_day", pa.date32()),
        *((name, pa.string()) for name in ("platform", "shop_key", "category_key", "tier", "mode")),
        *((name, pa.string()) for name in ("outcome", "held_back_by")),
        *((name, pa.int64()) for name in ("num_effective", "den_effective", "severity")),
        *((name, pa.int64()) for name in ("amount_fen", "points")),
        *((name, pa.float64()) for name in ("rate", "ci_low", "benchmark_rate")),
        *((name, pa.float64()) for name in ("ratio_to_benchmark", "ratio_to_benchmark_low")),
        ("prob_above_threshold", pa.float64()),
        ("is_delisted", pa.bool_()),
    ]
)

DECIDED = {"mode": "enforce", "outcome": "decided"}
FINED = {**DECIDED, "tier": "T1", "severity": 1, "amount_fen": 200_000, "points": 4}
DELISTED = {**FINED, "tier": "T2", "severity": 2, "amount_fen": 700_000, "points": 0, "is_delisted": True}
WARNED = {**DECIDED, "tier": "T0", "severity": 0, "amount_fen": 0, "points": 0}


def judged(*rows: dict[str, Any]) -> pa.Table:
    """A side: what a row leaves out is of a shop `a` with 50 orders on a Sunday."""
    given = {"business_day": SUNDAY, "platform": "douyin", "shop_key": "a", "den_effective": 50}
    return pa.Table.from_pylist([{**given, **row} for row in rows], schema=COLUMNS)
