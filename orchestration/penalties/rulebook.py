"""What a rule costs and asks, looked up by policy version; the rows come from the policies."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

# (policy_id, version) -> whether a decision can be appealed (None: the rule says), and days to do so
AppealTerms = Mapping[tuple[str, str], tuple[bool | None, int | None]]


class MeasureRow(NamedTuple):
    """One consequence as the policy words it."""

    measure_no: int
    measure_code: str
    params: dict[str, Any]


class Threshold(NamedTuple):
    """One condition of a tier."""

    measure: str
    at_least: float


class TicketTerms(NamedTuple):
    """The amount of a ticket, and whether it can be appealed."""

    pct: float
    min_fen: int
    max_fen: int
    appealable: bool


@dataclass(frozen=True)
class Rulebook:
    """Lookups by (policy, version, tier or rule)."""

    measures: dict[tuple[str, str, str], list[MeasureRow]]
    thresholds: dict[tuple[str, str, str], list[Threshold]]
    tickets: dict[tuple[str, str, str], TicketTerms]
    appeals: AppealTerms

    @classmethod
    def of(
        cls,
        ladder_measures: pa.Table,
        ladder_conditions: pa.Table,
        ticket_rules: pa.Table,
        appeals: AppealTerms,
    ) -> "Rulebook":
        """Index the policies' tables."""
        measures: defaultdict[tuple[str, str, str], list[MeasureRow]] = defaultdict(list)
        for row in ladder_measures.to_pylist():
            measures[row["policy_id"], row["version"], row["tier"]].append(
                MeasureRow(row["measure_no"], row["measure_code"], json.loads(row["params_json"]))
            )
        thresholds: defaultdict[tuple[str, str, str], list[Threshold]] = defaultdict(list)
        for row in ladder_conditions.to_pylist():
            thresholds[row["policy_id"], row["version"], row["rule_id"]].append(
                Threshold(row["measure"], row["at_least"])
            )
        tickets = {
            (row["policy_id"], row["version"], row["rule_id"]): TicketTerms(
                row["pct"], row["min_fen"], row["max_fen"], row["appealable"]
            )
            for row in ticket_rules.to_pylist()
        }
        return cls(
            {key: sorted(rows, key=lambda row: row.measure_no) for key, rows in measures.items()},
            {key: sorted(rows) for key, rows in thresholds.items()},
            tickets,
            appeals,
        )
