"""A changed rule book makes stale just the days on which another version holds."""

from datetime import date, timedelta

import pytest

from orchestration.policy.content import policy_sha256, table_sha256
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyVersion
from orchestration.policy.stale import Stale, Used, VersionsUsed, stale
from orchestration.policy.tables import policy_tables
from tests.unit.policy.books import CHATS, DOUYIN, PINDUODUO, REFERENCE, Book

FIRST = date(2026, 9, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(6)]
PLATFORMS = ("douyin", "pinduoduo")


def name_of(version: PolicyVersion) -> Used:
    return Used(version.policy_id, version.version, version.sha256)


def judged_by(library: PolicyLibrary) -> VersionsUsed:
    """Six days of two platforms as a run judged them: CCR of both, tickets of one."""
    ccr = {
        (day, platform): library.day_by_day(platform, day, day)[day] for day in DAYS for platform in PLATFORMS
    }
    used = {key: {"ccr_rate": name_of(version)} for key, version in ccr.items()}
    for day in DAYS:
        used[day, "pinduoduo"]["per_order_ticket"] = name_of(
            library.in_force("pinduoduo_negative_experience", day)
        )
    return used


@pytest.fixture
def used(book: Book) -> VersionsUsed:
    return judged_by(book.load())


def days_of(found: list[Stale]) -> list[tuple[int, str, str]]:
    return [(each.business_day.day, each.platform, each.judges) for each in found]


def test_an_unchanged_rule_book_makes_nothing_stale(book: Book, used: VersionsUsed) -> None:
    assert stale(used, book.load()) == []


def test_an_edited_document_makes_the_days_stale_on_which_it_holds(book: Book, used: VersionsUsed) -> None:
    book.edit(PINDUODUO, "title:", "# a word\ntitle:")
    assert days_of(stale(used, book.load())) == [(day.day, "pinduoduo", "per_order_ticket") for day in DAYS]


def test_a_later_version_concerns_no_day_before_it(book: Book, used: VersionsUsed) -> None:
    book.next_version(DOUYIN, "2026-09-04", supersedes="2026-07-14")
    found = stale(used, book.load())
    assert days_of(found) == [(day, "douyin", "ccr_rate") for day in (4, 5, 6)]
    assert {(each.before.version, each.now.version) for each in found if each.before and each.now} == {
        ("2026-07-14", "2026-09-04")
    }


def test_a_version_of_days_to_come_makes_nothing_stale(book: Book, used: VersionsUsed) -> None:
    book.next_version(DOUYIN, "2026-09-07", supersedes="2026-07-14")
    assert stale(used, book.load()) == []


def test_a_policy_taken_away_leaves_the_common_one_or_none(book: Book, used: VersionsUsed) -> None:
    (book.folder / DOUYIN).unlink()
    (book.folder / PINDUODUO).unlink()
    found = [each for each in stale(used, book.load()) if each.business_day == FIRST]
    assert [(each.judges, each.now.policy_id if each.now else None) for each in found] == [
        ("ccr_rate", "reference_ccr"),
        ("per_order_ticket", None),
    ]
    assert found[1].change().endswith("-> no version")


def test_a_policy_added_makes_days_without_it_stale(book: Book) -> None:
    (book.folder / DOUYIN).rename(book.folder / "kept.txt")
    before = judged_by(book.load())
    (book.folder / "kept.txt").rename(book.folder / DOUYIN)
    assert days_of(stale(before, book.load())) == [(day.day, "douyin", "ccr_rate") for day in DAYS]


def test_the_common_policy_concerns_only_whom_no_own_one_judges(book: Book, used: VersionsUsed) -> None:
    book.edit(REFERENCE, "title:", "# a word\ntitle:")
    assert {(each.platform, each.judges) for each in stale(used, book.load())} == {("pinduoduo", "ccr_rate")}


def test_a_metric_that_is_not_counted_judges_no_day(book: Book, used: VersionsUsed) -> None:
    book.edit(CHATS, "title:", "# a word\ntitle:")
    assert stale(used, book.load()) == []


def test_the_same_words_have_the_same_hash_and_others_another(book: Book) -> None:
    before, again = book.load(), book.load()
    assert policy_sha256(before, "douyin_ccr") == policy_sha256(again, "douyin_ccr")
    book.edit(DOUYIN, "min_orders: 30", "min_orders: 31")
    after = book.load()
    assert policy_sha256(before, "douyin_ccr") != policy_sha256(after, "douyin_ccr")
    assert policy_sha256(before, "reference_ccr") == policy_sha256(after, "reference_ccr")


def test_a_successor_that_ends_a_version_is_a_change_of_the_policy(book: Book) -> None:
    before = policy_sha256(book.load(), "douyin_ccr")
    book.next_version(DOUYIN, "2026-09-04", supersedes="2026-07-14")
    assert policy_sha256(book.load(), "douyin_ccr") != before


def test_a_table_changes_with_the_rows_it_holds_and_no_others(book: Book) -> None:
    before = policy_tables(book.load())
    book.edit(DOUYIN, "min_orders: 30", "min_orders: 31")
    after = policy_tables(book.load())
    changed = {name for name in before if table_sha256(before[name]) != table_sha256(after[name])}
    assert changed == {"policy_versions"}
