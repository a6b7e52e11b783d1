"""Of the versions that judge a window, the outcome that is taken, its mode, and the reason."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from orchestration.replaying.judging import Judgement, Judging
from orchestration.replaying.rules import Rules

DAY = date(2026, 9, 13)


def judging(
    version: str,
    severity: int | None,
    *,
    held: str | None = None,
    last: bool = False,
    occurs: bool = False,
    mode: str = "enforce",
    enforced_from: date = DAY,
) -> Judging:
    """One version's judging: the tier of a severity, or none."""
    said = {"mode": mode, "enforced_from": enforced_from}
    rules = Rules("p", version, {"policy_versions": [said], "small_n_guards": []})
    tiers = [] if severity is None else [{"tier": f"T{severity}", "severity": severity, "met": True}]
    return Judging(rules, 7, last, None, held, occurs, tiers)


def judgement(*judgings: Judging) -> Judgement:
    return Judgement(DAY, judgings, "it is lenient")


@pytest.mark.parametrize(
    ("severities", "taken"),
    [
        ([1, 3], "1"),
        ([3, 1], "2"),
        ([2, 2], "2"),
        ([0, 1], "1"),
        ([None, 0], "1"),
        ([0, None], "2"),
        ([3, 1, 2], "2"),
        ([1, 1, 2], "1"),
        ([2], "1"),
    ],
)
def test_the_mildest_is_taken_and_of_equals_that_of_the_last_day(
    severities: Sequence[int | None], taken: str
) -> None:
    last = len(severities)
    judgings = [judging(f"{n}", each, last=n == last) for n, each in enumerate(severities, start=1)]
    assert judgement(*judgings).taken.rules.version == taken
    assert judgement(*reversed(judgings)).taken.rules.version == taken


def test_of_tiers_that_are_met_the_most_severe_is_a_version_s_outcome() -> None:
    tiers = [{"tier": f"T{severity}", "severity": severity, "met": severity < 2} for severity in (2, 1, 0)]
    rules = Rules("p", "1", {"policy_versions": [{}]})
    found = Judging(rules, 7, is_of_last_day=True, guard_score=None, held_back_by=None, is_occurrence=True,
                    tiers=tiers)  # fmt: skip
    assert (found.tier and found.tier["tier"], found.severity) == ("T1", 1)


@pytest.mark.parametrize(
    ("old", "new", "mode"),
    [
        ({}, {}, "enforce"),
        ({"mode": "score_only"}, {}, "shadow"),
        ({}, {"mode": "shadow"}, "shadow"),
        ({}, {"enforced_from": date(2026, 9, 14)}, "shadow"),
    ],
)
def test_a_shadow_by_one_version_is_a_shadow(old: dict[str, Any], new: dict[str, Any], mode: str) -> None:
    assert judgement(judging("1", 1, **old), judging("2", 2, last=True, **new)).mode == mode


def test_an_evaluation_says_what_holds_back_by_the_last_version_and_occurs_by_all() -> None:
    found = judgement(judging("1", None, held="few_buyers"), judging("2", 2, last=True, occurs=True))
    assert (found.held_back_by, found.is_occurrence, found.may_be_held) == (None, False, True)
    both = judgement(judging("1", 1, occurs=True), judging("2", 2, last=True, occurs=True))
    assert both.is_occurrence
    kept = judgement(judging("1", None, held="few_buyers"), judging("2", None, held="small_n", last=True))
    assert (kept.held_back_by, kept.may_be_held) == ("small_n", False)
    warned = judgement(judging("1", None, held="few_buyers"), judging("2", 0, held="improbable", last=True))
    assert warned.may_be_held


def test_the_reason_names_every_outcome() -> None:
    held = judgement(judging("1", 2), judging("2", None, held="small_n", last=True))
    assert held.why == (
        "its outcome, no tier (held back: small_n), is milder than T2 (severity 2) by p 1; it is lenient"
    )
    none = judgement(judging("1", None, mode="shadow"), judging("2", None, last=True))
    assert none.why == (
        "its outcome, no tier, is as mild as no tier by p 1, and of equals the version of the window's last "
        "day is taken; it is lenient"
    )
    shadow = judgement(judging("1", 1, mode="shadow"), judging("2", 1), judging("3", 2, last=True))
    assert shadow.why == (
        "its outcome, T1 (severity 1), is as mild as T1 (severity 1) by p 2 and milder than T2 (severity 2) "
        "by p 3, and of equals the version whose name comes first is taken; it is lenient"
    )
    cast = judgement(judging("1", 3, mode="shadow"), judging("2", 1, last=True))
    assert cast.why.endswith("; a shadow, which it would be by p 1; it is lenient")
    assert judgement(judging("2", 1, last=True)).why == "it is lenient"
