"""A candidate becomes a complete decision, or is refused for what it lacks. Touches no store."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from orchestration.penalties.amounts import compensation_fen
from orchestration.penalties.candidates import MODES, Candidate, Words
from orchestration.penalties.identity import entry_id
from orchestration.penalties.reasons import reasons_of_rate, reasons_of_ticket, threshold_value
from orchestration.penalties.rulebook import Rulebook, Threshold, TicketTerms

Row = dict[str, Any]

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
    """The rows of one decision, ready to be written together."""

    decision: Row
    measures: list[Row]
    orders: list[Row]
    entries: list[Row]

    @property
    def standing(self) -> Standing:
        """How hard this one would be."""
        return standing_of(self.decision)


def standing_of(decision: Row) -> Standing:
    """How hard a decision is, drafted or stored."""
    return Standing(
        MODES.index(decision["mode"]),
        decision["severity"],
        decision["amount_fen"],
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
    reasons, measures, appealable = stated
    decided_appeal, days = rules.appeals.get(key, (None, None))
    appealable = decided_appeal if appealable is None else appealable
    deadline = None
    if candidate.mode == "enforce" and appealable and days is not None:
        deadline = candidate.business_day + timedelta(days=days)
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
        "subject_type": candidate.subject_type,
        "subject_key": candidate.subject_id,
        "period_key": candidate.period_key,
        "period_start": candidate.period_start,
        "period_end": candidate.period_end,
        "business_day": candidate.business_day,
        "num": candidate.num_effective,
        "den": candidate.den_effective,
        "rate": candidate.rate,
        "ci_low": candidate.ci_low,
        "ci_high": candidate.ci_high,
        "benchmark_rate": candidate.benchmark_rate,
        "benchmark_level": candidate.benchmark_level,
        "ratio": candidate.ratio_to_benchmark,
        "ratio_low": candidate.ratio_to_benchmark_low,
        "distinct_buyers": candidate.distinct_buyers,
        "issue_codes": list(candidate.issue_codes),
        "human_review": candidate.human_review,
        "appealable": appealable,
        "appeal_deadline": deadline,
        "amount_fen": sum(measure["amount_fen"] or 0 for measure in measures),
        "reasons": reasons,
    }
    return Draft(
        decision,
        [identity | measure for measure in measures],
        [identity | {"seq": seq} | each._asdict() for seq, each in enumerate(words, start=1)],
        [_entry(candidate, measure) for measure in measures] if candidate.mode == "enforce" else [],
    )


_Stated = tuple[dict[str, Any], list[Row], bool | None]


def _rate(candidate: Candidate, rules: Rulebook) -> _Stated | Refusal:
    key = (candidate.policy_id, candidate.policy_version)
    measures = rules.measures.get((*key, candidate.tier))
    thresholds = rules.thresholds.get((*key, candidate.rule_id))
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
        {
            "measure_no": measure.measure_no,
            "measure_code": measure.measure_code,
            "amount_fen": measure.params.get("amount_fen"),
            "days": measure.params.get("days"),
            "points": measure.params.get("points"),
            "params": measure.params,
        }
        for measure in measures
    ]
    return reasons_of_rate(candidate, thresholds), rows, None


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
    rows = [
        {
            "measure_no": measure.measure_no,
            "measure_code": measure.measure_code,
            "amount_fen": amount,
            "days": None,
            "points": None,
            "params": measure.params,
        }
        for measure in measures
    ]
    return reasons_of_ticket(candidate, terms, amount), rows, terms.appealable


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
        value = threshold_value(candidate, threshold.measure)
        if value is not None and value < threshold.at_least:
            return (
                "incoherent_numbers",
                f"{threshold.measure} {value} does not reach {threshold.at_least}",
            )
    return None


def _entry(candidate: Candidate, measure: Row) -> Row:
    return {
        "entry_id": entry_id(candidate.decision_id, measure["measure_no"], "issue"),
        "decision_id": candidate.decision_id,
        "measure_no": measure["measure_no"],
        "entry_type": "issue",
        "amount_fen": measure["amount_fen"] or 0,
        "points": measure["points"] or 0,
        "business_day": candidate.business_day,
    }


def _refused(candidate: Candidate, reason: str, detail: str) -> Refusal:
    return Refusal(candidate.decision_id, candidate.subject_id, candidate.period_key, reason, detail)
