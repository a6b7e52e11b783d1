"""What a document says of rate, statistics, score and terms is refused where it cannot hold."""

from pathlib import Path

import pytest

from tests.unit.policy.books import CHATS, DOUYIN, NCX, ODR, PINDUODUO, Book, line_of

# file, what stands there, what is written instead, the broken rule, a text on the line at fault,
# and what the person reads
BROKEN = {
    "a_maturity_that_is_not_counted": (
        DOUYIN, "  maturity_days: 7\n", "  maturity_days: 3\n",
        "not_supported", "maturity_days: 3", "called mature here after 7 days",
    ),
    "no_straddle_rule": (
        DOUYIN, "straddle: lenient\n", "", "value_missing", "schema:", "'straddle' is missing",
    ),
    "an_unknown_straddle_rule": (
        DOUYIN, "straddle: lenient", "straddle: leniently",
        "unknown_code", "straddle: leniently", "Did you mean 'lenient'?",
    ),
    "another_timezone": (
        DOUYIN, "mode: enforce", "mode: enforce\ntimezone: Europe/Paris",
        "not_supported", "timezone: Europe/Paris", "judged here by Asia/Shanghai",
    ),
    "an_unknown_metric": (
        DOUYIN, "id: ccr_rate", "id: crc_rate", "unknown_code", "id: crc_rate", "Did you mean 'ccr_rate'?",
    ),
    "a_grain_that_is_not_counted": (
        DOUYIN, "grain: order", "grain: sku_order",
        "not_supported", "grain: sku_order", "ccr_rate is counted here by order",
    ),
    "a_cohort_that_is_not_counted": (
        DOUYIN, "cohort: paid_at", "cohort: signed_at",
        "not_supported", "cohort: signed_at", "ccr_rate is counted here by paid_at",
    ),
    "orders_of_a_rate_of_sessions": (
        CHATS, "grain: session", "grain: order",
        "wrong_for_metric", "grain: order", "Write session.",
    ),
    "a_cohort_of_another_rate": (
        CHATS, "cohort: started_at", "cohort: paid_at",
        "wrong_for_metric", "cohort: paid_at", "over rated sessions started in service hours",
    ),
    "a_dimension_left_out": (
        DOUYIN, "dimensions: [product, content, service, logistics]", "dimensions: [product]",
        "not_supported", "dimensions: [product]", "counted all together",
    ),
    "a_dimension_switched_off": (
        DOUYIN, "dimensions: [product, content, service, logistics]",
        "dimensions: {product: {enabled: true}, content: {enabled: true}, service: {enabled: true}, "
        "logistics: {enabled: false}}",
        "not_supported", "dimensions: {product", "counted all together",
    ),
    "an_unknown_dimension": (
        DOUYIN, "dimensions: [product, content, service, logistics]", "dimensions: [product, price]",
        "unknown_code", "dimensions: [product", "unknown code 'price' for dimensions",
    ),
    "a_dimension_named_twice": (
        DOUYIN, "dimensions: [product, content, service, logistics]", "dimensions: [product, product]",
        "named_twice", "dimensions: [product", "'product' is named twice",
    ),
    "a_dimension_that_counts_as_itself": (
        NCX, "count_as: product", "count_as: content",
        "wrong_dimension", "content: {enabled", "which does not stand for itself",
    ),
    "a_dimension_that_counts_as_one_that_does_not_count": (
        NCX, "count_as: product", "count_as: service",
        "wrong_dimension", "content: {enabled", "content counts as 'service'",
    ),
    "a_dimension_off_that_counts_as_another": (
        NCX, "service: {enabled: false}", "service: {enabled: false, count_as: product}",
        "wrong_dimension", "service: {enabled", "service is not enabled and counts as nothing",
    ),
    "a_threshold_of_its_own_for_words": (
        DOUYIN, "  maturity_days: 7\n", "  maturity_days: 7\n  decision_threshold: 0.8\n",
        "not_supported", "decision_threshold: 0.8", "tags are decided once for all",
    ),
    "an_adjusted_rate_that_is_not_there": (
        CHATS, "  maturity_days: 3\n", "  maturity_days: 3\n  rate: adjusted\n",
        "not_supported", "rate: adjusted", "im_dissatisfaction_rate has no adjusted rate",
    ),
    "enforcing_what_is_not_counted": (
        ODR, "mode: shadow", "mode: enforce",
        "not_supported", "mode: enforce", "order_defect_rate is not counted here",
    ),
    "a_shadow_without_a_ladder": (
        CHATS, "mode: score_only", "mode: shadow",
        "value_missing", "mode: shadow", "Add `ladder:`, or write `mode: score_only`.",
    ),
    "a_ladder_over_a_rate_that_is_good_when_high": (
        ODR, "  id: order_defect_rate\n  grain: order\n  cohort: paid_at",
        "  id: reply_3min_rate\n  grain: session\n  cohort: started_at",
        "wrong_for_metric", "ladder:", "a high reply_3min_rate is good",
    ),
    "a_tier_without_its_benchmark": (
        ODR, "rate: {at_least: 0.01}", "ratio_to_benchmark: {at_least: 2}",
        "benchmark_missing", "ratio_to_benchmark:", "tier 'DEACTIVATED' rests on a benchmark",
    ),
    "a_point_that_costs": (
        NCX, "ratio_to_benchmark_low: {at_least: 2.0}", "ratio_to_benchmark: {at_least: 2.0}",
        "point_estimate_costs", "ratio_to_benchmark: {at_least: 2.0}", "or write `use: point`",
    ),
    "a_probability_without_a_prior": (
        DOUYIN, "  empirical_bayes: true\n  min_orders_for_prior: 30\n", "  empirical_bayes: false\n",
        "prior_missing", "prob_above_threshold:", "Write `empirical_bayes: true`",
    ),
    "a_score_without_a_prior": (
        CHATS, "  empirical_bayes: true\n  min_orders_for_prior: 30\n", "  empirical_bayes: false\n",
        "prior_missing", "knots: [[0, 100]", "or leave the score out",
    ),
    "a_prior_from_no_shops": (
        DOUYIN, "  min_orders_for_prior: 30\n", "",
        "value_missing", "statistics:", "min_orders_for_prior is missing",
    ),
    "a_certainty_above_one": (
        DOUYIN, "{at_least: 0.95,", "{at_least: 95,",
        "out_of_range", "prob_above_threshold:", "at_least is 95: input should be less than 1",
    ),
    "an_interval_in_percent": (
        DOUYIN, "  level: 0.95", "  level: 95", "out_of_range", "level: 95", "should be less than 1",
    ),
    "an_interval_that_mostly_misses": (
        DOUYIN, "  level: 0.95", "  level: 0.05", "out_of_range", "level: 0.05", "Write 95 % as 0.95.",
    ),
    "an_unknown_interval": (
        DOUYIN, "interval: wilson", "interval: wald",
        "unknown_code", "interval: wald", "Use one of wilson, jeffreys.",
    ),
    "a_month_that_ends_on_a_sunday": (
        CHATS, "  every: day\n", "  every: month\n  ends_on: sunday\n",
        "wrong_period", "ends_on: sunday", "a month on `month_end`",
    ),
    "a_period_of_another_length": (
        DOUYIN, "period: natural_week", "period: natural_month",
        "wrong_period", "period: natural_month", "Write natural_week, or leave it out.",
    ),
    "a_week_that_is_not_judged": (
        DOUYIN, "ends_on: sunday", "ends_on: monday",
        "not_supported", "ends_on: monday", "each natural week on its Sunday",
    ),
    "a_ladder_without_a_cooldown": (
        ODR, "  cooldown_days: 60\n", "", "value_missing", "evaluation:", "'cooldown_days' is missing",
    ),
    "a_fine_above_its_cap": (
        DOUYIN, "max_fen: 700000", "max_fen: 600000",
        "above_cap", "fine: {amount_fen: 700000}", "takes 700000, above its cap of 600000 within 30 days",
    ),
    "a_cap_below_nothing": (
        DOUYIN, "max_fen: 700000", "max_fen: -1", "negative_amount", "max_fen: -1", "max_fen is -1",
    ),
    "a_cap_of_points_in_fen": (
        DOUYIN, "measure: fine, max_fen", "measure: violation_points, max_fen",
        "bad_value", "violation_points, max_fen", "Write `max_points:` above 0",
    ),
    "a_fine_rounded_to_nothing": (
        DOUYIN, "fine: {amount_fen: 200000}", "fine: {amount_fen: 90000}",
        "out_of_range", "fine: {amount_fen: 90000}", "is rounded to nothing",
    ),
    "an_exemption_nobody_knows": (
        PINDUODUO, "granted: [first_time,", "granted: [second_time,",
        "unknown_code", "granted: [second_time", "Use one of first_time, resolved_before_notice, study.",
    ),
    "days_to_answer_of_no_calendar": (
        DOUYIN, "  sla_calendar: working\n", "",
        "value_missing", "decision_sla_days: 5", "5 working days are not 5 natural ones",
    ),
    "a_second_round_where_there_is_one": (
        PINDUODUO, "rounds: 2", "rounds: 1",
        "bad_value", "reconsideration:", "a reconsideration is described, but rounds is 1",
    ),
    "a_third_round": (
        PINDUODUO, "rounds: 2", "rounds: 3", "out_of_range", "rounds: 3", "rounds is 3",
    ),
    "issues_taken_out_of_nothing": (
        DOUYIN, "  appealable: true\n", "  appealable: {default: false, not: [no_reply]}\n",
        "bad_value", "appealable: {default: false", "nothing can be appealed",
    ),
    "an_issue_that_may_and_may_not_be_appealed": (
        PINDUODUO, "      - shirking\n", "",
        "appeal_contradicted", "appealable: false  last", "rule 'PDD-EVASIVE' says appealable: false",
    ),
    "a_stage_that_is_not_judged": (
        PINDUODUO, "until: refund_succeeded", "until: signed",
        "not_supported", "until: signed", "judged here by refund_succeeded",
    ),
    "tickets_without_their_stage": (
        PINDUODUO, "stage_scope:\n  dimensions: [service]\n  from: order_placed\n"
        "  until: refund_succeeded\n  sources: [S54]\n", "",
        "value_missing", "schema:", "'stage_scope' is missing",
    ),
    "an_escalation_by_nothing_known": (
        PINDUODUO, "by: [severity, failed_appeals_90d]", "by: [severity, failed_appeals_60d]",
        "unknown_code", "by: [severity", "Did you mean 'failed_appeals_90d'?",
    ),
    "a_source_of_the_dates_never_declared": (
        DOUYIN, "  sources: [C11, C12, OURS-STRADDLE]", "  sources: [C13]",
        "source_missing", "sources: [C13]", "source 'C13' is cited and never declared",
    ),
}  # fmt: skip


def line_at_fault(path: Path, sign: str) -> int:
    """The line with a text; the last one where the sign ends on `last`."""
    if not sign.endswith("  last"):
        return line_of(path, sign)
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [number for number, line in lines if sign.removesuffix("  last") in line][-1]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_refused_where_it_is_broken(book: Book, name: str) -> None:
    file, old, new, rule, sign, says = BROKEN[name]
    path = book.edit(file, old, new)
    faults = book.faults()
    assert [(fault.file, fault.line, fault.rule) for fault in faults] == [
        (str(path), line_at_fault(path, sign), rule)
    ]
    assert says in str(faults[0])
    assert faults[0].remedy.endswith((".", "?"))


def test_parts_that_contradict_each_other_are_told_together(book: Book) -> None:
    book.edit(DOUYIN, "max_fen: 700000", "max_fen: 600000")
    book.edit(DOUYIN, "ends_on: sunday", "ends_on: monday")
    book.edit(DOUYIN, "fine: {amount_fen: 200000}", "fine: {amount_fen: 90000}")
    assert sorted(fault.rule for fault in book.faults()) == ["above_cap", "not_supported", "out_of_range"]


def test_whatever_rests_on_a_benchmark_is_told_when_there_is_none(book: Book) -> None:
    text = (book.folder / DOUYIN).read_text(encoding="utf-8")
    path = book.edit(DOUYIN, text[text.index("benchmark:\n") : text.index("statistics:\n")], "")
    faults = book.faults()
    assert {fault.rule for fault in faults} == {"benchmark_missing"}
    resting = ["tier 'T3'", "tier 'T2'", "tier 'T1'", "tier 'T0'", "prob_above_threshold", "the score"]
    assert sorted(
        fault.says.removesuffix(" rests on a benchmark, and there is none") for fault in faults
    ) == (sorted(resting))
    assert line_of(path, "prob_above_threshold") in {fault.line for fault in faults}


def test_logistics_may_count_as_service(book: Book) -> None:
    book.edit(
        DOUYIN,
        "dimensions: [product, content, service, logistics]",
        "dimensions: {product: {enabled: true}, content: {enabled: true}, service: {enabled: true}, "
        "logistics: {enabled: true, count_as: service}}",
    )
    (version,) = book.load().of("douyin_ccr")
    rules = version.document.metric.dimensions  # pyright: ignore[reportAttributeAccessIssue]
    assert (rules["logistics"].count_as, rules["service"].count_as) == ("service", None)


def test_a_month_and_a_day_are_periods_of_a_rate_that_waits_for_its_counts(book: Book) -> None:
    book.edit(CHATS, "  every: day\n", "  every: month\n  ends_on: month_end\n  period: natural_month\n")
    (version,) = book.load().of(CHATS.parent.name)
    assert version.document.evaluation.weekday is None  # pyright: ignore[reportAttributeAccessIssue]
