"""No order is punished twice: by the same rule over overlapping windows, nor by two rules of one group."""

from typing import Any

import pytest

from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.bench import (
    counted,
    posted,
    rules_with,
    rules_without_exemptions,
    shop,
    ticket,
    words_of,
)
from tests.unit.penalties.told import appeal, day, heard, judged, stored

SOON: dict[str, Any] = {"cooldown_days": 0}


def overlapping(shared: int, week: int = 1, **given: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A later candidate that counts so many orders of the first, and others of its own."""
    later = shop(weeks=week, **SOON, **given)
    words = words_of(later)
    for number in range(shared):
        words[number]["order_key"] = f"douyin:s1-{shop()['period_key']}-o{number}"
    return later, words


def test_orders_already_punished_are_listed_and_not_held_against_the_shop(ledger: Ledger) -> None:
    posted(ledger, shop(**SOON))
    later, words = overlapping(1)
    assert counted(posted(ledger, later, words=words)) == {"posted_enforce": 1}
    decisions = {row["period_key"]: row for row in stored(ledger, "decisions")}
    second = decisions[later["period_key"]]
    assert (second["num"], second["num_consumed"], second["tier"]) == (12, 1, "T1")
    assert second["reasons"]["held"]["num"] == 11
    listed = [row for row in stored(ledger, "decision_orders") if row["decision_id"] == second["decision_id"]]
    by = {row["consumed_by"] for row in listed if row["consumed_by"]}
    assert (len(listed), by) == (12, {decisions[shop()["period_key"]]["decision_id"]})


@pytest.mark.parametrize(("shared", "outcome"), [(9, "consumed"), (12, "consumed")])
def test_too_few_orders_left_are_no_second_decision(ledger: Ledger, shared: int, outcome: str) -> None:
    posted(ledger, shop(**SOON))
    later, words = overlapping(shared)
    report = posted(ledger, later, words=words)
    assert counted(report) == {outcome: 1}
    assert report.consumed[0].after == stored(ledger, "decisions")[0]["decision_id"]


def test_a_milder_tier_is_left_without_the_orders_already_punished(ledger: Ledger) -> None:
    posted(ledger, shop(**SOON))
    severe: dict[str, Any] = {
        "tier": "T2",
        "rule_id": "CCR-T2",
        "severity": 2,
        "num_effective": 24,
        "rate": 0.12,
    }
    later, words = overlapping(
        12, **severe, ci_low=0.08172, ratio_to_benchmark=6.0, ratio_to_benchmark_low=4.086
    )
    posted(ledger, later, words=words)
    second = next(row for row in stored(ledger, "decisions") if row["period_key"] == later["period_key"])
    assert (second["tier"], second["num"], second["num_consumed"], second["amount_fen"]) == (
        "T1",
        24,
        12,
        200_000,
    )
    assert counted(posted(ledger, later, words=words)) == {"unchanged": 1}


def test_orders_of_a_decision_taken_back_may_be_held_again(ledger: Ledger) -> None:
    (name,) = posted(ledger, shop(**SOON)).posted
    event = appeal("a", 3, "approved", subject_type="decision", subject_key=name)
    posted(ledger, judged=judged(3, 3), appeals=heard(event))
    later, words = overlapping(12)
    assert counted(posted(ledger, later, words=words)) == {"posted_enforce": 1}
    assert {row["num_consumed"] for row in stored(ledger, "decisions")} == {0}


def test_a_day_judged_again_after_a_reversal_finds_what_it_found(ledger: Ledger) -> None:
    (name,) = posted(ledger, shop(**SOON)).posted
    later, words = overlapping(12)
    assert counted(posted(ledger, later, words=words)) == {"consumed": 1}
    event = appeal("a", 20, "approved", subject_type="decision", subject_key=name)
    posted(ledger, judged=judged(20, 20), appeals=heard(event))
    assert counted(posted(ledger, later, words=words)) == {"consumed": 1}


def test_a_candidate_that_comes_late_is_kept_off_orders_punished_meanwhile(ledger: Ledger) -> None:
    later, words = overlapping(12)
    posted(ledger, later, words=words)
    assert counted(posted(ledger, shop(**SOON))) == {"consumed": 1}


@pytest.mark.parametrize("other", [{"rule_family": "other"}, {"mode": "shadow"}])
def test_only_a_decision_in_force_of_the_same_family_uses_orders_up(
    ledger: Ledger, other: dict[str, Any]
) -> None:
    posted(ledger, shop(**SOON, **other))
    later, words = overlapping(12)
    assert counted(posted(ledger, later, words=words)) == {"posted_enforce": 1}


def test_an_order_has_one_ticket_of_a_family(ledger: Ledger) -> None:
    rules = rules_without_exemptions()
    other: dict[str, Any] = {"policy_id": "other", "version": "1"}
    copies = {
        name: rules[name].to_pylist()
        + [
            row | other
            for row in rules[name].to_pylist()
            if row["policy_id"] == "pinduoduo_negative_experience"
        ]
        for name in ("policy_versions", "ticket_rules", "ladder_measures", "policy_appeals")
    }
    again = ticket(policy_id="other", policy_version="1", business_day=day(1))
    posted(ledger, ticket())
    assert counted(posted(ledger, again, policies=rules_with(**copies))) == {"consumed": 1}


def test_a_shadow_is_kept_away_by_what_would_have_kept_it_away(ledger: Ledger) -> None:
    posted(ledger, shop())
    assert counted(posted(ledger, shop(weeks=1, mode="shadow"))) == {"in_cooldown": 1}


def test_a_shadow_keeps_nothing_in_force_away(ledger: Ledger) -> None:
    posted(ledger, shop(mode="shadow"))
    assert counted(posted(ledger, shop(weeks=1))) == {"posted_enforce": 1}


def test_a_decision_taken_back_keeps_nothing_away_from_then_on(ledger: Ledger) -> None:
    (name,) = posted(ledger, shop()).posted
    event = appeal("a", 10, "approved", subject_type="decision", subject_key=name)
    posted(ledger, judged=judged(10, 10), appeals=heard(event))
    assert counted(posted(ledger, shop(weeks=1))) == {"in_cooldown": 1}
    assert counted(posted(ledger, shop(weeks=2))) == {"posted_enforce": 1}


RIVAL: dict[str, Any] = {"policy_id": "douyin_other", "policy_version": "1", "rule_family": "other", **SOON}


def grouped() -> dict[str, Any]:
    """A second rule book on the same conduct, in one exclusive group with the first."""
    rules = rules_without_exemptions()
    named = {"policy_id": "douyin_other", "version": "1"}
    tables = (
        *("policy_versions", "policy_sources", "policy_appeals"),
        *("ladder_conditions", "ladder_measures", "small_n_guards"),
    )
    copies: dict[str, list[dict[str, Any]]] = {}
    for name in tables:
        rows = rules[name].to_pylist()
        first = [row for row in rows if (row["policy_id"], row["version"]) == ("douyin_ccr", "2026-07-14")]
        copies[name] = rows + [row | named for row in first]
    copies["policy_versions"] = [
        row | {"exclusive_group": "service" if row["policy_id"].startswith("douyin_") else None}
        for row in copies["policy_versions"]
    ]
    return rules_with(**copies)


def test_of_rules_on_the_same_conduct_the_most_severe_alone_punishes(ledger: Ledger) -> None:
    severe = shop(**RIVAL | {"tier": "T2", "rule_id": "CCR-T2", "severity": 2, "ratio_to_benchmark_low": 2.2})
    report = posted(ledger, shop(**SOON), severe, policies=grouped())
    assert counted(report) == {"posted_enforce": 1, "posted_shadow": 1}
    rows = {row["rule_family"]: row for row in stored(ledger, "decisions")}
    loser, winner = rows["ccr"], rows["other"]
    assert (winner["mode"], loser["mode"], loser["shadowed_by"]) == ("enforce", "shadow", "exclusive_group")
    assert loser["suppressed_by"] == winner["decision_id"]
    events = {row["decision_id"]: row["status"] for row in stored(ledger, "decision_events")}
    assert events[loser["decision_id"]] == "suppressed"
    assert {row["decision_id"] for row in stored(ledger, "entries")} == {winner["decision_id"]}


def test_one_issued_earlier_stands_and_keeps_the_later_down(ledger: Ledger) -> None:
    posted(ledger, shop(**SOON), policies=grouped())
    later = shop(
        **RIVAL | {"tier": "T2", "rule_id": "CCR-T2", "severity": 2, "ratio_to_benchmark_low": 2.2},
        period_start=day(-2),
        period_end=day(4),
        business_day=day(4),
    )
    assert counted(posted(ledger, later, policies=grouped())) == {"posted_shadow": 1}
    assert counted(posted(ledger, later, policies=grouped())) == {"unchanged": 1}


@pytest.mark.parametrize(
    "apart",
    [{"shop_key": "douyin:s2", "subject_id": "douyin:s2"}, {"period_start": day(1), "period_end": day(7)}],
)
def test_other_shops_and_other_periods_are_no_rivals(ledger: Ledger, apart: dict[str, Any]) -> None:
    posted(ledger, shop(**SOON), policies=grouped())
    given: dict[str, Any] = RIVAL | apart | {"business_day": day(7), "period_key": "other"}
    other = shop(**given)
    assert counted(posted(ledger, other, policies=grouped())) == {"posted_enforce": 1}


def test_a_ticket_rivals_only_what_lists_its_order(ledger: Ledger) -> None:
    tables = grouped()
    rows = tables["policy_versions"].to_pylist()
    for row in rows:
        if row["policy_id"] == "pinduoduo_negative_experience":
            row["exclusive_group"] = "service"
    rules = tables | {
        "policy_versions": type(tables["policy_versions"]).from_pylist(rows, tables["policy_versions"].schema)
    }
    posted(ledger, shop(**SOON), policies=rules)
    of_shop: dict[str, Any] = {"platform": "douyin", "shop_key": "douyin:s1"}
    listed = ticket("x", **of_shop, subject_id=f"douyin:s1-{shop()['period_key']}-o3", period_key="listed")
    report = posted(ledger, listed, ticket("free", **of_shop), policies=rules)
    assert counted(report) == {"posted_enforce": 1, "posted_shadow": 1}
