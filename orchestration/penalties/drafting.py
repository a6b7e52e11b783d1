"""A candidate becomes a complete decision, or is refused for what it lacks. Touches no store."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from orchestration.penalties.amounts import compensation_fen
from orchestration.penalties.candidates import MODES, Candidate, Words
from orchestration.penalties.rulebook import MeasureRow, Rulebook, Threshold, TicketTerms

Row = dict[str, Any]

# A decision that the ledger, and not the policy, keeps in the shadow.
SHADOWED_HERE = ("horizon", "exclusive_group")
COMPENSATION = "consumer_compensation"
# The parameter by which a measure that was added is told from those of the rule.
ESCALATED_BY = "escalated_by"

_NUMBERS = (
    "num_effective",
    "den_effective",
    "rate",
    "ci_low",
    "ci_high",
    "benchmark_rate",
    "ratio_to_benchmark",
    "ratio_to_benchmark_low",
)


class Refusal(NamedTuple):
    """A candidate that cannot be decided on, and why."""

    decision_id: str
    subject_id: str
    period_key: str
    reason: str  # incomplete_statement | incoherent_numbers
    detail: str

    def __str__(self) -> str:
        return f"{self.subject_id} {self.period_key}: {self.detail} [{self.reason}]"


class Standing(NamedTuple):
    """How hard a decision is, compared from left to right."""

    mode: int
    severity: int
    amount_fen: int
    ratio_low: float
    rate: float
    num: int


@dataclass(frozen=True)
class Draft:
    """The rows of one decision, complete but for what the ledger has to say of it."""

    decision: Row
    measures: list[Row]
    orders: list[Row]

    @property
    def standing(self) -> Standing:
        """How hard this one would be."""
        return standing_of(self.decision, stated_fen(self.measures))


def stated_fen(measures: Sequence[Row]) -> int:
    """What the rule alone says: before caps and rounding, and without escalation."""
    return sum(each["stated_fen"] or 0 for each in measures if ESCALATED_BY not in each["params"])


def standing_of(decision: Row, stated: int) -> Standing:
    """How hard a decision is, drafted or stored, by what its candidate said."""
    # What the ledger made a shadow was one that the policy would have had in force.
    mode = "enforce" if decision.get("shadowed_by") in SHADOWED_HERE else decision["mode"]
    return Standing(
        MODES.index(mode),
        decision["severity"],
        stated,
        decision["ratio_low"] or 0.0,
        decision["rate"] or 0.0,
        decision["num"] or 0,
    )


def draft(candidate: Candidate, words: Sequence[Words], rules: Rulebook) -> Draft | Refusal:
    """The decision in full. One that cannot say why it is made is not made."""
    lack = _lack_of_words(candidate, words)
    if lack:
        return _refused(candidate, "incomplete_statement", lack)
    key = (candidate.policy_id, candidate.policy_version)
    stated = _ticket(candidate, rules) if candidate.is_ticket else _rate(candidate, rules)
    if isinstance(stated, Refusal):
        return stated
    measures, appealable = stated
    appeals = rules.appeal_terms(key)
    appealable = appeals.appealable if appealable is None else appealable
    deadline = None
    # Of what waits for a person the days are counted from the confirmation, which is its notice.
    if appealable and appeals.window_days is not None and not candidate.human_review:
        deadline = candidate.business_day + timedelta(days=appeals.window_days)
    execute_after = None
    if not candidate.human_review:
        execute_after = candidate.business_day + timedelta(days=rules.terms(key).freeze_days)
    in_force = candidate.mode == "enforce"
    identity = {"decision_id": candidate.decision_id}
    decision = {
        **identity,
        "platform": candidate.platform,
        "shop_key": candidate.shop_key,
        "policy_id": candidate.policy_id,
        "policy_version": candidate.policy_version,
        "policy_sha256": candidate.policy_sha256,
        "rule_family": candidate.rule_family,
        "rule_id": candidate.rule_id,
        "tier": candidate.tier,
        "severity": candidate.severity,
        "mode": candidate.mode,
        "shadowed_by": None if in_force else "policy",
        "suppressed_by": None,
        "subject_type": candidate.subject_type,
        "subject_key": candidate.subject_id,
        "period_key": candidate.period_key,
        "period_start": candidate.period_start,
        "period_end": candidate.period_end,
        "business_day": candidate.business_day,
        "execute_after": execute_after if in_force else None,
        "num": candidate.num_effective,
        "den": candidate.den_effective,
        "num_consumed": None if candidate.is_ticket else 0,
        "num_weighed": candidate.num_weighed,
        "rate": candidate.rate,
        "ci_low": candidate.ci_low,
        "ci_high": candidate.ci_high,
        "benchmark_rate": candidate.benchmark_rate,
        "benchmark_level": candidate.benchmark_level,
        "ratio": candidate.ratio_to_benchmark,
        "ratio_low": candidate.ratio_to_benchmark_low,
        "distinct_buyers": candidate.distinct_buyers,
        "occurrences_90d": candidate.occurrences_90d,
        "threshold_rate": candidate.threshold_rate,
        "prior_alpha": candidate.prior_alpha,
        "prior_beta": candidate.prior_beta,
        "issue_codes": list(candidate.issue_codes),
        "human_review": candidate.human_review,
        "appealable": appealable,
        "appeal_deadline": deadline if in_force else None,
        "amount_fen": sum(measure["amount_fen"] or 0 for measure in measures),
    }
    return Draft(
        decision,
        [identity | measure for measure in measures],
        [
            identity
            | {"seq": seq}
            | each._asdict()
            | {"buyer_key": each.buyer_key or None, "consumed_by": None}
            for seq, each in enumerate(words, start=1)
        ],
    )


def measure_row(measure_no: int, measure: MeasureRow, amount_fen: int | None, params: Row) -> Row:
    """One measure as it is written, with what the rule says of its amount."""
    return {
        "measure_no": measure_no,
        "measure_code": measure.measure_code,
        "amount_fen": amount_fen,
        "stated_fen": amount_fen,
        "days": measure.params.get("days"),
        "points": measure.params.get("points"),
        "params": params,
    }


_Stated = tuple[list[Row], bool | None]


def _rate(candidate: Candidate, rules: Rulebook) -> _Stated | Refusal:
    key = (candidate.policy_id, candidate.policy_version)
    measures = rules.measures.get((*key, candidate.tier))
    tier = rules.tier(key, candidate.rule_id)
    thresholds = tier.thresholds if tier else ()
    if not measures or not thresholds:
        return _refused(
            candidate,
            "incomplete_statement",
            f"policy {' '.join(key)} has no measures or no conditions for {candidate.tier}, "
            f"rule {candidate.rule_id}",
        )
    wrong = _wrong_numbers(candidate, thresholds)
    if wrong:
        return _refused(candidate, *wrong)
    rows = [
        measure_row(each.measure_no, each, each.params.get("amount_fen"), each.params) for each in measures
    ]
    return rows, None


def _ticket(candidate: Candidate, rules: Rulebook) -> _Stated | Refusal:
    key = (candidate.policy_id, candidate.policy_version, candidate.rule_id)
    terms, measures = rules.tickets.get(key), rules.measures.get(key)
    if terms is None or not measures:
        return _refused(candidate, "incomplete_statement", f"no ticket rule or measure {' '.join(key)}")
    if candidate.pay_amount_fen is None or candidate.pay_amount_fen < 0:
        return _refused(
            candidate,
            "incomplete_statement",
            f"pay_amount_fen is {candidate.pay_amount_fen}: a share of it cannot be taken",
        )
    amount = _amount(candidate.pay_amount_fen, terms)
    paid = {"paid_fen": candidate.pay_amount_fen}
    rows = [
        measure_row(each.measure_no, each, amount, each.params | paid)
        if each.measure_code == COMPENSATION
        else measure_row(each.measure_no, each, each.params.get("amount_fen"), each.params)
        for each in measures
    ]
    return rows, terms.appealable


def _amount(pay_amount_fen: int, terms: TicketTerms) -> int:
    return compensation_fen(pay_amount_fen, terms.pct, terms.min_fen, terms.max_fen)


def _lack_of_words(candidate: Candidate, words: Sequence[Words]) -> str | None:
    if not words:
        return "no order is listed with the words that count"
    orders = {each.order_key for each in words}
    if candidate.is_ticket and orders != {candidate.subject_id}:
        return f"words of {len(orders)} orders are listed, but one order is judged"
    if not candidate.is_ticket and len(orders) != candidate.num_effective:
        return (
            f"{candidate.num_effective} negative orders are counted, "
            f"but {len(orders)} are listed with their words"
        )
    return None


def _wrong_numbers(candidate: Candidate, thresholds: Sequence[Threshold]) -> tuple[str, str] | None:
    absent = [
        name
        for name in _NUMBERS
        if getattr(candidate, name) is None or not math.isfinite(getattr(candidate, name))
    ]
    if absent:
        return "incomplete_statement", f"without {', '.join(absent)}"
    num, den, rate = candidate.numerator, candidate.den_effective, candidate.rate
    if num is None or den is None or rate is None or not 0 <= num <= den or den == 0:
        return "incoherent_numbers", f"{num} of {den} orders is no share"
    if not math.isclose(rate, num / den, rel_tol=1e-9):
        return "incoherent_numbers", f"the rate {rate} is not {num} / {den}"
    for threshold in thresholds:
        value = getattr(candidate, threshold.measure, None)
        if value is not None and value < threshold.at_least:
            return (
                "incoherent_numbers",
                f"{threshold.measure} {value} does not reach {threshold.at_least}",
            )
    return None


def _refused(candidate: Candidate, reason: str, detail: str) -> Refusal:
    return Refusal(candidate.decision_id, candidate.subject_id, candidate.period_key, reason, detail)
