"""The ticket of an order: the first day on which a rule of its platform was met with all it asks for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from orchestration.replaying.arithmetic import compensation_fen
from orchestration.replaying.feedback import Feedback, Verdict, verdicts
from orchestration.replaying.orders import OrderReplay, exclusions_asked, is_effective
from orchestration.replaying.reading import Row, first, rows
from orchestration.replaying.rules import TICKET, Rules, stored_rules

SPEAKING_FOR_THEMSELVES = ("im_session", "complaint")
WORST_OF_SATISFIED = 3


def replayed_ticket(
    connection: duckdb.DuckDBPyConnection, order: OrderReplay, would_be: Rules | None = None
) -> Row | None:
    """Rules asked with their proof, and the candidate; None where no ticket policy judges the platform.

    `asked` are the rules about issues that the order has, as they stand on the ticket's day or, without
    one, on the known day.
    """
    platform = order.facts["platform"]
    versions = [would_be] if would_be else _versions(connection, platform)
    if not versions:
        return None
    days = _days_to_judge(order)
    met: list[tuple[date, Rules, list[Row]]] = []
    for rules in versions:
        for day in days:
            holding = [row for row in _asked(order, day, rules) if row["met"]]
            if holding:
                # The version judges what was complete while it was in force, nothing from before (I8).
                if would_be or _is_in_force(connection, platform, day, rules):
                    met.append((day, rules, holding))
                break
    if not met:
        current = would_be or _last_in_force(connection, platform, order.known_on, versions)
        return {"asked": _asked(order, order.known_on, current) if current else [], "candidate": None,
                "rules": current}  # fmt: skip
    ticket_day = min(day for day, _, _ in met)
    of_day = [(row, rules) for day, rules, holding in met if day == ticket_day for row in holding]
    winner, rules = min(of_day, key=lambda each: _turn(each[0]))
    issues = sorted({row["issue_code"] for row, _ in of_day})
    candidate = None
    if _is_complete(connection, platform, ticket_day):
        candidate = _candidate(order, ticket_day, rules, winner, issues)
    return {"asked": _asked(order, ticket_day, rules), "candidate": candidate, "rules": rules}


def _candidate(order: OrderReplay, day: date, rules: Rules, rule: Row, issues: list[str]) -> Row:
    state = _state(order, day)
    return {
        "business_day": day,
        "policy_id": rules.policy_id,
        "policy_version": rules.version,
        "policy_sha256": rules.said("sha256"),
        "rule_family": rules.said("rule_family"),
        "rule_id": rule["rule_id"],
        "tier": "ticket",
        "severity": rule["severity"],
        "mode": rules.mode_on(day),
        "shop_key": state["shop_key"],
        "period_key": state["order_key"],
        "period_start": day,
        "period_end": day,
        "pay_amount_fen": state["pay_amount_fen"],
        "issue_codes": issues,
        "cooldown_days": rules.said("cooldown_days") or 0,
        "human_review": False,
        "amount_fen": compensation_fen(state["pay_amount_fen"], rule),
    }


def _versions(connection: duckdb.DuckDBPyConnection, platform: str) -> list[Rules]:
    found = rows(
        connection,
        "select distinct policy_id, policy_version from intermediate.int_policies_in_force "
        "where platform = $platform and kind = $kind order by all",
        platform=platform,
        kind=TICKET,
    )
    return [stored_rules(connection, row["policy_id"], row["policy_version"]) for row in found]


def _is_in_force(connection: duckdb.DuckDBPyConnection, platform: str, day: date, rules: Rules) -> bool:
    return _name_in_force(connection, platform, day) == (rules.policy_id, rules.version)


def _last_in_force(
    connection: duckdb.DuckDBPyConnection, platform: str, day: date, versions: Sequence[Rules]
) -> Rules | None:
    name = _name_in_force(connection, platform, day)
    return next((rules for rules in versions if (rules.policy_id, rules.version) == name), None)


def _name_in_force(connection: duckdb.DuckDBPyConnection, platform: str, day: date) -> tuple[str, str] | None:
    found = first(
        connection,
        "select policy_id, policy_version from intermediate.int_policies_in_force "
        "where platform = $platform and business_day = $day and kind = $kind",
        platform=platform,
        day=day,
        kind=TICKET,
    )
    return (found["policy_id"], found["policy_version"]) if found else None


def _is_complete(connection: duckdb.DuckDBPyConnection, platform: str, day: date) -> bool:
    """Nobody is a candidate while an earlier landed day was never run."""
    found = first(
        connection,
        "select unprocessed_days from intermediate.int_platform_days "
        "where platform = $platform and business_day = $day",
        platform=platform,
        day=day,
    )
    return found is not None and found["unprocessed_days"] == 0


def _days_to_judge(order: OrderReplay) -> list[date]:
    """Every day up to the known one on which something a ticket rests on may have changed."""
    days = {state["business_day"] for state in order.history}
    for feedback in order.feedback:
        days.add(feedback.link["business_day"])
        days.update(each["business_day"] for each in (*feedback.versions, *feedback.decisions))
    return sorted(day for day in days if day <= order.known_on)


def _state(order: OrderReplay, day: date) -> Row:
    return [state for state in order.history if state["business_day"] <= day][-1]


def _asked(order: OrderReplay, day: date, rules: Rules) -> list[Row]:
    """Each rule about an issue of the order on a day: what it asks for, and whether that is there."""
    if not any(state["business_day"] <= day for state in order.history):
        return []
    state = _state(order, day)
    listed = None if order.listed is None else rules.codes("order")
    effective = is_effective(state, exclusions_asked(state, listed))
    asked = [
        _answered(rule, feedback, verdict, state=state, effective=effective, day=day)
        for feedback in order.feedback
        for verdict in verdicts(feedback, day, order.listed)
        if verdict.is_valid
        for rule in rules.tables["ticket_rules"]
        if rule["issue_code"] in verdict.issue_codes
    ]
    return sorted(asked, key=_turn)


def _answered(
    rule: Row, feedback: Feedback, verdict: Verdict, *, state: Row, effective: bool, day: date
) -> Row:
    latest = max(
        (version for version in feedback.versions if version["business_day"] <= day),
        key=lambda version: (version["updated_at"], version["row_sha256"]),
    )
    answers: dict[str, Any] = {"effective_order": effective}
    if rule["requires_evidence"]:
        answers["valid_evidence"] = bool(latest["evidence_valid"])
    if rule["requires_admission"]:
        answers["merchant_admission"] = bool(latest["merchant_admitted"])
    if rule["requires_dissatisfaction"]:
        answers["consumer_dissatisfaction"] = _is_dissatisfied(feedback.first, verdict)
    if verdict.dimension == "service":
        refunded = state["refunded_at"]
        answers["between_order_and_refund"] = verdict.occurred_at >= state["created_at"] and (
            refunded is None or verdict.occurred_at < refunded
        )
    return {
        **{name: rule[name] for name in ("rule_id", "rule_rank", "issue_code", "severity", "pct")},
        **{name: rule[name] for name in ("min_fen", "max_fen", "appealable")},
        "feedback_key": feedback.key,
        "proof": answers,
        "met": all(answers.values()),
    }


def _is_dissatisfied(version: Row, verdict: Verdict) -> bool:
    """Who complains, or writes to the shop in anger, is dissatisfied; a rating has to say so."""
    if verdict.channel in SPEAKING_FOR_THEMSELVES:
        return True
    of_dimension = version.get(f"rating_{verdict.dimension}") if verdict.dimension != "content" else None
    ratings = [each for each in (version["rating_overall"], of_dimension) if each is not None]
    return bool(ratings) and min(ratings) <= WORST_OF_SATISFIED


def _turn(row: Row) -> tuple[Any, ...]:
    return row["rule_rank"], row["rule_id"], row["issue_code"]
