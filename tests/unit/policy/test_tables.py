"""The rule book laid flat is the rule book."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pyarrow.parquet as pq

from orchestration.classification.abnormal.finding import ABNORMAL_CODES
from orchestration.classification.taxonomy import taxonomy
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import POLICY_TABLES, policy_tables, write_policy_tables
from orchestration.policy.vocabulary import EvaluationExclusion, IssueCode
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.policy.books import DOUYIN, Book


def rows(library: PolicyLibrary, table: str, policy_id: str) -> list[dict[str, Any]]:
    found = policy_tables(library)[table].to_pylist()
    return [row for row in found if row["policy_id"] == policy_id]


def test_a_version_is_one_row_with_the_hash_of_its_file(book: Book) -> None:
    (row,) = rows(book.load(), "policy_versions", "douyin_ccr")
    assert row == {
        "policy_id": "douyin_ccr",
        "version": "2026-07-14",
        "platform": "douyin",
        "kind": "rate",
        "mode": "enforce",
        "title": "抖店消费者负反馈率（CCR）考核",
        "effective_from": date(2026, 7, 14),
        "effective_to": None,
        "enforced_from": date(2026, 7, 14),
        "window_days": 30,
        "metric_rate": "plain",
        "min_orders": 30,
        "min_distinct_buyers": 5,
        "cooldown_days": 30,
        "evaluation_weekday": 7,
        "rule_family": "ccr",
        "sha256": hashlib.sha256((SHIPPED_POLICIES / DOUYIN).read_bytes()).hexdigest(),
        "metric_id": "ccr_rate",
        "grain": "order",
        "cohort": "paid_at",
        "straddle": "lenient",
        "maturity_days": 7,
        "decision_threshold": 0.5,
        "interval_method": "wilson",
        "interval_level": 0.95,
        "use_bound": "lower_bound",
        "empirical_bayes": True,
        "min_orders_for_prior": 30,
        "fdr_q": 0.05,
        "prob_above_threshold": 0.95,
        "threshold_ratio": 1.3,
        "evaluation_every": "week",
        "freeze_days_before_execute": 15,
        "fine_rounding": "down_to_thousand_yuan",
        "exclusive_group": None,
    }


def test_a_version_says_which_rate_counts(book: Book) -> None:
    book.edit(DOUYIN, "  window_days: 30\n", "  window_days: 30\n  rate: adjusted\n")
    assert {row["metric_rate"] for row in rows(book.load(), "policy_versions", "douyin_ccr")} == {"adjusted"}
    (ticket,) = rows(book.load(), "policy_versions", "pinduoduo_negative_experience")
    assert ticket["metric_rate"] is None


def test_a_ticket_policy_has_no_window_and_no_cooldown(book: Book) -> None:
    (row,) = rows(book.load(), "policy_versions", "pinduoduo_negative_experience")
    assert (row["kind"], row["window_days"], row["min_orders"], row["cooldown_days"]) == (
        "per_order_ticket",
        None,
        None,
        0,
    )


def test_the_ladder_stands_as_it_is_written(book: Book) -> None:
    found = rows(book.load(), "ladder_conditions", "douyin_ccr")
    keys = ("tier_rank", "tier", "rule_id", "severity", "measure", "at_least", "human_review")
    assert [tuple(row[key] for key in keys) for row in found] == [
        (1, "T3", "CCR-T3", 3, "ratio_to_benchmark_low", 3.0, True),
        (1, "T3", "CCR-T3", 3, "occurrences_90d", 3.0, True),
        (2, "T2", "CCR-T2", 2, "ratio_to_benchmark_low", 2.0, False),
        (3, "T1", "CCR-T1", 1, "ratio_to_benchmark_low", 1.3, False),
        (4, "T0", "CCR-T0", 0, "ratio_to_benchmark", 1.3, False),
    ]


def test_each_tier_orders_its_measures(book: Book) -> None:
    found = rows(book.load(), "ladder_measures", "douyin_ccr")
    said = [
        (row["tier"], row["measure_no"], row["measure_code"], json.loads(row["params_json"])) for row in found
    ]
    assert said == [
        ("T3", 1, "deposit_deduct_all", {}),
        ("T3", 2, "shop_clearance", {}),
        ("T2", 1, "fine", {"amount_fen": 700000}),
        ("T2", 2, "product_delist", {"days": 30}),
        ("T2", 3, "funds_freeze", {"days": 30}),
        ("T1", 1, "violation_points", {"points": 4}),
        ("T1", 2, "fine", {"amount_fen": 200000}),
        ("T1", 3, "withdrawal_restrict", {"days": 7}),
        ("T0", 1, "warning", {}),
    ]


def test_ticket_rules_ask_for_the_proof_of_the_five_cases(book: Book) -> None:
    found = {
        row["issue_code"]: row for row in rows(book.load(), "ticket_rules", "pinduoduo_negative_experience")
    }
    asked = {
        issue: (row["requires_evidence"], row["requires_admission"], row["requires_dissatisfaction"])
        for issue, row in found.items()
    }
    product = {"missing_item", "damaged_on_arrival", "quality_defect", "quality_flaw", "counterfeit"}
    product |= {"not_as_described", "misleading_listing"}
    service = {"no_reply", "perfunctory_reply", "rude_or_mocking", "shirking", "unjustified_refusal"}
    service.add("ticket_overdue_after_track_stall")
    assert asked == (
        {"wrong_item": (True, True, False)}
        | dict.fromkeys([*product, "late_ship_false_voucher"], (True, False, False))
        | dict.fromkeys(service, (False, False, True))
    )
    assert {issue for issue, row in found.items() if not row["appealable"]} == {
        *service,
        "late_ship_false_voucher",
    }
    assert {row["pct"] for row in found.values()} == {0.05, 0.10}
    assert {(row["min_fen"], row["max_fen"]) for row in found.values()} == {(500, 3000)}
    assert sorted(row["rule_rank"] for row in found.values()) == list(range(1, 16))


def test_a_ticket_is_paid_out_as_the_policy_says(book: Book) -> None:
    found = rows(book.load(), "ladder_measures", "pinduoduo_negative_experience")
    tickets = rows(book.load(), "ticket_rules", "pinduoduo_negative_experience")
    assert {row["tier"] for row in found} == {row["rule_id"] for row in tickets}
    assert {row["measure_code"] for row in found} == {"consumer_compensation"}
    assert json.loads(found[0]["params_json"]) == {
        "max_fen": 3000,
        "min_fen": 500,
        "payout": "coupon_no_threshold_50y",
        "pct_of_paid": 0.1,
    }


def test_a_rule_can_name_every_issue_that_is_ever_found_and_no_other() -> None:
    assert set(get_args(IssueCode)) == taxonomy().issue_codes


def test_guards_and_exclusions_are_all_there(book: Book) -> None:
    library = book.load()
    guards = rows(library, "small_n_guards", "douyin_ccr")
    assert [tuple(row.values())[2:] for row in guards] == [(1, "flagship", 300, 3, 80), (2, None, 500, 3, 80)]
    excluded = rows(library, "policy_exclusions", "douyin_ccr")
    scopes = [row["scope"] for row in excluded]
    assert (scopes.count("order"), scopes.count("evaluation")) == (15, 18)


def test_a_late_parcel_is_a_complaint_and_every_other_finding_in_words_keeps_out(book: Book) -> None:
    assert set(ABNORMAL_CODES) <= set(get_args(EvaluationExclusion))
    for policy_id in ("douyin_ccr", "pinduoduo_negative_experience", "reference_ccr"):
        listed = {row["exclusion_code"] for row in rows(book.load(), "policy_exclusions", policy_id)}
        assert set(ABNORMAL_CODES) - listed == {"logistics_only"}


def test_the_reference_never_costs_anything(book: Book) -> None:
    library = book.load()
    (version,) = rows(library, "policy_versions", "reference_ccr")
    assert (version["platform"], version["mode"]) == ("*", "score_only")
    assert {row["measure_code"] for row in rows(library, "ladder_measures", "reference_ccr")} == {"warning"}


def test_each_source_tells_which_rules_and_parts_cite_it(book: Book) -> None:
    sources = {row["source_id"]: row for row in rows(book.load(), "policy_sources", "douyin_ccr")}
    assert sources["S4"]["cited_by"] == ["CCR-T2", "caps"]
    assert (sources["S4"]["grade"], sources["S4"]["stands_in"]) == (
        "press",
        "en.shxuanming.net/industry/5758.html",
    )
    assert sources["S15"]["cited_by"] == ["metric"]
    assert (sources["OURS-SCORE"]["cited_by"], sources["OURS-SCORE"]["stands_in"]) == (["score"], None)
    assert [row["source_no"] for row in sources.values()] == list(range(1, len(sources) + 1))
    assert all(row["cited_by"] for row in sources.values())


def test_the_same_book_is_written_as_the_same_bytes(book: Book, tmp_path: Path) -> None:
    counts = write_policy_tables(book.load(), tmp_path / "first")
    write_policy_tables(book.load(), tmp_path / "second")
    write_policy_tables(book.load(), tmp_path / "second")
    for name, schema in POLICY_TABLES.items():
        first, second = (tmp_path / lake / "policies" / f"{name}.parquet" for lake in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        assert pq.read_schema(first).equals(schema)
        assert counts[name] == pq.read_metadata(first).num_rows
        assert counts[name] > 0
    assert len(list((tmp_path / "first" / "policies").iterdir())) == len(POLICY_TABLES)


def test_a_changed_comment_changes_the_hash_and_nothing_else(book: Book) -> None:
    before = policy_tables(book.load())
    book.edit(DOUYIN, "# below this a rate is noise", "# fewer orders are noise")
    after = policy_tables(book.load())
    assert before["policy_versions"].drop(["sha256"]) == after["policy_versions"].drop(["sha256"])
    assert before["policy_versions"] != after["policy_versions"]
    assert all(before[name] == after[name] for name in POLICY_TABLES if name != "policy_versions")
