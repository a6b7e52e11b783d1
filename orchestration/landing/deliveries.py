"""What was delivered on a day: one row per platform and source that is due or came."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pyarrow as pa

from orchestration.landing.contract import DELIVERIES
from orchestration.landing.sinks import Sink, publish, staging

Status = Literal["present", "empty", "missing", "refused"]


@dataclass(frozen=True)
class Delivery:
    """What one platform delivered of one source on one day."""

    platform: str
    source: str
    status: Status
    file_count: int = 0
    row_count: int = 0
    """Rows in raw; with the quarantined ones, every row delivered in a readable file."""
    quarantined_count: int = 0
    refusal: str | None = None
    first_landed_day: date | None = None
    batch_ids: tuple[str, ...] = ()
    """SHA-256 of each file that was landed, in file order."""


def write_deliveries(lake: Path, day: date, deliveries: Iterable[Delivery]) -> Path:
    """Write the day's `raw.deliveries`, in place of what was there."""
    rows = [
        asdict(delivery) for delivery in sorted(deliveries, key=lambda item: (item.platform, item.source))
    ]
    folder = lake / "raw" / "deliveries" / f"business_day={day.isoformat()}"
    with staging(lake, f"deliveries.{day.isoformat()}") as scratch:
        with Sink(scratch / "deliveries.parquet", DELIVERIES) as sink:
            sink.write(pa.Table.from_pylist(rows, DELIVERIES))
        publish(folder, {sink.path.name: sink.path} if rows else {})
    return folder / "deliveries.parquet"
