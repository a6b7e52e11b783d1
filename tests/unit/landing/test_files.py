import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.landing import fingerprints, landed_days
from tests.unit.landing.parcels import DAY, deliver

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def test_landed_days_are_told_by_platform(tmp_path: Path) -> None:
    for name in (
        "douyin/orders/2026-09-02.jsonl",
        "douyin/orders/2026-09-01.csv.gz",
        "douyin/reviews/2026-08-31/part-0.parquet",
        "douyin/reviews/2026-09-01.jsonl",
        "douyin/orders/2026-02-30.jsonl",
        "douyin/orders/20260908",
        "douyin/orders/2026-W37-3.csv",
        "douyin/orders/2026-09-05.jsonl.part",
        "douyin/refunds/2026-09-06.jsonl",
        "douyin/shops.csv",
        "taobao/shops.csv",
        "Bad Name/orders/2026-09-07.jsonl",
    ):
        deliver(tmp_path, name, b"")
    (tmp_path / "douyin/orders/2026-09-04").mkdir()
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)]
    assert landed_days(tmp_path) == {"douyin": days, "taobao": []}


def test_a_landing_folder_that_is_not_there_has_no_days(tmp_path: Path) -> None:
    assert landed_days(tmp_path / "none") == {}
    assert fingerprints(tmp_path / "none", FIRST, LAST) == {}


def test_a_fingerprint_is_of_names_and_bytes_alone(tmp_path: Path) -> None:
    path = deliver(tmp_path / "a", f"douyin/orders/{DAY}.jsonl", b"1")
    deliver(tmp_path / "b", f"douyin/orders/{DAY}.jsonl", b"1")
    before = fingerprints(tmp_path / "a", FIRST, LAST)
    os.utime(path, ns=(1, 1))
    assert fingerprints(tmp_path / "a", FIRST, LAST) == before
    assert fingerprints(tmp_path / "b", FIRST, LAST) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"douyin/orders/{DAY}.jsonl", b"2"),
        (f"douyin/orders/{DAY}.csv", b""),
        (f"douyin/orders/{DAY}/part.csv", b""),
        (f"douyin/reviews/{DAY}.jsonl", b""),
        (f"taobao/orders/{DAY}.jsonl", b"1"),
        (f"douyin/orders/{DAY}.xlsx", b""),
    ],
)
def test_a_fingerprint_changes_with_what_is_delivered(tmp_path: Path, name: str, content: bytes) -> None:
    deliver(tmp_path, f"douyin/orders/{DAY}.jsonl", b"1")
    other = deliver(tmp_path, f"douyin/orders/{DAY + timedelta(days=1)}.jsonl", b"1").stem
    before = fingerprints(tmp_path, FIRST, LAST)
    deliver(tmp_path, name, content)
    after = fingerprints(tmp_path, FIRST, LAST)
    assert after[DAY] != before[DAY]
    assert after[date.fromisoformat(other)] == before[date.fromisoformat(other)]


def test_a_fingerprint_changes_with_the_name_of_a_file(tmp_path: Path) -> None:
    path = deliver(tmp_path, f"douyin/orders/{DAY}/a.jsonl", b"1")
    before = fingerprints(tmp_path, FIRST, LAST)
    path.rename(path.with_name("b.jsonl"))
    assert fingerprints(tmp_path, FIRST, LAST)[DAY] != before[DAY]


def test_fingerprints_are_of_the_days_asked_for_that_have_a_delivery(tmp_path: Path) -> None:
    for day in ("2026-09-01", "2026-09-03", "2026-09-04"):
        deliver(tmp_path, f"douyin/orders/{day}.jsonl", b"1")
    asked = fingerprints(tmp_path, date(2026, 9, 1), date(2026, 9, 3))
    assert list(asked) == [date(2026, 9, 1), date(2026, 9, 3)]


def test_with_a_cache_a_file_of_the_same_size_and_time_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.landing import files

    path = deliver(tmp_path, f"douyin/orders/{DAY}.jsonl", b"1")
    cache: files.HashCache = {}
    before = fingerprints(tmp_path, FIRST, LAST, cache)
    read: list[Path] = []
    monkeypatch.setattr(files, "sha256_of", lambda path: read.append(path) or "new")
    assert fingerprints(tmp_path, FIRST, LAST, cache) == before
    assert read == []
    path.write_bytes(b"22")
    assert fingerprints(tmp_path, FIRST, LAST, cache) != before
    assert read == [path]


def test_a_link_outside_has_a_fingerprint_but_is_not_read(tmp_path: Path) -> None:
    target = deliver(tmp_path, "elsewhere.jsonl", b"1")
    (tmp_path / "landing/douyin/orders").mkdir(parents=True)
    (tmp_path / f"landing/douyin/orders/{DAY}.jsonl").symlink_to(target)
    before = fingerprints(tmp_path / "landing", FIRST, LAST)
    target.write_bytes(b"2")
    assert list(before) == [DAY]
    assert fingerprints(tmp_path / "landing", FIRST, LAST) == before
