"""An order as known by a day: its facts, every exclusion that is asked, and what its feedback makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import duckdb

from orchestration.replaying.feedback import Feedback, Verdict, feedback_of, verdicts
from orchestration.replaying.reading import Row, first, rows
from orchestration.replaying.rules import Rules

FACTS = """
select judged.*, listed.codes as listed_codes, days.is_brushing, versions.risk_flag, versions.updated_at,
       coalesce(lines.are_all_gifts, false) as are_all_gifts
from intermediate.int_orders_judged as judged
left join intermediate.int_order_days as days
    on judged.order_key = days.order_key and judged.business_day = days.business_day
left join staging.stg_orders as versions
    on versions.order_key = days.order_key and versions.business_day = days.state_day
    and versions.row_sha256 = days.row_sha256
left join (
    select order_key, business_day, bool_and(is_gift) as are_all_gifts
    from intermediate.int_order_lines_known where order_key = $key group by all
) as lines on judged.order_key = lines.order_key and judged.business_day = lines.business_day
left join (
    select policies.platform, policies.business_day,
           list(distinct exclusions.exclusion_code) filter (exclusions.exclusion_code is not null) as found,
           coalesce(found, []) as codes
    from intermediate.int_policies_in_force as policies
    left join policies.policy_exclusions as exclusions
        on policies.policy_id = exclusions.policy_id and policies.policy_version = exclusions.version
        and exclusions.scope = 'order'
    group by all
) as listed on judged.platform = listed.platform and judged.business_day = listed.business_day
where judged.order_key = $key and judged.business_day <= $known
order by judged.business_day
"""
LINES = """
select line_id, product_key, creator_key, theme, quantity, pay_amount_fen, is_gift
from intermediate.int_order_lines_known where order_key = $key and business_day = $day order by line_id
"""
INSTANT = timedelta(minutes=30)


class Asked(NamedTuple):
    """One exclusion code, what it looks at, and whether it holds."""

    code: str
    because: str
    holds: bool
    excludes: bool  # a version that does not list the code does not leave the order out


@dataclass(frozen=True)
class OrderReplay:
    """An order on a known day. `history` are its judged states up to that day, the last one in force."""

    known_on: date
    history: Sequence[Row]
    lines: Sequence[Row]
    asked: Sequence[Asked]
    feedback: Sequence[Feedback]
    listed: frozenset[str] | None

    @property
    def facts(self) -> Row:
        """Its state as of the known day."""
        return self.history[-1]

    @property
    def is_effective(self) -> bool:
        """Whether it was paid and nothing excludes it."""
        return is_effective(self.facts, self.asked)

    def verdicts(self, day: date | None = None) -> list[Verdict]:
        """What its feedback says on a day, in the order in which it began to count."""
        found = [said for each in self.feedback for said in verdicts(each, day or self.known_on, self.listed)]
        return sorted(found)

    @property
    def is_negative(self) -> bool:
        """Whether it is in the numerator."""
        return self.is_effective and any(verdict.is_valid for verdict in self.verdicts())


def replayed_order(
    connection: duckdb.DuckDBPyConnection, order_key: str, known_on: date, would_be: Rules | None = None
) -> OrderReplay | None:
    """The order as known by the end of a day; None where it had not arrived."""
    history = rows(connection, FACTS, key=order_key, known=known_on)
    if not history:
        return None
    facts = history[-1]
    return OrderReplay(
        known_on,
        history,
        rows(connection, LINES, key=order_key, day=facts["business_day"]),
        exclusions_asked(facts, would_be.codes("order") if would_be else None),
        feedback_of(connection, [order_key], known_on).get(order_key, []),
        would_be.codes("evaluation") if would_be else None,
    )


def stored_order(connection: duckdb.DuckDBPyConnection, order_key: str, known_on: date) -> Row:
    """What the warehouse says of the order on that day: counted as negative, and its verdicts in force."""
    counted = first(
        connection,
        "select coalesce(sum(change), 0) > 0 as is_negative from ccr.fct_negative_orders "
        "where order_key = $key and dimension = 'overall' and business_day <= $known",
        key=order_key,
        known=known_on,
    )
    standing = rows(
        connection,
        "select feedback_key, dimension, needs_content_theme, issue_codes, guarded_issue_codes, "
        "exclusion_codes, is_negative, is_real, is_valid, decision_no "
        "from intermediate.int_verdicts_in_force where order_key = $key and business_day <= $known "
        "and (until_day is null or until_day > $known) order by all",
        key=order_key,
        known=known_on,
    )
    return {"is_negative": bool(counted and counted["is_negative"]), "verdicts": standing}


def exclusions_asked(facts: Row, listed: frozenset[str] | None) -> list[Asked]:
    """Every code an order is asked about, answered from its facts (`int_orders_judged`).

    `listed` are the codes of a version that is tried; None: those of the policies then in force, or, where
    none was, every code.
    """
    chosen = facts["listed_codes"] if listed is None else listed
    paid, closed, refunded = facts["paid_at"], facts["closed_at"], facts["refunded_at"]
    status, kind, risk = facts["status"], facts["order_kind"], facts["risk_flag"]
    fen, list_fen, is_paid = facts["pay_amount_fen"], facts["list_amount_fen"], paid is not None
    amount = f"{_yuan(fen)} paid"
    answers = (
        ("unpaid", f"paid at {paid or '–'}", not is_paid),
        (
            "closed_before_pay",
            f"{status}, closed at {closed or '–'}, paid at {paid or '–'}",
            not is_paid and (status in ("cancelled", "closed") or closed is not None),
        ),
        (
            "cancelled_before_ship",
            f"{status}, shipped at {facts['shipped_at'] or '–'}",
            is_paid and status == "cancelled" and facts["shipped_at"] is None,
        ),
        ("zero_amount", amount, fen is not None and fen <= 0),
        ("lottery_or_lucky_bag", f"kind {kind}", kind == "lottery"),
        (
            "gift_line_only",
            f"kind {kind}, {'all' if facts['are_all_gifts'] else 'not all'} lines are gifts",
            kind == "gift" or bool(facts["are_all_gifts"]),
        ),
        ("sample_order", f"kind {kind}", kind == "sample"),
        ("collection_or_topup", f"kind {kind}", kind == "top_up"),
        ("internal_purchase", f"kind {kind}", kind == "internal"),
        ("low_price_lt_1yuan", amount, fen is not None and 1 <= fen <= 99),
        (
            "low_price_lt_30pct",
            f"{amount} of {_yuan(list_fen)}",
            fen is not None and list_fen is not None and fen > 0 and fen * 100 < list_fen * 30,
        ),
        (
            "instant_refund",
            f"refunded at {refunded or '–'}",
            refunded is not None and is_paid and refunded <= paid + INSTANT,
        ),
        ("risk_review", f"risk flag {risk or '–'}", risk == "risk_review"),
        ("platform_abnormal_cancel", f"risk flag {risk or '–'}", risk == "abnormal_cancel"),
        (
            "brushing_cluster",
            f"{'in a' if facts['is_brushing'] else 'in no'} cluster of one waybill, or of one buyer's burst",
            bool(facts["is_brushing"]),
        ),
    )
    return [Asked(code, because, holds, chosen is None or code in chosen) for code, because, holds in answers]


def is_effective(facts: Row, asked: Sequence[Asked]) -> bool:
    """Whether an order was paid and no code that holds leaves it out."""
    return facts["paid_at"] is not None and not any(each.holds and each.excludes for each in asked)


def _yuan(fen: int | None) -> str:
    return "–" if fen is None else f"{fen // 100}.{fen % 100:02d}"
