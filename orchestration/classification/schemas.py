"""The columns of what the classifier says, as the lake keeps them."""

import pyarrow as pa

TAGS_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("channel", pa.string()),
        ("tag_no", pa.int32()),
        ("issue_code", pa.string()),
        ("dimension", pa.string()),
        ("decision", pa.string()),
        ("probability", pa.float64()),
        ("text_probability", pa.float64()),
        ("severity", pa.int16()),
        ("guard_code", pa.string()),
        ("needs_content_theme", pa.bool_()),
        ("classifier_version", pa.string()),
        ("lexicon_version", pa.string()),
    ]
)
SPANS_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("tag_no", pa.int32()),
        ("span_no", pa.int32()),
        ("field", pa.string()),
        ("span_start", pa.int32()),
        ("span_end", pa.int32()),
        ("span_text", pa.string()),
        ("kind", pa.string()),
        ("lexicon_entry", pa.string()),
    ]
)
QUEUE_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("channel", pa.string()),
        ("probability", pa.float64()),
        ("reason", pa.string()),
        ("classifier_version", pa.string()),
    ]
)

CLASSIFIED_TABLES: dict[str, pa.Schema] = {
    "feedback_tags": TAGS_SCHEMA,
    "evidence_spans": SPANS_SCHEMA,
    "review_queue": QUEUE_SCHEMA,
}

# What the classifier reads of `int_feedback_events` and `int_session_messages`.
EVENTS_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("channel", pa.string()),
        ("text", pa.string()),
        ("reason_code", pa.string()),
        ("reason_text", pa.string()),
        ("after_sale_kind", pa.string()),
        ("rating_overall", pa.int16()),
        ("rating_product", pa.int16()),
        ("rating_service", pa.int16()),
        ("rating_logistics", pa.int16()),
        ("rated_scope", pa.string()),
        ("blame", pa.string()),
        ("evidence_valid", pa.bool_()),
        ("merchant_admitted", pa.bool_()),
    ]
)
MESSAGES_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("message_id", pa.string()),
        ("seq", pa.int32()),
        ("role", pa.string()),
        ("sent_at", pa.timestamp("us", tz="UTC")),
        ("text", pa.string()),
    ]
)
