"""Every rule that an event of an appeal may break, with what is said of it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orchestration.appeals.filing import AppealEvent, Case, Terms
from orchestration.appeals.folding import Folded, fold
from orchestration.appeals.refusals import REMEDIES
from tests.unit.appeals.appeals import ORDER, SHOP, TERMS, case, event, feedback, filed

KEY = "pinduoduo:appeal:a1"
UNKNOWN = Case(TERMS, None)
SERVICE = case(TERMS, feedback(issues=("no_reply", "shirking")))
REVIEW: dict[str, Any] = {
    "subject_type": "feedback", "subject_key": "pinduoduo:review:f1", "reason_code": "差评好评",
}  # fmt: skip
FOUND = ("photo:aa", "chat_record:bb")


def judged(*events: AppealEvent, of: Case | None = None) -> Folded:
    return fold(events, lambda _, __: of or case())


def refused(*events: AppealEvent, of: Case | None = None) -> tuple[str, str]:
    """The code and the words of the only refusal, which name the remedy."""
    (refusal,) = judged(*events, of=of).refusals
    assert refusal.detail.endswith(REMEDIES[refusal.code])
    return refusal.code, refusal.detail.removesuffix(f". {REMEDIES[refusal.code]}")


def test_a_filing_that_keeps_every_rule_is_accepted_with_its_terms() -> None:
    (transition,) = judged(filed()).transitions
    after = transition.after
    assert (after.state, after.terms.policy_id, after.reason_code) == ("submitted", "pdd", "20")
    assert (after.filed_on, after.deadline_on, after.due_on) == (
        date(2026, 9, 5), date(2026, 9, 9), date(2026, 9, 11),
    )  # fmt: skip


FILINGS: list[tuple[AppealEvent, Case, str, str]] = [
    (filed(subject_type=None), case(), "subject_unknown", "the filing does not say what it is about"),
    (filed(), UNKNOWN, "subject_unknown", "the order pinduoduo:o1 is not known by 2026-09-05"),
    (
        filed(shop_key="pinduoduo:s2"), case(), "wrong_shop",
        "pinduoduo:o1 belongs to another shop than pinduoduo:s2",
    ),
    (
        filed(), SERVICE, "not_appealable",
        "no_reply: a long silence of the service (长时间不回复) cannot be appealed; shirking is no product "
        "problem, and only product problems are open to appeal (目前仅商品问题可申诉)",
    ),
    (
        filed(), case(TERMS, feedback(issues=("ticket_overdue_after_track_stall",))), "not_appealable",
        "ticket_overdue_after_track_stall: a ticket that ran over after tracking had stalled, with a "
        "consumer who is dissatisfied (物流断更后工单逾期), cannot be appealed",
    ),
    (
        filed(), case(TERMS, feedback(issues=("late_ship_false_voucher",))), "not_appealable",
        "late_ship_false_voucher: late shipping whose vouchers contradict the facts (延迟发货且凭证与事实"
        "不符) cannot be appealed",
    ),
    (
        filed(), case(replace(TERMS, appealable=False)), "not_appealable",
        "policy pdd opens no appeal against what it says",
    ),
    (filed(reason_code="18"), case(), "unknown_reason", "reason '18' is given; offered are: 20, 99"),
    (filed(reason_code=None), case(), "unknown_reason", "no reason is given; offered are: 20, 99"),
    (
        filed(**REVIEW), case(TERMS, feedback("pinduoduo:complaint:f1")), "unknown_reason",
        "reason '差评好评' is given; offered are: none for this subject",
    ),
    (filed(10), case(), "filed_late", "filed on 2026-09-10, the last day was 2026-09-09"),
    (
        filed(20, noticed_at=event(1, "filed", 12).happened_at), case(), "filed_late",
        "filed on 2026-09-20, the last day was 2026-09-19",
    ),
    (
        filed(statement="长" * 21), case(), "statement_too_long",
        "the statement has 21 characters, 20 are allowed",
    ),
    (filed(evidence=("chat_record:aa",)), case(), "evidence_missing", "missing: photo"),
    (filed(reason_code="99", statement=" "), case(), "evidence_missing", "missing: a statement"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("filing", "of", "code", "says"), FILINGS, ids=[each[2] + each[3][:20] for each in FILINGS]
)
def test_a_filing_that_breaks_a_rule_is_refused_in_words(
    filing: AppealEvent, of: Case, code: str, says: str
) -> None:
    assert refused(filing, of=of) == (code, says)


def test_every_refusal_has_a_remedy_and_is_tried_here() -> None:
    tried = {code for _, _, code, _ in FILINGS}
    elsewhere = {
        "out_of_sequence", "evidence_unchanged", "too_many_rounds", "second_open_appeal",
        "decided_by_machine_after_human_request",
    }  # fmt: skip
    assert tried | elsewhere == set(REMEDIES)


def test_an_order_with_a_product_problem_beside_a_service_problem_is_open() -> None:
    mixed = case(TERMS, feedback(issues=("no_reply", "quality_defect")))
    assert judged(filed(), of=mixed).refusals == ()


def test_a_report_goes_by_the_age_of_the_feedback_and_an_appeal_by_the_notice() -> None:
    review = case(TERMS, feedback(occurred_on=date(2026, 8, 20)), key="pinduoduo:review:f1")
    assert judged(filed(19, **REVIEW), of=review).refusals == ()
    assert refused(filed(20, **REVIEW), of=review)[1] == "filed on 2026-09-20, the last day was 2026-09-19"
    against_a_decision = filed(10, **REVIEW, decision_id="d1")
    assert refused(against_a_decision, of=review)[1] == "filed on 2026-09-10, the last day was 2026-09-09"


def test_without_a_term_in_the_policy_nothing_is_late_and_any_reason_is_heard() -> None:
    free = case(Terms())
    (transition,) = judged(filed(28, reason_code="whatever", evidence=()), of=free).transitions
    assert (transition.after.deadline_on, transition.after.due_on) == (None, None)


def test_who_files_for_an_earlier_day_filed_on_that_day() -> None:
    late_clock = filed(9, happened_at=event(1, "filed", 28).happened_at)
    assert judged(late_clock).refusals == ()


def test_a_second_open_appeal_about_the_same_subject_is_refused() -> None:
    first, second = filed(), filed(6, appeal="a2")
    code, says = refused(first, second)
    assert (code, says) == ("second_open_appeal", "appeal a1 about it is submitted")
    withdrawn = event(2, "withdrawn", 6, happened_at=second.happened_at.replace(hour=1))
    assert judged(first, withdrawn, second).refusals == ()


def test_a_new_appeal_is_no_way_round_the_last_word() -> None:
    first = [filed(), event(2, "rejected", reviewer_kind="auto")]
    code, says = refused(*first, filed(6, appeal="a2"))
    assert code == "too_many_rounds"
    assert says == "appeal a1 about it was decided (rejected); only a reconsideration of that one may follow"


def second_round(**values: Any) -> list[AppealEvent]:
    return [
        filed(),
        event(2, "rejected", reviewer_kind="auto"),
        event(3, "reconsideration_filed", **{"evidence": FOUND, **values}),
    ]


def test_the_second_round_needs_evidence_that_is_new() -> None:
    assert judged(*second_round()).refusals == ()
    for evidence in (("photo:aa",), ("document:aa",), ()):
        code, says = refused(*second_round(evidence=evidence))
        assert (code, says) == ("evidence_unchanged", "the reconsideration brings no evidence that is new")
    lenient = case(replace(TERMS, evidence_must_differ=False))
    assert judged(*second_round(evidence=("photo:aa",)), of=lenient).refusals == ()


def test_there_is_no_third_round_and_where_the_policy_says_so_no_second() -> None:
    third = [
        event(4, "rejected", reviewer_kind="human"),
        event(5, "reconsideration_filed", evidence=("photo:cc",)),
    ]
    assert refused(*second_round(), *third) == ("too_many_rounds", "the reconsideration was the last round")
    once = case(replace(TERMS, rounds=1))
    assert refused(*second_round(), of=once) == ("too_many_rounds", "the policy hears an appeal once")


def test_what_is_handed_in_again_is_looked_at_as_a_whole() -> None:
    returned = [filed(), event(2, "returned")]
    mended = event(3, "resubmitted", statement="补充说明", statement_length=4)
    after = judged(*returned, mended).standing(KEY)
    assert (after.state, after.statement, after.evidence) == ("submitted", "补充说明", ("photo:aa",))
    assert refused(*returned, event(3, "resubmitted", statement="长" * 21, statement_length=21))[0] == (
        "statement_too_long"
    )


@pytest.mark.parametrize("decision", ["upheld", "rejected"])
@pytest.mark.parametrize("reviewer", ["auto", None])
def test_once_a_person_was_asked_for_no_machine_decides(decision: str, reviewer: str | None) -> None:
    asked = [filed(), event(2, "human_requested")]
    code, says = refused(*asked, event(3, decision, reviewer_kind=reviewer))
    assert code == "decided_by_machine_after_human_request"
    assert says == "a person was asked for, and no person decided"
    then = judged(
        *asked, event(3, decision, reviewer_kind=reviewer), event(4, decision, reviewer_kind="human")
    )
    assert then.standing(KEY).state == ("approved" if decision == "upheld" else "rejected")


def test_the_request_for_a_person_holds_in_the_second_round() -> None:
    first = [filed(), event(2, "human_requested"), event(3, "rejected", reviewer_kind="human")]
    again = event(4, "reconsideration_filed", evidence=FOUND)
    assert refused(*first, again, event(5, "rejected", reviewer_kind="auto"))[0] == (
        "decided_by_machine_after_human_request"
    )


def test_another_shop_cannot_speak_in_an_appeal() -> None:
    code, says = refused(filed(), event(2, "withdrawn", shop_key="pinduoduo:s2"))
    assert (code, says) == ("wrong_shop", f"the appeal is one of {SHOP}, not of pinduoduo:s2")


def test_a_refused_filing_may_be_made_again_under_the_same_number() -> None:
    done = judged(filed(evidence=()), filed(6, number=2))
    assert [each.code for each in done.refusals] == ["evidence_missing"]
    assert done.standing(KEY).state == "submitted"


def test_decisions_and_bills_are_taken_at_their_word() -> None:
    done = judged(filed(subject_type="decision", subject_key="d1", reason_code="99"), of=UNKNOWN)
    assert done.refusals == ()
    assert done.standing(KEY).deadline_on is None
    assert ORDER not in str(done.transitions[0].event.subject_key)
