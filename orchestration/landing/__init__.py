"""The gate: reads what platforms deliver into the lake, as received. Has never heard of Dagster."""

from orchestration.landing.day import land_source_day
from orchestration.landing.deliveries import Delivery, write_deliveries
from orchestration.landing.files import fingerprints, landed_days
from orchestration.landing.snapshots import land_snapshot

__all__ = [
    "Delivery",
    "fingerprints",
    "land_snapshot",
    "land_source_day",
    "landed_days",
    "write_deliveries",
]
