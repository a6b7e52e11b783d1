"""What an appeal does to the decisions it is about: it stops them, lets them go on, or takes them back."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from orchestration.penalties.appeals import CLOSED, Appeals
from orchestration.penalties.bookings import book, exempt_entries, holdings
from orchestration.penalties.consumption import AT_ONCE, OCCURRENCE_DAYS, lost_occurrences
from orchestration.penalties.disregarding import Disregarded, decision_named, disregarded
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.lifecycle import PENDING, record, state_of
from orchestration.penalties.measures_left import lowered_to
from orchestration.penalties.reassessing import (
    Cause,
    decision_row,
    issued_numbers,
    listed_orders,
    lower,
    take_back,
    write,
)
from orchestration.penalties.retest import retested
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decision_orders, decisions, reassessments
from orchestration.penalties.terms import end_early, terms_of

Row = dict[str, Any]


class Outcome(NamedTuple):
    """What an appeal did to one decision."""

    decision_id: str
    appeal_key: str
    outcome: str  # suspended | resumed | reversed | lowered | upheld | exempted


class Settled(NamedTuple):
    """What the appeals of a day did, and those whose decision is not theirs to appeal."""

    outcomes: list[Outcome]
    disregarded: list[Disregarded]


def settle(ledger: Ledger, platform: str, day: date, appeals: Appeals, rules: Rulebook) -> Settled:
    """Carry what the appeals of a platform came to on a day into the ledger, a transaction a decision."""
    found: list[Outcome] = []
    left_aside: list[Disregarded] = []
    for word in sorted(appeals.last_words(platform, day), key=lambda row: row["appeal_key"]):
        with ledger.reading() as connection:
            unsound = disregarded(connection, word, rules)
            concerned = _concerned(connection, word, appeals.upheld_by(word["appeal_key"], day), unsound)
        if unsound is not None:
            left_aside.append(unsound)
        for decision_id, shop_key in concerned:
            with ledger.writing(shop_key) as connection:
                outcomes = _settle_one(connection, decision_id, word, appeals, rules)
            found += [Outcome(decision_id, word["appeal_key"], outcome) for outcome in outcomes]
            if word["to_state"] == "approved":
                # Asked again although settled: a run may have ended between the two.
                found += _ask_later_ones(ledger, decision_id, word, rules)
    return Settled(found, left_aside)


def _settle_one(
    connection: Connection, decision_id: str, word: Row, appeals: Appeals, rules: Rulebook
) -> list[str]:
    decision, state = decision_row(connection, decision_id), state_of(connection, decision_id)
    appeal_key, to_state, day = word["appeal_key"], word["to_state"], word["business_day"]
    done: list[str] = []
    if to_state not in CLOSED:
        terms = rules.appeal_terms((decision["policy_id"], decision["policy_version"]))
        told = state.is_stopped_by(appeal_key, day) or state.was_stopped_from(appeal_key, day)
        if terms.suspends_execution and state.status in PENDING and not told:
            _tell(connection, decision_id, "suspended", word, "an appeal that stops the execution is open")
            done.append("suspended")
        return done
    if state.is_stopped_by(appeal_key, day) and state.status in PENDING:
        _tell(connection, decision_id, "resumed", word, f"the appeal is {to_state}")
        done.append("resumed")
    if to_state == "exempt" and state.status in PENDING and _is_whole(decision, word):
        _exempt(connection, decision, word)
        done.append("exempted")
    if to_state == "approved" and state.is_in_force and not _is_settled(connection, decision_id, appeal_key):
        done.append(_uphold(connection, decision, word, appeals.upheld_by(appeal_key, day), rules))
    return done


def _uphold(connection: Connection, decision: Row, word: Row, upheld: frozenset[str], rules: Rulebook) -> str:
    cause = Cause(word["business_day"], "appeal", word["appeal_key"], "an appeal was upheld")
    orders = listed_orders(connection, decision["decision_id"])
    said = _said_before(connection, decision["decision_id"])
    feedback = {key for order in orders.values() for key in order["feedback"]} & (upheld | said["feedback"])
    appealed = {word["subject_key"]} if word["subject_type"] == "order" else set[str]()
    removed = {
        key
        for key, order in orders.items()
        if order["feedback"] <= feedback or key in appealed | said["orders"]
    }
    detail = {"upheld_feedback": sorted(feedback), "upheld_orders": sorted(removed)}
    if word["subject_type"] == "decision":
        take_back(connection, decision, cause, "reversed", detail=detail)
        return "reversed"
    if decision["subject_type"] == "order":
        if removed:
            take_back(connection, decision, cause, "reversed", detail=detail)
            return "reversed"
        write(connection, decision["decision_id"], cause, "upheld", detail=detail)
        return "upheld"
    consumed = {key for key, order in orders.items() if order["by"] is not None}
    return _again(connection, decision, cause, rules, removed=removed | consumed, detail=detail)


def _again(
    connection: Connection,
    decision: Row,
    cause: Cause,
    rules: Rulebook,
    *,
    removed: set[str],
    detail: Row,
    occurrences_lost: int = 0,
) -> str:
    """Hold what remains against the ladder again, and bring the decision to what is due now."""
    orders = listed_orders(connection, decision["decision_id"])
    numbers = issued_numbers(decision, orders)
    retest = retested(numbers, removed, rules, occurrences_lost=occurrences_lost)
    if retest.tier is None:
        take_back(connection, decision, cause, "reversed", retest=retest, detail=detail)
        return "reversed"
    stands_at = _severity_now(connection, decision, rules)
    if retest.tier.severity < stands_at:
        lower(connection, decision, cause, retest.tier.tier, rules, retest=retest, detail=detail)
        return "lowered"
    write(connection, decision["decision_id"], cause, "upheld", retest=retest, detail=detail)
    return "upheld"


def _ask_later_ones(ledger: Ledger, decision_id: str, word: Row, rules: Rulebook) -> list[Outcome]:
    """Later decisions that counted a reversed one as an occurrence, held against the ladder without it."""
    with ledger.reading() as connection:
        if not state_of(connection, decision_id).is_taken_back:
            return []
        earlier = decision_row(connection, decision_id)
        later = _counting_on(connection, earlier, word["business_day"], rules)
    found: list[Outcome] = []
    for each in later:
        with ledger.writing(each["shop_key"]) as connection:
            done = _is_settled(connection, each["decision_id"], word["appeal_key"], "earlier_reversal")
            if done or not state_of(connection, each["decision_id"]).is_in_force:
                continue
            cause = Cause(
                word["business_day"],
                "earlier_reversal",
                word["appeal_key"],
                "an earlier decision that counted as an occurrence was reversed",
            )
            said = _said_before(connection, each["decision_id"])
            orders = listed_orders(connection, each["decision_id"])
            consumed = {key for key, order in orders.items() if order["by"] is not None}
            family, end = each["rule_family"], each["period_end"]
            lost = len(lost_occurrences(connection, each["shop_key"], family, end, cause.day))
            detail = {"occurrences_lost": lost, "reversed": decision_id}
            removed = said["orders"] | consumed
            outcome = _again(
                connection, each, cause, rules, removed=removed, detail=detail, occurrences_lost=lost
            )
        found.append(Outcome(each["decision_id"], word["appeal_key"], outcome))
        if outcome == "reversed":
            found += _ask_later_ones(ledger, each["decision_id"], word, rules)
    return found


def _counting_on(connection: Connection, earlier: Row, day: date, rules: Rulebook) -> list[Row]:
    """Of later periods those decided before a day; what is decided from then on counts without it."""
    rows = connection.execute(
        select(decisions)
        .where(
            decisions.c.shop_key == earlier["shop_key"],
            decisions.c.rule_family == earlier["rule_family"],
            decisions.c.mode == "enforce",
            decisions.c.occurrences_90d.is_not(None),
            decisions.c.business_day < day,
            decisions.c.period_end > earlier["period_end"],
            decisions.c.period_end < earlier["period_end"] + timedelta(days=OCCURRENCE_DAYS),
        )
        .order_by(decisions.c.period_end, decisions.c.decision_id)
    ).mappings()
    found: list[Row] = []
    for row in rows:
        tier = rules.tier((row["policy_id"], row["policy_version"]), row["rule_id"])
        if tier and tier.asks_for_occurrences:
            found.append(dict(row))
    return found


def _concerned(
    connection: Connection, word: Row, upheld: frozenset[str], unsound: Disregarded | None
) -> list[tuple[str, str]]:
    """The decisions in force from before an appeal's day that it is about, with their shops."""
    subject, kind = word["subject_key"], word["subject_type"]
    ids = {decision_named(word) or ""}
    if kind in ("feedback", "session"):
        upheld = upheld | {subject}
    wanted = sorted(upheld)
    for start in range(0, len(wanted), AT_ONCE):
        ids.update(_listing(connection, "feedback_key", wanted[start : start + AT_ONCE]))
    if kind == "order":
        ids.update(_listing(connection, "order_key", [subject]))
    if unsound is not None:
        ids.discard(unsound.decision_id)
    rows: list[Any] = []
    named = sorted(ids)
    for start in range(0, len(named), AT_ONCE):
        rows += connection.execute(
            select(decisions.c.business_day, decisions.c.decision_id, decisions.c.shop_key).where(
                decisions.c.decision_id.in_(named[start : start + AT_ONCE]),
                decisions.c.mode == "enforce",
                decisions.c.business_day < word["business_day"],
            )
        ).all()
    return [(decision_id, shop_key) for _, decision_id, shop_key in sorted(tuple(row) for row in rows)]


def _listing(connection: Connection, column: str, keys: Sequence[str]) -> Iterable[str]:
    return connection.execute(
        select(decision_orders.c.decision_id).where(decision_orders.c[column].in_(keys)).distinct()
    ).scalars()


def _is_settled(connection: Connection, decision_id: str, appeal_key: str, cause: str = "appeal") -> bool:
    return (
        connection.execute(
            select(reassessments.c.seq)
            .where(
                reassessments.c.decision_id == decision_id,
                reassessments.c.appeal_key == appeal_key,
                reassessments.c.cause == cause,
            )
            .limit(1)
        ).first()
        is not None
    )


def _said_before(connection: Connection, decision_id: str) -> dict[str, set[str]]:
    """The feedback and orders that earlier appeals took out of a decision."""
    found: dict[str, set[str]] = {"feedback": set(), "orders": set()}
    for detail in connection.execute(
        select(reassessments.c.detail).where(
            reassessments.c.decision_id == decision_id, reassessments.c.cause == "appeal"
        )
    ).scalars():
        found["feedback"].update(detail.get("upheld_feedback", []))
        found["orders"].update(detail.get("upheld_orders", []))
    return found


def _severity_now(connection: Connection, decision: Row, rules: Rulebook) -> int:
    tier = lowered_to(connection, decision["decision_id"])
    ladder = rules.ladders.get((decision["policy_id"], decision["policy_version"]), [])
    return next((step.severity for step in ladder if step.tier == tier), decision["severity"])


def _is_whole(decision: Row, word: Row) -> bool:
    return decision["subject_type"] == "order" or word["subject_type"] == "decision"


def _exempt(connection: Connection, decision: Row, word: Row) -> None:
    decision_id, day = decision["decision_id"], word["business_day"]
    held = holdings(connection, decision_id)
    book(connection, exempt_entries(decision_id, day, held, word["appeal_key"]))
    for measure_no in terms_of(connection, decision_id):
        shop_key = decision["shop_key"]
        end_early(connection, decision_id, shop_key, measure_no, day, appeal_key=word["appeal_key"])
    _tell(connection, decision_id, "exempted_resolved", word, "it was settled with the consumer")


def _tell(connection: Connection, decision_id: str, status: str, word: Row, reason: str) -> None:
    day, appeal_key = word["business_day"], word["appeal_key"]
    record(connection, decision_id, status, day, reason=reason, appeal_key=appeal_key)
