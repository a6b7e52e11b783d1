"""A tiny Olist data set, by hand: every edge that the real one has."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PLAIN, SPLIT, BARE, LOST, OPEN = (letter * 32 for letter in "abcde")
"""Orders: of one seller, of two, without lines, cancelled, just placed."""
LEFT, RIGHT = "1" * 32, "2" * 32
"""Sellers."""

TABLES: Mapping[str, list[tuple[object, ...]]] = {
    "orders": [
        (PLAIN, "c1", "delivered", "2017-10-02 10:56:33", "2017-10-02 11:07:15", "2017-10-04 19:55:00",
         "2017-10-06 21:25:13"),
        (SPLIT, "c2", "shipped", "2017-10-03 23:00:00", "2017-10-05 00:00:00", "2017-10-04 10:00:00", None),
        (BARE, "c3", "unavailable", "2017-10-03 08:00:00", "2017-10-03 08:30:00", None, None),
        (LOST, "c4", "canceled", "2017-10-02 09:00:00", None, None, None),
        (OPEN, "c1", "created", "2017-10-20 09:00:00", None, None, None),
    ],
    "order_items": [
        (PLAIN, 1, "p1", LEFT, "2017-10-06 11:07:15", 29.99, 8.72),
        (PLAIN, 2, "p1", LEFT, "2017-10-05 11:07:15", 0.1, 0.2),
        (SPLIT, 1, "p1", LEFT, "2017-10-09 00:00:00", 10.0, 0.0),
        (SPLIT, 2, "p2", RIGHT, "2017-10-10 00:00:00", 20.0, 1.0),
        (LOST, 1, "p2", RIGHT, "2017-10-09 00:00:00", 5.0, 0.0),
        (OPEN, 1, "p2", RIGHT, "2017-10-25 00:00:00", 5.0, 0.0),
    ],
    "order_payments": [(BARE, 12.5), (BARE, 7.5), (PLAIN, 39.01)],
    "order_reviews": [
        ("r1", PLAIN, 4, "Bom", "Recomendo, \"muito\"\nbom", "2017-10-07 00:00:00", "2017-10-08 22:00:00"),
        ("r1", LOST, 1, None, "Não recebi", "2017-10-07 00:00:00", "2017-10-07 01:00:00"),
        ("r2", SPLIT, 2, None, None, "2017-10-09 00:00:00", "2017-10-09 10:00:00"),
        ("r3", PLAIN, 5, None, None, "2017-10-09 00:00:00", "2017-10-09 10:00:00"),
        ("r4", BARE, 1, "Ruim", None, "2017-10-09 00:00:00", "2017-10-09 10:00:00"),
    ],
    "customers": [("c1", "u1"), ("c2", "u2"), ("c3", "u3"), ("c4", "u1")],
    "products": [("p1", "beleza_saude"), ("p2", None), ("unsold", "brinquedos")],
    "sellers": [(LEFT,), (RIGHT,), ("3" * 32,)],
}  # fmt: skip
COLUMNS = {
    "orders": "order_id customer_id order_status order_purchase_timestamp order_approved_at "
    "order_delivered_carrier_date order_delivered_customer_date",
    "order_items": "order_id order_item_id product_id seller_id shipping_limit_date price freight_value",
    "order_payments": "order_id payment_value",
    "order_reviews": "review_id order_id review_score review_comment_title review_comment_message "
    "review_creation_date review_answer_timestamp",
    "customers": "customer_id customer_unique_id",
    "products": "product_id product_category_name",
    "sellers": "seller_id",
}


def table(name: str) -> pa.Table:
    columns = zip(*TABLES[name], strict=True)
    return pa.table(dict(zip(COLUMNS[name].split(), map(pa.array, columns), strict=True)))


def write_olist_folder(folder: Path) -> None:
    """The tables as Parquet, under the names that the shared copies have."""
    folder.mkdir()
    for name in TABLES:
        pq.write_table(table(name), folder / f"{name}.parquet")
