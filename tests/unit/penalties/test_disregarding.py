"""An appeal that names a decision is held against the ledger: its existence, its shop, its last day."""

from typing import Any

import pytest

from orchestration.penalties.by_hand import confirm
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import PostingReport
from tests.unit.penalties.bench import moved, posted, shop, ticket
from tests.unit.penalties.test_by_hand import RULES, WORST, signed
from tests.unit.penalties.told import appeal, day, heard, judged, statuses, stored, whole

OPEN_UNTIL = 7  # days that the shipped rules give against a rate's decision


def appealed(ledger: Ledger, **given: Any) -> PostingReport:
    """Posts an appeal about the decision, filed on the second day and upheld on the ninth, or as given."""
    (row, *_) = stored(ledger, "decisions")
    said = {"subject_type": "decision", "subject_key": row["decision_id"], "filed_on": day(2)} | given
    return posted(ledger, judged=judged(9, 9), appeals=heard(appeal("a", 9, "approved", **said)))


def test_a_sound_appeal_about_a_decision_is_told_by_its_events_alone(ledger: Ledger) -> None:
    posted(ledger, shop())
    assert moved(appealed(ledger, filed_on=day(OPEN_UNTIL))) == {"appeals_reversed": 1}
    assert statuses(ledger) == [("noticed", 0), ("reversed", 9)]
    whole(ledger)


UNSOUND: dict[str, dict[str, Any]] = {
    "unknown_decision": {"subject_key": "0" * 64},
    "other_shop": {"shop_key": "douyin:s2"},
    "filed_late": {"filed_on": day(OPEN_UNTIL + 1)},
}


@pytest.mark.parametrize("reason", UNSOUND)
def test_what_does_not_hold_changes_nothing_and_is_told_with_its_reason(ledger: Ledger, reason: str) -> None:
    posted(ledger, shop())
    before = whole(ledger)
    report = appealed(ledger, **UNSOUND[reason])
    assert moved(report) == {"appeals_disregarded": 1}
    (told,) = report.disregarded
    assert (told.business_day, told.appeal_key, told.reason) == (day(9), "a", reason)
    assert str(told).endswith(f"[{reason}]")
    assert told.decision_id in str(told)
    assert whole(ledger) == before


@pytest.mark.parametrize(("days_after", "is_late"), [(OPEN_UNTIL, False), (OPEN_UNTIL + 1, True)])
def test_what_a_person_confirmed_can_be_appealed_for_the_days_after(
    ledger: Ledger, days_after: int, is_late: bool
) -> None:
    (name,) = posted(ledger, shop(**WORST)).posted
    confirmed = 4
    confirm(ledger, name, signed(confirmed), RULES)
    filed = confirmed + days_after
    event = appeal("a", filed + 1, "rejected", subject_type="decision", subject_key=name, filed_on=day(filed))
    report = posted(ledger, judged=judged(filed + 1, filed + 1), appeals=heard(event))
    assert [told.reason for told in report.disregarded] == ["filed_late"] * is_late


def test_where_a_policy_gives_no_last_day_none_is_missed(ledger: Ledger) -> None:
    posted(ledger, ticket())
    (row,) = stored(ledger, "decisions")
    assert row["appeal_deadline"] is None
    who = {"platform": "pinduoduo", "shop_key": "pinduoduo:s9", "subject_type": "decision"}
    event = appeal("a", 99, "approved", subject_key=row["decision_id"], filed_on=day(98), **who)
    report = posted(ledger, judged=judged(99, 99, "pinduoduo"), appeals=heard(event))
    assert moved(report)["appeals_reversed"] == 1


def test_a_decision_of_a_rule_that_opens_no_appeal_stays(ledger: Ledger) -> None:
    posted(ledger, ticket(rule_id="PDD-FALSE-VOUCHER", issue_codes=["late_ship_false_voucher"]))
    (row,) = stored(ledger, "decisions")
    assert row["appealable"] is False
    who = {"platform": "pinduoduo", "shop_key": "pinduoduo:s9", "subject_type": "decision"}
    event = appeal("a", 1, "approved", subject_key=row["decision_id"], **who)
    report = posted(ledger, judged=judged(1, 1, "pinduoduo"), appeals=heard(event))
    assert [told.reason for told in report.disregarded] == ["not_appealable"]
    assert ("reversed", 1) not in statuses(ledger, "pinduoduo:s9")


@pytest.mark.parametrize("reason", UNSOUND)
def test_a_decision_named_beside_another_subject_is_looked_at_too(ledger: Ledger, reason: str) -> None:
    posted(ledger, shop())
    (row,) = stored(ledger, "decisions")
    before = whole(ledger)
    named = {"decision_id": UNSOUND[reason].get("subject_key", row["decision_id"])}
    named |= {name: value for name, value in UNSOUND[reason].items() if name != "subject_key"}
    report = appealed(ledger, subject_type="order", subject_key="douyin:x", **named)
    assert [told.reason for told in report.disregarded] == [reason]
    assert whole(ledger) == before


def test_a_decision_of_the_appeals_own_day_is_not_there_yet_whichever_came_first(ledger: Ledger) -> None:
    (name,) = posted(ledger, shop()).posted
    event = appeal("a", 0, "approved", subject_type="decision", subject_key=name)
    before = whole(ledger)
    report = posted(ledger, shop(), judged=judged(0, 0), appeals=heard(event))
    assert [told.reason for told in report.disregarded] == ["unknown_decision"]
    assert whole(ledger) == before


@pytest.mark.parametrize("state", ["submitted", "approved", "exempt"])
def test_an_appeal_about_a_bill_changes_nothing_whatever_it_names(ledger: Ledger, state: str) -> None:
    (name,) = posted(ledger, shop()).posted
    before = whole(ledger)
    event = appeal("a", 3, state, subject_type="bill", subject_key="douyin:bill:b1", decision_id=name)
    report = posted(ledger, judged=judged(3, 3), appeals=heard(event))
    assert (moved(report), report.disregarded) == ({}, [])
    assert whole(ledger) == before
