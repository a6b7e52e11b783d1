"""The policies as rows, for SQL: the rule book laid flat."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyVersion
from orchestration.policy.model import RatePolicy, TicketPolicy

SUNDAY = 7

_VERSION = [("policy_id", pa.string()), ("version", pa.string())]

POLICY_TABLES: dict[str, pa.Schema] = {
    "policy_versions": pa.schema(
        [
            *_VERSION,
            ("platform", pa.string()),
            ("kind", pa.string()),
            ("mode", pa.string()),
            ("title", pa.string()),
            ("effective_from", pa.date32()),
            ("effective_to", pa.date32()),  # first day no longer in force
            ("enforced_from", pa.date32()),
            ("window_days", pa.int32()),
            ("metric_rate", pa.string()),
            ("min_orders", pa.int32()),
            ("min_distinct_buyers", pa.int32()),
            ("cooldown_days", pa.int32()),
            ("evaluation_weekday", pa.int32()),
            ("rule_family", pa.string()),
            ("sha256", pa.string()),
        ]
    ),
    "small_n_guards": pa.schema(
        [
            *_VERSION,
            ("guard_no", pa.int32()),
            ("shop_type", pa.string()),
            ("den_lt", pa.int32()),
            ("num_le", pa.int32()),
            ("score", pa.int32()),
        ]
    ),
    "policy_exclusions": pa.schema([*_VERSION, ("scope", pa.string()), ("exclusion_code", pa.string())]),
    "ladder_conditions": pa.schema(
        [
            *_VERSION,
            ("tier_rank", pa.int32()),
            ("tier", pa.string()),
            ("rule_id", pa.string()),
            ("severity", pa.int32()),
            ("measure", pa.string()),
            ("at_least", pa.float64()),
            ("human_review", pa.bool_()),
        ]
    ),
    "ladder_measures": pa.schema(
        [
            *_VERSION,
            ("tier", pa.string()),  # of a ticket policy: the rule
            ("measure_no", pa.int32()),
            ("measure_code", pa.string()),
            ("params_json", pa.string()),
        ]
    ),
    "ticket_rules": pa.schema(
        [
            *_VERSION,
            ("rule_id", pa.string()),
            ("rule_rank", pa.int32()),
            ("issue_code", pa.string()),
            ("requires_evidence", pa.bool_()),
            ("requires_admission", pa.bool_()),
            ("requires_dissatisfaction", pa.bool_()),
            ("severity", pa.int32()),
            ("pct", pa.float64()),  # share of what was paid, 0.05 is five per cent
            ("min_fen", pa.int64()),
            ("max_fen", pa.int64()),
            ("appealable", pa.bool_()),
        ]
    ),
}

Row = dict[str, Any]


def policy_tables(library: PolicyLibrary) -> dict[str, pa.Table]:
    """Every policy table, in the order of policy, version and rank."""
    rows: dict[str, list[Row]] = {name: [] for name in POLICY_TABLES}
    for version in library.versions:
        document = version.document
        key: Row = {"policy_id": version.policy_id, "version": version.version}
        rows["policy_versions"].append(key | _version_row(version))
        for scope, codes in (
            ("order", document.exclusions.orders),
            ("evaluation", document.exclusions.evaluations),
        ):
            rows["policy_exclusions"].extend(
                key | {"scope": scope, "exclusion_code": code} for code in sorted(codes)
            )
        laid_out = _rate_rows(document) if isinstance(document, RatePolicy) else _ticket_rows(document)
        for table, found in laid_out.items():
            rows[table].extend(key | row for row in found)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in POLICY_TABLES.items()}


def write_policy_tables(library: PolicyLibrary, lake: Path) -> dict[str, int]:
    """Write `lake/policies/<table>.parquet` and return its rows; same policies, same bytes."""
    folder = lake / "policies"
    folder.mkdir(parents=True, exist_ok=True)
    tables = policy_tables(library)
    for name, table in tables.items():
        staged = folder / f".{name}.staged"
        pq.write_table(table, staged, compression="zstd")
        staged.replace(folder / f"{name}.parquet")
    return {name: table.num_rows for name, table in tables.items()}


def _version_row(version: PolicyVersion) -> Row:
    document = version.document
    row: Row = {
        "platform": document.platform,
        "kind": document.kind,
        "mode": document.mode,
        "title": document.title,
        "effective_from": document.dates.effective_from,
        "effective_to": version.effective_to,
        "enforced_from": document.dates.enforced_from,
        "cooldown_days": 0,  # a ticket's subject is one order, which comes once
        "rule_family": document.rule_family,
        "sha256": version.sha256,
    }
    if isinstance(document, RatePolicy):
        row |= {
            "window_days": document.metric.window_days,
            "metric_rate": document.metric.rate,
            "min_orders": document.eligibility.min_orders,
            "min_distinct_buyers": document.eligibility.min_distinct_buyers,
            "cooldown_days": document.evaluation.cooldown_days,
            "evaluation_weekday": SUNDAY,
        }
    return row


def _rate_rows(document: RatePolicy) -> dict[str, list[Row]]:
    return {
        "small_n_guards": [
            {"guard_no": number} | guard.model_dump()
            for number, guard in enumerate(document.eligibility.small_n, start=1)
        ],
        "ladder_conditions": [
            {
                "tier_rank": rank,
                "tier": tier.tier,
                "rule_id": tier.rule,
                "severity": tier.severity,
                "measure": measure,
                "at_least": at_least,
                "human_review": tier.human_review == "required",
            }
            for rank, tier in enumerate(document.ladder, start=1)
            for measure, at_least in tier.when.thresholds().items()
        ],
        "ladder_measures": [
            _measure_row(tier.tier, number, measure.code, measure.parameters())
            for tier in document.ladder
            for number, measure in enumerate(tier.measures, start=1)
        ],
    }


def _ticket_rows(document: TicketPolicy) -> dict[str, list[Row]]:
    ranked = enumerate(((rule, issue) for rule in document.rules for issue in rule.issues), start=1)
    return {
        "ladder_measures": [
            _measure_row(rule.rule, 1, "consumer_compensation", rule.compensation.model_dump())
            for rule in document.rules
        ],
        "ticket_rules": [
            {
                "rule_id": rule.rule,
                "rule_rank": rank,
                "issue_code": issue,
                "requires_evidence": "valid_evidence" in rule.requires,
                "requires_admission": "merchant_admission" in rule.requires,
                "requires_dissatisfaction": "consumer_dissatisfaction" in rule.requires,
                "severity": rule.severity,
                "pct": rule.compensation.pct_of_paid,
                "min_fen": rule.compensation.min_fen,
                "max_fen": rule.compensation.max_fen,
                "appealable": rule.appealable,
            }
            for rank, (rule, issue) in ranked
        ],
    }


def _measure_row(tier: str, number: int, code: str, parameters: Row) -> Row:
    return {
        "tier": tier,
        "measure_no": number,
        "measure_code": code,
        "params_json": json.dumps(parameters, sort_keys=True, separators=(",", ":")),
    }
