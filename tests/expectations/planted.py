"""One fault for each metric: the statement that plants it today, and what the metric then reads."""

from typing import NamedTuple

TODAY = "business_day = date '2026-09-10'"


class Planted(NamedTuple):
    """A fault, the metric that must see it, and the metrics that cannot help seeing it too."""

    metric: str
    reads: float
    statement: str
    beside: frozenset[str] = frozenset()


class Source(NamedTuple):
    """How to spoil the first row of a raw table."""

    name: str
    required: str
    key: str
    times: str
    faults: dict[str, tuple[float, str]]


RAW = [
    Source(
        "orders",
        "order_id shop_id buyer_id status created_at pay_amount_fen updated_at",
        "order_id = 'o1'",
        "updated_at",
        {
            "raw_buyer_id_count": (1, "buyer_id = '张三'"),
            "unknown_status_count": (1, "status = 'vanished'"),
            "unknown_order_kind_count": (1, "order_kind = 'loan'"),
            "unknown_risk_flag_count": (1, "risk_flag = 'maybe'"),
            "negative_amount_count": (1, "list_amount_fen = -1"),
            "paid_before_created_count": (1, "paid_at = created_at - interval 1 second"),
            "disordered_share": (0.025, "signed_at = shipped_at - interval 1 second"),
        },
    ),
    Source(
        "reviews",
        "review_id order_id shop_id created_at updated_at",
        "review_id = 'r1', order_id = 'o1'",
        "created_at updated_at",
        {
            "raw_buyer_id_count": (1, "buyer_id = upper(buyer_id)"),
            "rating_off_scale_count": (1, "rating_product = 6"),
            "updated_before_created_count": (1, "created_at = updated_at + interval 1 second"),
            "text_share": (0.475, "text = ' '"),
            "low_rating_share": (0.275, "rating_overall = 1"),
        },
    ),
    Source(
        "after_sales",
        "after_sale_id order_id shop_id requested_at updated_at",
        "after_sale_id = 'a1'",
        "requested_at updated_at",
        {
            "unknown_kind_count": (1, "kind = 'apology'"),
            "unknown_blame_count": (1, "blame = 'weather'"),
            "negative_amount_count": (1, "refund_amount_fen = -1"),
            "negative_evidence_count": (1, "evidence_count = -1"),
            "updated_before_requested_count": (1, "requested_at = updated_at + interval 1 second"),
            "reason_share": (0.725, "reason_code = null"),
        },
    ),
    Source(
        "complaints",
        "complaint_id shop_id created_at updated_at",
        "complaint_id = 'c1'",
        "created_at updated_at",
        {
            "raw_buyer_id_count": (1, "buyer_id = '13800000000'"),
            "unknown_blame_count": (1, "blame = 'weather'"),
            "negative_evidence_count": (1, "evidence_count = -1"),
            "updated_before_created_count": (1, "created_at = updated_at + interval 1 second"),
            "text_share": (0.475, "text = null"),
            "linkable_share": (0.975, "order_id = null, buyer_id = null"),
        },
    ),
    Source(
        "im_messages",
        "session_id message_id seq role sent_at text",
        "message_id = 'm1'",
        "sent_at",
        {
            "unknown_role_count": (1, "role = 'parrot'"),
            "negative_seq_count": (1, "seq = -1"),
            "consumer_share": (0.475, "role = 'bot'"),
            "blank_share": (0.025, "text = ' '"),
            "orphan_share": (0.025, "session_id = 'nowhere'"),
        },
    ),
]

# Faults of a row that a second metric cannot help seeing.
_BESIDE = {
    ("im_messages", "null_role_count"): frozenset({"consumer_share"}),
    ("im_messages", "null_session_id_count"): frozenset({"orphan_share"}),
    ("im_messages", "unknown_role_count"): frozenset({"consumer_share"}),
}


def planted_in(source: Source) -> list[Planted]:
    """Every fault of a raw table: of its rows, of its keys, of its deliveries."""
    table = f"raw.{source.name}"
    rows = source.faults | {
        f"null_{column}_count": (1, f"{column} = null") for column in source.required.split()
    }
    rows |= {
        "without_provenance_count": (1, "_batch_id = null"),
        "late_share": (0.025, _moved(source.times, "- interval 8 day")),
        "from_the_future_count": (1, _moved(source.times, "+ interval 36 hour")),
    }
    return [
        *(
            Planted(
                metric,
                reads,
                f"update {table} set {change} where _line = 1 and {TODAY}",
                _BESIDE.get((source.name, metric), frozenset()),
            )
            for metric, (reads, change) in rows.items()
        ),
        # The second row takes the first one's key: with its content too, then with its own.
        Planted(
            "repeated_share",
            0.025,
            f"update {table} set {source.key}, _row_sha256 = '2026-09-101' where _line = 2 and {TODAY}",
        ),
        Planted(
            "conflicting_share",
            0.025,
            f"update {table} set {source.key} where _line = 2 and {TODAY}",
        ),
        *_of_deliveries(source.name),
    ]


def _moved(times: str, by: str) -> str:
    return ", ".join(f"{time} = {time} {by}" for time in times.split())


def _of_deliveries(source: str) -> list[Planted]:
    # Messages answer for their sessions: both are spoiled, or the volumes of one remain.
    sources = "('im_messages', 'im_sessions')" if source == "im_messages" else f"('{source}')"
    change = "update raw.deliveries set {} where source in " + sources + " and "
    # What the platform usually sends on this weekday.
    usual = change + "(date '2026-09-10' - business_day) between 7 and 56 "
    usual += "and (date '2026-09-10' - business_day) % 7 = 0"
    day_before = delivered(source, "empty", "2026-09-09") + "; "
    volumes = frozenset({"lowest_volume_ratio", "highest_volume_ratio"})
    shares = frozenset({"quarantined_share", "worst_quarantined_share"})
    return [
        Planted("miscounted_row_count", 1, change.format("row_count = row_count + 1") + TODAY, volumes),
        *(
            Planted(metric, 0.2, change.format("quarantined_count = 10") + TODAY, shares - {metric})
            for metric in sorted(shares)
        ),
        *(
            Planted(f"{status}_delivery_count", 1, day_before + delivered(source, status, "2026-09-10"))
            for status in ("refused", "missing")
        ),
        *(
            Planted(metric, reads, usual.format(f"row_count = {rows}"), volumes - {metric})
            for metric, reads, rows in [
                ("lowest_volume_ratio", 0.25, 160),
                ("highest_volume_ratio", 2.0, 20),
            ]
        ),
    ]


def delivered(source: str, status: str, day: str, rows: int = 0) -> str:
    """A delivery of a second platform that has landed since the new year."""
    return (
        f"insert into raw.deliveries values ('pinduoduo', '{source}', '{status}', 1, {rows}, 0, "
        f"'pinduoduo/{source}/{day}.jsonl line 3: cut off', date '2026-01-01', [], date '{day}')"
    )
