"""A market whose rates and delays are known, counted: every negative comes some days after its order.

What the projection should find out is set here: shops differ in risk, feedback comes when it comes,
some orders are excluded a day late, and nothing else happens.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from tests.support.inputs import Inputs, days
from tests.support.warehouse import Warehouse

FIRST: Final = date(2026, 6, 1)
LAST: Final = date(2026, 8, 20)
RATE: Final = 0.05
MODELS: Final = (
    "stg_deliveries stg_shops stg_products stg_categories dim_shops dim_products dim_categories "
    "int_platform_days int_policies_in_force int_window_counts int_benchmarks fct_ccr fct_ccr_mature "
    "int_completion_factors fct_ccr_projected"
)
_COUNTS: Final = ("num_real", "num_effective", "num_by_words")
_DIMENSIONS: Final = ("overall", "product", "content", "service", "logistics")
_KEYS: Final = {
    "business_day": "date", "order_day": "date", "platform": "varchar", "subject_type": "varchar",
    "subject_id": "varchar",
}  # fmt: skip
_COLUMNS: Final = ["den_real", "den_effective"] + [
    f"{count}_{dimension}" for count in _COUNTS for dimension in _DIMENSIONS
]


def daily_counts(seed: int, shops: int, platform: str = "douyin") -> list[dict[str, Any]]:
    """Rows of `int_daily_counts`: orders on their day, negatives and late exclusions when they come."""
    chance = np.random.default_rng(seed)
    span = (LAST - FIRST).days + 1
    counts: dict[tuple[str, int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for shop in range(shops):
        a_day = chance.gamma(2.0, 4.0)
        rate = min(0.5, RATE * chance.gamma(2.0, 0.5))
        for day in range(span):
            orders = int(chance.poisson(a_day))
            negatives = int(chance.binomial(orders, rate))
            name = f"{platform}:s{shop}"
            _add(counts[name, day, day], orders, 0)
            for delay in 1 + chance.negative_binomial(2, 0.25, negatives):
                _add(counts[name, day, day + int(delay)], 0, 1)
            excluded = int(chance.binomial(orders - negatives, 0.02))
            _add(counts[name, day, day + 1], 0, 0, excluded)
    return [
        {
            "business_day": FIRST + timedelta(days=known),
            "order_day": FIRST + timedelta(days=day),
            "platform": platform,
            "subject_type": "shop",
            "subject_id": shop,
            **{column: row.get(column, 0) for column in _COLUMNS},
        }
        for (shop, day, known), row in sorted(counts.items())
        if known < span and any(row.values())
    ]


def project(warehouse: Warehouse, rows: list[dict[str, Any]], first: date, last: date) -> None:
    """Runs the models over the days, on what was known by the last of them."""
    inputs = Inputs(warehouse)
    for platform in sorted({row["platform"] for row in rows}):
        inputs.on(platform).deliver(FIRST, last)
    inputs.write()
    columns = _KEYS | dict.fromkeys(_COLUMNS, "bigint")
    warehouse.create("intermediate.int_daily_counts", columns)
    known = {*days(FIRST, last)}
    warehouse.insert("intermediate.int_daily_counts", [row for row in rows if row["business_day"] in known])
    warehouse.run(first, last, MODELS)


def _add(row: dict[str, int], orders: int, negatives: int, excluded: int = 0) -> None:
    row["den_real"] += orders
    row["den_effective"] += orders - excluded
    for count in ("num_real", "num_effective"):
        for dimension in ("overall", "product"):
            row[f"{count}_{dimension}"] += negatives
