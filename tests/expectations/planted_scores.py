"""One fault for each metric of the scores and of the candidates."""

from tests.expectations.planted import TODAY, Planted

_RULES = "insert into policies.ticket_rules values ('douyin_ccr', '2026-09', 'ticket.quality')"


def _version(mode: str, since: str, min_orders: int) -> str:
    return (
        "insert into policies.policy_versions values ('douyin_ccr', '2026-09', 'douyin', "
        f"'{mode}', date '{since}', null, date '{since}', {min_orders}, repeat('e', 64)); {_RULES}"
    )


def _score(metric: str, change: str, *beside: str, reads: float = 1, where: str = "") -> Planted:
    """Spoils a shop's score for logistics, unless `where` says which."""
    where = where or "subject_id = 'douyin:s01' and dimension = 'logistics' and window_days = 7"
    return Planted(
        metric,
        reads,
        f"update ccr.fct_ccr set {change} where {where} and {TODAY}",
        frozenset(beside),
    )


_SHOP = "subject_id = 'douyin:s01' and window_days = 30 and dimension = 'overall'"
_MARKET = "subject_type = 'platform' and window_days = 30 and dimension = 'overall'"

SCORES = [
    _score("null_key_count", "dimension = null"),
    Planted(
        "repeated_grain_count",
        1,
        "insert into ccr.fct_ccr from ccr.fct_ccr where subject_id = 'douyin:s01' "
        f"and dimension = 'logistics' and window_days = 7 and {TODAY}",
    ),
    _score("unknown_word_count", "dimension = 'price'"),
    _score("unknown_status_count", "status = 'fine'"),
    _score("wrong_window_count", "window_start = window_start + 1"),
    _score("effective_numerator_count", "num_effective = -1", "wrong_rate_count"),
    _score(
        "real_numerator_count",
        "num_real = 111, rate_real = 111 / 110",
        "overall_below_dimension_count",
    ),
    _score(
        "effective_above_real_count",
        "den_real = 99, rate_real = num_real / 99",
        reads=5,
        where="subject_id = 'douyin:s01' and window_days = 7",
    ),
    _score("wrong_rate_count", "rate = 0.0400001, ratio_to_benchmark = 0.0400001 / benchmark_rate"),
    _score("rate_without_orders_count", "rate_real = null"),
    _score("interval_count", "ci_high = 1.01"),
    _score("benchmark_count", "benchmark_den = 0"),
    _score("ratio_count", "ratio_to_benchmark = ratio_to_benchmark * 1.001"),
    _score(
        "overall_below_dimension_count",
        "num_real = 12, rate_real = 12 / 110",
    ),
    _score(
        "overall_above_total_count",
        "num_real = 21, rate_real = 21 / 110",
        where="subject_id = 'douyin:s01' and dimension = 'overall' and window_days = 7",
    ),
    _score("several_denominators_count", "den_real = 120, rate_real = num_real / 120"),
    Planted(
        "shops_unlike_platform_count",
        2,
        f"delete from ccr.fct_ccr where subject_id = 'douyin:s01' and {TODAY}",
    ),
    Planted(
        "ok_below_minimum_count",
        1,
        _version("enforce", "2026-09-01", 101) + "; " + _score("", "policy_version = '2026-09'").statement,
    ),
    _score("without_policy_count", "policy_version = null"),
    Planted(
        "policy_not_in_force_count",
        1,
        _version("enforce", "2026-09-11", 30) + "; " + _score("", "policy_version = '2026-09'").statement,
    ),
    Planted(
        "unscored_platform_count",
        1,
        "insert into raw.deliveries values ('pinduoduo', 'orders', 'present', 1, 5, 0, null, "
        "date '2026-01-01', [], date '2026-09-10')",
    ),
    *(
        _score(
            metric,
            f"rate = {rate}",
            "lowest_market_rate",
            "highest_market_rate",
            "wrong_rate_count",
            "interval_count",
            "ratio_count",
            reads=rate,
            where=_MARKET,
        )
        for metric, rate in [("lowest_market_rate", 0.0001), ("highest_market_rate", 0.9)]
    ),
    _score(
        "highest_excluded_share",
        "den_real = 5000, rate_real = num_real / 5000",
        reads=0.5,
        where="subject_type = 'platform' and window_days = 30",
    ),
    _score("insufficient_share", "status = 'insufficient'", reads=0.04, where=_SHOP),
    _score(
        "benchmark_share",
        "benchmark_rate = null, benchmark_den = null, benchmark_subjects = null, "
        "ratio_to_benchmark = null, ratio_to_benchmark_low = null",
        reads=0.96,
        where=_SHOP,
    ),
    _score("broad_benchmark_share", "benchmark_subjects = 4", reads=0.96, where=_SHOP),
]


def _candidate(metric: str, subject: str, change: str, *beside: str, reads: float = 1) -> Planted:
    return Planted(
        metric,
        reads,
        f"update penalties.fct_penalty_candidates set {change} where subject_type = '{subject}' and {TODAY}",
        frozenset(beside),
    )


_CITED = _candidate("", "order", "policy_version = '2026-09', policy_sha256 = repeat('e', 64)")

CANDIDATES = [
    _candidate("null_identity_count", "order", "shop_key = null"),
    Planted(
        "repeated_identity_count",
        1,
        "insert into penalties.fct_penalty_candidates from penalties.fct_penalty_candidates "
        f"where subject_type = 'order' and {TODAY}",
        frozenset({"ticket_share"}),
    ),
    _candidate("period_count", "shop", "period_end = period_end + 1"),
    _candidate("without_rule_count", "order", "severity = null"),
    _candidate("without_version_count", "order", "policy_sha256 = null", "unknown_policy_count"),
    _candidate("unknown_policy_count", "order", "policy_sha256 = 'edited'"),
    _candidate("unknown_rule_count", "order", "rule_id = 'ticket.whim'"),
    Planted(
        "policy_not_in_force_count",
        1,
        _version("enforce", "2026-09-11", 30)
        + f"; {_CITED.statement}; "
        + _candidate("", "order", "mode = 'shadow'").statement,
    ),
    _candidate("unknown_mode_count", "order", "mode = 'perhaps'"),
    Planted(
        "enforced_without_mandate_count",
        1,
        _version("score_only", "2026-09-01", 30) + f"; {_CITED.statement}",
    ),
    _candidate("numerator_count", "order", "num_effective = 2, den_effective = 1"),
    _candidate("rate_count", "shop", "rate = 0.11, ratio_to_benchmark = 0.11 / benchmark_rate"),
    _candidate("ratio_count", "shop", "ratio_to_benchmark = ratio_to_benchmark * 1.001"),
    _candidate("ticket_amount_count", "order", "pay_amount_fen = null"),
    Planted(
        "without_words_count",
        1,
        f"update penalties.fct_candidate_orders set span_text = ' ' where subject_type = 'order' and {TODAY}",
    ),
    Planted(
        "orders_not_listed_count",
        1,
        f"delete from penalties.fct_candidate_orders where order_key = 'douyin:o5' and {TODAY}",
    ),
    _score(
        "candidate_shop_share",
        "status = 'insufficient'",
        reads=0.05,
        where="subject_id <= 'douyin:s05' and subject_type = 'shop'",
    ),
    _score(
        "ticket_share",
        "den_effective = 500",
        reads=0.002,
        where="subject_type = 'platform' and window_days = 7",
    ),
    _candidate(
        "highest_ratio",
        "shop",
        "ratio_to_benchmark_low = 60",
        "ratio_count",
        reads=60,
    ),
]
