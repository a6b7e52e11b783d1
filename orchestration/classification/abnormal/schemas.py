"""The columns of abnormal evaluations and of the prints that texts are compared by."""

import pyarrow as pa

ABNORMAL_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("code", pa.string()),
        ("detail", pa.string()),
        ("span_start", pa.int32()),
        ("span_end", pa.int32()),
        ("span_text", pa.string()),
        ("buyers", pa.int32()),  # of a template or burst: how many had sent it by that day
    ]
)
PRINTS_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("shop_key", pa.string()),
        ("buyer_key", pa.string()),
        ("letter_count", pa.int32()),
        ("skeleton", pa.int64()),  # equal for texts with the same letters
        ("bands", pa.list_(pa.int64())),  # texts that resemble each other share one, most likely
    ]
)
ABNORMAL_TABLES: dict[str, pa.Schema] = {
    "abnormal_evaluations": ABNORMAL_SCHEMA,
    "text_prints": PRINTS_SCHEMA,
}

# What is read of `int_feedback_events`, with `text_probability` of the tags.
REVIEWS_SCHEMA = pa.schema(
    [
        ("feedback_key", pa.string()),
        ("shop_key", pa.string()),
        ("buyer_key", pa.string()),
        ("native_order_key", pa.string()),
        ("line_id", pa.string()),
        ("text", pa.string()),
        ("rating_overall", pa.int16()),
        ("rating_product", pa.int16()),
        ("rating_service", pa.int16()),
        ("rating_logistics", pa.int16()),
        ("text_probability", pa.float64()),
    ]
)
