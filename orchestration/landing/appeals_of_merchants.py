"""The contract of appeals: what a merchant files and what is decided about it, one row an event."""

from orchestration.landing.columns import Column, Kind, Source

APPEALS = Source(
    "appeals",
    "One event of one appeal; what an appeal is follows from its events in the order of their numbers.",
    ("appeal_id", "event_no"),
    (
        Column("appeal_id", Kind.ID, "The appeal, unique on the platform.", required=True),
        Column(
            "event_no", Kind.COUNT, "1 for the filing, then 2, 3, … without a gap.", required=True
        ),
        Column(
            "event", Kind.CODE, "What happened.", required=True,
            vocabulary=(
                "filed", "checked", "returned", "resubmitted", "human_requested", "upheld", "rejected",
                "reconsideration_filed", "withdrawn", "cancelled", "resolved_with_consumer",
            ),
        ),
        Column("shop_id", Kind.ID, "The shop that appeals.", required=True),
        Column(
            "subject_type", Kind.CODE, "What the appeal is about; stated when it is filed.",
            vocabulary=("feedback", "order", "session", "decision", "bill"),
        ),
        Column("subject_id", Kind.ID, "The feedback, order, session, decision or bill, by its id."),
        Column(
            "channel", Kind.CODE, "Where the feedback was given, of an appeal about feedback.",
            vocabulary=("review", "after_sale", "complaint", "im_session"),
        ),
        Column("decision_id", Kind.TEXT, "The decision that the subject led to, where the shop names it."),
        Column("reason_code", Kind.TEXT, "The reason chosen, by the platform's own code."),
        Column("statement", Kind.TEXT, "What the shop wrote.", written_by_people=True),
        Column("evidence", Kind.TEXT, "Pieces of evidence as `kind:sha256`, separated by semicolons."),
        Column("noticed_at", Kind.TIME, "When the shop was told of what it appeals against."),
        Column(
            "result_reason", Kind.TEXT,
            "Why it was decided so: `untrue`, `insufficient_evidence` or the platform's own words.",
        ),
        Column(
            "reviewer_kind", Kind.CODE, "Whether a machine or a person decided.",
            vocabulary=("auto", "human"),
        ),
        Column("actor", Kind.ID, "Who did it: a person of shop or platform, or a system.", required=True),
        Column("happened_at", Kind.TIME, "When it happened.", required=True, may_be_ahead=True),
        Column("note", Kind.TEXT, "What the person wrote about it.", written_by_people=True),
    ),
    is_occasional=True,
)  # fmt: skip
