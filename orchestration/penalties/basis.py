"""What a statement cites of a policy version, looked up in the policies' tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

Row = dict[str, Any]

# The tables of the policies that a statement is made from.
BASIS_TABLES = (
    *("policy_versions", "policy_sources", "policy_exclusions", "policy_caps"),
    *("policy_appeals", "policy_appeal_reasons", "ladder_conditions", "ticket_rules"),
)


@dataclass(frozen=True)
class VersionBasis:
    """One version: its row, and its rows of every other table."""

    version: Row
    tables: Mapping[str, list[Row]] = field(default_factory=dict)

    def rows(self, table: str) -> Sequence[Row]:
        """The rows of a table in their order; none where the version has no part in it."""
        return self.tables.get(table, [])

    @property
    def appeals(self) -> Row:
        """How its decisions may be appealed; what is not known is None."""
        return next(iter(self.rows("policy_appeals")), {})

    def conditions(self, rule_id: str) -> list[Row]:
        """What a tier asks, in the order of its names."""
        found = [row for row in self.rows("ladder_conditions") if row["rule_id"] == rule_id]
        return sorted(found, key=lambda row: row["measure"])

    def ticket(self, rule_id: str) -> Row | None:
        """What a rule of tickets asks and costs."""
        return next((row for row in self.rows("ticket_rules") if row["rule_id"] == rule_id), None)

    def cited_by(self, *parts: str) -> list[str]:
        """The ids of the sources that a rule, or a part of the document, cites."""
        return [row["source_id"] for row in self.rows("policy_sources") if set(parts) & set(row["cited_by"])]


@dataclass(frozen=True)
class Basis:
    """Every version of the rule book."""

    versions: Mapping[tuple[str, str], VersionBasis]

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table]) -> "Basis":
        """Index the policies' tables, which are those of BASIS_TABLES."""
        rows: defaultdict[tuple[str, str], dict[str, list[Row]]] = defaultdict(dict)
        for table in BASIS_TABLES:
            for row in tables[table].to_pylist():
                rows[row["policy_id"], row["version"]].setdefault(table, []).append(row)
        return cls(
            {
                key: VersionBasis(of_version["policy_versions"][0], of_version)
                for key, of_version in rows.items()
                if "policy_versions" in of_version
            }
        )

    def get(self, decision: Row) -> VersionBasis | None:
        """The version that a decision was made under; None where it is not in the tables."""
        return self.versions.get((decision["policy_id"], decision["policy_version"]))
