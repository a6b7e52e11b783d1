"""A platform that no code names gets its rule from a document in a folder of one's own."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyRefusedError
from orchestration.policy.tables import policy_tables
from orchestration.settings import SHIPPED_POLICIES, Settings, SettingsError
from tests.unit.policy.books import Book

OWN = Path(__file__).parent / "own"
DAY = date(2026, 9, 1)


def library_of(**environment: str) -> PolicyLibrary:
    return PolicyLibrary.load(Settings.from_environment(environment).policy_folders)


def rows(table: str) -> list[dict[str, Any]]:
    found = policy_tables(library_of(CCR_POLICIES=str(OWN)))[table].to_pylist()
    return [row for row in found if row["policy_id"] == "kuaishou_negative_feedback"]


def test_a_policy_for_a_new_platform_is_in_force_beside_the_shipped_ones() -> None:
    library = library_of(CCR_POLICIES=str(OWN))
    assert [each.policy_id for each in library.for_platform("kuaishou", DAY)] == [
        "kuaishou_negative_feedback"
    ]
    assert [each.policy_id for each in library.for_platform("kuaishou", date(2026, 5, 31))] == [
        "reference_ccr"
    ]
    assert library.in_force("douyin_ccr", DAY).version == "2026-07-14"


def test_it_stands_in_the_tables_as_it_is_written() -> None:
    (version,) = rows("policy_versions")
    keys = ("metric_id", "straddle", "maturity_days", "interval_method", "interval_level", "use_bound")
    assert [version[key] for key in keys] == ["ccr_rate", "full_window_only", 7, "jeffreys", 0.9, "point"]
    nothing_said = ("min_orders_for_prior", "fdr_q", "prob_above_threshold", "threshold_ratio")
    assert {version[key] for key in nothing_said} == {None}
    assert {row["dimension"]: row["count_as"] for row in rows("policy_dimensions")}["logistics"] == "service"
    assert [(row["tier"], row["measure"], row["at_least"]) for row in rows("ladder_conditions")] == [
        ("K1", "rate", 0.05)
    ]
    (appeals,) = rows("policy_appeals")
    assert (appeals["appealable"], appeals["never_issues"], appeals["window_days"]) == (
        True,
        ["counterfeit"],
        3,
    )
    assert rows("score_knots") == rows("policy_caps") == rows("policy_exemptions") == []


def test_ones_own_folders_are_added_each_once(tmp_path: Path) -> None:
    def folders(**environment: str) -> list[Path]:
        return list(Settings.from_environment(environment).policy_folders)

    assert folders() == folders(CCR_POLICIES="") == [SHIPPED_POLICIES]
    assert folders(CCR_POLICIES=f"{OWN}:{tmp_path}:{OWN}") == [SHIPPED_POLICIES, OWN, tmp_path]
    assert folders(CCR_POLICIES=str(OWN), CCR_SHIPPED_POLICIES="no") == [OWN]


def test_a_rule_book_may_do_without_the_shipped_one() -> None:
    library = library_of(CCR_POLICIES=str(OWN), CCR_SHIPPED_POLICIES="no")
    assert [each.policy_id for each in library.versions] == ["kuaishou_negative_feedback"]


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"CCR_SHIPPED_POLICIES": "never"}, "CCR_SHIPPED_POLICIES is 'never'.*Write yes or no"),
        ({"CCR_SHIPPED_POLICIES": "no"}, "there would be no rule at all"),
    ],
)
def test_a_setting_that_leaves_no_rules_is_refused(environment: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.from_environment(environment)


def test_a_shipped_version_is_not_replaced_unseen(tmp_path: Path) -> None:
    own = Book(tmp_path / "own")
    with pytest.raises(PolicyRefusedError, match="A published version is never replaced"):
        library_of(CCR_POLICIES=str(own.folder))
