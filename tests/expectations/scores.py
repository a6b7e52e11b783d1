"""Sound scores of a market of twenty-five shops, and two candidates drawn from them."""

from datetime import date, timedelta
from math import sqrt
from typing import Any

POLICIES = {
    "policies.policy_versions": "policy_id varchar, version varchar, platform varchar, "
    "mode varchar, effective_from date, effective_to date, enforced_from date, "
    "min_orders integer, sha256 varchar",
    "policies.ladder_conditions": "policy_id varchar, version varchar, rule_id varchar",
    "policies.ticket_rules": "policy_id varchar, version varchar, rule_id varchar",
}

CCR = (
    "business_day date, platform varchar, subject_type varchar, subject_id varchar, "
    "window_days integer, dimension varchar, window_start date, den_real bigint, "
    "num_real bigint, den_effective bigint, num_effective bigint, rate double, "
    "rate_real double, ci_low double, ci_high double, benchmark_rate double, "
    "benchmark_den bigint, benchmark_subjects bigint, benchmark_level varchar, "
    "ratio_to_benchmark double, ratio_to_benchmark_low double, status varchar, "
    "policy_id varchar, policy_version varchar"
)

CANDIDATES = (
    "business_day date, platform varchar, policy_id varchar, policy_version varchar, "
    "policy_sha256 varchar, rule_family varchar, rule_id varchar, tier varchar, "
    "severity varchar, mode varchar, subject_type varchar, subject_id varchar, "
    "shop_key varchar, period_key varchar, period_start date, period_end date, "
    "num_effective bigint, den_effective bigint, num_weighed double, rate double, ci_low double, "
    "ci_high double, benchmark_rate double, ratio_to_benchmark double, "
    "ratio_to_benchmark_low double, pay_amount_fen bigint"
)

LISTED = (
    "business_day date, subject_type varchar, subject_id varchar, rule_family varchar, "
    "period_key varchar, order_key varchar, span_text varchar"
)

SHOPS = 25
DIMENSIONS = ("overall", "product", "content", "service", "logistics")
BENCHMARK = 0.05
Row = dict[str, Any]


def policies() -> dict[str, list[Row]]:
    """One version with a ladder and a ticket rule, enforced since the spring."""
    version = {"policy_id": "douyin_ccr", "version": "2026-03"}
    return {
        "policies.policy_versions": [
            version
            | {
                "platform": "douyin",
                "mode": "enforce",
                "effective_from": date(2026, 3, 1),
                "enforced_from": date(2026, 4, 1),
                "min_orders": 30,
                "sha256": "f" * 64,
            }
        ],
        "policies.ladder_conditions": [version | {"rule_id": "ccr.warning"}],
        "policies.ticket_rules": [version | {"rule_id": "ticket.quality"}],
    }


def scores(day: date) -> list[Row]:
    """Each shop with one negative order in ten, the platform as their sum, in both windows."""
    return [
        _score(day, subject, window, dimension)
        for window in (7, 30)
        for subject in [
            *(("shop", f"douyin:s{number:02}", 1) for number in range(1, SHOPS + 1)),
            ("platform", "douyin", SHOPS),
        ]
        for dimension in DIMENSIONS
    ]


def candidates(day: date) -> list[Row]:
    """One shop for its rate, one order for its goods."""
    cited = {
        "business_day": day,
        "platform": "douyin",
        "policy_id": "douyin_ccr",
        "policy_version": "2026-03",
        "policy_sha256": "f" * 64,
        "severity": "minor",
        "mode": "enforce",
        "shop_key": "douyin:s01",
    }
    score = _score(day, ("shop", "douyin:s01", 1), 30, "overall")
    numbers = [
        *("num_effective", "den_effective", "rate", "ci_low", "ci_high"),
        *("benchmark_rate", "ratio_to_benchmark", "ratio_to_benchmark_low"),
    ]
    return [
        cited
        | {name: score[name] for name in numbers}
        | {
            "rule_family": "ccr",
            "rule_id": "ccr.warning",
            "tier": "warning",
            "subject_type": "shop",
            "subject_id": "douyin:s01",
            "period_key": "2026-W37",
            "period_start": day - timedelta(days=6),
            "period_end": day,
        },
        cited
        | {
            "rule_family": "ticket",
            "rule_id": "ticket.quality",
            "tier": "compensation",
            "subject_type": "order",
            "subject_id": "douyin:o1",
            "period_key": "douyin:o1",
            "pay_amount_fen": 9_900,
        },
    ]


def listed(day: date) -> list[Row]:
    """The ten orders held against the shop, and the one of the ticket, with their words."""
    shop, order = candidates(day)
    return [
        {name: candidate[name] for name in ("subject_type", "subject_id", "rule_family")}
        | {
            "business_day": day,
            "period_key": candidate["period_key"],
            "order_key": f"douyin:o{number}",
            "span_text": words,
        }
        for candidate, orders in ((shop, range(1, 11)), (order, range(1, 2)))
        for number in orders
        for words in ("色差很大", "客服不理人")
    ]


def _score(day: date, subject: tuple[str, str, int], window: int, dimension: str) -> Row:
    subject_type, subject_id, size = subject
    orders = 100 * size
    negatives = (10 if dimension == "overall" else 4) * size
    rate = negatives / orders
    low, high = _wilson(negatives, orders)
    return {
        "business_day": day,
        "platform": "douyin",
        "subject_type": subject_type,
        "subject_id": subject_id,
        "window_days": window,
        "dimension": dimension,
        "window_start": day - timedelta(days=window - 1),
        "den_real": orders + 10 * size,
        "num_real": negatives + size,
        "den_effective": orders,
        "num_effective": negatives,
        "rate": rate,
        "rate_real": (negatives + size) / (orders + 10 * size),
        "ci_low": low,
        "ci_high": high,
        "benchmark_rate": BENCHMARK,
        "benchmark_den": 2_400,
        "benchmark_subjects": 24,
        "benchmark_level": "category",
        "ratio_to_benchmark": rate / BENCHMARK,
        "ratio_to_benchmark_low": low / BENCHMARK,
        "status": "ok",
        "policy_id": "douyin_ccr",
        "policy_version": "2026-03",
    }


def _wilson(negatives: int, orders: int) -> tuple[float, float]:
    z, share = 1.959963984540054, negatives / orders
    centre = share + z * z / (2 * orders)
    half = z * sqrt(share * (1 - share) / orders + z * z / (4 * orders * orders))
    return (centre - half) / (1 + z * z / orders), (centre + half) / (1 + z * z / orders)
