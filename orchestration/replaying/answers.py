"""The whole path of an order, a shop or a decision as one answer: facts, rules, outcome, differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from orchestration.replaying.comparison import (
    RATE_COLUMNS,
    TICKET_COLUMNS,
    Difference,
    decision_differences,
    order_differences,
    shop_differences,
    ticket_differences,
)
from orchestration.replaying.feedback import Feedback, verdicts
from orchestration.replaying.judging import Judging
from orchestration.replaying.ledger import decision_of, measures_of, neighbour_of
from orchestration.replaying.orders import OrderReplay, replayed_order
from orchestration.replaying.reading import ReplayError, Row, first
from orchestration.replaying.rules import RATE, Rules, rules_in_force
from orchestration.replaying.shop import Scorer, ShopReplay, replayed_shop
from orchestration.replaying.tickets import replayed_ticket

WEEKDAYS = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Answer:
    """What was replayed, as plain values, and where it is not what is stored.

    `compared` says why nothing was compared; empty where it was.
    """

    path: Row
    differences: Sequence[Difference]
    compared: str = ""

    def as_json(self) -> dict[str, Any]:
        """The answer with days and times as ISO text."""
        found = [each._asdict() for each in self.differences]
        return {**self.path, "differences": found, "not_compared": self.compared or None}


def order_answer(
    connection: duckdb.DuckDBPyConnection, order_key: str, known_on: date, would_be: Rules | None = None
) -> Answer:
    """An order as known on a day. Raises ReplayError where it had not arrived by then."""
    order = replayed_order(connection, order_key, known_on, would_be)
    if order is None:
        arrived = first(
            connection,
            "select min(business_day) as day from intermediate.int_orders_judged where order_key = $key",
            key=order_key,
        )
        raise ReplayError(
            f"order '{order_key}' had not arrived by the end of {known_on}: it is first known on "
            f"{arrived['day'] if arrived else 'no day'}"
        )
    kind_tried = would_be.said("kind") if would_be else None
    ticket = None if kind_tried == RATE else replayed_ticket(connection, order, would_be)
    candidate = ticket["candidate"] if ticket else None
    decision = decision_of(connection, "order", order_key, candidate) if candidate else None
    platform = order.facts["platform"]
    rules = would_be if kind_tried == RATE else rules_in_force(connection, platform, known_on, RATE)
    path = {
        "what": "order",
        "order_key": order_key,
        "known_on": known_on,
        "policies": [each.as_said() for each in (rules, ticket["rules"] if ticket else None) if each],
        "order": {**order.facts, "lines": list(order.lines)},
        "exclusions": [each._asdict() for each in order.asked],
        "feedback": [_feedback_said(each, order) for each in order.feedback],
        "is_effective": order.is_effective,
        "is_negative": order.is_negative,
        "ticket": _ticket_said(ticket),
        "outcome": _order_outcome(connection, order, candidate, decision, ticket),
    }
    if would_be is not None:
        return Answer(path, (), "this is what would have been; nothing of it is stored")
    found = order_differences(connection, order)
    if ticket is not None:
        found += ticket_differences(connection, order_key, order, candidate)
        found += decision_differences(connection, decision, candidate, TICKET_COLUMNS, [order_key])
    return Answer(path, found)


def shop_answer(
    connection: duckdb.DuckDBPyConnection,
    shop_key: str,
    day: date,
    known_on: date,
    *,
    scorer: Scorer,
    would_be: Rules | None = None,
) -> Answer:
    """A shop's window that ends on a day, as known on `known_on`, which is no earlier."""
    replay = replayed_shop(connection, shop_key, day, known_on, scorer=scorer, would_be=would_be)
    judgement, candidate = replay.judgement, replay.candidate()
    decision = decision_of(connection, "shop", shop_key, candidate) if candidate else None
    path = {
        "what": "shop",
        "shop_key": shop_key,
        "day": day,
        "known_on": known_on,
        "policies": [each.rules.as_said() for each in judgement.judgings],
        "window": {"first": replay.counts.first_day, "last": day, "days": replay.window_days},
        "figures": {**replay.figures, **_by_dimension(replay)},
        "benchmark_peers": list(replay.peers),
        "negative_orders": [_negative_said(each) for each in replay.counts.negatives],
        "judgings": [_judging_said(each, replay) for each in judgement.judgings],
        "taken": {**_version(judgement.taken), "why": judgement.why},
        "is_occurrence": judgement.is_occurrence and replay.is_evaluation_day,
        "outcome": _shop_outcome(connection, replay, candidate, decision),
    }
    if would_be is not None:
        return Answer(path, (), "this is what would have been; nothing of it is stored")
    if known_on != day:
        return Answer(path, (), f"what is stored was known on {day}, this on {known_on}")
    orders = [each.order_key for each in replay.counts.negatives]
    found = shop_differences(connection, replay)
    found += decision_differences(connection, decision, candidate, RATE_COLUMNS, orders)
    return Answer(path, found)


def decision_answer(
    connection: duckdb.DuckDBPyConnection,
    decision: Row,
    known_on: date,
    scorer: Scorer,
    would_be: Rules | None = None,
) -> Answer:
    """The decision's shop or order, replayed as known on a day, and the decision against it."""
    if decision["subject_type"] == "order":
        answer = order_answer(connection, decision["subject_key"], known_on, would_be)
        columns, orders = TICKET_COLUMNS, [decision["subject_key"]]
    else:
        day = decision["period_end"]
        answer = shop_answer(
            connection, decision["subject_key"], day, known_on, scorer=scorer, would_be=would_be
        )
        columns, orders = RATE_COLUMNS, [each["order_key"] for each in answer.path["negative_orders"]]
    found, outcome = list(answer.differences), answer.path["outcome"]
    # A candidate that became this very decision has been compared with it already.
    if not answer.compared and outcome.get("decision_id") != decision["decision_id"]:
        found += decision_differences(connection, decision, outcome["candidate"], columns, orders)
    measures = measures_of(connection, decision["decision_id"])
    return Answer({**answer.path, "decision": {**decision, "measures": measures}}, found, answer.compared)


def _by_dimension(replay: ShopReplay) -> Row:
    return {f"num_{name}": count for name, count in replay.counts.by_dimension.items() if name != "overall"}


def _judging_said(judging: Judging, replay: ShopReplay) -> Row:
    """What one version asks for and what it makes of the window."""
    rules = judging.rules
    names = ("min_orders", "min_distinct_buyers", "prob_above_threshold")
    return {
        **_version(judging),
        "days": judging.days,
        "is_of_last_day": judging.is_of_last_day,
        "mode": rules.mode_on(replay.day),
        "eligibility": {
            **{name: rules.said(name) for name in names},
            # These are the last day's version's, whoever judges.
            **{name: replay.rules.said(name) for name in ("threshold_ratio", "cooldown_days")},
            "small_n": list(rules.tables["small_n_guards"]),
            "guard_score": judging.guard_score,
            "evaluation_day": WEEKDAYS[replay.rules.said("evaluation_weekday") or 0] or None,
        },
        "held_back_by": judging.held_back_by,
        "is_occurrence": judging.is_occurrence and replay.is_evaluation_day,
        "tiers": list(judging.tiers),
        "outcome": judging.outcome,
        "is_taken": judging is replay.judgement.taken,
    }


def _version(judging: Judging) -> Row:
    return {"policy_id": judging.rules.policy_id, "version": judging.rules.version}


def _negative_said(negative: Any) -> Row:
    return {
        "order_key": negative.order_key,
        "order_day": negative.order_day,
        "feedback_keys": sorted({each.feedback_key for each in negative.verdicts}),
        "issue_codes": sorted({code for each in negative.verdicts for code in each.issue_codes}),
        "words": list(negative.words),
    }


def _feedback_said(feedback: Feedback, order: OrderReplay) -> Row:
    person = feedback.decision_on(order.known_on)
    found = verdicts(feedback, order.known_on, order.listed)
    spans = [dict(span) for span in feedback.spans]
    return {
        "feedback_key": feedback.key,
        "channel": feedback.first["channel"],
        "occurred_at": feedback.first["occurred_at"],
        "arrived_on": feedback.first["business_day"],
        "link": {
            "method": feedback.link["link_method"],
            "confidence": feedback.link["link_confidence"],
            "known_on": feedback.link["business_day"],
        },
        "text": feedback.first["text"] or feedback.first["reason_text"],
        "rating": feedback.first["rating_overall"],
        "tags": [
            {**tag, "spans": [span for span in spans if span["tag_no"] == tag["tag_no"]]}
            for tag in feedback.tags
        ],
        "decided_by_a_person": person,
        "exclusions": [
            {
                "code": each["exclusion_code"],
                "excludes": each["is_excluding"]
                if order.listed is None
                else each["exclusion_code"] in order.listed,
            }
            for each in feedback.exclusions
            if each["is_first_version"]
        ],
        "counts_as": [{**each._asdict(), "is_valid": each.is_valid} for each in found],
    }


def _ticket_said(ticket: Row | None) -> Row | None:
    return ticket and {"asked": ticket["asked"], "candidate": ticket["candidate"]}


def _order_outcome(
    connection: duckdb.DuckDBPyConnection,
    order: OrderReplay,
    candidate: Row | None,
    decision: Row | None,
    ticket: Row | None,
) -> Row:
    if ticket is not None:
        if candidate is not None:
            if order.listed is not None:
                return _would_have_been(candidate, decision)
            return _became(connection, "order", candidate, decision, order.known_on)
        asked = ticket["asked"]
        why = "no rule of the ticket policy is about what its feedback says"
        if asked:
            lacking = sorted({name for row in asked for name, there in row["proof"].items() if not there})
            why = f"a rule is about it and lacks {', '.join(lacking) or 'a processed day before it'}"
        return {"is": "none", "why": why, "candidate": None}
    if order.is_negative:
        why = "it counts in its shop's numerator; the shop is judged, not the order"
        return {"is": "negative_order", "why": why, "candidate": None}
    if not order.is_effective:
        excluded = ", ".join(each.code for each in order.asked if each.holds and each.excludes)
        return {"is": "none", "why": f"it is no effective order: {excluded}", "candidate": None}
    why = "no feedback makes it negative" if order.feedback else "no feedback is linked to it"
    return {"is": "none", "why": f"{why}; it counts in its shop's denominator", "candidate": None}


def _shop_outcome(
    connection: duckdb.DuckDBPyConnection, replay: ShopReplay, candidate: Row | None, decision: Row | None
) -> Row:
    if candidate is not None:
        if replay.rules.would_be:
            return _would_have_been(candidate, decision)
        return _became(connection, "shop", candidate, decision, replay.counts.known_on)
    if not replay.is_evaluation_day:
        weekday = WEEKDAYS[replay.rules.said("evaluation_weekday") or 0] or "no weekday"
        why = f"{replay.day} is a {WEEKDAYS[replay.day.isoweekday()]}; the policy evaluates on {weekday}"
    elif (held_back_by := replay.judgement.taken.held_back_by) is not None:
        why = f"held back: {held_back_by}"
    else:
        why = "no tier is met"
    return {"is": "none", "why": why, "candidate": None}


def _would_have_been(candidate: Row, decision: Row | None) -> Row:
    stands = f"{decision['tier']} in mode {decision['mode']}" if decision else "no decision of it"
    why = f"it would have been one by this version; the ledger holds {stands}"
    return {"is": "candidate", "why": why, "candidate": candidate}


def _became(
    connection: duckdb.DuckDBPyConnection,
    subject_type: str,
    candidate: Row,
    decision: Row | None,
    known_on: date,
) -> Row:
    """What a candidate became: a decision, a shadow, or nothing within another's cooldown."""
    if decision is not None:
        kind = "decision" if decision["mode"] == "enforce" else "shadow"
        said = {"is": kind, "why": f"posted as {decision['decision_id']}", "candidate": candidate}
        return said | {"decision_id": decision["decision_id"]}
    near = neighbour_of(connection, subject_type, candidate, known_on)
    if near is not None:
        why = (
            f"within {candidate['cooldown_days']} days of {near['decision_id']} "
            f"({near['tier']}, period to {near['period_end']}): the cooldown keeps a second decision away"
        )
        return {"is": "candidate", "why": why, "candidate": candidate}
    return {"is": "candidate", "why": "no decision of it is in the ledger", "candidate": candidate}
