"""The statement of reasons: all that a decision must tell the merchant, made from its stored rows.

A decision without a complete one is not issued. What a row of the ledger says already, the orders with
their words, is not stored a second time: the statement holds their number and hash, and `whole` joins them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from orchestration.penalties.statement_words import Both
from orchestration.penalties.tables import canonical_json

Row = dict[str, Any]

SCHEMA = "ccr-statement/1"


class Said(BaseModel):
    """A part of a statement: frozen, and closed to what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Said):
    """Where a rule, or a number in it, comes from."""

    id: str
    grade: str
    says: str
    stands_in: str | None


class CalculationBasis(Said):
    """The rule and the version of it that was applied."""

    policy_id: str
    version: str
    sha256: str
    title: str
    rule_id: str
    tier: str
    severity: int
    sources: tuple[Source, ...] = Field(min_length=1)


class MethodStep(Said):
    """One step of how the numbers are made, with the sources of the rule that says so."""

    name: str
    says: Both
    sources: tuple[str, ...]


class Condition(Said):
    """A condition of the rule, and the number that met it."""

    measure: str
    at_least: float
    value: float


class Held(Said):
    """The numbers without orders already punished and occurrences taken back: these met the conditions."""

    num: int
    rate: float
    ci_low: float
    ratio: float | None
    ratio_low: float | None
    distinct_buyers: int | None
    occurrences_90d: int | None


class Measure(Said):
    """What the decision does; `changed` says why the amount is not the one that the rule states."""

    measure_no: int
    measure_code: str
    stated_fen: int | None
    amount_fen: int | None
    days: int | None
    points: int | None
    params: dict[str, Any]
    changed: Both | None = None


class Orders(Said):
    """The orders listed: how many, how many of them count no more, and the hash of their rows."""

    listed: int = Field(ge=1)
    consumed: int
    sha256: str


class Force(Said):
    """Whether it is carried out, and if not why not."""

    mode: Literal["enforce", "shadow"]
    shadowed_by: str | None
    suppressed_by: str | None
    let_off: str | None
    why: Both | None
    human_review: bool


class Deadlines(Said):
    """The days that matter; None of a shadow, where a person must confirm first, or where none is known."""

    noticed_on: date | None
    appeal_by: date | None
    execute_on: date | None
    says: tuple[Both, ...]


class Reason(Said):
    """A reason that an appeal may give here."""

    code: str
    says: Both
    subjects: tuple[str, ...]
    evidence: Both | None
    needs_statement: bool


class Appeal(Said):
    """Whether and how it can be appealed."""

    appealable: bool
    ways: tuple[Both, ...] = Field(min_length=1)
    reasons: tuple[Reason, ...]


class Statement(Said):
    """Why a decision was made, what it does, and what can be done about it."""

    document_schema: Literal["ccr-statement/1"] = Field(default=SCHEMA, alias="schema")
    basis: CalculationBasis
    method: tuple[MethodStep, ...] = Field(min_length=1)
    numbers: dict[str, float | int | str | None]
    held: Held | None
    thresholds: tuple[Condition, ...] = Field(min_length=1)
    calculation: Both
    measures: tuple[Measure, ...] = Field(min_length=1)
    orders: Orders
    force: Force
    deadlines: Deadlines
    appeal: Appeal

    def stored(self) -> Row:
        """As it is written to the ledger: plain values, whose canonical JSON is always the same."""
        return self.model_dump(mode="json", by_alias=True)


class Lack(NamedTuple):
    """The first part of a statement that is missing, and what is missing of it."""

    part: str
    detail: str

    def __str__(self) -> str:
        return f"the statement lacks its {self.part}: {self.detail}"


class StatementError(ValueError):
    """A stored statement that cannot be shown: from before there were any, or not that of its rows."""


ORDER_COLUMNS = (
    *("order_key", "feedback_key", "channel", "dimension", "issue_code"),
    *("span_field", "span_text", "consumed_by"),
)
_OF_THE_DECISION = (
    *("decision_id", "platform", "shop_key", "subject_type", "subject_key", "rule_family", "mode"),
    *("period_key", "period_start", "period_end", "business_day", "amount_fen", "issue_codes"),
)


def orders_sha256(orders: Sequence[Mapping[str, Any]]) -> str:
    """The hash of the orders and words that a decision lists, in their order."""
    rows = [[row.get(name) for name in ORDER_COLUMNS] for row in _in_order(orders)]
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()


def is_statement(reasons: Mapping[str, Any]) -> bool:
    """Whether what is stored of a decision is a statement, and not the calculation alone of older ones."""
    return reasons.get("schema") == SCHEMA


def whole(decision: Row, reasons: Row, orders: Sequence[Row]) -> Row:
    """The statement with who was judged and every order listed, as plain values.

    Raises StatementError where the decision has none, or its orders are not those it was made from.
    """
    name = f"decision {decision['decision_id'][:12]}"
    if not is_statement(reasons):
        raise StatementError(f"{name} was posted before statements were kept; it has only its calculation")
    said = Statement.model_validate(reasons)
    found = orders_sha256(orders)
    if found != said.orders.sha256:
        raise StatementError(
            f"{name} lists other orders than its statement was made from: take the ledger's copy again "
            "by running the asset penalties/decisions"
        )
    listed = [{name: row.get(name) for name in ORDER_COLUMNS} for row in _in_order(orders)]
    kept = said.stored()
    kept["orders"] = kept["orders"] | {"rows": listed}
    who = {name: _plain(decision[name]) for name in _OF_THE_DECISION}
    return kept | {"decision": who}


def _in_order(orders: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(orders, key=lambda row: row["seq"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
