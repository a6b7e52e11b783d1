"""The shipped rule book says what its sources say."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from orchestration.classification.verdict import NEGATIVE_FROM
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.metric import DECISION_THRESHOLD, METRICS
from orchestration.policy.model import RatePolicy, TicketPolicy
from orchestration.policy.tables import policy_tables
from orchestration.policy.vocabulary import MEASURE_PARAMETERS
from orchestration.policy.wording import differences
from orchestration.settings import SHIPPED_POLICIES

LIBRARY = PolicyLibrary.load([SHIPPED_POLICIES])
STOPPED = date(2027, 3, 1)


def rate(policy_id: str) -> RatePolicy:
    document = LIBRARY.of(policy_id)[0].document
    assert isinstance(document, RatePolicy)
    return document


def rows(table: str, policy_id: str) -> list[dict[str, Any]]:
    return [row for row in policy_tables(LIBRARY)[table].to_pylist() if row["policy_id"] == policy_id]


def test_the_penalty_for_ccr_stops_and_the_score_goes_on() -> None:
    before = LIBRARY.in_force("douyin_ccr", STOPPED - timedelta(days=1))
    after = LIBRARY.in_force("douyin_ccr", STOPPED)
    assert (before.document.mode, after.document.mode) == ("enforce", "score_only")
    changed = {difference.section for difference in differences(before, after)}
    assert changed == {"policy", "dates", "sources"}, "what is counted and how it scores stays as it was"
    assert "S8" in after.document.dates.sources


@pytest.mark.parametrize(
    ("policy_id", "metric", "grain", "cohort"),
    [
        ("product_negative_reviews", "product_negative_review_rate", "order", "signed_at"),
        ("quality_returns", "quality_return_rate", "order", "signed_at"),
        ("chat_dissatisfaction", "im_dissatisfaction_rate", "session", "started_at"),
        ("platform_help", "platform_help_rate", "order", "paid_at"),
    ],
)
def test_companion_metrics_of_douyin_are_scored_and_never_punish(
    policy_id: str, metric: str, grain: str, cohort: str
) -> None:
    document = rate(f"douyin_experience_{policy_id}")
    assert (document.metric.id, document.metric.grain, document.metric.cohort) == (metric, grain, cohort)
    assert (document.mode, document.ladder, document.metric.is_counted) == ("score_only", (), False)
    guards = [
        (guard.shop_type, guard.den_lt, guard.num_le, guard.score) for guard in document.eligibility.small_n
    ]
    if metric == "im_dissatisfaction_rate":
        assert guards == [(None, 4, 3, 80)], "at most three rated sessions"
    else:
        assert guards == [("flagship", 300, 3, 80), (None, 500, 3, 80)]
    assert {"C2", "C5"} <= set(document.eligibility.sources)


def test_only_the_first_reason_and_the_first_rating_count() -> None:
    for name in ("product_negative_reviews", "quality_returns"):
        codes = rate(f"douyin_experience_{name}").exclusions.evaluations
        assert {"edited_later_version", "duplicate_version"} <= set(codes)
    assert "out_of_hours_session" in rate("douyin_experience_chat_dissatisfaction").exclusions.evaluations


def test_tmall_has_four_dates_and_amazon_a_lag_and_a_dimension_less() -> None:
    dates = rate("tmall_product_negative_feedback").dates
    assert (dates.public_from, dates.effective_from, dates.transition_to, dates.enforced_from) == (
        date(2026, 2, 24), date(2026, 3, 5), date(2026, 3, 15), date(2026, 3, 16),
    )  # fmt: skip
    odr = rate("amazon_odr")
    assert (odr.metric.window_days, odr.metric.maturity_days, odr.benchmark) == (60, 15, None)
    enabled = {row["dimension"]: row["enabled"] for row in rows("policy_dimensions", "amazon_ncx")}
    assert enabled == {"product": True, "content": True, "service": False, "logistics": False}
    counted_as = {row["dimension"]: row["count_as"] for row in rows("policy_dimensions", "amazon_ncx")}
    assert counted_as == {"product": "product", "content": "product", "service": None, "logistics": None}
    left_out = [row["dimension"] for row in rows("policy_dimensions", "tmall_product_negative_feedback")]
    assert left_out == ["product", "content", "service", "logistics"]


def test_tickets_of_pinduoduo_have_their_stage_and_what_can_never_be_appealed() -> None:
    document = LIBRARY.of("pinduoduo_negative_experience")[0].document
    assert isinstance(document, TicketPolicy)
    assert (document.stage_scope.begins, document.stage_scope.until) == ("order_placed", "refund_succeeded")
    assert document.escalation is not None
    assert document.escalation.by == ("severity", "failed_appeals_90d")
    steps = rows("policy_escalations", "pinduoduo_negative_experience")
    asked = ("step_no", "input", "at_least", "measure_no", "measure_code", "params_json", "human_review")
    assert [tuple(step[name] for name in asked) for step in steps] == [
        (1, "severity", 3, 1, "order_close", "{}", False),
        (2, "failed_appeals_90d", 3, 1, "withdrawal_restrict", '{"days":7}', False),
    ]
    (appeals,) = rows("policy_appeals", "pinduoduo_negative_experience")
    named = {"no_reply", "ticket_overdue_after_track_stall", "late_ship_false_voucher"}
    assert named <= set(appeals["never_issues"])
    assert (appeals["rounds"], appeals["evidence_must_differ"]) == (2, True)
    exemptions = rows("policy_exemptions", "pinduoduo_negative_experience")
    assert [(row["exemption"], row["within_days"]) for row in exemptions] == [
        ("first_time", None), ("resolved_before_notice", None), ("study", None),
    ]  # fmt: skip


def test_each_platform_has_its_reasons_for_an_appeal() -> None:
    of_pinduoduo = rows("policy_appeal_reasons", "pinduoduo_negative_experience")
    assert [row["reason_code"] for row in of_pinduoduo] == ["18", "19", "20", "21", "99"]
    assert all("order" in row["subject_types"] and row["channels"] == [] for row in of_pinduoduo)
    assert [row["needs_statement"] for row in of_pinduoduo] == [False, False, False, False, True]
    for version in ("2026-07-14", "2027-03-01"):
        found = [row for row in rows("policy_appeal_reasons", "douyin_ccr") if row["version"] == version]
        assert [(row["name_zh"], row["subject_types"][0], row["channels"]) for row in found] == [
            ("不可抗力", "session", ["im_session"]),
            ("我被恶意攻击", "session", ["im_session"]),
            ("评价等级为差评内容为好评", "feedback", ["review"]),
            ("评价内容非交易商品或内容无意义", "feedback", ["review"]),
            ("消费者选择品质退货与事实不符", "feedback", ["after_sale"]),
        ]
        assert [row["evidence_required"] for row in found[:2]] == [["document"], []]
    for appeals in rows("policy_appeals", "douyin_ccr"):
        assert (appeals["report_window_days"], appeals["statement_max_chars"]) == (30, 100)


def test_what_an_appeal_or_a_report_has_struck_counts_nowhere() -> None:
    for version in LIBRARY.versions:
        if not version.policy_id.startswith("amazon"):
            struck = set(version.document.exclusions.evaluations)
            assert {"appeal_upheld", "report_upheld"} <= struck, version.policy_id


def test_every_measure_that_the_sources_name_can_be_written() -> None:
    named = {
        *("warning", "violation_points", "order_close", "withdrawal_restrict", "fine", "product_delist"),
        *("funds_freeze", "deposit_deduct", "deposit_deduct_all", "shop_clearance"),
    }
    assert named <= set(MEASURE_PARAMETERS)
    shipped = {
        (row["measure_code"], row["params_json"])
        for table in ("ladder_measures", "policy_escalations")
        for row in policy_tables(LIBRARY)[table].to_pylist()
    }
    assert named - {code for code, _ in shipped} == {"deposit_deduct"}
    assert {("product_delist", '{"days":30}'), ("funds_freeze", '{"days":30}')} <= shipped
    (payout,) = {json.loads(params)["payout"] for code, params in shipped if code == "consumer_compensation"}
    assert payout == "coupon_no_threshold_50y"


def test_knots_and_caps_stand_in_order() -> None:
    found = [row for row in rows("score_knots", "douyin_ccr") if row["version"] == "2026-07-14"]
    assert [row["knot_no"] for row in found] == list(range(1, 8))
    assert [(row["ratio"], row["score"]) for row in found] == [
        (0.0, 100.0), (0.5, 95.0), (1.0, 80.0), (1.3, 60.0), (2.0, 40.0), (3.0, 20.0), (5.0, 0.0),
    ]  # fmt: skip
    caps = [row for row in rows("policy_caps", "douyin_ccr") if row["version"] == "2026-07-14"]
    assert [(row["measure_code"], row["within_days"], row["max_fen"], row["max_points"]) for row in caps] == [
        ("fine", 30, 700_000, None)
    ]


def test_every_declared_source_is_cited_and_every_metric_is_defined() -> None:
    for version in LIBRARY.versions:
        text = str(version.lines.values)
        uncited = [source.id for source in version.document.sources if text.count(f"'{source.id}'") < 2]
        assert uncited == [], f"{version.policy_id} {version.version}"
    assert {rate(each.policy_id).metric.id for each in LIBRARY.versions if each.judges in METRICS} <= set(
        METRICS
    )


def test_words_are_a_negative_from_where_the_classifier_says() -> None:
    assert DECISION_THRESHOLD == NEGATIVE_FROM
