"""Every table of the lake that the warehouse reads, with its columns. No table is declared twice."""

from orchestration.classification.schemas import CLASSIFIED_TABLES
from orchestration.landing.contract import RAW_TABLES, SNAPSHOT_TABLES
from orchestration.penalties.snapshot import SNAPSHOTS
from orchestration.policy.tables import POLICY_TABLES
from orchestration.wiring.warehouse import LakeTable

LAKE_TABLES: list[LakeTable] = [
    *(LakeTable("raw", name, columns) for name, columns in RAW_TABLES.items()),
    *(LakeTable("raw", name, columns, "folder") for name, columns in SNAPSHOT_TABLES.items()),
    *(LakeTable("policies", name, columns, "file") for name, columns in POLICY_TABLES.items()),
    *(LakeTable("classified", name, columns) for name, columns in CLASSIFIED_TABLES.items()),
    *(LakeTable("penalties", name, columns, "file") for name, columns in SNAPSHOTS.items()),
]
