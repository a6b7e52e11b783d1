"""Remembers by which version of each policy a business day was judged, to notice a changed rule book."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.compute as pc

from orchestration.policy.stale import VERSIONS_USED_TABLES, Used, VersionsUsed
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import Days
from orchestration.wiring.warehouse import LakeTable, arrow, show_lake

# a platform without any version has a row too: that none was in force is what was used
IN_FORCE = """
select days.business_day, days.platform, coalesce(policies.metric_id, policies.kind) as judges,
       policies.policy_id, policies.policy_version, policies.policy_sha256
from intermediate.int_platform_days as days
left join intermediate.int_policies_in_force as policies
    on days.platform = policies.platform and days.business_day = policies.business_day
where days.business_day between ? and ?
order by all
"""


def remember_versions(connection: duckdb.DuckDBPyConnection, lake: Path, days: Days) -> int:
    """Keeps what the models took for the versions in force on each day; how many rows that is."""
    used = arrow(connection, IN_FORCE, [days.first, days.last])
    of_day = used.column("business_day")
    columns = used.drop_columns("business_day").cast(VERSIONS_USED_TABLES["versions_used"])
    for day in days:
        write_partition(lake, "policies", "versions_used", day, columns.filter(pc.equal(of_day, day)))  # pyright: ignore[reportAttributeAccessIssue]
    return used.num_rows


def versions_used(lake: Path) -> VersionsUsed:
    """By day and platform, the versions that the day was last judged by."""
    used: defaultdict[tuple[date, str], dict[str, Used]] = defaultdict(dict)
    table = LakeTable("policies", "versions_used", VERSIONS_USED_TABLES["versions_used"])
    with duckdb.connect() as connection:
        show_lake(connection, lake, [table])
        rows = connection.execute(
            "select business_day, platform, judges, policy_id, policy_version, policy_sha256 "
            "from policies.versions_used order by all"
        ).fetchall()
    for day, platform, judges, *version in rows:
        of_platform = used[day, platform]
        if judges is not None:
            of_platform[judges] = Used(*version)
    return dict(used)
