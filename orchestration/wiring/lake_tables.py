"""Every table of the lake that the warehouse reads, with its columns. No table is declared twice."""

from orchestration.appeals.schemas import APPEALS_TABLES
from orchestration.classification.abnormal.schemas import ABNORMAL_TABLES
from orchestration.classification.rate_adjustment import RATE_ADJUSTMENT_TABLES
from orchestration.classification.schemas import LOGS, TABLES_OF_A_DAY
from orchestration.landing.contract import RAW_TABLES, SNAPSHOT_TABLES
from orchestration.penalties.snapshot import SNAPSHOTS
from orchestration.policy.stale import VERSIONS_USED_TABLES
from orchestration.policy.tables import POLICY_TABLES
from orchestration.reconciling.exceptions import RECONCILIATION_TABLES
from orchestration.scoring.shop_scores import SHOP_SCORES_TABLES
from orchestration.wiring.warehouse import LakeTable

LAKE_TABLES: list[LakeTable] = [
    *(LakeTable("raw", name, columns) for name, columns in RAW_TABLES.items()),
    *(LakeTable("raw", name, columns, "folder") for name, columns in SNAPSHOT_TABLES.items()),
    *(LakeTable("policies", name, columns, "file") for name, columns in POLICY_TABLES.items()),
    *(LakeTable("policies", name, columns) for name, columns in VERSIONS_USED_TABLES.items()),
    *(LakeTable("classified", name, columns) for name, columns in TABLES_OF_A_DAY.items()),
    *(LakeTable("classified", name, columns, "folder") for name, columns in LOGS.items()),
    *(LakeTable("classified", name, columns) for name, columns in ABNORMAL_TABLES.items()),
    *(LakeTable("classified", name, columns) for name, columns in RATE_ADJUSTMENT_TABLES.items()),
    *(LakeTable("appeals", name, columns) for name, columns in APPEALS_TABLES.items()),
    *(LakeTable("scored", name, columns) for name, columns in SHOP_SCORES_TABLES.items()),
    *(LakeTable("penalties", name, columns, "file") for name, columns in SNAPSHOTS.items()),
    *(LakeTable("reconciliation", name, columns) for name, columns in RECONCILIATION_TABLES.items()),
]
