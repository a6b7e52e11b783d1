"""The contract of what people decided about feedback: a source like those of the platforms."""

from orchestration.landing.columns import Column, Kind, Source

REVIEW_DECISIONS = Source(
    "review_decisions",
    "One decision of a person on one feedback; a later number overrides an earlier one.",
    ("channel", "feedback_id", "decision_no"),
    (
        Column(
            "channel", Kind.CODE, "Where the feedback was given.", required=True,
            vocabulary=("review", "after_sale", "complaint", "im_session"),
        ),
        Column("feedback_id", Kind.ID, "The feedback, by its id in that channel.", required=True),
        Column(
            "decision_no", Kind.COUNT, "1 for the first decision on the feedback, then 2, 3.", required=True
        ),
        Column(
            "decision", Kind.CODE, "What was decided; withdrawn gives the word back to the classifier.",
            required=True, vocabulary=("negative", "guarded", "not_negative", "withdrawn"),
        ),
        Column("issue_code", Kind.TEXT, "The issue that was found, or that the guard cleared."),
        Column(
            "dimension", Kind.CODE, "The dimension of the issue on the day of the decision.",
            vocabulary=("product", "content", "service", "logistics"),
        ),
        Column("severity", Kind.COUNT, "The severity of the issue on the day of the decision, 1 to 3."),
        Column("needs_content_theme", Kind.FLAG, "The issue holds only on live and short-video orders."),
        Column("guard_code", Kind.TEXT, "Why words that look negative are not."),
        Column(
            "evidence_field", Kind.TEXT,
            "Where the words stand: text, reason_text or message:<id>; else what the value is of.",
        ),
        Column("evidence_start", Kind.COUNT, "First code point of the words in the masked text."),
        Column("evidence_end", Kind.COUNT, "The code point after the last."),
        Column(
            "evidence_text", Kind.TEXT, "The words the decision rests on.", written_by_people=True
        ),
        Column("note", Kind.TEXT, "What the person wrote about it.", written_by_people=True),
        Column(
            "words_sha256", Kind.ID, "Hash of the words that were read: changed words are undecided again.",
            required=True,
        ),
        Column("overrode_decision", Kind.TEXT, "What the classifier had said."),
        Column("overrode_probability", Kind.TEXT, "How sure it was, 0 to 1, written as text."),
        Column("overrode_classifier_version", Kind.TEXT, "Which classifier it was."),
        Column("decided_by", Kind.ID, "Who decided.", required=True),
        Column("decided_at", Kind.TIME, "When it was decided.", required=True, may_be_ahead=True),
    ),
    is_occasional=True,
)  # fmt: skip
