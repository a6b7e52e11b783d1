"""What a day says of appeals, row by row; an upheld appeal takes out its feedback and no other."""

from datetime import date
from typing import Any

import pytest

from orchestration.appeals.filing import Case
from orchestration.appeals.folding import fold
from orchestration.appeals.rows import tables_of
from orchestration.appeals.schemas import APPEALS_TABLES
from tests.unit.appeals.appeals import SHOP, TERMS, case, event, feedback, filed

PRODUCT = feedback("pinduoduo:review:f1")
SERVICE = feedback("pinduoduo:im_session:f2", issues=("no_reply",))


def rows(day: int, *events: Any, of: Case) -> dict[str, list[dict[str, Any]]]:
    folded = fold(events, lambda _, __: of)
    return {name: table.to_pylist() for name, table in tables_of(folded, date(2026, 9, day)).items()}


def upheld(day: int = 8) -> Any:
    return event(2, "upheld", day, reviewer_kind="human", result_reason="凭证不足")


def test_an_event_is_told_on_its_day_with_everything_it_was_judged_by() -> None:
    found = rows(5, filed(), upheld(), of=case())
    (row,) = found["appeal_events"]
    assert {name: value for name, value in row.items() if value is not None} == {
        "platform": "pinduoduo",
        "appeal_key": "pinduoduo:appeal:a1",
        "seq": 1,
        "event": "filed",
        "to_state": "submitted",
        "round": 1,
        "shop_key": SHOP,
        "subject_type": "order",
        "subject_key": "pinduoduo:o1",
        "policy_id": "pdd",
        "policy_version": "1",
        "reason_code": "20",
        "statement": "商品没有问题",
        "evidence": ["photo:aa"],
        "filed_on": date(2026, 9, 5),
        "deadline_on": date(2026, 9, 9),
        "due_on": date(2026, 9, 11),
        "human_requested": False,
        "actor": "somebody",
        "happened_at": filed().happened_at,
    }
    assert found["appeal_refusals"] == found["upheld_feedback"] == []


def test_of_an_order_only_feedback_that_could_be_appealed_goes() -> None:
    found = rows(8, filed(), upheld(), of=case(TERMS, PRODUCT, SERVICE))
    assert found["upheld_feedback"] == [
        {
            "platform": "pinduoduo",
            "feedback_key": "pinduoduo:review:f1",
            "order_key": "pinduoduo:o1",
            "appeal_key": "pinduoduo:appeal:a1",
            "exclusion_code": "appeal_upheld",
        }
    ]
    (row,) = found["appeal_events"]
    assert (row["from_state"], row["to_state"], row["result_reason"]) == (
        "submitted", "approved", "insufficient_evidence",
    )  # fmt: skip


@pytest.mark.parametrize(("decision", "code"), [(None, "report_upheld"), ("d1", "appeal_upheld")])
def test_a_report_and_an_appeal_about_feedback_have_codes_of_their_own(
    decision: str | None, code: str
) -> None:
    about = filed(
        subject_type="feedback",
        subject_key="pinduoduo:review:f1",
        reason_code="差评好评",
        decision_id=decision,
    )
    found = rows(8, about, upheld(), of=case(TERMS, PRODUCT, key="pinduoduo:review:f1"))
    assert [(row["feedback_key"], row["exclusion_code"]) for row in found["upheld_feedback"]] == [
        ("pinduoduo:review:f1", code)
    ]
    assert found["appeal_events"][0]["decision_id"] == decision


def test_an_appeal_against_a_decision_takes_no_feedback_out_and_names_the_decision() -> None:
    about = filed(subject_type="decision", subject_key="d1", reason_code="99")
    found = rows(8, about, upheld(), of=Case(TERMS, None))
    assert found["upheld_feedback"] == []
    assert found["appeal_events"][0]["decision_id"] == "d1"


def test_a_refusal_is_told_with_its_rule_and_remedy() -> None:
    found = rows(5, filed(evidence=()), of=case())
    assert found["appeal_refusals"] == [
        {
            "platform": "pinduoduo",
            "appeal_id": "a1",
            "event_no": 1,
            "event": "filed",
            "reason": "evidence_missing",
            "detail": "missing: photo. Add what is missing and file again.",
        }
    ]
    assert found["appeal_events"] == []


def test_a_day_without_appeals_has_empty_tables_of_the_agreed_columns() -> None:
    tables = tables_of(fold([], lambda _, __: case()), date(2026, 9, 5))
    assert {name: table.schema for name, table in tables.items()} == APPEALS_TABLES
    assert all(table.num_rows == 0 for table in tables.values())
