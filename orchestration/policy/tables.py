"""The policies as rows, for SQL: the rule book laid flat."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.rows import Row, rows_of

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
            ("metric_id", pa.string()),
            ("grain", pa.string()),
            ("cohort", pa.string()),
            ("straddle", pa.string()),
            ("maturity_days", pa.int32()),
            ("decision_threshold", pa.float64()),
            ("interval_method", pa.string()),
            ("interval_level", pa.float64()),
            ("use_bound", pa.string()),
            ("empirical_bayes", pa.bool_()),
            ("min_orders_for_prior", pa.int32()),
            ("fdr_q", pa.float64()),
            ("prob_above_threshold", pa.float64()),  # NULL: not asked
            ("threshold_ratio", pa.float64()),  # of which multiple of the benchmark that probability speaks
            ("evaluation_every", pa.string()),
            ("freeze_days_before_execute", pa.int32()),
            ("fine_rounding", pa.string()),
            ("exclusive_group", pa.string()),  # NULL: its decisions stand beside all others
        ]
    ),
    "policy_sources": pa.schema(
        [
            *_VERSION,
            ("source_no", pa.int32()),
            ("source_id", pa.string()),
            ("grade", pa.string()),
            ("says", pa.string()),
            ("stands_in", pa.string()),  # NULL of what is ours
            ("cited_by", pa.list_(pa.string())),  # rules by their id, other parts by their key
        ]
    ),
    "score_knots": pa.schema(
        [*_VERSION, ("knot_no", pa.int32()), ("ratio", pa.float64()), ("score", pa.float64())]
    ),
    "policy_dimensions": pa.schema(
        [
            *_VERSION,
            ("dimension", pa.string()),
            ("enabled", pa.bool_()),
            ("count_as", pa.string()),  # itself, where the document names no other; NULL where not enabled
        ]
    ),
    "policy_caps": pa.schema(
        [
            *_VERSION,
            ("measure_code", pa.string()),
            ("within_days", pa.int32()),
            ("max_fen", pa.int64()),
            ("max_points", pa.int32()),
        ]
    ),
    "policy_exemptions": pa.schema(
        [
            *_VERSION,
            ("exemption", pa.string()),
            ("within_days", pa.int32()),  # of first_time: no money was taken within so many days; NULL: ever
        ]
    ),
    "policy_escalations": pa.schema(
        [
            *_VERSION,
            ("step_no", pa.int32()),
            ("input", pa.string()),
            ("at_least", pa.int32()),
            ("measure_no", pa.int32()),
            ("measure_code", pa.string()),
            ("params_json", pa.string()),
            ("human_review", pa.bool_()),
        ]
    ),
    "policy_appeals": pa.schema(
        [
            *_VERSION,
            ("appealable", pa.bool_()),  # NULL of tickets whose rules say it one by one
            ("never_issues", pa.list_(pa.string())),
            ("window_days", pa.int32()),
            ("calendar", pa.string()),
            ("rounds", pa.int32()),
            ("evidence_must_differ", pa.bool_()),
            ("decision_sla_days", pa.int32()),
            ("sla_calendar", pa.string()),
            ("suspends_execution", pa.bool_()),
            ("evidence_required", pa.list_(pa.string())),
            ("statement_max_chars", pa.int32()),
            ("report_window_days", pa.int32()),
        ]
    ),
    "policy_appeal_reasons": pa.schema(
        [
            *_VERSION,
            ("reason_no", pa.int32()),
            ("reason_code", pa.string()),
            ("name_zh", pa.string()),
            ("name_en", pa.string()),
            ("subject_types", pa.list_(pa.string())),
            ("channels", pa.list_(pa.string())),  # empty: all
            ("issue_codes", pa.list_(pa.string())),  # empty: all that can be appealed
            ("evidence_required", pa.list_(pa.string())),
            ("needs_statement", pa.bool_()),
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


def policy_tables(library: PolicyLibrary) -> dict[str, pa.Table]:
    """Every policy table, in the order of policy, version and rank."""
    rows: dict[str, list[Row]] = {name: [] for name in POLICY_TABLES}
    for version in library.versions:
        key: Row = {"policy_id": version.policy_id, "version": version.version}
        for table, found in rows_of(version).items():
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
