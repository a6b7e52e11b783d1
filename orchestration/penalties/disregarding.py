"""Appeals that name a decision, held against the ledger: what does not hold changes nothing in it.

The appeals are folded before the ledger is asked, so a decision that one names is taken at its word there.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from orchestration.penalties.lifecycle import state_of
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decisions

Row = dict[str, Any]

_ASKED = ("business_day", "shop_key", "policy_id", "policy_version", "appealable", "appeal_deadline")


class Disregarded(NamedTuple):
    """An appeal that cannot concern the decision it names, and why."""

    business_day: date
    appeal_key: str
    decision_id: str
    reason: str  # unknown_decision | other_shop | not_appealable | filed_late
    detail: str

    def __str__(self) -> str:
        return f"{self.appeal_key}: {self.detail} [{self.reason}]"


def decision_named(word: Row) -> str | None:
    """The decision that an appeal is about or names; a bill is the platform's own and concerns none."""
    if word["subject_type"] == "bill":
        return None
    return (word["subject_key"] if word["subject_type"] == "decision" else None) or word["decision_id"]


def disregarded(connection: Connection, word: Row, rules: Rulebook) -> Disregarded | None:
    """Why the decision that an appeal names is not its own to appeal; None where it is, or names none."""
    decision_id = decision_named(word)
    if decision_id is None:
        return None
    found = connection.execute(
        select(*(decisions.c[name] for name in _ASKED)).where(decisions.c.decision_id == decision_id)
    ).first()
    decision = dict(found._mapping) if found else None
    if decision is not None and decision["appeal_deadline"] is None:
        decision["appeal_deadline"] = _after_confirmation(connection, decision_id, decision, rules)
    why = _why(decision_id, word, decision)
    return None if why is None else Disregarded(word["business_day"], word["appeal_key"], decision_id, *why)


def _after_confirmation(
    connection: Connection, decision_id: str, decision: Row, rules: Rulebook
) -> date | None:
    """The last day to appeal what a person had to confirm: its days run from then (C20)."""
    confirmed_on = state_of(connection, decision_id).day_of("confirmed")
    terms = rules.appeal_terms((decision["policy_id"], decision["policy_version"]))
    if confirmed_on is None or terms.window_days is None:
        return None
    return confirmed_on + timedelta(days=terms.window_days)


def _why(decision_id: str, word: Row, decision: Row | None) -> tuple[str, str] | None:
    # One issued on the appeal's own day comes after it: whoever posts that day again must find the same.
    if decision is None or decision["business_day"] >= word["business_day"]:
        said = f"no decision {decision_id} was posted before {word['business_day']}"
        return "unknown_decision", f"{said}: appeal against one of the penalty list"
    if decision["shop_key"] != word["shop_key"]:
        said = f"decision {decision_id} is not against {word['shop_key']}"
        return "other_shop", f"{said}: only the shop it is against may appeal"
    if decision["appealable"] is False:
        return "not_appealable", f"decision {decision_id} is of a rule that opens no appeal"
    last, filed = decision["appeal_deadline"], word["filed_on"]
    if last is not None and (filed is None or filed > last):
        return "filed_late", f"filed on {filed}, decision {decision_id} could be appealed until {last}"
    return None
