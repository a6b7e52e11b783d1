"""The tables of the ledger: decisions, what they rest on, and everything that happens to them later."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from orchestration.penalties import vocabulary

METADATA = MetaData()


def _known(table: str, column: str, words: Iterable[str]) -> CheckConstraint:
    """A column holds no word that is not of the vocabulary."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=f"{table}_{column}_is_known")


def _accounts_of_the_type() -> CheckConstraint:
    """Each type of entry moves money between its own two accounts; there is no other type."""
    pairs = " or ".join(
        f"entry_type = '{kind}' and debit = '{debit}' and credit = '{credit}'"
        for kind, moves in vocabulary.MOVES.items()
        for debit, credit in moves
    )
    return CheckConstraint(pairs, name="entries_accounts_are_of_the_type")


# A decision as it was issued. What becomes of it afterwards is told by its events, never here.
decisions = Table(
    "decisions",
    METADATA,
    Column("decision_id", String(64), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("shop_key", Text, nullable=False),
    Column("policy_id", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("policy_sha256", String(64), nullable=False),
    Column("rule_family", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("mode", Text, nullable=False),
    Column("shadowed_by", Text, _known("decisions", "shadowed_by", vocabulary.SHADOWED_BY)),  # NULL in force
    Column("suppressed_by", String(64)),  # the decision that already punishes the same conduct
    Column("subject_type", Text, nullable=False),
    Column("subject_key", Text, nullable=False),
    Column("period_key", Text, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("execute_after", Date),  # first day on which it may be carried out; NULL of a shadow
    Column("num", BigInteger),
    Column("den", BigInteger),
    Column("num_consumed", BigInteger),  # of num, orders that earlier decisions punished: not held against it
    Column("num_weighed", Double),
    Column("rate", Double),
    Column("ci_low", Double),
    Column("ci_high", Double),
    Column("benchmark_rate", Double),
    Column("benchmark_level", Text),
    Column("ratio", Double),
    Column("ratio_low", Double),
    Column("distinct_buyers", BigInteger),
    Column("occurrences_90d", BigInteger),
    Column(
        "threshold_rate", Double
    ),  # of which prior and numbers say how probable it is that the rate is above
    Column("prior_alpha", Double),
    Column("prior_beta", Double),
    Column("issue_codes", JSON, nullable=False),
    Column("human_review", Boolean, nullable=False),
    Column("appealable", Boolean),
    Column("appeal_deadline", Date),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reasons", JSON, nullable=False),
    Index("decisions_of_a_shop", "shop_key", "rule_family", "mode", "period_end"),
    Index("decisions_of_a_day", "business_day"),
)

_DECISION = ("decision_id", String(64))

measures = Table(
    "measures",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("measure_no", Integer, primary_key=True, autoincrement=False),
    Column("measure_code", Text, nullable=False),
    Column("amount_fen", BigInteger),
    Column("stated_fen", BigInteger),  # what the rule says, before cap and rounding
    Column("days", Integer),
    Column("points", Integer),
    Column("params", JSON, nullable=False),
)

decision_orders = Table(
    "decision_orders",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("order_key", Text, nullable=False, index=True),
    Column("feedback_key", Text, nullable=False),
    Column("buyer_key", Text),
    Column("channel", Text, nullable=False),
    Column("dimension", Text, nullable=False),
    Column("issue_code", Text),
    Column("span_field", Text, nullable=False),
    Column("span_text", Text, nullable=False),
    # An order that an earlier decision of the family punished is listed, and not held against the shop again.
    Column("consumed_by", String(64)),
)

# What happened to a decision, one status after another; the last one is where it stands.
decision_events = Table(
    "decision_events",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("status", Text, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("actor", Text, nullable=False),  # "pipeline", or the name of a person
    Column("reason", Text, nullable=False),
    Column("appeal_key", Text),
    _known("decision_events", "status", vocabulary.STATUSES),
    Index("events_of_a_day", "business_day"),
)

# Money and points, double-entry: each amount leaves one account and comes to another.
entries = Table(
    "entries",
    METADATA,
    Column("entry_id", String(64), primary_key=True),
    Column(*_DECISION, ForeignKey("decisions.decision_id"), nullable=False, index=True),
    Column("measure_no", Integer, nullable=False),
    Column("entry_type", Text, nullable=False),
    Column("debit", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("points", Integer, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("appeal_key", Text),
    _accounts_of_the_type(),
    CheckConstraint(
        "amount_fen >= 0 and (entry_type <> 'expire' or amount_fen = 0)",
        name="entries_amount_is_not_negative",
    ),
    CheckConstraint(
        "entry_type = 'issue' and points >= 0 or entry_type <> 'issue' and points <= 0",
        name="entries_points_come_by_issue_alone",
    ),
)

# The days on which a measure with a duration holds. Overlapping ones of a shop are one term: merged_into.
measure_terms = Table(
    "measure_terms",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("measure_no", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("shop_key", Text, nullable=False, index=True),
    Column("measure_code", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # first day on which it holds no more
    Column("merged_into", String(64)),
    Column("business_day", Date, nullable=False),
    Column("appeal_key", Text),
    _known("measure_terms", "change", vocabulary.TERM_CHANGES),
)

# A decision looked at again: by later numbers, an appeal, or a person's correction.
reassessments = Table(
    "reassessments",
    METADATA,
    Column(*_DECISION, ForeignKey("decisions.decision_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("business_day", Date, nullable=False),
    Column("cause", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("num", BigInteger),
    Column("den", BigInteger),
    Column("rate", Double),
    Column("ratio_low", Double),
    Column("tier", Text),  # the tier met now; NULL: none
    Column("appeal_key", Text),
    Column("detail", JSON, nullable=False),
    _known("reassessments", "cause", vocabulary.CAUSES),
    _known("reassessments", "outcome", vocabulary.OUTCOMES),
)

# A stop of what would be carried out, declared by someone with authority, for a platform, family or shop.
suspensions = Table(
    "suspensions",
    METADATA,
    Column("suspension_id", String(64), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("scope_key", Text, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),  # the last day it holds on
    Column("authority", Text, nullable=False),
    Column("document", Text, nullable=False),
    _known("suspensions", "kind", vocabulary.SUSPENSION_KINDS),
    _known("suspensions", "scope", vocabulary.SUSPENSION_SCOPES),
    CheckConstraint("from_day <= to_day", name="suspensions_end_after_they_begin"),
)

# Who confirmed, decided, let off, exported.
audit_log = Table(
    "audit_log",
    METADATA,
    Column("audit_id", String(64), primary_key=True),
    Column("happened_at", Text, nullable=False),  # UTC, ISO 8601 with microseconds
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object_type", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    UniqueConstraint("happened_at", "actor", "action", "object_key"),
)


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value, so that the same decision is stored as the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
