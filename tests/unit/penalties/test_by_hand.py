"""What people do to decisions: with a name and a reason, written down, and only where it may be."""

from typing import Any

import pytest

from orchestration.penalties.by_hand import ByHandError, Signature, confirm, correct, exempt, refuse, suspend
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.lifecycle import NotAllowedError
from orchestration.penalties.rulebook import Rulebook
from tests.unit.penalties.bench import posted, rules_without_exemptions, shipped_rules, shop, ticket
from tests.unit.penalties.told import booked, day, judged, statuses, stored, whole

RULES = Rulebook.of(shipped_rules())
WORST: dict[str, Any] = {"tier": "T3", "rule_id": "CCR-T3", "severity": 3, "ratio_to_benchmark_low": 3.1}
WORST |= {"occurrences_90d": 3, "human_review": True}


def signed(number: int = 4) -> Signature:
    return Signature("A. Reviewer", "looked at", day(number), "2026-10-15T08:00:00.000000+00:00")


def issued(ledger: Ledger, candidate: dict[str, Any] | None = None) -> str:
    (name,) = posted(ledger, candidate or shop()).posted
    return name


def test_a_severe_decision_is_carried_out_days_after_its_confirmation(ledger: Ledger) -> None:
    name = issued(ledger, shop(**WORST))
    confirm(ledger, name[:12], signed(), RULES)
    posted(ledger, judged=judged(0, 30))
    assert statuses(ledger) == [("awaiting_review", 0), ("confirmed", 4), ("executed", 19)]
    (event,) = [row for row in stored(ledger, "decision_events") if row["status"] == "confirmed"]
    assert (event["actor"], event["reason"]) == ("A. Reviewer", "looked at")
    (line,) = stored(ledger, "audit_log")
    assert (line["actor"], line["action"], line["object_key"]) == ("A. Reviewer", "confirm", name)
    whole(ledger)


def test_money_of_a_confirmed_decision_lies_frozen_from_then_on(ledger: Ledger) -> None:
    name = issued(ledger, shop(human_review=True))
    assert [entry[0] for entry in booked(ledger)] == ["issue"] * 3
    confirm(ledger, name, signed(), RULES)
    assert booked(ledger)[-1] == ("freeze", 2, 200_000, 0)
    whole(ledger)


def test_a_refused_decision_leaves_nothing(ledger: Ledger) -> None:
    refuse(ledger, issued(ledger, shop(human_review=True)), signed())
    assert statuses(ledger) == [("awaiting_review", 0), ("void", 4)]
    assert booked(ledger)[-1] == ("reverse", 2, 200_000, 0)
    whole(ledger)


def test_what_was_issued_is_corrected_and_not_refused(ledger: Ledger) -> None:
    name = issued(ledger)
    with pytest.raises(ByHandError, match="is noticed and waits for nobody: `ccr ledger correct`"):
        refuse(ledger, name, signed())
    correct(ledger, name, signed(), "the board")
    assert statuses(ledger) == [("noticed", 0), ("void", 4)]
    (told,) = stored(ledger, "reassessments")
    assert (told["cause"], told["detail"]["authority"]) == ("correction", "the board")
    whole(ledger)


def test_a_correction_refunds_what_was_paid(ledger: Ledger) -> None:
    name = issued(ledger)
    posted(ledger, judged=judged(15, 15))
    correct(ledger, name, signed(16), "the board")
    assert ("refund", 2, 200_000, 0) in booked(ledger)
    whole(ledger)


def test_study_lets_a_ticket_off_before_it_is_paid(ledger: Ledger) -> None:
    name = issued(ledger, ticket())
    exempt(ledger, name, signed(1), RULES, "study")
    posted(ledger, judged=judged(1, 9, "pinduoduo"))
    assert statuses(ledger, "pinduoduo:s9") == [("noticed", 0), ("exempted_study", 1)]
    whole(ledger)


def test_a_policy_that_grants_no_study_exempts_nobody(ledger: Ledger) -> None:
    name = issued(ledger)
    none = Rulebook.of(rules_without_exemptions())
    with pytest.raises(ByHandError, match="douyin_ccr 2026-07-14 exempts nobody for study: it grants none"):
        exempt(ledger, name, signed(), none, "study")
    assert stored(ledger, "audit_log") == []


def test_what_is_over_stays_over(ledger: Ledger) -> None:
    name = issued(ledger, ticket())
    correct(ledger, name, signed(), "the board")
    before = whole(ledger)
    with pytest.raises(NotAllowedError, match="is void and cannot become confirmed: nothing follows that"):
        confirm(ledger, name, signed(), RULES)
    with pytest.raises(NotAllowedError, match="is void and cannot become exempted_study"):
        exempt(ledger, name, signed(), RULES, "study")
    assert whole(ledger) == before


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("abc", "no decision 'abc' is in the ledger; the nearest are"),
        ("0" * 12, "no decision '000000000000' is in the ledger; the nearest are"),
        ("%%%%%%", "no decision '%%%%%%'"),
    ],
)
def test_an_unknown_decision_is_told_with_the_nearest(ledger: Ledger, asked: str, says: str) -> None:
    issued(ledger)
    with pytest.raises(ByHandError, match=says):
        correct(ledger, asked, signed(), "the board")


def test_nothing_counts_from_before_the_decision(ledger: Ledger) -> None:
    name = issued(ledger)
    with pytest.raises(ByHandError, match="is of 2026-10-11, and 2026-10-10 is before it"):
        correct(ledger, name, signed(-1), "the board")


def test_a_stop_that_holds_on_no_day_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ByHandError, match="holds on no day"):
        suspend(ledger, ("shop", "douyin:s1"), "grace", (day(2), day(1)), "notice 7", who=signed())
