import pyarrow as pa
import pytest

from orchestration.landing.columns import Kind
from orchestration.landing.contract import DAILY, RAW_TABLES, SNAPSHOT_TABLES, SNAPSHOTS, SOURCES
from orchestration.landing.documentation import PAGE, page
from orchestration.landing.rules import REASONS, faults_of

AGREED = {
    "orders": "order_id* shop_id* buyer_id* status* created_at* paid_at shipped_at signed_at closed_at "
    "refunded_at pay_amount_fen* list_amount_fen order_kind risk_flag waybill_no promised_ship_by "
    "updated_at*",
    "order_lines": "order_id* line_id* product_id* quantity pay_amount_fen is_gift theme creator_id room_id",
    "reviews": "review_id* order_id* line_id shop_id* buyer_id rating_overall rating_product rating_service "
    "rating_logistics text is_default is_append platform_abnormal created_at* updated_at*",
    "after_sales": "after_sale_id* order_id* line_id shop_id* kind reason_code reason_text remark "
    "refund_amount_fen status blame evidence_count evidence_valid merchant_admitted platform_exempt "
    "requested_at* updated_at*",
    "complaints": "complaint_id* order_id shop_id* buyer_id category text blame evidence_count "
    "evidence_valid merchant_admitted consumer_accepted compensated status created_at* updated_at*",
    "im_sessions": "session_id* shop_id* buyer_id order_id started_at* ended_at rating rated_scope "
    "updated_at*",
    "im_messages": "session_id* message_id* seq* role* sent_at* text*",
    "review_decisions": "channel* feedback_id* decision_no* decision* issue_code dimension severity "
    "needs_content_theme guard_code evidence_field evidence_start evidence_end evidence_text note "
    "words_sha256* overrode_decision overrode_probability overrode_classifier_version decided_by* "
    "decided_at*",
    "platform_tickets": "ticket_id* shop_id* order_id ticket_type* status appeal_status amount_fen reason "
    "created_at* updated_at*",
    "bills": "bill_id* shop_id* order_id ticket_id kind* account_name* amount_fen* reason billed_at*",
    "platform_figures": "shop_id* metric* period_starts_at* period_ends_at* num den rate updated_at*",
    "appeals": "appeal_id* event_no* event* shop_id* subject_type subject_id channel decision_id reason_code "
    "statement evidence noticed_at result_reason reviewer_kind actor* happened_at* note",
    "shops": "shop_id* name shop_type main_category_id opened_at merchant_group_id",
    "products": "product_id* shop_id* title category_id list_price_fen",
    "categories": "category_id* parent_id name",
}


def test_the_contract_has_the_agreed_columns_in_the_agreed_order() -> None:
    written = {
        name: " ".join(column.name + "*" * column.required for column in source.columns)
        for name, source in SOURCES.items()
    }
    assert written == AGREED


def test_each_table_is_delivered_daily_or_as_a_snapshot() -> None:
    assert SNAPSHOTS == ("shops", "products", "categories")
    assert [*DAILY, *SNAPSHOTS] == list(AGREED)


@pytest.mark.parametrize("name", SOURCES)
def test_a_key_is_made_of_required_columns(name: str) -> None:
    assert set(SOURCES[name].key) <= set(SOURCES[name].required)


@pytest.mark.parametrize("name", SOURCES)
def test_every_column_says_what_it_means_in_one_line(name: str) -> None:
    for column in SOURCES[name].columns:
        assert column.meaning.endswith((".", "known.")), column.name
        assert "\n" not in column.meaning
        assert (column.kind is Kind.CODE) == bool(column.vocabulary)


@pytest.mark.parametrize("name", SOURCES)
def test_a_name_says_its_type(name: str) -> None:
    for column in SOURCES[name].columns:
        kind = column.kind
        assert (kind is Kind.FEN) == column.name.endswith("_fen")
        assert (kind is Kind.TIME) == (column.name.endswith("_at") or column.name == "promised_ship_by")
        assert (kind is Kind.RATING) == column.name.startswith("rating")
        if column.name.startswith("is_"):
            assert kind is Kind.FLAG


def test_raw_adds_platform_and_provenance() -> None:
    schema = RAW_TABLES["orders"]
    assert schema.names[0] == "platform"
    assert schema.names[-5:] == ["_source_file", "_line", "_batch_id", "_row_sha256", "_extra"]
    assert schema.field("paid_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("pay_amount_fen").type == pa.int64()
    assert RAW_TABLES["reviews"].field("rating_overall").type == pa.int16()
    assert RAW_TABLES["order_lines"].field("quantity").type == pa.int32()
    assert set(RAW_TABLES) == {*DAILY, "quarantine", "deliveries"}
    assert set(SNAPSHOT_TABLES) == {*SNAPSHOTS, "quarantine_snapshots"}


def test_tables_that_name_buyers_or_hold_their_words_are_personal() -> None:
    personal = {name for name, source in SOURCES.items() if source.has_personal_data}
    assert personal == {
        "orders",
        "reviews",
        "after_sales",
        "complaints",
        "im_sessions",
        "im_messages",
        "review_decisions",
        "platform_tickets",
        "bills",
        "appeals",
    }


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m orchestration.landing.documentation`"


def test_the_page_explains_every_reason_that_a_rule_gives() -> None:
    given = {fault.reason for source in SOURCES.values() for fault in faults_of(source)}
    assert given <= set(REASONS)
    assert all(f"| `{reason}` |" in page() for reason in REASONS)
