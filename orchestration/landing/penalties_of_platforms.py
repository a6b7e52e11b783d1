"""The contract of what platforms themselves say they did: tickets, deductions, published figures."""

from orchestration.landing.columns import Column, Kind, Source

_SHOP = Column("shop_id", Kind.ID, "The shop it is about.", required=True)
_ORDER = Column("order_id", Kind.ID, "The order it is about; empty where it is about the shop.")
_UPDATED = Column("updated_at", Kind.TIME, "When this version of the row was made.", required=True)

PLATFORM_TICKETS = Source(
    "platform_tickets",
    "One version of one ticket by which the platform punishes.",
    ("ticket_id",),
    (
        Column("ticket_id", Kind.ID, "The ticket, unique on the platform.", required=True),
        _SHOP,
        _ORDER,
        Column(
            "ticket_type", Kind.TEXT, "What kind of ticket it is, in the platform's own code.", required=True
        ),
        Column("status", Kind.TEXT, "Where the penalty stands, in the platform's own code."),
        Column("appeal_status", Kind.TEXT, "Where its appeal stands, in the platform's own code."),
        Column("amount_fen", Kind.FEN, "What it takes from the merchant."),
        Column("reason", Kind.TEXT, "Why, in the platform's words.", written_by_people=True),
        Column("created_at", Kind.TIME, "When it was made.", required=True),
        _UPDATED,
    ),
    is_occasional=True,
)

BILLS = Source(
    "bills",
    "One line of a bill: money taken from a merchant's balance, or given back.",
    ("bill_id",),
    (
        Column("bill_id", Kind.ID, "The line, unique on the platform.", required=True),
        _SHOP,
        _ORDER,
        Column("ticket_id", Kind.ID, "The ticket it carries out, where the bill names it."),
        Column("kind", Kind.CODE, "Taken, or given back.", True, ("deduction", "refund")),
        Column("account_name", Kind.TEXT, "What the platform books it under.", required=True),
        Column("amount_fen", Kind.FEN, "How much, never below zero.", required=True),
        Column("reason", Kind.TEXT, "Why, in the platform's words.", written_by_people=True),
        Column("billed_at", Kind.TIME, "When it was booked.", required=True),
    ),
    is_occasional=True,
)

PLATFORM_FIGURES = Source(
    "platform_figures",
    "One figure of a shop as the platform publishes it.",
    ("shop_id", "metric", "period_ends_at"),
    (
        _SHOP,
        Column("metric", Kind.TEXT, "Which figure, in the platform's own name.", required=True),
        Column("period_starts_at", Kind.TIME, "First day it is about.", required=True, day_alone=True),
        Column(
            "period_ends_at", Kind.TIME, "Last day it is about.", required=True,
            not_before="period_starts_at", day_alone=True,
        ),
        Column("num", Kind.COUNT, "Its numerator, where it is shown."),
        Column("den", Kind.COUNT, "Its denominator, where it is shown."),
        Column("rate", Kind.TEXT, "The figure as it is written, such as 0.0021 or 0.21%."),
        _UPDATED,
    ),
    is_occasional=True,
)  # fmt: skip
