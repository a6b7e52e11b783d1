"""A decision lies still for its days, is carried out on the day it is due, and runs out."""

from typing import Any

import pytest

from orchestration.penalties.by_hand import Signature, suspend
from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.bench import moved, posted, rules_with, rules_without_exemptions, shop, ticket
from tests.unit.penalties.told import appeal, booked, day, heard, judged, statuses, stored, upheld, whole

T2: dict[str, Any] = {"severity": 2, "tier": "T2", "rule_id": "CCR-T2", "ratio_to_benchmark_low": 2.2}


def suspending(policy_id: str = "douyin_ccr") -> dict[str, Any]:
    """The rules, with a policy under which an appeal stops the execution."""
    rows = rules_without_exemptions()["policy_appeals"].to_pylist()
    return rules_with(
        policy_appeals=[row | {"suspends_execution": row["policy_id"] == policy_id} for row in rows]
    )


def test_a_fine_lies_frozen_for_its_days_and_is_then_taken(ledger: Ledger) -> None:
    posted(ledger, shop())
    assert moved(posted(ledger, judged=judged(1, 14))) == {}
    assert booked(ledger)[0] == ("freeze", 2, 200_000, 0)
    assert moved(posted(ledger, judged=judged(15, 15))) == {"executed": 1}
    assert statuses(ledger) == [("noticed", 0), ("executed", 15)]
    assert booked(ledger)[-1] == ("execute", 2, 200_000, 0)
    whole(ledger)


def test_a_compensation_is_paid_to_the_consumer_on_the_day_after_its_notice(ledger: Ledger) -> None:
    posted(ledger, ticket(), judged=judged(0, 0, "pinduoduo"))
    assert moved(posted(ledger, ticket(), judged=judged(0, 0, "pinduoduo"))) == {}
    posted(ledger, judged=judged(1, 1, "pinduoduo"))
    assert statuses(ledger, "pinduoduo:s9") == [("noticed", 0), ("executed", 1)]
    assert [entry[0] for entry in booked(ledger)] == ["freeze", "issue", "pay"]
    (paid,) = [row for row in stored(ledger, "entries") if row["entry_type"] == "pay"]
    assert (paid["debit"], paid["credit"], paid["amount_fen"]) == ("paid", "frozen", 617)


def test_what_was_due_while_no_day_was_posted_bears_its_own_day(ledger: Ledger) -> None:
    posted(ledger, shop())
    posted(ledger, judged=judged(40, 40))
    assert statuses(ledger) == [("noticed", 0), ("executed", 15), ("expired", 22)]


def test_measures_last_from_their_execution_and_a_freeze_of_funds_from_its_notice(ledger: Ledger) -> None:
    posted(ledger, shop(**T2))
    posted(ledger, judged=judged(0, 44))
    terms = {
        row["measure_code"]: (row["starts_on"], row["ends_on"]) for row in stored(ledger, "measure_terms")
    }
    assert terms == {"funds_freeze": (day(0), day(30)), "product_delist": (day(15), day(45))}
    assert statuses(ledger)[-1] == ("executed", 15)
    posted(ledger, judged=judged(45, 45))
    assert statuses(ledger)[-1] == ("expired", 45)


def test_overlapping_terms_are_one_and_end_with_the_later(ledger: Ledger) -> None:
    first, second = shop(**T2, cooldown_days=0), shop(weeks=2, **T2, cooldown_days=0)
    posted(ledger, first, second, judged=judged(0, 60))
    freezes = [row for row in stored(ledger, "measure_terms") if row["measure_code"] == "funds_freeze"]
    by_start = sorted(freezes, key=lambda row: row["starts_on"])
    assert [(row["starts_on"], row["ends_on"]) for row in by_start] == [(day(0), day(30)), (day(14), day(44))]
    assert [row["merged_into"] for row in by_start] == [None, by_start[0]["decision_id"]]


def test_a_shorter_term_inside_a_longer_ends_with_it(ledger: Ledger) -> None:
    rows = rules_without_exemptions()["ladder_measures"].to_pylist()
    ten = '{"days":10}'
    shorter = [
        row | {"params_json": ten}
        if (row["policy_id"], row["tier"], row["measure_code"]) == ("douyin_ccr", "T2", "funds_freeze")
        else row
        for row in rows
    ]
    posted(ledger, shop(**T2, cooldown_days=0))
    posted(ledger, shop(weeks=1, **T2, cooldown_days=0), policies=rules_with(ladder_measures=shorter))
    freezes = [row for row in stored(ledger, "measure_terms") if row["measure_code"] == "funds_freeze"]
    assert sorted((row["starts_on"], row["ends_on"]) for row in freezes) == [
        (day(0), day(30)),
        (day(7), day(30)),
    ]


def test_an_open_appeal_stops_the_execution_where_the_policy_says_so(ledger: Ledger) -> None:
    events = [
        appeal("a", 3, "submitted", subject_key=f"douyin:s1-{shop()['period_key']}-o1"),
        appeal("a", 20, "rejected", seq=2, subject_key=f"douyin:s1-{shop()['period_key']}-o1"),
    ]
    given: dict[str, Any] = {"appeals": heard(*events), "policies": suspending()}
    posted(ledger, shop(), judged=judged(0, 20), **given)
    assert statuses(ledger) == [("noticed", 0), ("suspended", 3), ("resumed", 20)]
    posted(ledger, judged=judged(20, 21), **given)
    assert statuses(ledger)[-1] == ("executed", 21)


def test_what_is_due_within_the_first_round_waits_for_the_end_of_the_second(ledger: Ledger) -> None:
    subject = f"douyin:s1-{shop()['period_key']}-o1"
    states = (("submitted", 10), ("rejected", 16), ("reconsidering", 17), ("final_rejected", 25))
    events = [
        appeal("a", number, state, seq=seq, subject_key=subject)
        for seq, (state, number) in enumerate(states, start=1)
    ]
    given: dict[str, Any] = {"appeals": heard(*events), "policies": suspending()}
    posted(ledger, shop(), judged=judged(0, 0), **given)
    for first, last in ((1, 17), (10, 18), (10, 20), (10, 30)):
        posted(ledger, judged=judged(first, last), **given)
    stopped = [("suspended", 10), ("resumed", 16), ("suspended", 17), ("resumed", 25)]
    assert statuses(ledger) == [("noticed", 0), *stopped, ("executed", 26)]


def test_an_appeal_that_stops_nothing_leaves_no_trace(ledger: Ledger) -> None:
    event = appeal("a", 3, "submitted", subject_key=f"douyin:s1-{shop()['period_key']}-o1")
    posted(ledger, shop(), judged=judged(0, 20), appeals=heard(event))
    assert statuses(ledger) == [("noticed", 0), ("executed", 15)]


def test_feedback_that_is_taken_out_later_stops_nothing_before(ledger: Ledger) -> None:
    words = f"review:douyin:s1-{shop()['period_key']}-o1"
    events = [
        appeal("a", 3, "submitted", subject_type="feedback", subject_key="review:another"),
        appeal("a", 9, "approved", seq=2, subject_type="feedback", subject_key="review:another"),
    ]
    out = upheld("a", 9, words.removeprefix("review:"))
    # posted in one range, with what became known on its last day
    given: dict[str, Any] = {"appeals": heard(*events, out=out), "policies": suspending()}
    report = posted(ledger, shop(), judged=judged(0, 9), **given)
    assert statuses(ledger) == [("noticed", 0)]
    assert moved(report) == {"appeals_upheld": 1}


@pytest.mark.parametrize(
    ("scope", "key", "is_stopped"),
    [
        ("platform", "douyin", True),
        ("policy", "douyin_ccr", True),
        ("rule_family", "ccr", True),
        ("shop", "douyin:s1", True),
        ("shop", "douyin:s2", False),
        ("platform", "pinduoduo", False),
    ],
)
def test_a_suspension_moves_what_is_due_to_the_first_day_after(
    ledger: Ledger, scope: str, key: str, is_stopped: bool
) -> None:
    who = Signature("the board", "a storm", day(1), "2026-10-12T00:00:00.000000+00:00")
    for _ in range(2):
        suspend(ledger, (scope, key), "force_majeure", (day(10), day(17)), "notice 7", who=who)
    assert len(stored(ledger, "suspensions")) == len(stored(ledger, "audit_log")) == 1
    posted(ledger, shop(), judged=judged(0, 30))
    assert statuses(ledger)[1] == ("executed", 18 if is_stopped else 15)


def test_what_waits_for_a_person_waits(ledger: Ledger) -> None:
    worst = shop(tier="T3", rule_id="CCR-T3", severity=3, ratio_to_benchmark_low=3.1, occurrences_90d=3)
    posted(ledger, worst | {"human_review": True}, judged=judged(0, 90))
    assert statuses(ledger) == [("awaiting_review", 0)]
    (decision,) = stored(ledger, "decisions")
    assert (decision["execute_after"], decision["appeal_deadline"]) == (None, None)
