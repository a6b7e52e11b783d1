"""What already punishes the same: earlier decisions that are too near, list the same orders, or rival it.

Everything is asked as of the candidate's own day: a decision taken back later still stood then, so
judging the day again finds what it found the first time.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, exists, func, select

from orchestration.penalties.candidates import Candidate
from orchestration.penalties.lifecycle import TAKEN_BACK
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decision_events, decision_orders, decisions

# SQLite and PostgreSQL both bound the parameters of one statement.
AT_ONCE = 500
OCCURRENCE_DAYS = 90


def too_near(connection: Connection, candidate: Candidate) -> str | None:
    """The decision on the shop in whose cooldown a candidate lies; the earliest period of them."""
    if candidate.is_ticket or candidate.cooldown_days <= 0:
        return None
    reach = timedelta(days=candidate.cooldown_days)
    # A shadow tells what would have been: it would have been kept back by either kind.
    modes = ("enforce",) if candidate.mode == "enforce" else ("enforce", "shadow")
    return connection.execute(
        select(decisions.c.decision_id)
        .where(
            decisions.c.shop_key == candidate.shop_key,
            decisions.c.rule_family == candidate.rule_family,
            decisions.c.mode.in_(modes),
            decisions.c.subject_type == candidate.subject_type,
            decisions.c.period_end > candidate.period_end - reach,
            decisions.c.period_end < candidate.period_end + reach,
            stands(candidate.business_day),
        )
        .order_by(decisions.c.period_end, decisions.c.decision_id)
        .limit(1)
    ).scalar()


def consumed(connection: Connection, candidate: Candidate, order_keys: Collection[str]) -> dict[str, str]:
    """Of some orders those that a decision of the rule family punishes already, with the first that does.

    One of a later day counts too: who comes late is kept off orders that were punished meanwhile.
    """
    wanted = sorted(order_keys)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = connection.execute(
            select(decision_orders.c.order_key, decisions.c.decision_id)
            .join(decisions, decisions.c.decision_id == decision_orders.c.decision_id)
            .where(
                decision_orders.c.order_key.in_(wanted[start : start + AT_ONCE]),
                decisions.c.shop_key == candidate.shop_key,
                decisions.c.rule_family == candidate.rule_family,
                decisions.c.mode == "enforce",
                decisions.c.decision_id != candidate.decision_id,
                stands(candidate.business_day),
            )
            .order_by(decisions.c.business_day, decisions.c.decision_id)
        )
        for order_key, decision_id in rows:
            found.setdefault(order_key, decision_id)
    return found


def rival(
    connection: Connection, candidate: Candidate, order_keys: Collection[str], rules: Rulebook
) -> str | None:
    """A decision in force by another rule of the same exclusive group on the same conduct.

    Two rates are on the same conduct where their periods overlap or they share an order; with a
    ticket it is its order alone that counts.
    """
    group = rules.terms((candidate.policy_id, candidate.policy_version)).exclusive_group
    if group is None:
        return None
    versions = {version for version, terms in rules.versions.items() if terms.exclusive_group == group}
    rows = connection.execute(
        select(
            *(decisions.c[name] for name in ("decision_id", "policy_id", "policy_version", "subject_type")),
            decisions.c.period_start,
            decisions.c.period_end,
        )
        .where(
            decisions.c.shop_key == candidate.shop_key,
            decisions.c.mode == "enforce",
            decisions.c.rule_family != candidate.rule_family,
            decisions.c.policy_id.in_(sorted({policy_id for policy_id, _ in versions})),
            stands(candidate.business_day),
        )
        .order_by(decisions.c.business_day, decisions.c.decision_id)
    ).all()
    of_group = [row for row in rows if (row.policy_id, row.policy_version) in versions]
    sharing = _sharing(connection, [row.decision_id for row in of_group], order_keys)
    for row in of_group:
        both_rates = not candidate.is_ticket and row.subject_type == "shop"
        overlaps = row.period_start <= candidate.period_end and candidate.period_start <= row.period_end
        if row.decision_id in sharing or (both_rates and overlaps):
            return row.decision_id
    return None


def lost_occurrences(
    connection: Connection, shop_key: str, rule_family: str, period_end: date, day: date
) -> list[str]:
    """Decisions of the 90 days before a period's end that an appeal had reversed by a day.

    The evaluations still count each of them as an occurrence, and it is one no more.
    """
    reversed_by_then = exists().where(
        decision_events.c.decision_id == decisions.c.decision_id,
        decision_events.c.status == "reversed",
        decision_events.c.business_day <= day,
    )
    found = connection.execute(
        select(decisions.c.decision_id)
        .where(
            decisions.c.shop_key == shop_key,
            decisions.c.rule_family == rule_family,
            decisions.c.mode == "enforce",
            decisions.c.period_end < period_end,
            decisions.c.period_end > period_end - timedelta(days=OCCURRENCE_DAYS),
            reversed_by_then,
        )
        .order_by(decisions.c.period_end, decisions.c.decision_id)
    )
    return list(found.scalars())


def stands(day: date) -> ColumnElement[bool]:
    """Whether a decision had not been taken back by the end of a day; for a `where` over `decisions`."""
    return ~exists().where(
        decision_events.c.decision_id == decisions.c.decision_id,
        decision_events.c.status.in_(sorted(TAKEN_BACK)),
        decision_events.c.business_day <= day,
    )


def _sharing(
    connection: Connection, decision_ids: Sequence[str], order_keys: Collection[str]
) -> frozenset[str]:
    wanted, found = sorted(order_keys), set[str]()
    for decision_id in decision_ids:
        for start in range(0, len(wanted), AT_ONCE):
            shared = connection.execute(
                select(func.count())
                .select_from(decision_orders)
                .where(
                    decision_orders.c.decision_id == decision_id,
                    decision_orders.c.order_key.in_(wanted[start : start + AT_ONCE]),
                )
            ).scalar_one()
            if shared:
                found.add(decision_id)
                break
    return frozenset(found)
