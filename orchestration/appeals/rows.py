"""What became of appeals, as the rows of a business day; an upheld appeal takes its feedback out."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from orchestration.appeals.folding import Folded, Refusal, Transition, told_reason
from orchestration.appeals.rules import taken_out
from orchestration.appeals.schemas import APPEALS_TABLES

APPEAL_UPHELD, REPORT_UPHELD = "appeal_upheld", "report_upheld"

Row = dict[str, Any]


def tables_of(folded: Folded, day: date) -> dict[str, pa.Table]:
    """The three tables of a day, each in a fixed order."""
    transitions = [each for each in folded.transitions if each.business_day == day]
    rows: dict[str, Iterable[Row]] = {
        "appeal_events": sorted(
            map(_event_row, transitions), key=lambda row: (row["appeal_key"], row["seq"])
        ),
        "appeal_refusals": [_refusal_row(each) for each in folded.refusals if each.business_day == day],
        "upheld_feedback": sorted(
            (row for each in transitions for row in upheld_rows(each)),
            key=lambda row: (row["feedback_key"], row["appeal_key"]),
        ),
    }
    return {name: pa.Table.from_pylist(list(rows[name]), schema) for name, schema in APPEALS_TABLES.items()}


def upheld_rows(transition: Transition) -> Iterator[Row]:
    """The feedback that an upheld appeal takes out. Of decisions and bills it is none."""
    filing, subject = transition.after.filing, transition.case.subject
    if transition.event.event != "upheld" or filing is None or subject is None:
        return
    for feedback in taken_out(filing.subject_type, subject, transition.after.terms):
        yield {
            "platform": filing.platform,
            "feedback_key": feedback.feedback_key,
            "order_key": feedback.order_key,
            "appeal_key": filing.appeal_key,
            "exclusion_code": REPORT_UPHELD if filing.is_report else APPEAL_UPHELD,
        }


def _event_row(transition: Transition) -> Row:
    event, after = transition.event, transition.after
    filing = after.filing or event
    return {
        "platform": event.platform,
        "appeal_key": event.appeal_key,
        "seq": after.seq,
        "event": event.event,
        "from_state": transition.from_state,
        "to_state": after.state,
        "round": after.nth_round,
        "shop_key": filing.shop_key,
        "subject_type": filing.subject_type,
        "subject_key": filing.subject_key,
        "decision_id": filing.decision_id or _decision(filing.subject_type, filing.subject_key),
        "policy_id": after.terms.policy_id,
        "policy_version": after.terms.version,
        "reason_code": after.reason_code,
        "statement": after.statement,
        "evidence": list(after.evidence),
        "filed_on": after.filed_on,
        "deadline_on": after.deadline_on,
        "due_on": after.due_on,
        "human_requested": after.human_requested,
        "reviewer_kind": event.reviewer_kind,
        "actor": event.actor,
        "happened_at": event.happened_at,
        "result_reason": told_reason(event),
        "note": event.note,
    }


def _decision(subject_type: str | None, subject_key: str | None) -> str | None:
    return subject_key if subject_type == "decision" else None


def _refusal_row(refusal: Refusal) -> Row:
    event = refusal.event
    return {
        "platform": event.platform,
        "appeal_id": event.appeal_id,
        "event_no": event.event_no,
        "event": event.event,
        "reason": refusal.code,
        "detail": refusal.detail,
    }
