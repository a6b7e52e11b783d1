"""The columns of what the classifier says, as the lake keeps them."""

import pyarrow as pa

CHANNELS = ("review", "after_sale", "complaint", "im_session")

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
        ("is_dissatisfied", pa.bool_()),
        ("classifier_version", pa.string()),
        ("lexicon_version", pa.string()),
        ("input_sha256", pa.string()),
        ("words_sha256", pa.string()),
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
# Words of a queued feedback: where they stand in the queue's text, and in the field they come from.
QUEUED_WORDS = pa.struct(
    [
        ("text_start", pa.int32()),
        ("text_end", pa.int32()),
        ("field", pa.string()),
        ("span_start", pa.int32()),
        ("span_end", pa.int32()),
        ("span_text", pa.string()),
        ("issue_code", pa.string()),
    ]
)
QUEUE_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("channel", pa.string()),
        ("probability", pa.float64()),
        ("reason", pa.string()),
        ("classifier_version", pa.string()),
        ("words_sha256", pa.string()),
        ("text", pa.string()),
        ("issue_codes", pa.list_(pa.string())),
        ("words", pa.list_(QUEUED_WORDS)),
    ]
)

PROFILE_SCHEMA = pa.schema(
    [
        ("channel", pa.string()),
        ("measure", pa.string()),
        ("item", pa.string()),
        ("text_count", pa.int64()),
        ("texts_with_item", pa.int64()),
        ("item_count", pa.int64()),
        ("lexicon_version", pa.string()),
    ]
)
RETAGS_SCHEMA = pa.schema(
    [
        ("retag_no", pa.int32()),
        ("given_at", pa.timestamp("us", tz="UTC")),
        ("given_by", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("old_versions", pa.list_(pa.string())),
        ("new_version", pa.string()),
        ("feedback_count", pa.int64()),
        ("changed_count", pa.int64()),
    ]
)

TABLES_OF_A_DAY: dict[str, pa.Schema] = {
    "feedback_tags": TAGS_SCHEMA,
    "evidence_spans": SPANS_SCHEMA,
    "review_queue": QUEUE_SCHEMA,
    "classification_profile": PROFILE_SCHEMA,
}
"""lake/classified/<name>/business_day=D/*.parquet"""

LOGS: dict[str, pa.Schema] = {"retags": RETAGS_SCHEMA}
"""lake/classified/<name>/*.parquet, a file for each entry, none ever rewritten."""

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
