"""For each expectation the metric it judges, with the last value that holds and one that breaks."""

from typing import NamedTuple

from expectations.suites import Grade


class Edge(NamedTuple):
    """Where an expectation turns."""

    holds: float
    breaks: float


def _zero(*metrics: str) -> dict[str, list[Edge]]:
    return {f"{metric}_count": [Edge(0, 1)] for metric in metrics}


def _null(*columns: str) -> dict[str, list[Edge]]:
    return _zero(*(f"null_{column}" for column in columns))


_DELIVERED_SOUNDLY = _zero("miscounted_row", "without_provenance") | {
    "quarantined_share": [Edge(0.5, 0.501)],
    "repeated_share": [Edge(0.5, 0.501)],
}
_DELIVERED_PLAUSIBLY = _zero("refused_delivery", "missing_delivery", "from_the_future") | {
    "worst_quarantined_share": [Edge(0.01, 0.011)],
    "lowest_volume_ratio": [Edge(0.4, 0.399)],
    "highest_volume_ratio": [Edge(1.6, 1.601)],
    "repeated_share": [Edge(0.05, 0.051)],
    "conflicting_share": [Edge(0.01, 0.011)],
    "late_share": [Edge(0.2, 0.201)],
}

BROKEN: dict[tuple[str, Grade], dict[str, list[Edge]]] = {
    ("orders", "sound"): _DELIVERED_SOUNDLY
    | _null(
        "order_id",
        "shop_id",
        "buyer_id",
        "status",
        "created_at",
        "pay_amount_fen",
        "updated_at",
    )
    | _zero(
        "raw_buyer_id",
        "unknown_status",
        "unknown_order_kind",
        "unknown_risk_flag",
        "negative_amount",
        "paid_before_created",
    ),
    ("orders", "plausible"): _DELIVERED_PLAUSIBLY | {"disordered_share": [Edge(0.02, 0.021)]},
    ("reviews", "sound"): _DELIVERED_SOUNDLY
    | _null("review_id", "order_id", "shop_id", "created_at", "updated_at")
    | _zero("raw_buyer_id", "rating_off_scale"),
    ("reviews", "plausible"): _DELIVERED_PLAUSIBLY
    | _zero("updated_before_created")
    | {"text_share": [Edge(0.05, 0.049)], "low_rating_share": [Edge(0.5, 0.501)]},
    ("after_sales", "sound"): _DELIVERED_SOUNDLY
    | _null("after_sale_id", "order_id", "shop_id", "requested_at", "updated_at")
    | _zero("unknown_kind", "unknown_blame", "negative_amount", "negative_evidence"),
    ("after_sales", "plausible"): _DELIVERED_PLAUSIBLY
    | _zero("updated_before_requested")
    | {"reason_share": [Edge(0.5, 0.499)]},
    ("complaints", "sound"): _DELIVERED_SOUNDLY
    | _null("complaint_id", "shop_id", "created_at", "updated_at")
    | _zero("raw_buyer_id", "unknown_blame", "negative_evidence"),
    ("complaints", "plausible"): _DELIVERED_PLAUSIBLY
    | _zero("updated_before_created")
    | {"text_share": [Edge(0.3, 0.299)], "linkable_share": [Edge(0.5, 0.499)]},
    ("im_messages", "sound"): _DELIVERED_SOUNDLY
    | _null("session_id", "message_id", "seq", "role", "sent_at", "text")
    | _zero("unknown_role", "negative_seq"),
    ("im_messages", "plausible"): _DELIVERED_PLAUSIBLY
    | {
        "consumer_share": [Edge(0.1, 0.099), Edge(0.95, 0.951)],
        "blank_share": [Edge(0.2, 0.201)],
        "orphan_share": [Edge(0.05, 0.051)],
    },
    ("fct_ccr", "sound"): _zero(
        "null_key",
        "repeated_grain",
        "unknown_word",
        "wrong_window",
        "effective_numerator",
        "real_numerator",
        "effective_above_real",
        "wrong_rate",
        "rate_without_orders",
        "interval",
        "benchmark",
        "ratio",
        "overall_below_dimension",
        "overall_above_total",
        "several_denominators",
        "shops_unlike_platform",
        "unknown_status",
        "ok_below_minimum",
        "without_policy",
        "policy_not_in_force",
    ),
    ("fct_ccr", "plausible"): _zero("unscored_platform")
    | {
        "lowest_market_rate": [Edge(0.001, 0.0009)],
        "highest_market_rate": [Edge(0.25, 0.251)],
        "highest_excluded_share": [Edge(0.3, 0.301)],
        "insufficient_share": [Edge(0.95, 0.951)],
        "benchmark_share": [Edge(0.95, 0.949)],
        "broad_benchmark_share": [Edge(0.9, 0.899)],
    },
    ("fct_penalty_candidates", "sound"): _zero(
        "null_identity",
        "repeated_identity",
        "period",
        "without_rule",
        "without_version",
        "unknown_policy",
        "unknown_rule",
        "policy_not_in_force",
        "unknown_mode",
        "enforced_without_mandate",
        "numerator",
        "rate",
        "ratio",
        "ticket_amount",
        "without_words",
        "orders_not_listed",
    ),
    ("fct_penalty_candidates", "plausible"): {
        "candidate_shop_share": [Edge(0.2, 0.201)],
        "ticket_share": [Edge(0.05, 0.051)],
        "highest_ratio": [Edge(50, 50.1)],
    },
}
