"""The step of the scores that SQL cannot do: beta functions, and many tests at once."""

from datetime import date
from typing import Any

import dagster as dg
import duckdb
import pyarrow as pa

from orchestration.scoring.shop_scores import SHOP_SCORES_SCHEMA, scored
from orchestration.scoring.statistics import Statistics
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.progress import counted
from orchestration.wiring.warehouse import arrow

# a day's subjects of one platform and type, which are each other's peers
SUBJECTS = """
select * from intermediate.int_subjects_to_score
where business_day = ? and platform = ? and subject_type = ?
order by subject_id
"""
STATISTICS = """
select interval_level, fdr_q, threshold_ratio, min_orders_for_prior from policies.policy_versions
where policy_id = ? and version = ?
"""
KNOTS = "select ratio, score from policies.score_knots where policy_id = ? and version = ? order by knot_no"


@dg.asset(
    key=["scored", "shop_scores"],
    deps=[
        ["intermediate", "int_subjects_to_score"],
        ["policies", "policy_versions"],
        ["policies", "score_knots"],
    ],
    group_name="ccr",
    owners=["team:feedback-governance"],
    kinds={"python", "parquet"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def shop_scores(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """One row per shop or product that the rate policy in force measures: its score and what it rests on.

    Its rate shrunk towards its peers', how probable it is that the true rate is above the threshold,
    whether it stands out from peers that differ among themselves, and a score from 0 to 100. What cannot
    be known is NULL, with a status. Nobody is compared with the policy's ladder here.
    """
    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    rows = 0
    with house.warehouse() as connection:
        for day in counted(context, "days scored", days):
            table = scores_of(connection, day)
            write_partition(settings.lake, "scored", "shop_scores", day, table)
            rows += table.num_rows
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "days": str(days)})


def scores_of(connection: duckdb.DuckDBPyConnection, day: date) -> pa.Table:
    """The rows of a business day; only one platform's subjects of a type are read at a time."""
    groups = connection.execute(
        "select distinct platform, subject_type, policy_id, policy_version "
        "from intermediate.int_subjects_to_score where business_day = ? order by all",
        [day],
    ).fetchall()
    tables = [
        scored(
            arrow(connection, SUBJECTS, [day, platform, subject_type]),
            statistics_of(connection, policy_id, version),
        )
        for platform, subject_type, policy_id, version in groups
    ]
    return pa.concat_tables([SHOP_SCORES_SCHEMA.empty_table(), *tables])


def statistics_of(connection: duckdb.DuckDBPyConnection, policy_id: str, version: str) -> Statistics:
    """What a version of a policy says about statistics; where it says nothing, the room's own values."""
    row = connection.execute(STATISTICS, [policy_id, version]).fetchone()
    if row is None:
        raise LookupError(
            f"policy {policy_id} {version} measures a day and is not among the policies' tables: "
            "run the asset policies/policy_versions again"
        )
    names = ("interval_level", "fdr_q", "threshold_ratio", "min_orders_for_prior")
    said: dict[str, Any] = dict(zip(names, row, strict=True))
    said["knots"] = tuple(connection.execute(KNOTS, [policy_id, version]).fetchall()) or None
    return Statistics(**{name: value for name, value in said.items() if value is not None})
