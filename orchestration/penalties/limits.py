"""What holds a penalty down or adds to it: caps, rounding, exemptions, and escalation."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, case, exists, func, select

from orchestration.penalties.candidates import Candidate
from orchestration.penalties.drafting import ESCALATED_BY, Row, measure_row
from orchestration.penalties.lifecycle import EXEMPTED, TAKEN_BACK
from orchestration.penalties.rulebook import Cap, Escalation, Rulebook, Version
from orchestration.penalties.tables import decision_events, decisions, entries, measures

THOUSAND_YUAN = 100_000  # fen
_GIVEN_BACK = ("reverse", "refund", "exempt")
_NEVER_COST = sorted((TAKEN_BACK | EXEMPTED) - {"exempted_first"})


def escalated(candidate: Candidate, stated: Sequence[Row], rules: Rulebook, failed_appeals: int) -> list[Row]:
    """The measures of the rule, and after them those of every step of escalation that is reached."""
    found = list(stated)
    for step in _reached(candidate, rules, failed_appeals):
        number = max(row["measure_no"] for row in found) + 1
        params = step.measure.params | {ESCALATED_BY: step.asks}
        found.append(
            {"decision_id": candidate.decision_id}
            | measure_row(number, step.measure, step.measure.params.get("amount_fen"), params)
        )
    return found


def needs_a_person(candidate: Candidate, rules: Rulebook, failed_appeals: int) -> bool:
    """Whether the tier, or a step of escalation that is reached, asks for a person's confirmation."""
    steps = _reached(candidate, rules, failed_appeals)
    return candidate.human_review or any(step.human_review for step in steps)


def _reached(candidate: Candidate, rules: Rulebook, failed_appeals: int) -> list[Escalation]:
    reached = {"severity": candidate.severity, "failed_appeals_90d": failed_appeals}
    steps = rules.escalations.get(_version(candidate), [])
    return [step for step in steps if reached[step.asks] >= step.at_least]


def limited(
    connection: Connection, candidate: Candidate, stated: Sequence[Row], rules: Rulebook
) -> list[Row]:
    """The measures with what is left under the policy's caps, and rounded once, after the cap.

    `stated_fen` keeps what the rule says. A cap counts what was issued and not given back.
    """
    version = _version(candidate)
    caps = {cap.measure_code: cap for cap in rules.caps.get(version, [])}
    rounding = rules.terms(version).fine_rounding
    left: dict[str, tuple[int | None, int | None]] = {
        code: _left(connection, candidate, cap) for code, cap in caps.items()
    }
    found: list[Row] = []
    for row in stated:
        code, fen, points = row["measure_code"], row["amount_fen"], row["points"]
        if code in left:
            fen_left, points_left = left[code]
            fen, points = _at_most(fen, fen_left), _at_most(points, points_left)
        fen = rounded(code, fen, rounding)
        if code in left:
            fen_left, points_left = left[code]
            left[code] = (_less(fen_left, fen), _less(points_left, points))
        found.append(row | {"amount_fen": fen, "points": points})
    return found


def rounded(measure_code: str, fen: int | None, rounding: str | None) -> int | None:
    """A fine in whole thousands of yuan, rounded down, where the policy says so (7,565 becomes 7,000)."""
    if measure_code == "fine" and fen is not None and rounding == "down_to_thousand_yuan":
        return fen // THOUSAND_YUAN * THOUSAND_YUAN
    return fen


def exemption(
    connection: Connection, candidate: Candidate, amount_fen: int, rules: Rulebook
) -> tuple[str, str] | None:
    """The status of an exemption that the policy grants by itself, with its reason; None without one.

    Study is granted by a person only, and nothing that waits for a person is exempted before.
    """
    granted = rules.exemptions.get(_version(candidate), {})
    if candidate.human_review:
        return None
    if candidate.is_resolved and "resolved_before_notice" in granted:
        return "exempted_resolved", "the consumer had accepted or been compensated before the notice"
    if "first_time" in granted and amount_fen > 0:
        within = granted["first_time"]
        if not _has_cost_before(connection, candidate, within):
            span = "" if within is None else f" within {within} days"
            return "exempted_first", f"the first of the shop under {candidate.policy_id}{span} that costs"
    return None


def _has_cost_before(connection: Connection, candidate: Candidate, within_days: int | None) -> bool:
    """Whether another decision of the policy cost the shop something, or was its first and let off."""
    asked = select(decisions.c.decision_id).where(
        decisions.c.shop_key == candidate.shop_key,
        decisions.c.policy_id == candidate.policy_id,
        decisions.c.mode == "enforce",
        decisions.c.amount_fen > 0,
        ~exists().where(
            decision_events.c.decision_id == decisions.c.decision_id,
            decision_events.c.status.in_(_NEVER_COST),
        ),
    )
    if within_days is not None:
        # On both sides: whom a later decision already let off is not let off again by an earlier one.
        span = timedelta(days=within_days)
        asked = asked.where(
            decisions.c.business_day > candidate.business_day - span,
            decisions.c.business_day < candidate.business_day + span,
        )
    return connection.execute(asked.limit(1)).first() is not None


def _left(connection: Connection, candidate: Candidate, cap: Cap) -> tuple[int | None, int | None]:
    """Fen and points that may still be imposed, or None where the cap names none."""
    span = timedelta(days=cap.within_days)
    sign = case((entries.c.entry_type == "issue", 1), else_=-1)
    fen, points = connection.execute(
        select(
            func.coalesce(func.sum(entries.c.amount_fen * sign), 0),
            func.coalesce(func.sum(entries.c.points), 0),
        )
        .join(decisions, decisions.c.decision_id == entries.c.decision_id)
        .join(
            measures,
            (measures.c.decision_id == entries.c.decision_id)
            & (measures.c.measure_no == entries.c.measure_no),
        )
        .where(
            decisions.c.shop_key == candidate.shop_key,
            decisions.c.policy_id == candidate.policy_id,
            measures.c.measure_code == cap.measure_code,
            entries.c.entry_type.in_(("issue", *_GIVEN_BACK)),
            # On both sides: with what a later day took, too, no span of these days holds more.
            decisions.c.business_day > candidate.business_day - span,
            decisions.c.business_day < candidate.business_day + span,
        )
    ).one()
    return (
        None if cap.max_fen is None else max(cap.max_fen - int(fen), 0),
        None if cap.max_points is None else max(cap.max_points - int(points), 0),
    )


def _at_most(value: int | None, limit: int | None) -> int | None:
    return value if value is None or limit is None else min(value, limit)


def _less(limit: int | None, value: int | None) -> int | None:
    return None if limit is None else limit - (value or 0)


def _version(candidate: Candidate) -> Version:
    return candidate.policy_id, candidate.policy_version
