"""The columns of the tables that tell what became of appeals: lake/appeals/<table>/business_day=D/."""

import pyarrow as pa

APPEALS_TABLES: dict[str, pa.Schema] = {
    "appeal_events": pa.schema(
        [
            ("platform", pa.string()),
            ("appeal_key", pa.string()),
            ("seq", pa.int32()),  # of the events accepted, 1, 2, 3
            ("event", pa.string()),
            ("from_state", pa.string()),  # NULL of a filing
            ("to_state", pa.string()),
            ("round", pa.int32()),
            ("shop_key", pa.string()),
            ("subject_type", pa.string()),
            ("subject_key", pa.string()),
            ("decision_id", pa.string()),
            ("policy_id", pa.string()),
            ("policy_version", pa.string()),
            ("reason_code", pa.string()),
            ("statement", pa.string()),
            ("evidence", pa.list_(pa.string())),
            ("filed_on", pa.date32()),
            ("deadline_on", pa.date32()),  # last day to file, NULL where there is none
            ("due_on", pa.date32()),  # day by which the platform owes an answer, NULL where not known
            ("human_requested", pa.bool_()),
            ("reviewer_kind", pa.string()),
            ("actor", pa.string()),
            ("happened_at", pa.timestamp("us", tz="UTC")),
            ("result_reason", pa.string()),
            ("note", pa.string()),
        ]
    ),
    "appeal_refusals": pa.schema(
        [
            ("platform", pa.string()),
            ("appeal_id", pa.string()),
            ("event_no", pa.int32()),
            ("event", pa.string()),
            ("reason", pa.string()),
            ("detail", pa.string()),
        ]
    ),
    "upheld_feedback": pa.schema(
        [
            ("platform", pa.string()),
            ("feedback_key", pa.string()),
            ("order_key", pa.string()),  # NULL of feedback that belongs to no known order
            ("appeal_key", pa.string()),
            ("exclusion_code", pa.string()),
        ]
    ),
}
