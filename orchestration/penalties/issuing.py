"""A drafted decision meets the ledger: what is there already decides how, and whether, it is issued."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, insert

from orchestration.penalties.appeals import Appeals
from orchestration.penalties.basis import Basis
from orchestration.penalties.bookings import book, exempt_entries, holdings, issue_entries
from orchestration.penalties.candidates import Candidate, Words
from orchestration.penalties.consumption import consumed, lost_occurrences, rival, too_near
from orchestration.penalties.drafting import Draft, Refusal, Row, draft
from orchestration.penalties.executing import notice
from orchestration.penalties.lifecycle import begin_life
from orchestration.penalties.limits import escalated, exemption, limited, needs_a_person
from orchestration.penalties.retest import Numbers, numbers_of, retested
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.statement import Lack
from orchestration.penalties.stating import state
from orchestration.penalties.tables import decision_orders, decisions, measures


@dataclass(frozen=True)
class Circumstances:
    """What a posting knows beside its candidates.

    `known_through` is the last landed day: a period that ended more than `horizon_days` before it
    is past enforcing (None: nothing is).
    """

    rules: Rulebook
    basis: Basis
    appeals: Appeals
    known_through: date | None
    horizon_days: int

    def is_past_enforcing(self, period_end: date) -> bool:
        """Whether a period ended too long ago for a decision that was not made yet."""
        return self.known_through is not None and (
            period_end < self.known_through - timedelta(days=self.horizon_days)
        )


class Issued(NamedTuple):
    """A decision was written, in a mode, and with a last status."""

    mode: str
    status: str


class Postponed(NamedTuple):
    """A candidate for which a decision already made leaves no room."""

    decision_id: str
    subject_id: str
    period_key: str
    after: str  # the decision it is too close to, or that punished its orders


class Consumed(Postponed):
    """One whose orders, without those already punished, meet no tier."""


def issue(
    connection: Connection,
    candidate: Candidate,
    words: Sequence[Words],
    drafted: Draft,
    around: Circumstances,
) -> Issued | Postponed | Refusal:
    """Write one decision that is not there yet, whole, or say why not. Called within its transaction."""
    by_horizon = candidate.mode == "enforce" and around.is_past_enforcing(candidate.period_end)
    if by_horizon:
        candidate = replace(candidate, mode="shadow")
    near = too_near(connection, candidate)
    if near is not None:
        return Postponed(candidate.decision_id, candidate.subject_id, candidate.period_key, near)
    punished = consumed(connection, candidate, {each.order_key for each in words})
    held = None
    lost = _lost(connection, candidate, around.rules)
    if punished or lost:
        milder = _without_consumed(candidate, words, drafted, (punished, lost), around.rules)
        if isinstance(milder, Consumed | Refusal):
            return milder
        candidate, drafted, held = milder
    suppressed_by = None
    if candidate.mode == "enforce":
        orders = {row["order_key"] for row in drafted.orders}
        suppressed_by = rival(connection, candidate, orders, around.rules)
    decision = drafted.decision | _in_the_shadow(candidate, by_horizon, suppressed_by)
    failed = around.appeals.failed(candidate.shop_key, candidate.business_day)
    if needs_a_person(candidate, around.rules, failed) and not candidate.human_review:
        candidate = replace(candidate, human_review=True)
        # its days are counted from the confirmation
        decision |= {"human_review": True, "execute_after": None, "appeal_deadline": None}
    taken = limited(
        connection,
        candidate,
        escalated(candidate, drafted.measures, around.rules, failed),
        around.rules,
    )
    decision["amount_fen"] = sum(row["amount_fen"] or 0 for row in taken)
    drafted = replace(drafted, decision=decision, measures=taken)
    let_off = None
    if decision["mode"] == "enforce":
        let_off = exemption(connection, candidate, decision["amount_fen"], around.rules)
    statement = state(
        decision, taken, drafted.orders, around.basis, held=held, let_off=let_off[0] if let_off else None
    )
    if isinstance(statement, Lack):
        return Refusal(
            candidate.decision_id,
            candidate.subject_id,
            candidate.period_key,
            "incomplete_statement",
            str(statement),
        )
    decision["reasons"] = statement.stored()
    return _write(connection, candidate, drafted, let_off)


def _lost(connection: Connection, candidate: Candidate, rules: Rulebook) -> list[str]:
    """Reversed decisions that a candidate counts as occurrences, where its tier asks for any."""
    tier = rules.tier((candidate.policy_id, candidate.policy_version), candidate.rule_id)
    if tier is None or not tier.asks_for_occurrences:
        return []
    who = candidate.shop_key, candidate.rule_family
    return lost_occurrences(connection, *who, candidate.period_end, candidate.business_day)


def _without_consumed(
    candidate: Candidate,
    words: Sequence[Words],
    drafted: Draft,
    without: tuple[dict[str, str], list[str]],
    rules: Rulebook,
) -> tuple[Candidate, Draft, Numbers] | Consumed | Refusal:
    """The candidate at the tier that is left to it without orders already punished and occurrences lost."""
    punished, lost = without
    who = candidate.decision_id, candidate.subject_id, candidate.period_key
    if candidate.is_ticket:
        return Consumed(*who, punished[candidate.subject_id])
    buyers = {row["order_key"]: row["buyer_key"] for row in drafted.orders}
    numbers = numbers_of(drafted.decision, buyers)
    retest = retested(numbers, punished.keys(), rules, occurrences_lost=len(lost))
    if retest.tier is None:
        return Consumed(*who, min([*punished.values(), *lost]))
    tier = retest.tier
    if tier.rule_id != candidate.rule_id:
        candidate = replace(
            candidate,
            rule_id=tier.rule_id,
            tier=tier.tier,
            severity=tier.severity,
            human_review=tier.human_review,
        )
        again = draft(candidate, words, rules)
        if isinstance(again, Refusal):
            return again
        drafted = again
    decision = drafted.decision | {"num_consumed": len(punished)}
    orders = [row | {"consumed_by": punished.get(row["order_key"])} for row in drafted.orders]
    return candidate, replace(drafted, decision=decision, orders=orders), retest.numbers


def _in_the_shadow(candidate: Candidate, by_horizon: bool, suppressed_by: str | None) -> Row:
    if suppressed_by is None and candidate.mode == "enforce":
        return {}
    why = "exclusive_group" if suppressed_by else "horizon" if by_horizon else "policy"
    return {
        "mode": "shadow",
        "shadowed_by": why,
        "suppressed_by": suppressed_by,
        "execute_after": None,
        "appeal_deadline": None,
    }


def _write(
    connection: Connection, candidate: Candidate, drafted: Draft, let_off: tuple[str, str] | None
) -> Issued:
    decision, day = drafted.decision, candidate.business_day
    decision_id, in_force = decision["decision_id"], decision["mode"] == "enforce"
    statuses = _statuses(decision, let_off)
    connection.execute(insert(decisions), decision)
    connection.execute(insert(measures), drafted.measures)
    connection.execute(insert(decision_orders), drafted.orders)
    begin_life(connection, decision_id, day, statuses)
    if in_force:
        book(connection, issue_entries(decision_id, day, drafted.measures))
        if let_off is not None:
            book(connection, exempt_entries(decision_id, day, holdings(connection, decision_id)))
        elif not candidate.human_review:
            notice(connection, decision_id, candidate.shop_key, day, drafted.measures)
    return Issued(decision["mode"], statuses[-1][0])


def _statuses(decision: Row, let_off: tuple[str, str] | None) -> list[tuple[str, str]]:
    if decision["suppressed_by"] is not None:
        return [("suppressed", "another rule of its exclusive group punishes the same conduct")]
    if decision["mode"] == "shadow":
        by_horizon = decision["shadowed_by"] == "horizon"
        why = "the period is past the enforcement horizon" if by_horizon else "the policy is not enforced"
        return [("shadow", why)]
    if decision["human_review"]:
        return [("awaiting_review", "its tier, or what is added to it, asks for a person's confirmation")]
    noticed = ("noticed", f"rule {decision['rule_id']} is met")
    return [noticed] if let_off is None else [noticed, let_off]
