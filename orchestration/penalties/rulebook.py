"""What a rule costs and asks, looked up by policy version; the rows come from the policies' tables."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

# The tables of the policies that a decision asks.
RULE_TABLES = (
    *("policy_versions", "policy_caps", "policy_exemptions", "policy_escalations", "policy_appeals"),
    *("small_n_guards", "ladder_conditions", "ladder_measures", "ticket_rules"),
)

Version = tuple[str, str]  # policy_id, version
Row = dict[str, Any]


class MeasureRow(NamedTuple):
    """One consequence as the policy words it."""

    measure_no: int
    measure_code: str
    params: dict[str, Any]


class Threshold(NamedTuple):
    """One condition of a tier."""

    measure: str
    at_least: float


class Tier(NamedTuple):
    """One step of a ladder; rank 1 is asked first."""

    rank: int
    tier: str
    rule_id: str
    severity: int
    human_review: bool
    thresholds: tuple[Threshold, ...]

    @property
    def asks_for_occurrences(self) -> bool:
        """Whether it is met only by who was found before."""
        return any(each.measure == "occurrences_90d" for each in self.thresholds)


class TicketTerms(NamedTuple):
    """The amount of a ticket, and whether it can be appealed."""

    pct: float
    min_fen: int
    max_fen: int
    appealable: bool


class Guard(NamedTuple):
    """So few orders and negatives that nobody is held."""

    den_lt: int
    num_le: int


class Cap(NamedTuple):
    """The most that a policy takes of one measure within so many days."""

    measure_code: str
    within_days: int
    max_fen: int | None
    max_points: int | None


class Escalation(NamedTuple):
    """Measures that are added from a number of failed appeals, or a severity, on."""

    step_no: int
    asks: str  # severity | failed_appeals_90d
    at_least: int
    measure: MeasureRow
    human_review: bool


class VersionTerms(NamedTuple):
    """What a version says of all its decisions."""

    min_orders: int
    min_distinct_buyers: int
    least_probability: float | None
    exclusive_group: str | None
    freeze_days: int
    fine_rounding: str | None


class AppealTerms(NamedTuple):
    """Whether decisions can be appealed (None: the rule says), in how many days, and what filing stops."""

    appealable: bool | None = None
    window_days: int | None = None
    suspends_execution: bool = False


NO_TERMS = VersionTerms(0, 0, None, None, 0, None)


@dataclass(frozen=True)
class Rulebook:
    """Lookups by (policy, version), and tier or rule where there is one."""

    versions: dict[Version, VersionTerms]
    measures: dict[tuple[str, str, str], list[MeasureRow]]
    ladders: dict[Version, list[Tier]]
    tickets: dict[tuple[str, str, str], TicketTerms]
    appeals: dict[Version, AppealTerms]
    guards: dict[Version, list[Guard]]
    caps: dict[Version, list[Cap]]
    exemptions: dict[Version, dict[str, int | None]]  # what is granted, and within how many days
    escalations: dict[Version, list[Escalation]]

    @classmethod
    def of(cls, tables: Mapping[str, pa.Table]) -> "Rulebook":
        """Index the policies' tables, which are those of RULE_TABLES."""
        rows = {name: tables[name].to_pylist() for name in RULE_TABLES}
        return cls(
            {_version(row): _terms(row) for row in rows["policy_versions"]},
            {
                key: sorted(found, key=lambda each: each.measure_no)
                for key, found in _grouped(
                    rows["ladder_measures"], _measure, lambda row: (*_version(row), row["tier"])
                ).items()
            },
            _ladders(rows["ladder_conditions"]),
            {
                (*_version(row), row["rule_id"]): TicketTerms(
                    row["pct"], row["min_fen"], row["max_fen"], row["appealable"]
                )
                for row in rows["ticket_rules"]
            },
            {
                _version(row): AppealTerms(
                    row["appealable"], row["window_days"], bool(row["suspends_execution"])
                )
                for row in rows["policy_appeals"]
            },
            _grouped(rows["small_n_guards"], lambda row: Guard(row["den_lt"], row["num_le"])),
            _grouped(rows["policy_caps"], lambda row: Cap(*(row[name] for name in Cap._fields))),
            {
                key: dict(found)
                for key, found in _grouped(
                    rows["policy_exemptions"], lambda row: (row["exemption"], row["within_days"])
                ).items()
            },
            {
                key: sorted(found, key=lambda each: (each.step_no, each.measure.measure_no))
                for key, found in _grouped(rows["policy_escalations"], _escalation).items()
            },
        )

    def terms(self, version: Version) -> VersionTerms:
        """What a version says of all its decisions; nothing, where it is not in the book."""
        return self.versions.get(version, NO_TERMS)

    def appeal_terms(self, version: Version) -> AppealTerms:
        """How decisions of a version are appealed; nothing is known, where it is not in the book."""
        return self.appeals.get(version, AppealTerms())

    def tier(self, version: Version, rule_id: str) -> Tier | None:
        """The step of a version's ladder that a rule is."""
        return next((tier for tier in self.ladders.get(version, []) if tier.rule_id == rule_id), None)


def _version(row: Row) -> Version:
    return row["policy_id"], row["version"]


def _terms(row: Row) -> VersionTerms:
    return VersionTerms(
        row["min_orders"] or 0,
        row["min_distinct_buyers"] or 0,
        row["prob_above_threshold"],
        row["exclusive_group"],
        row["freeze_days_before_execute"] or 0,
        row["fine_rounding"],
    )


def _measure(row: Row) -> MeasureRow:
    return MeasureRow(row["measure_no"], row["measure_code"], json.loads(row["params_json"]))


def _escalation(row: Row) -> Escalation:
    return Escalation(row["step_no"], row["input"], row["at_least"], _measure(row), bool(row["human_review"]))


def _ladders(rows: Iterable[Row]) -> dict[Version, list[Tier]]:
    steps: defaultdict[Version, dict[str, list[Row]]] = defaultdict(dict)
    for row in rows:
        steps[_version(row)].setdefault(row["rule_id"], []).append(row)
    return {
        version: sorted(_tier(conditions) for conditions in rules.values())
        for version, rules in steps.items()
    }


def _tier(conditions: list[Row]) -> Tier:
    first = conditions[0]
    return Tier(
        first["tier_rank"],
        first["tier"],
        first["rule_id"],
        first["severity"],
        any(row["human_review"] for row in conditions),
        tuple(sorted(Threshold(row["measure"], row["at_least"]) for row in conditions)),
    )


def _grouped(
    rows: Iterable[Row], make: Callable[[Row], Any], key: Callable[[Row], Any] = _version
) -> dict[Any, list[Any]]:
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(make(row))
    return dict(found)
