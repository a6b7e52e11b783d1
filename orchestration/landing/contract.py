"""The landing contract: every table a platform delivers, every column, once.

`docs/landing.md` is written from it. How a value is read is `judging.py`.
"""

import pyarrow as pa

from orchestration.landing.appeals_of_merchants import APPEALS
from orchestration.landing.columns import Column, Kind, Source
from orchestration.landing.decisions_of_people import REVIEW_DECISIONS
from orchestration.landing.penalties_of_platforms import BILLS, PLATFORM_FIGURES, PLATFORM_TICKETS

_BLAME = ("merchant", "consumer", "logistics", "platform", "none", "unknown")


def _id(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.ID, meaning, required)


def _text(name: str, meaning: str) -> Column:
    return Column(name, Kind.TEXT, meaning)


def _words(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.TEXT, meaning, required, written_by_people=True)


def _code(name: str, meaning: str, *vocabulary: str, required: bool = False) -> Column:
    return Column(name, Kind.CODE, meaning, required, vocabulary)


def _fen(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.FEN, meaning, required)


def _count(name: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, Kind.COUNT, meaning, required)


def _rating(name: str, meaning: str) -> Column:
    return Column(name, Kind.RATING, meaning)


def _flag(name: str, meaning: str) -> Column:
    return Column(name, Kind.FLAG, meaning)


def _time(name: str, meaning: str, *, required: bool = False, not_before: str = "") -> Column:
    return Column(name, Kind.TIME, meaning, required, not_before=not_before)


_SHOP = _id("shop_id", "The shop that sold.", required=True)
_ORDER = _id("order_id", "The order it belongs to.", required=True)
_ORDER_IF_KNOWN = _id("order_id", "The order it is about; empty where the platform does not know.")
_LINE_IF_KNOWN = _id("line_id", "The order line it is about; empty for the order as a whole.")
_BUYER_IF_KNOWN = Column("buyer_id", Kind.BUYER, "The buyer; hashed at the gate.")
_UPDATED = _time("updated_at", "When this version of the row was made.", required=True)

_ORDERS = Source(
    "orders",
    "One version of one order of one shop.",
    ("order_id",),
    (
        _id("order_id", "The order, unique on the platform.", required=True),
        _SHOP,
        Column("buyer_id", Kind.BUYER, "The buyer; hashed at the gate.", required=True),
        _code(
            "status", "Where the order stands.",
            "created", "paid", "shipped", "signed", "finished", "cancelled", "closed",
            required=True,
        ),
        _time("created_at", "When it was placed.", required=True),
        _time("paid_at", "When it was paid; empty while unpaid.", not_before="created_at"),
        _time("shipped_at", "When the parcel was handed over."),
        _time("signed_at", "When the buyer received it."),
        _time("closed_at", "When it was closed or cancelled."),
        _time("refunded_at", "When it was refunded in full."),
        _fen("pay_amount_fen", "What the buyer paid.", required=True),
        _fen("list_amount_fen", "What it costs without discounts."),
        _code(
            "order_kind", "What sort of sale it is.",
            "normal", "sample", "gift", "lottery", "top_up", "internal", "presale",
        ),
        _code(
            "risk_flag", "The platform's own risk decision.",
            "none", "risk_review", "abnormal_cancel",
        ),
        _id("waybill_no", "The parcel's tracking number."),
        Column(
            "promised_ship_by", Kind.TIME, "The latest time promised for shipping.",
            may_be_ahead=True,
        ),
        _UPDATED,
    ),
)  # fmt: skip

_ORDER_LINES = Source(
    "order_lines",
    "One line of one order.",
    ("order_id", "line_id"),
    (
        _ORDER,
        _id("line_id", "The line, unique in its order.", required=True),
        _id("product_id", "The product sold.", required=True),
        _count("quantity", "How many pieces."),
        _fen("pay_amount_fen", "What the buyer paid for this line."),
        _flag("is_gift", "The line came free with another."),
        _code(
            "theme", "Where the buyer found it.",
            "live", "short_video", "shop", "search", "other",
        ),
        _id("creator_id", "The creator whose content sold it."),
        _id("room_id", "The live room it was sold in."),
    ),
)  # fmt: skip

_REVIEWS = Source(
    "reviews",
    "One version of one review.",
    ("review_id",),
    (
        _id("review_id", "The review, unique on the platform.", required=True),
        _ORDER,
        _LINE_IF_KNOWN,
        _SHOP,
        _BUYER_IF_KNOWN,
        _rating("rating_overall", "Stars for the whole."),
        _rating("rating_product", "Stars for the product."),
        _rating("rating_service", "Stars for the service."),
        _rating("rating_logistics", "Stars for the delivery."),
        _words("text", "The buyer's words, as written."),
        _flag("is_default", "Given by the platform because the buyer said nothing."),
        _flag("is_append", "Added later to a first review."),
        _flag("platform_abnormal", "The platform itself calls it abnormal."),
        _time("created_at", "When it was written.", required=True),
        _UPDATED,
    ),
)

_AFTER_SALES = Source(
    "after_sales",
    "One version of one after-sale request.",
    ("after_sale_id",),
    (
        _id("after_sale_id", "The request, unique on the platform.", required=True),
        _ORDER,
        _LINE_IF_KNOWN,
        _SHOP,
        _code(
            "kind", "What the buyer asks for.",
            "refund_only", "return_refund", "exchange", "reship", "repair", "price_protection",
        ),
        _text("reason_code", "The platform's code for the reason chosen."),
        _text("reason_text", "The reason in the platform's words."),
        _words("remark", "The buyer's own words."),
        _fen("refund_amount_fen", "The amount asked back."),
        _text("status", "Where the request stands, in the platform's own code."),
        _code("blame", "Whom arbitration found at fault.", *_BLAME),
        _count("evidence_count", "Pieces of evidence handed in."),
        _flag("evidence_valid", "The platform accepted the evidence."),
        _flag("merchant_admitted", "The merchant admitted the fault."),
        _flag("platform_exempt", "The platform exempts it from experience scores."),
        _time("requested_at", "When it was requested.", required=True),
        _UPDATED,
    ),
)  # fmt: skip

_COMPLAINTS = Source(
    "complaints",
    "One version of one complaint to the platform.",
    ("complaint_id",),
    (
        _id("complaint_id", "The complaint, unique on the platform.", required=True),
        _ORDER_IF_KNOWN,
        _SHOP,
        _BUYER_IF_KNOWN,
        _text("category", "The platform's category."),
        _words("text", "The buyer's words, as written."),
        _code("blame", "Whom the platform found at fault.", *_BLAME),
        _count("evidence_count", "Pieces of evidence handed in."),
        _flag("evidence_valid", "The platform accepted the evidence."),
        _flag("merchant_admitted", "The merchant admitted the fault."),
        _flag("consumer_accepted", "The buyer accepted what was offered."),
        _flag("compensated", "The buyer was compensated."),
        _text("status", "Where the complaint stands, in the platform's own code."),
        _time("created_at", "When it was made.", required=True),
        _UPDATED,
    ),
)

_IM_SESSIONS = Source(
    "im_sessions",
    "One version of one chat between a buyer and a shop.",
    ("session_id",),
    (
        _id("session_id", "The chat, unique on the platform.", required=True),
        _SHOP,
        _BUYER_IF_KNOWN,
        _ORDER_IF_KNOWN,
        _time("started_at", "When it began.", required=True),
        _time("ended_at", "When it ended.", not_before="started_at"),
        _rating("rating", "Stars the buyer gave for the service."),
        _code("rated_scope", "Whom the stars are for.", "human", "bot"),
        _UPDATED,
    ),
)

_IM_MESSAGES = Source(
    "im_messages",
    "One message of one chat.",
    ("session_id", "message_id"),
    (
        _id("session_id", "The chat it belongs to.", required=True),
        _id("message_id", "The message, unique in its chat.", required=True),
        _count("seq", "Its place in the chat.", required=True),
        _code("role", "Who speaks.", "consumer", "agent", "bot", "system", required=True),
        _time("sent_at", "When it was sent.", required=True),
        _words("text", "What was said, as written.", required=True),
    ),
)

_SHOPS = Source(
    "shops",
    "One shop as it is now.",
    ("shop_id",),
    (
        _id("shop_id", "The shop, unique on the platform.", required=True),
        _text("name", "Its name."),
        _code(
            "shop_type", "Its legal form.",
            "flagship", "exclusive", "franchise", "enterprise", "individual", "personal",
        ),
        _id("main_category_id", "The category it mostly sells."),
        Column("opened_at", Kind.TIME, "When it opened.", day_alone=True),
        _id("merchant_group_id", "The merchant who owns it, with all shops of that merchant."),
    ),
    is_snapshot=True,
)  # fmt: skip

_PRODUCTS = Source(
    "products",
    "One product as it is now.",
    ("product_id",),
    (
        _id("product_id", "The product, unique on the platform.", required=True),
        _SHOP,
        _text("title", "Its title."),
        _id("category_id", "Its category."),
        _fen("list_price_fen", "Its price without discounts."),
    ),
    is_snapshot=True,
)

_CATEGORIES = Source(
    "categories",
    "One category as it is now.",
    ("category_id",),
    (
        _id("category_id", "The category, unique on the platform.", required=True),
        _id("parent_id", "The category above it; empty at the top."),
        _text("name", "Its name."),
    ),
    is_snapshot=True,
)

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        _ORDERS,
        _ORDER_LINES,
        _REVIEWS,
        _AFTER_SALES,
        _COMPLAINTS,
        _IM_SESSIONS,
        _IM_MESSAGES,
        REVIEW_DECISIONS,
        PLATFORM_TICKETS,
        BILLS,
        PLATFORM_FIGURES,
        APPEALS,
        _SHOPS,
        _PRODUCTS,
        _CATEGORIES,
    )
}
DAILY: tuple[str, ...] = tuple(name for name, source in SOURCES.items() if not source.is_snapshot)
SNAPSHOTS: tuple[str, ...] = tuple(name for name, source in SOURCES.items() if source.is_snapshot)

# The one table every platform must deliver; the others are delivered or not, as the platform has.
ALWAYS_DUE = "orders"

PROVENANCE = pa.schema(
    [
        ("_source_file", pa.string()),
        ("_line", pa.int64()),
        ("_batch_id", pa.string()),
        ("_row_sha256", pa.string()),
        ("_extra", pa.string()),
    ]
)
QUARANTINE = pa.schema(
    [
        ("platform", pa.string()),
        ("source", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("column_name", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("row_json", pa.string()),
    ]
)
DELIVERIES = pa.schema(
    [
        ("platform", pa.string()),
        ("source", pa.string()),
        ("status", pa.string()),
        ("file_count", pa.int32()),
        ("row_count", pa.int64()),
        ("quarantined_count", pa.int64()),
        ("refusal", pa.string()),
        ("first_landed_day", pa.date32()),
        ("batch_ids", pa.list_(pa.string())),
    ]
)


def raw_schema(source: Source) -> pa.Schema:
    """The columns of `raw.<source>` as its files have them, without `business_day`."""
    own = [pa.field(column.name, column.kind.arrow_type) for column in source.columns]
    return pa.schema([pa.field("platform", pa.string()), *own, *PROVENANCE])


RAW_TABLES: dict[str, pa.Schema] = {
    **{name: raw_schema(SOURCES[name]) for name in DAILY},
    "quarantine": QUARANTINE,
    "deliveries": DELIVERIES,
}
"""lake/raw/<name>/business_day=D/*.parquet"""

SNAPSHOT_TABLES: dict[str, pa.Schema] = {
    **{name: raw_schema(SOURCES[name]) for name in SNAPSHOTS},
    "quarantine_snapshots": QUARANTINE,
}
"""lake/raw/<name>/*.parquet"""
