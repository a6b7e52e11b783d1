"""What comes in: candidates with their numbers, and the words of the orders behind them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.penalties.identity import decision_id

CANDIDATES = pa.schema(
    [
        ("business_day", pa.date32()),
        ("platform", pa.string()),
        ("policy_id", pa.string()),
        ("policy_version", pa.string()),
        ("policy_sha256", pa.string()),
        ("rule_family", pa.string()),
        ("rule_id", pa.string()),
        ("tier", pa.string()),
        ("severity", pa.int16()),
        ("mode", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("shop_key", pa.string()),
        ("period_key", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("num_effective", pa.int64()),
        ("den_effective", pa.int64()),
        ("num_weighed", pa.float64()),  # the numerator of the rate that the policy says counts
        ("rate", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("benchmark_rate", pa.float64()),
        ("benchmark_level", pa.string()),
        ("ratio_to_benchmark", pa.float64()),
        ("ratio_to_benchmark_low", pa.float64()),
        ("occurrences_90d", pa.int64()),
        ("distinct_buyers", pa.int64()),
        ("threshold_rate", pa.float64()),
        ("prior_alpha", pa.float64()),
        ("prior_beta", pa.float64()),
        ("pay_amount_fen", pa.int64()),
        ("issue_codes", pa.list_(pa.string())),
        ("cooldown_days", pa.int32()),
        ("human_review", pa.bool_()),
        ("is_resolved", pa.bool_()),  # of a ticket: the consumer accepted, or was compensated
    ]
)

CANDIDATE_ORDERS = pa.schema(
    [
        ("business_day", pa.date32()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("rule_family", pa.string()),
        ("period_key", pa.string()),
        ("order_key", pa.string()),
        ("feedback_key", pa.string()),
        ("channel", pa.string()),
        ("dimension", pa.string()),
        ("issue_code", pa.string()),
        ("span_field", pa.string()),
        ("span_text", pa.string()),
        ("buyer_key", pa.string()),
    ]
)

MODES = ("shadow", "enforce")
SUBJECTS = ("shop", "order")
_MAY_BE_NULL = frozenset(
    {
        *("num_effective", "den_effective", "num_weighed", "rate", "ci_low", "ci_high", "benchmark_rate"),
        *(
            "benchmark_level",
            "ratio_to_benchmark",
            "ratio_to_benchmark_low",
            "distinct_buyers",
            "occurrences_90d",
        ),
        *("threshold_rate", "prior_alpha", "prior_beta", "is_resolved"),
        *("pay_amount_fen", "issue_codes", "cooldown_days", "human_review"),
    }
)

_MAY_BE_ABSENT = (
    *("occurrences_90d", "num_weighed", "threshold_rate", "prior_alpha", "prior_beta", "is_resolved"),
    "buyer_key",
)


class CandidatesRefusedError(ValueError):
    """The table of candidates is not what the contract says; nothing of it is posted."""


@dataclass(frozen=True)
class Candidate:
    """A shop, or an order, that a rule would punish."""

    business_day: date
    platform: str
    policy_id: str
    policy_version: str
    policy_sha256: str
    rule_family: str
    rule_id: str
    tier: str
    severity: int
    mode: str
    subject_type: str
    subject_id: str
    shop_key: str
    period_key: str
    period_start: date
    period_end: date
    num_effective: int | None
    den_effective: int | None
    num_weighed: float | None
    rate: float | None
    ci_low: float | None
    ci_high: float | None
    benchmark_rate: float | None
    benchmark_level: str | None
    ratio_to_benchmark: float | None
    ratio_to_benchmark_low: float | None
    occurrences_90d: int | None
    distinct_buyers: int | None
    threshold_rate: float | None
    prior_alpha: float | None
    prior_beta: float | None
    pay_amount_fen: int | None
    issue_codes: tuple[str, ...]
    cooldown_days: int
    human_review: bool
    is_resolved: bool

    @property
    def is_ticket(self) -> bool:
        """Whether one order is judged, and not a shop's rate."""
        return self.subject_type == "order"

    @property
    def numerator(self) -> float | None:
        """What the rate is a share of: negative orders, weighed where the adjusted rate counts."""
        return self.num_effective if self.num_weighed is None else self.num_weighed

    @property
    def decision_id(self) -> str:
        """The identity of the decision that this candidate would become."""
        return decision_id(
            platform=self.platform,
            shop_key=self.shop_key,
            policy_id=self.policy_id,
            rule_family=self.rule_family,
            subject_type=self.subject_type,
            subject_key=self.subject_id,
            period_key=self.period_key,
        )


class Words(NamedTuple):
    """One span of one feedback on one counted order."""

    order_key: str
    feedback_key: str
    channel: str
    dimension: str
    issue_code: str
    span_field: str
    span_text: str
    buyer_key: str


WordsByCandidate = dict[tuple[Any, ...], list[Words]]


def read_candidates(table: pa.Table) -> list[Candidate]:
    """The candidates, sorted by day and then by who is judged."""
    rows = _conforming(table, CANDIDATES, "candidates").to_pylist()
    candidates = [_candidate(row, number) for number, row in enumerate(rows, start=1)]
    return sorted(
        candidates,
        key=lambda each: (
            each.business_day,
            each.platform,
            each.subject_type,
            each.subject_id,
            each.policy_id,
            each.rule_family,
            each.period_key,
            each.decision_id,
        ),
    )


def read_words(table: pa.Table) -> WordsByCandidate:
    """The words of each candidate, sorted and each once; spans without text are no words."""
    found: defaultdict[tuple[Any, ...], set[Words]] = defaultdict(set)
    for row in _conforming(table, CANDIDATE_ORDERS, "candidate orders").to_pylist():
        if (row["span_text"] or "").strip():
            key = tuple(row[name] for name in CANDIDATE_ORDERS.names[:5])
            found[key].add(Words(*(row[name] or "" for name in Words._fields)))
    return {key: sorted(words) for key, words in found.items()}


def key_of_words(candidate: Candidate) -> tuple[Any, ...]:
    """Where a candidate's words are found."""
    return (
        candidate.business_day,
        candidate.subject_type,
        candidate.subject_id,
        candidate.rule_family,
        candidate.period_key,
    )


def _candidate(row: dict[str, Any], number: int) -> Candidate:
    if row["subject_type"] == "order":
        row["tier"] = row["tier"] or row["rule_id"]  # a ticket has no ladder
    absent = [name for name, value in row.items() if value is None and name not in _MAY_BE_NULL]
    if absent:
        raise CandidatesRefusedError(
            f"candidate {number} ({row['subject_id']}) has no {', '.join(absent)}: "
            "without them it has no identity; mend fct_penalty_candidates"
        )
    for column, known in (("mode", MODES), ("subject_type", SUBJECTS)):
        if row[column] not in known:
            raise CandidatesRefusedError(
                f"candidate {number} ({row['subject_id']}) has {column} '{row[column]}': "
                f"it is one of {', '.join(known)}"
            )
    return Candidate(
        **row
        | {
            "issue_codes": tuple(sorted(row["issue_codes"] or ())),
            "cooldown_days": row["cooldown_days"] or 0,
            "human_review": bool(row["human_review"]),
            "is_resolved": bool(row["is_resolved"]),
        }
    )


def _conforming(table: pa.Table, schema: pa.Schema, name: str) -> pa.Table:
    for column in _MAY_BE_ABSENT:
        if column in schema.names and column not in table.column_names:
            nothing = pa.nulls(table.num_rows, schema.field(column).type)
            table = table.append_column(schema.field(column), nothing)
    absent = [column for column in schema.names if column not in table.column_names]
    if absent:
        raise CandidatesRefusedError(f"the {name} lack the columns {', '.join(absent)}")
    try:
        return table.select(schema.names).cast(schema)
    except pa.ArrowInvalid as error:
        raise CandidatesRefusedError(f"the {name} do not fit their types: {error}") from None
