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
    assert [version.policy_id for version in book.load().for_platform(platform, day)] == policies


def test_a_folder_of_ones_own_stands_in_for_the_shipped_one(book: Book, tmp_path: Path) -> None:
    own = Book(tmp_path / "own")
    own.edit(DOUYIN, "mode: enforce", "mode: score_only")
    shipped, mine = book.load(), PolicyLibrary.load([own.folder])
    assert shipped.in_force("douyin_ccr", CHANGE).document.mode == "enforce"
    assert mine.in_force("douyin_ccr", CHANGE).document.mode == "score_only"


def test_a_policy_for_another_platform_needs_no_python(book: Book) -> None:
    text = (book.folder / REFERENCE).read_text(encoding="utf-8")
    path = book.folder / "kuaishou_ccr" / "2026-01-01.yaml"
    path.parent.mkdir()
    path.write_text(
        text.replace("reference_ccr", "kuaishou_ccr")
        .replace("2016-01-01", "2026-01-01")
        .replace('platform: "*"', "platform: kuaishou"),
        encoding="utf-8",
    )
    assert [each.policy_id for each in book.load().for_platform("kuaishou", CHANGE)] == ["kuaishou_ccr"]


def test_appeal_terms_say_who_may_appeal_and_how_long(book: Book) -> None:
    assert book.load().appeal_terms() == {
        ("douyin_ccr", DOUYIN.stem): (True, 7),
        ("pinduoduo_negative_experience", PINDUODUO.stem): (None, None),
        ("reference_ccr", REFERENCE.stem): (False, None),
    }


def test_a_loaded_policy_cannot_be_changed(book: Book) -> None:
    document = book.load().in_force("douyin_ccr", CHANGE).document
    with pytest.raises(ValueError, match="frozen"):
        document.mode = "shadow"
