"""Numbers that changed, vanished or came too late, and policies that changed in between."""

from typing import Any

import pytest

from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.bench import counted, moved, posted, rules_with, rules_without_exemptions, shop
from tests.unit.penalties.told import booked, day, judged, statuses, stored, whole

T0: dict[str, Any] = {"tier": "T0", "rule_id": "CCR-T0", "severity": 0, "ratio_to_benchmark_low": 1.1}


def test_numbers_below_their_tier_propose_a_reversal_and_apply_none(ledger: Ledger) -> None:
    posted(ledger, shop())
    before = booked(ledger)
    for _ in range(2):
        assert counted(posted(ledger, shop(**T0))) == {"proposed_reversal": 1}
    (told,) = stored(ledger, "reassessments")
    assert (told["cause"], told["outcome"], told["tier"]) == ("later_numbers", "proposed_reversal", "T0")
    assert (statuses(ledger), booked(ledger)) == ([("noticed", 0)], before)


def test_a_candidate_that_is_gone_proposes_a_reversal_once(ledger: Ledger) -> None:
    posted(ledger, shop())
    for _ in range(2):
        assert moved(posted(ledger, judged=judged(0, 0))) == {"vanished": 1}
    (told,) = stored(ledger, "reassessments")
    assert (told["outcome"], told["num"], told["tier"]) == ("proposed_reversal", None, None)
    assert statuses(ledger) == [("noticed", 0)]


def test_a_day_that_was_not_judged_says_nothing_of_its_decisions(ledger: Ledger) -> None:
    posted(ledger, shop())
    assert moved(posted(ledger, judged=judged(1, 1))) == {}
    assert stored(ledger, "reassessments") == []


def test_each_change_is_told_and_the_way_back_too(ledger: Ledger) -> None:
    posted(ledger, shop())
    for num in (13, 14, 12, 12):
        posted(ledger, shop(num_effective=num))
    told = [(row["outcome"], row["num"]) for row in stored(ledger, "reassessments")]
    assert told == [("worse", 13), ("worse", 14), ("upheld", 12)]


@pytest.mark.parametrize(("age", "mode"), [(30, "posted_enforce"), (31, "posted_shadow")])
def test_a_period_past_the_horizon_is_only_a_shadow(ledger: Ledger, age: int, mode: str) -> None:
    assert counted(posted(ledger, shop(), known_through=day(age))) == {mode: 1}
    (decision,) = stored(ledger, "decisions")
    assert decision["shadowed_by"] == ("horizon" if mode == "posted_shadow" else None)
    assert (decision["execute_after"] is None) == (booked(ledger) == []) == (mode == "posted_shadow")


def test_a_backfill_of_last_quarter_changes_nothing_that_was_issued(ledger: Ledger) -> None:
    batch = [shop(weeks=week) for week in range(5)]
    posted(ledger, *batch, known_through=day(28))
    posted(ledger, judged=judged(29, 100))
    before = whole(ledger)
    report = posted(ledger, *batch, judged=judged(0, 100), known_through=day(100))
    assert counted(report) == {"unchanged": 1, "in_cooldown": 4}
    assert whole(ledger) == before


def test_a_version_in_between_prices_only_what_is_new(ledger: Ledger) -> None:
    tables = rules_without_exemptions()
    second: dict[str, list[dict[str, Any]]] = {}
    for name in (
        *("policy_versions", "policy_sources", "policy_exclusions"),
        *("ladder_conditions", "ladder_measures", "policy_appeals"),
    ):
        rows = tables[name].to_pylist()
        first = [row for row in rows if (row["policy_id"], row["version"]) == ("douyin_ccr", "2026-07-14")]
        second[name] = rows + [row | {"version": "2026-11-01"} for row in first]
    for row in second["ladder_measures"]:
        if (row["version"], row["tier"], row["measure_code"]) == ("2026-11-01", "T1", "fine"):
            row["params_json"] = '{"amount_fen":400000}'
    rules = rules_with(**second)
    posted(ledger, shop(), policies=rules)
    changed: dict[str, Any] = {"policy_version": "2026-11-01"}
    # judged again by the later version, the period keeps its decision and its price
    assert counted(posted(ledger, shop(**changed), policies=rules)) == {"reassessed_worse": 1}
    assert counted(posted(ledger, shop(weeks=5, **changed), policies=rules)) == {"posted_enforce": 1}
    assert sorted(row["amount_fen"] for row in stored(ledger, "decisions")) == [200_000, 400_000]
