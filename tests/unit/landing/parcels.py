"""Small deliveries for the tests of the gate: rows, files in any format, and what became of them."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.landing import Delivery, land_source_day

DAY = date(2026, 9, 1)
KEY = b"a key for tests"

Row = Mapping[str, Any]

ORDER: Row = {
    "order_id": "o1",
    "shop_id": "s1",
    "buyer_id": "b1",
    "status": "paid",
    "created_at": "2026-09-01T10:00:00+08:00",
    "paid_at": "2026-09-01T10:05:00+08:00",
    "pay_amount_fen": 1250,
    "updated_at": "2026-09-01T10:05:00+08:00",
}


def order(**changes: Any) -> Row:
    """A sound order with some values changed."""
    return {**ORDER, **changes}


def jsonl(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_csv(rows: Sequence[Row], names: Sequence[str] | None = None) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names or list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows({name: str(v).lower() if v is False else v for name, v in row.items()} for row in rows)
    return text.getvalue().encode()


def parquet(rows: Sequence[Row]) -> bytes:
    sink = io.BytesIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), sink)
    return sink.getvalue()


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def deliver(landing: Path, name: str, content: bytes) -> Path:
    """Put a file into the landing folder."""
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def land(landing: Path, lake: Path, source: str = "orders", day: date = DAY) -> list[Delivery]:
    return land_source_day(landing, lake, source, day, KEY)


def land_orders(tmp_path: Path, content: bytes, ending: str = "jsonl") -> Delivery:
    """Deliver and land one file of orders of douyin."""
    deliver(tmp_path / "landing", f"douyin/orders/{DAY}.{ending}", content)
    (delivery,) = land(tmp_path / "landing", tmp_path / "lake")
    return delivery


def raw(lake: Path, source: str = "orders", day: date = DAY, platform: str = "douyin") -> list[Row]:
    """The landed rows of one platform, [] where there is no file."""
    return _rows(lake / "raw" / source / f"business_day={day}" / f"{platform}.parquet")


def quarantine(lake: Path, source: str = "orders", day: date = DAY, platform: str = "douyin") -> list[Row]:
    """The quarantined rows of one platform, [] where there is no file."""
    return _rows(lake / "raw" / "quarantine" / f"business_day={day}" / f"{platform}.{source}.parquet")


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with pq.ParquetFile(path) as file:
        return file.read().to_pylist()
