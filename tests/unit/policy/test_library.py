"""Which version is in force, and for whom."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.policy.library import NoPolicyInForceError, PolicyLibrary
from tests.unit.policy.books import DOUYIN, PINDUODUO, REFERENCE, Book

CHANGE = date(2026, 9, 8)


def test_a_successor_ends_an_open_version_and_leaves_its_file_alone(book: Book) -> None:
    before = book.load().in_force("douyin_ccr", CHANGE).sha256
    book.next_version(DOUYIN, "2026-09-08", supersedes="2026-07-14")
    library = book.load()
    old, new = library.of("douyin_ccr")
    assert (old.effective_to, new.effective_to) == (CHANGE, None)
    assert old.sha256 == before
    assert library.in_force("douyin_ccr", CHANGE - timedelta(days=1)) == old
    assert library.in_force("douyin_ccr", CHANGE) == new


def test_an_ended_version_is_followed_without_saying_so(book: Book) -> None:
    book.edit(DOUYIN, "effective_to: null", "effective_to: 2026-09-08")
    book.next_version(DOUYIN, "2026-09-08")
    assert [version.version for version in book.load().of("douyin_ccr")] == ["2026-07-14", "2026-09-08"]


def test_a_day_without_a_version_is_an_error_and_not_a_default(book: Book) -> None:
    with pytest.raises(NoPolicyInForceError, match="they cover 2026-07-14 to now"):
        book.load().in_force("douyin_ccr", date(2026, 7, 13))


def test_an_unknown_policy_is_answered_with_the_nearest(book: Book) -> None:
    with pytest.raises(NoPolicyInForceError, match="did you mean douyin_ccr"):
        book.load().in_force("douyin_crr", CHANGE)


@pytest.mark.parametrize(
    ("platform", "day", "policies"),
    [
        ("douyin", CHANGE, ["douyin_ccr"]),
        ("douyin", date(2026, 7, 13), ["reference_ccr"]),
        ("pinduoduo", CHANGE, ["pinduoduo_negative_experience", "reference_ccr"]),
        ("olist", date(2017, 5, 1), ["reference_ccr"]),
        ("olist", date(2015, 12, 31), []),
    ],
)
def test_a_platform_has_its_own_rules_and_else_the_common_one(
    book: Book, platform: str, day: date, policies: list[str]
) -> None:
    holding = [version.policy_id for version in book.load().for_platform(platform, day)]
    assert [policy for policy in holding if "experience_" not in policy] == policies


def test_a_folder_of_ones_own_stands_in_for_the_shipped_one(book: Book, tmp_path: Path) -> None:
    own = Book(tmp_path / "own")
    own.edit(DOUYIN, "mode: enforce", "mode: score_only")
    shipped, mine = book.load(), PolicyLibrary.load([own.folder])
    assert shipped.in_force("douyin_ccr", CHANGE).document.mode == "enforce"
    assert mine.in_force("douyin_ccr", CHANGE).document.mode == "score_only"


def test_each_day_is_judged_by_the_version_then_in_force(book: Book) -> None:
    book.next_version(DOUYIN, "2026-09-08", supersedes="2026-07-14")
    days = book.load().day_by_day("douyin", date(2026, 7, 12), date(2026, 9, 9))
    assert len(days) == 60
    assert {day: f"{days[day].policy_id} {days[day].version}" for day in sorted(days)[1:3]} == {
        date(2026, 7, 13): "reference_ccr 2016-01-01",
        date(2026, 7, 14): "douyin_ccr 2026-07-14",
    }
    assert days[CHANGE - timedelta(days=1)].version == "2026-07-14"
    assert days[CHANGE].version == "2026-09-08"


def test_days_that_no_version_covers_are_named_and_none_is_stretched_over_them(book: Book) -> None:
    book.edit(REFERENCE, "effective_to: null", "effective_to: 2016-01-03")
    library = book.load()
    with pytest.raises(
        NoPolicyInForceError,
        match=r"ccr_rate of platform 'olist' on 2015-12-31, from 2016-01-03 to 2016-01-05; add",
    ):
        library.day_by_day("olist", date(2015, 12, 31), date(2016, 1, 5))
    with pytest.raises(NoPolicyInForceError, match="per_order_ticket of platform 'douyin' on 2026-09-08"):
        library.day_by_day("douyin", CHANGE, CHANGE, "per_order_ticket")


def test_tickets_and_companion_metrics_have_days_of_their_own(book: Book) -> None:
    library = book.load()
    (ticket,) = library.day_by_day("pinduoduo", CHANGE, CHANGE, "per_order_ticket").values()
    (returns,) = library.day_by_day("douyin", CHANGE, CHANGE, "quality_return_rate").values()
    assert ticket.policy_id == "pinduoduo_negative_experience"
    assert returns.policy_id == "douyin_experience_quality_returns"


def test_a_platform_with_companion_metrics_alone_still_has_the_common_ccr(book: Book) -> None:
    holding = book.load().for_platform("amazon", CHANGE)
    assert [each.policy_id for each in holding] == ["amazon_ncx", "amazon_odr", "reference_ccr"]


def test_two_ticket_policies_of_a_platform_rival_each_other(book: Book) -> None:
    other = book.folder / "pinduoduo_other_tickets" / PINDUODUO.name
    other.parent.mkdir()
    text = (book.folder / PINDUODUO).read_text(encoding="utf-8")
    text = text.replace("policy_id: pinduoduo_negative_experience", "policy_id: pinduoduo_other_tickets")
    other.write_text(text.replace("rule_family: negative_experience", "rule_family: other"), encoding="utf-8")
    (fault,) = book.faults()
    assert (fault.rule, "both judge per_order_ticket" in fault.says) == ("policies_overlap", True)


def test_a_version_is_found_by_its_name_or_the_names_are_told(book: Book) -> None:
    assert book.load().version("douyin_ccr", "2026-07-14").version == "2026-07-14"
    with pytest.raises(NoPolicyInForceError, match="has no version '2026-07-15'; it has 2026-07-14"):
        book.load().version("douyin_ccr", "2026-07-15")


def test_a_document_is_tried_in_place_of_the_one_it_names(book: Book, tmp_path: Path) -> None:
    own = Book(tmp_path / "own")
    changed = own.edit(DOUYIN, "  min_orders: 30", "  min_orders: 50")
    tried = PolicyLibrary.trying([book.folder], [changed])
    assert len(tried.versions) == len(book.load().versions)
    assert tried.in_force("douyin_ccr", CHANGE).file == str(changed)
    added = own.next_version(DOUYIN, "2026-09-08", supersedes="2026-07-14")
    assert [each.file for each in PolicyLibrary.trying([book.folder], [added]).of("douyin_ccr")] == [
        str(book.folder / DOUYIN),
        str(added),
    ]
    whole = PolicyLibrary.trying([book.folder], [added.parent])
    assert [each.file for each in whole.of("douyin_ccr")] == [str(changed), str(added)]


def test_a_document_of_the_folders_can_be_tried_where_it_lies(book: Book) -> None:
    assert PolicyLibrary.trying([book.folder], [book.folder, book.folder / DOUYIN.parent]) == book.load()


def test_a_loaded_policy_cannot_be_changed(book: Book) -> None:
    document = book.load().in_force("douyin_ccr", CHANGE).document
    with pytest.raises(ValueError, match="frozen"):
        document.mode = "shadow"
