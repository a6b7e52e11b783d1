"""Caps, rounding, exemptions and escalation, as the policy's tables say."""

from typing import Any

import pytest

from orchestration.penalties.by_hand import Signature, confirm
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.rulebook import Rulebook
from tests.unit.penalties.bench import (
    counted,
    moved,
    posted,
    rules_with,
    rules_without_exemptions,
    shipped_rules,
    shop,
    ticket,
)
from tests.unit.penalties.told import appeal, booked, day, heard, judged, statuses, stored, whole

DOUYIN: dict[str, Any] = {"policy_id": "douyin_ccr", "version": "2026-07-14"}
PDD: dict[str, Any] = {"policy_id": "pinduoduo_negative_experience", "version": "2026-01-01"}
T2: dict[str, Any] = {"severity": 2, "tier": "T2", "rule_id": "CCR-T2", "ratio_to_benchmark_low": 2.2}
SOON: dict[str, Any] = {"cooldown_days": 0}


def capped(**cap: Any) -> dict[str, Any]:
    empty = {"measure_code": "fine", "within_days": 30, "max_fen": None, "max_points": None}
    return rules_with(policy_caps=[DOUYIN | empty | cap])


def fined(amount_fen: int) -> dict[str, Any]:
    """The rules, with another fine for T1 and without a cap."""
    rows = rules_without_exemptions()["ladder_measures"].to_pylist()
    return rules_with(
        policy_caps=[],
        ladder_measures=[
            row | {"params_json": f'{{"amount_fen":{amount_fen}}}'}
            if (row["policy_id"], row["tier"], row["measure_code"]) == ("douyin_ccr", "T1", "fine")
            else row
            for row in rows
        ],
    )


def fines(ledger: Ledger) -> list[tuple[int, int]]:
    """What was taken, and what the rule said, in the order of the days."""
    days = {row["decision_id"]: row["business_day"] for row in stored(ledger, "decisions")}
    rows = [row for row in stored(ledger, "measures") if row["measure_code"] == "fine"]
    rows.sort(key=lambda row: days[row["decision_id"]])
    return [(row["amount_fen"], row["stated_fen"]) for row in rows]


@pytest.mark.parametrize(
    ("stated", "taken"), [(756_500, 700_000), (700_000, 700_000), (99_999, 0), (100_000, 100_000)]
)
def test_a_fine_is_rounded_down_to_whole_thousands_once(ledger: Ledger, stated: int, taken: int) -> None:
    posted(ledger, shop(), policies=fined(stated))
    assert fines(ledger) == [(taken, stated)]
    assert stored(ledger, "decisions")[0]["amount_fen"] == taken


def test_a_compensation_is_not_rounded_to_thousands(ledger: Ledger) -> None:
    posted(ledger, ticket())
    assert stored(ledger, "measures")[0]["amount_fen"] == 617


def test_fines_of_thirty_days_together_take_no_more_than_the_cap(ledger: Ledger) -> None:
    batch = [shop(weeks=week, **T2, **SOON) for week in (0, 1, 4, 5)]
    posted(ledger, *batch, policies=capped(max_fen=900_000))
    # the fifth week's thirty days no longer hold the first fine
    assert fines(ledger) == [(700_000, 700_000), (200_000, 700_000), (0, 700_000), (700_000, 700_000)]
    whole(ledger)


def test_the_cap_comes_before_the_rounding(ledger: Ledger) -> None:
    posted(ledger, shop(**T2), policies=capped(max_fen=650_000))
    assert fines(ledger) == [(600_000, 700_000)]


def test_points_are_capped_too(ledger: Ledger) -> None:
    rules = capped(measure_code="violation_points", max_points=6)
    posted(ledger, shop(**SOON), shop(weeks=1, **SOON), policies=rules)
    points = [
        row["points"] for row in stored(ledger, "measures") if row["measure_code"] == "violation_points"
    ]
    assert sorted(points) == [2, 4]


def test_a_cap_is_of_one_shop_and_what_was_given_back_is_free_again(ledger: Ledger) -> None:
    rules = capped(max_fen=700_000)
    posted(ledger, shop(**T2, **SOON), shop("s2", **T2, **SOON), policies=rules)
    assert fines(ledger) == [(700_000, 700_000)] * 2
    first = next(row for row in stored(ledger, "decisions") if row["shop_key"] == "douyin:s1")
    event = appeal("a", 5, "approved", subject_type="decision", subject_key=first["decision_id"])
    later = [shop(weeks=1, **T2, **SOON), shop("s2", weeks=1, **T2, **SOON)]
    posted(ledger, *later, judged=judged(5, 5), appeals=heard(event), policies=rules)
    assert sorted(fines(ledger)) == [(0, 700_000), *[(700_000, 700_000)] * 3]


def test_the_first_ticket_of_a_shop_is_let_off_and_the_next_is_not(ledger: Ledger) -> None:
    first, second = ticket("o1"), ticket("o2", business_day=day(1), period_start=day(1), period_end=day(1))
    report = posted(ledger, first, second, policies=shipped_rules())
    assert counted(report) == {"posted_enforce": 2}
    assert moved(report) == {"of_them_exempted_first": 1}
    assert sorted(statuses(ledger, "pinduoduo:s9")) == [
        ("exempted_first", 0),
        ("noticed", 0),
        ("noticed", 1),
    ]
    assert booked(ledger)[:2] == [("exempt", 1, 617, 0), ("issue", 1, 617, 0)]
    posted(ledger, judged=judged(0, 9, "pinduoduo"), policies=shipped_rules())
    assert [entry[0] for entry in booked(ledger)].count("pay") == 1
    whole(ledger)


@pytest.mark.parametrize(("gap", "is_let_off"), [(89, False), (90, True)])
def test_a_first_time_may_come_again_after_so_many_days(ledger: Ledger, gap: int, is_let_off: bool) -> None:
    rules = rules_with(policy_exemptions=[PDD | {"exemption": "first_time", "within_days": 90}])
    later = ticket("o2", business_day=day(gap), period_start=day(gap), period_end=day(gap))
    posted(ledger, ticket("o1"), policies=rules)
    report = posted(ledger, later, policies=rules)
    assert moved(report).get("of_them_exempted_first", 0) == is_let_off


def test_what_was_settled_before_its_notice_costs_nothing_and_is_no_first_time(ledger: Ledger) -> None:
    report = posted(ledger, ticket("o1", is_resolved=True), ticket("o2"), policies=shipped_rules())
    assert moved(report) == {"of_them_exempted_resolved": 1, "of_them_exempted_first": 1}
    whole(ledger)


def test_a_policy_that_grants_nothing_lets_nobody_off(ledger: Ledger) -> None:
    report = posted(ledger, ticket(is_resolved=True), shop())
    assert moved(report) == {}


ESCALATION: dict[str, Any] = {
    "step_no": 1,
    "input": "failed_appeals_90d",
    "at_least": 2,
    "measure_no": 1,
    "measure_code": "promotion_ban",
    "params_json": '{"days":7}',
}


@pytest.mark.parametrize(("failed", "measures"), [(1, 1), (2, 2), (3, 2)])
def test_failed_appeals_of_ninety_days_add_a_measure(ledger: Ledger, failed: int, measures: int) -> None:
    rules = rules_with(policy_escalations=[PDD | ESCALATION])
    who: dict[str, Any] = {"platform": "pinduoduo", "shop_key": "pinduoduo:s9", "subject_key": "pinduoduo:x"}
    events = [appeal(f"a{number}", -number, "rejected", **who) for number in range(failed)]
    events += [appeal("old", -90, "final_rejected", **who), appeal("won", -3, "rejected", **who)]
    events += [appeal("won", -2, "approved", seq=2, **who), appeal("other", -1, "rejected")]
    posted(ledger, ticket(), appeals=heard(*events), policies=rules)
    rows = stored(ledger, "measures")
    assert len(rows) == measures
    if measures == 2:
        assert (rows[1]["measure_no"], rows[1]["measure_code"], rows[1]["days"]) == (2, "promotion_ban", 7)
        assert rows[1]["params"]["escalated_by"] == "failed_appeals_90d"


@pytest.mark.parametrize(("severity", "measures"), [(1, 1), (2, 2)])
def test_severity_adds_a_measure(ledger: Ledger, severity: int, measures: int) -> None:
    step = ESCALATION | {"input": "severity", "measure_code": "fine", "params_json": '{"amount_fen":300000}'}
    posted(ledger, ticket(severity=severity), policies=rules_with(policy_escalations=[PDD | step]))
    assert len(stored(ledger, "measures")) == measures
    expected = 617 + (300_000 if measures == 2 else 0)
    assert stored(ledger, "decisions")[0]["amount_fen"] == expected


def test_what_is_added_may_ask_for_a_person(ledger: Ledger) -> None:
    step = ESCALATION | {"input": "severity", "measure_code": "shop_clearance", "params_json": "{}"}
    rules = rules_with(policy_escalations=[PDD | step | {"human_review": True}])
    posted(ledger, ticket(severity=1), ticket("o2", severity=2), policies=rules)
    posted(ledger, judged=judged(0, 9, "pinduoduo"), policies=rules)
    by_subject = {row["subject_key"]: row for row in stored(ledger, "decisions")}
    harder = by_subject["pinduoduo:o2"]
    assert [by_subject[key]["human_review"] for key in ("pinduoduo:o1", "pinduoduo:o2")] == [False, True]
    assert (harder["execute_after"], harder["appeal_deadline"]) == (None, None)
    assert sorted(statuses(ledger, "pinduoduo:s9")) == [
        ("awaiting_review", 0),
        ("executed", 1),
        ("noticed", 0),
    ]
    who = Signature("a person", "it is so", day(9), "2026-10-20T00:00:00.000000+00:00")
    confirm(ledger, harder["decision_id"], who, Rulebook.of(rules))
    posted(ledger, judged=judged(10, 10, "pinduoduo"), policies=rules)
    assert statuses(ledger, "pinduoduo:s9")[-2:] == [("confirmed", 9), ("executed", 10)]
    whole(ledger)


def test_an_escalated_decision_is_unchanged_when_posted_again_without_its_appeals(ledger: Ledger) -> None:
    step = ESCALATION | {"input": "severity", "measure_code": "fine", "params_json": '{"amount_fen":300000}'}
    posted(ledger, ticket(), policies=rules_with(policy_escalations=[PDD | step]))
    assert counted(posted(ledger, ticket())) == {"unchanged": 1}
