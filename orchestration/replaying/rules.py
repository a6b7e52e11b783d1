"""A policy version as rows: the one in force that judged a day, or another of the same policy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from orchestration.replaying.reading import ReplayError, Row, first, rows

TABLES = (
    "policy_versions",
    "policy_exclusions",
    "policy_dimensions",
    "small_n_guards",
    "ladder_conditions",
    "ladder_measures",
    "ticket_rules",
    "score_knots",
)
RATE, TICKET = "rate", "per_order_ticket"


@dataclass(frozen=True)
class Rules:
    """One version's rows by table. `would_be` where it is not the version that judged the day."""

    policy_id: str
    version: str
    tables: Mapping[str, Sequence[Row]]
    would_be: bool = False

    def said(self, name: str) -> Any:
        """A value of the version's own row; None where it says nothing."""
        return self.tables["policy_versions"][0].get(name)

    def codes(self, scope: str) -> frozenset[str]:
        """The exclusion codes the version lists for `order` or `evaluation`."""
        return frozenset(
            row["exclusion_code"] for row in self.tables["policy_exclusions"] if row["scope"] == scope
        )

    def counts_as(self) -> Callable[[date, str], str]:
        """From a day and a dimension to the one under which the version counts it."""
        said = {row["dimension"]: row["count_as"] for row in self.tables["policy_dimensions"]}
        return lambda _day, dimension: said.get(dimension) or dimension

    def mode_on(self, day: date) -> str:
        """Whether a decision of the day would be in force or a shadow."""
        enforced = self.said("mode") == "enforce" and day >= self.said("enforced_from")
        return "enforce" if enforced else "shadow"

    def guard(self, shop_type: str | None) -> Row | None:
        """The first guard of small numbers that fits the shop's type; no other one speaks."""
        guards = sorted(self.tables["small_n_guards"], key=lambda row: row["guard_no"])
        return next((row for row in guards if row["shop_type"] in (None, shop_type or "")), None)

    def as_said(self) -> Row:
        """Which version it is, for a reader."""
        return {
            "policy_id": self.policy_id,
            "version": self.version,
            "title": self.said("title"),
            "mode": self.said("mode"),
            "rule_family": self.said("rule_family"),
            "sha256": self.said("sha256"),
            "effective_from": self.said("effective_from"),
            "would_be": self.would_be,
        }


def rules_in_force(
    connection: duckdb.DuckDBPyConnection, platform: str, day: date, kind: str
) -> Rules | None:
    """The version that judged a platform's day, as the warehouse has it; None where none did."""
    found = first(
        connection,
        "select policy_id, policy_version, policy_sha256 from intermediate.int_policies_in_force "
        "where platform = $platform and business_day = $day and kind = $kind",
        platform=platform,
        day=day,
        kind=kind,
    )
    return None if found is None else stored_rules(connection, found["policy_id"], found["policy_version"])


def stored_rules(connection: duckdb.DuckDBPyConnection, policy_id: str, version: str) -> Rules:
    """A version of the rule book as it was last laid out for SQL."""
    tables = {
        table: rows(
            connection,
            f"select * from policies.{table} where policy_id = $policy and version = $version",
            policy=policy_id,
            version=version,
        )
        for table in TABLES
    }
    if not tables["policy_versions"]:
        raise ReplayError(
            f"{policy_id} {version} judged this day and is no longer in the rule book: "
            "a published version is never removed; put it back and run the day again"
        )
    return Rules(policy_id, version, tables)


def versions_in_window(
    connection: duckdb.DuckDBPyConnection, platform: str, last_day: date, window_days: int
) -> list[Row]:
    """Every version of rates in force on a day of a window, with how many of its days; earliest first."""
    return rows(
        connection,
        "select policy_id, policy_version, count(*) as days "
        "from intermediate.int_policies_in_force where platform = $platform and kind = 'rate' "
        "and business_day <= $last and business_day > $before "
        "group by policy_id, policy_version order by min(business_day)",
        platform=platform,
        last=last_day,
        before=last_day - timedelta(days=window_days),
    )
