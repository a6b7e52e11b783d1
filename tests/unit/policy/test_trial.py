"""A version on trial is in force over past days; what cannot be tried is refused with a remedy."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.policy.library import NoPolicyInForceError
from orchestration.policy.loading import PolicyRefusedError
from orchestration.policy.trial import NotForTrialError, Trial
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.policy.books import DOUYIN, LATER, NCX, PINDUODUO, REFERENCE, Book

FIRST, LAST = date(2026, 1, 1), date(2030, 1, 1)
FOLDERS = (SHIPPED_POLICIES,)


def test_a_version_on_trial_is_in_force_and_enforced_on_every_day() -> None:
    library = Trial.of_file(FOLDERS, SHIPPED_POLICIES / LATER).in_force(FIRST)
    judging = library.day_by_day("douyin", FIRST, LAST)
    assert {version.version for version in judging.values()} == {LATER.stem}
    window = library.day_by_day("douyin", date(2025, 12, 3), FIRST)  # the 30 days of the first window
    assert {version.version for version in window.values()} == {LATER.stem}
    assert library.version("douyin_ccr", LATER.stem).document.dates.enforced_from == FIRST
    with pytest.raises(NoPolicyInForceError, match="has no version '2026-07-14'"):
        library.version("douyin_ccr", DOUYIN.stem)


def test_the_rest_of_the_rule_book_stays_as_it_is() -> None:
    trial = Trial.of_file(FOLDERS, SHIPPED_POLICIES / LATER)
    there = [version for version in trial.library.versions if version.policy_id != "douyin_ccr"]
    kept = [version for version in trial.in_force(FIRST).versions if version.policy_id != "douyin_ccr"]
    assert kept == there
    assert len(there) == 9
    assert trial.version.document.dates.effective_from == date(2027, 3, 1)


def test_the_words_and_the_hash_of_the_document_are_kept() -> None:
    trial = Trial.of_version(FOLDERS, "douyin_ccr", DOUYIN.stem)
    tried = trial.in_force(FIRST).version("douyin_ccr", DOUYIN.stem)
    assert tried.sha256 == trial.version.sha256
    said, says = (each.document.model_dump(exclude={"dates"}) for each in (trial.version, tried))
    assert says == said


def test_a_broken_document_is_refused_as_the_rule_book_refuses_it(tmp_path: Path) -> None:
    book = Book(tmp_path / "book")
    file = book.edit(DOUYIN, "  min_orders: 30", "  min_orders: -30")
    with pytest.raises(PolicyRefusedError, match=r"min_orders is -30 \[negative_amount\]") as refused:
        Trial.of_file(FOLDERS, file)
    assert refused.value.faults[0].file == str(file)


@pytest.mark.parametrize(("file", "judges"), [(PINDUODUO, "per_order_ticket"), (NCX, "negative_customer")])
def test_what_is_not_counted_shop_by_shop_is_refused(file: Path, judges: str) -> None:
    with pytest.raises(PolicyRefusedError, match=judges) as refused:
        Trial.of_file(FOLDERS, SHIPPED_POLICIES / file)
    (fault,) = refused.value.faults
    assert (fault.rule, fault.remedy) == ("not_simulated", "Name a version of a policy about ccr_rate.")
    assert fault.line > 1


def test_a_folder_is_no_document() -> None:
    with pytest.raises(NotForTrialError, match="name one document in it"):
        Trial.of_file(FOLDERS, SHIPPED_POLICIES / "douyin_ccr")


def test_two_versions_that_judge_another_platform_are_not_compared() -> None:
    douyin = Trial.of_file(FOLDERS, SHIPPED_POLICIES / DOUYIN)
    with pytest.raises(NotForTrialError, match="name two versions that judge the same"):
        douyin.refuse_other_than(Trial.of_file(FOLDERS, SHIPPED_POLICIES / REFERENCE))
    douyin.refuse_other_than(Trial.of_file(FOLDERS, SHIPPED_POLICIES / LATER))
