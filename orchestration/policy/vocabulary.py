"""Every code a policy may name.

A code that no other room ever gives is left out, so that no rule can be written that never fires.
"""

from typing import Literal, get_args

Mode = Literal["enforce", "score_only", "shadow"]
Grade = Literal["official", "observed", "press", "ours"]
Channel = Literal["review", "after_sale", "complaint", "im_session"]
Dimension = Literal["product", "content", "service", "logistics"]
MetricId = Literal[
    "ccr_rate",
    "product_negative_review_rate",
    "quality_return_rate",
    "im_dissatisfaction_rate",
    "platform_help_rate",
    "reply_3min_rate",
    "tmall_item_negative_feedback_rate",
    "order_defect_rate",
    "negative_customer_experience_rate",
]
Grain = Literal["order", "sku_order", "session"]
Cohort = Literal["paid_at", "signed_at", "started_at"]
# Of a window that a change of rules falls into: the milder version counts, the version of its last day
# counts, or no tier is asked until a window lies in one version whole.
Straddle = Literal["lenient", "by_period_end", "full_window_only"]
Interval = Literal["wilson", "jeffreys"]
Bound = Literal["lower_bound", "point"]
Period = Literal["day", "week", "month"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
# plain: orders counted as decided; adjusted: weighed by what the classifier is known to over- or undercount.
RateKind = Literal["plain", "adjusted"]
ShopType = Literal["flagship", "exclusive", "franchise", "enterprise", "individual", "personal"]

OrderExclusion = Literal[
    "unpaid",
    "closed_before_pay",
    "cancelled_before_ship",
    "zero_amount",
    "lottery_or_lucky_bag",
    "gift_line_only",
    "sample_order",
    "collection_or_topup",
    "internal_purchase",
    "low_price_lt_1yuan",
    "low_price_lt_30pct",
    "instant_refund",
    "risk_review",
    "platform_abnormal_cancel",
    "brushing_cluster",
]
EvaluationExclusion = Literal[
    "platform_abnormal_flag",
    "platform_exempt_tag",
    "auto_default_review",
    "order_excluded",
    "duplicate_version",
    "edited_later_version",
    "rating_text_contradiction",
    "meaningless_text",
    "template_text",
    "near_duplicate_burst",
    "wrong_product_review",
    "advertising",
    "logistics_only",
    "buyer_frequency_cap",
    "bot_only_session",
    "out_of_hours_session",
    "low_link_confidence",
    "appeal_upheld",
    "report_upheld",
]
IssueCode = Literal[
    "quality_defect",
    "quality_flaw",
    "damaged_on_arrival",
    "wrong_item",
    "missing_item",
    "not_as_described",
    "misleading_listing",
    "counterfeit",
    "safety_hazard",
    "live_display_mismatch",
    "content_promise_mismatch",
    "no_reply",
    "perfunctory_reply",
    "rude_or_mocking",
    "shirking",
    "unjustified_refusal",
    "promise_not_kept",
    "ticket_overdue_after_track_stall",
    "late_ship",
    "late_ship_false_voucher",
    "lost_or_stalled",
    "courier_service",
    "packaging_poor",
    "other_negative",
    "platform_escalation",
]
MeasureCode = Literal[
    "warning",
    "violation_points",
    "fine",
    "product_delist",
    "listing_block",
    "order_close",
    "order_cap",
    "funds_freeze",
    "withdrawal_restrict",
    "deposit_deduct",
    "deposit_deduct_all",
    "promotion_ban",
    "exposure_reduce",
    "search_demotion",
    "extended_settlement",
    "qc_required",
    "exam_required",
    "shop_clearance",
]
Requirement = Literal["valid_evidence", "merchant_admission", "consumer_dissatisfaction"]
Payout = Literal["coupon_no_threshold_50y"]
Exemption = Literal["first_time", "resolved_before_notice", "study"]
Calendar = Literal["natural", "working"]
AppealSubject = Literal["feedback", "order", "session", "decision", "bill"]
Evidence = Literal["photo", "video", "chat_record", "logistics_record", "document"]
Rounding = Literal["down_to_thousand_yuan", "none"]
EscalationInput = Literal["severity", "failed_appeals_90d"]

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
CHANNELS: tuple[str, ...] = get_args(Channel)
DIMENSIONS: tuple[str, ...] = get_args(Dimension)

_DAYS = ("days",)
# What each measure must say, and may say nothing beside: a fine without an amount is not a fine.
MEASURE_PARAMETERS: dict[str, tuple[str, ...]] = {
    "warning": (),
    "violation_points": ("points",),
    "fine": ("amount_fen",),
    "product_delist": _DAYS,
    "listing_block": _DAYS,
    "order_close": (),
    "order_cap": ("pct", "days"),
    "funds_freeze": _DAYS,
    "withdrawal_restrict": _DAYS,
    "deposit_deduct": ("amount_fen",),
    "deposit_deduct_all": (),
    "promotion_ban": _DAYS,
    "exposure_reduce": _DAYS,
    "search_demotion": _DAYS,
    "extended_settlement": _DAYS,
    "qc_required": (),
    "exam_required": (),
    "shop_clearance": (),
}
# These end a shop or empty its deposit: a person must confirm them.
NEEDS_A_PERSON = frozenset({"deposit_deduct_all", "shop_clearance"})
