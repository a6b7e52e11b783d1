"""What a document says of exemptions, escalation and reasons is refused where it cannot hold."""

import pytest

from orchestration.policy.tables import policy_tables
from tests.unit.policy.books import DOUYIN, PINDUODUO, REFERENCE, Book, line_of

STEP = "    - {severity: 3, measures: [{order_close: {}}]}\n"
REASON = "    - {code: force_majeure, zh: 不可抗力, en: Force majeure, subjects: [session, order, decision],"

# file, what stands there, what is written instead, the broken rule, a text on the line at fault,
# and what the person reads
BROKEN = {
    "a_step_by_what_is_not_listed": (
        PINDUODUO, "by: [severity, failed_appeals_90d]", "by: [failed_appeals_90d]",
        "bad_value", "- {severity: 3, measures", "a step goes by 'severity', which `by` does not list",
    ),
    "a_step_by_two_inputs": (
        PINDUODUO, "{severity: 3, measures:", "{severity: 3, failed_appeals_90d: 5, measures:",
        "bad_value", "- {severity: 3", "this one by severity and failed_appeals_90d",
    ),
    "a_step_by_nothing": (
        PINDUODUO, "{severity: 3, measures: [{order_close", "{measures: [{order_close",
        "bad_value", "- {measures", "goes by one input, and this one by none",
    ),
    "an_input_without_a_step": (
        PINDUODUO, STEP, "",
        "value_missing", "by: [severity, failed", "no step says from when",
    ),
    "two_steps_at_once": (
        PINDUODUO, STEP, STEP + STEP.replace("order_close", "warning"),
        "named_twice", "{warning: {}}", "two steps begin at severity 3",
    ),
    "a_severity_that_no_rule_has": (
        PINDUODUO, "{severity: 3, measures", "{severity: 4, measures",
        "out_of_range", "{severity: 4", "less than or equal to 3",
    ),
    "a_step_that_clears_a_shop_by_machine": (
        PINDUODUO, "[{order_close: {}}]", "[{order_close: {}}, {shop_clearance: {}}]",
        "human_review_missing", "shop_clearance", "the step from severity 3 orders 'shop_clearance'",
    ),
    "an_unknown_measure_of_a_step": (
        PINDUODUO, "[{order_close: {}}]", "[{orders_close: {}}]",
        "unknown_code", "orders_close", "Did you mean 'order_close'?",
    ),
    "a_first_time_that_is_not_let_off": (
        PINDUODUO, "granted: [first_time, resolved_before_notice, study]",
        "granted: [study]\n  first_time_within_days: 90",
        "bad_value", "first_time_within_days", "Add first_time to `granted:`",
    ),
    "a_reason_named_twice": (
        PINDUODUO, 'code: "19"', 'code: "18"',
        "named_twice", "商品有问题已补偿", "reason '18' is named twice",
    ),
    "a_reason_with_a_number_for_a_code": (
        PINDUODUO, 'code: "19"', "code: 19",
        "bad_value", "code: 19", "code is 19: input should be a valid string",
    ),
    "a_reason_against_nothing": (
        DOUYIN, "subjects: [session, decision]", "subjects: []",
        "out_of_range", "subjects: []", "subjects is []: tuple should have at least 1 item",
    ),
    "a_reason_against_something_unknown": (
        DOUYIN, "subjects: [session, decision]", "subjects: [sessions]",
        "unknown_code", "subjects: [sessions]", "Did you mean 'session'?",
    ),
    "a_reason_by_a_channel_of_what_has_none": (
        DOUYIN, REASON, REASON.replace("session, ", ""),
        "bad_value", "channels: [im_session], evidence: [document]", "given against order, decision",
    ),
    "a_reason_for_sessions_by_reviews": (
        DOUYIN, REASON + "\n       channels: [im_session]", REASON.replace(", order, decision", "")
        + "\n       channels: [review]",
        "bad_value", "channels: [review], evidence: [document]", "'im_session' is not among its channels",
    ),
    "a_reason_for_what_can_never_be_appealed": (
        PINDUODUO, "en: Another,", "en: Another, issues: [no_reply],",
        "appeal_contradicted", "en: Another, issues: [no_reply]", "'no_reply', which can never be appealed",
    ),
    "a_reason_against_decisions_that_stand": (
        DOUYIN, "  appealable: true\n", "  appealable: false\n",
        "appeal_contradicted", "subjects: [session, order, decision]", "no decision can be appealed",
    ),
    "a_report_that_nobody_can_make": (
        PINDUODUO, "  rounds: 2\n", "  rounds: 2\n  report_window_days: 30\n",
        "bad_value", "report_window_days", "no reason is given against one",
    ),
    "a_group_that_is_no_name": (
        DOUYIN, "mode: enforce", "mode: enforce\nexclusive_group: Two words",
        "bad_value", "exclusive_group", "exclusive_group is 'Two words'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_refused_where_it_is_broken(book: Book, name: str) -> None:
    file, old, new, rule, sign, says = BROKEN[name]
    path = book.edit(file, old, new)
    faults = book.faults()
    assert (faults[0].file, faults[0].line, faults[0].rule) == (str(path), line_of(path, sign), rule)
    assert {fault.rule for fault in faults} == {rule}
    assert says in str(faults[0])
    assert faults[0].remedy.endswith((".", "?"))


def test_a_cooldown_may_be_shorter_than_the_window(book: Book) -> None:
    # Posting holds no order against a shop twice, however close two decisions are.
    book.edit(DOUYIN, "cooldown_days: 30", "cooldown_days: 7")
    versions = policy_tables(book.load())["policy_versions"].to_pylist()
    assert {row["cooldown_days"] for row in versions if row["policy_id"] == "douyin_ccr"} == {7}


def test_a_group_and_the_days_of_a_first_time_come_to_the_tables(book: Book) -> None:
    for file in (DOUYIN, REFERENCE):
        book.edit(file, "rule_family: ccr", "rule_family: ccr\nexclusive_group: conduct")
    book.edit(PINDUODUO, "study]\n", "study]\n  first_time_within_days: 90\n")
    tables = policy_tables(book.load())
    grouped = [row["policy_id"] for row in tables["policy_versions"].to_pylist() if row["exclusive_group"]]
    assert grouped == ["douyin_ccr", "reference_ccr"]
    assert [(row["exemption"], row["within_days"]) for row in tables["policy_exemptions"].to_pylist()] == [
        ("first_time", 90), ("resolved_before_notice", None), ("study", None),
    ]  # fmt: skip


def test_a_grave_step_that_waits_for_a_person_is_taken(book: Book) -> None:
    book.edit(
        PINDUODUO, "[{order_close: {}}]", "[{order_close: {}}, {shop_clearance: {}}], human_review: required"
    )
    steps = policy_tables(book.load())["policy_escalations"].to_pylist()
    assert [(row["measure_code"], row["measure_no"], row["human_review"]) for row in steps] == [
        ("order_close", 1, True), ("shop_clearance", 2, True), ("withdrawal_restrict", 1, False),
    ]  # fmt: skip
