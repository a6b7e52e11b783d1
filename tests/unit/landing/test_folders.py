"""What is found in the landing folder, and that nothing outside it ever is."""

import os
from datetime import date
from pathlib import Path

import pytest

from orchestration.landing.folders import Found, find_day, find_snapshot, unrecognised
from tests.unit.landing.parcels import DAY, Row, as_csv, deliver, jsonl, land, order, packed, parquet, raw


def found(landing: Path) -> Found:
    answer = find_day(landing, "douyin", "orders", DAY)
    assert answer is not None
    return answer


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "csv", "csv.gz", "parquet"])
def test_a_file_of_the_day_is_found(tmp_path: Path, ending: str) -> None:
    deliver(tmp_path, f"douyin/orders/{DAY}.{ending}", b"")
    deliver(tmp_path, "douyin/orders/2026-09-02.jsonl", b"")
    (file,) = found(tmp_path).files
    assert (file.name, file.format) == (f"douyin/orders/{DAY}.{ending}", ending)


def test_a_folder_of_the_day_is_read_part_by_part_in_name_order(tmp_path: Path) -> None:
    for name in (
        "part-2.csv",
        "part-10.jsonl",
        "part-1.snappy.parquet",
        "_SUCCESS",
        ".hidden",
        "x.jsonl.tmp",
    ):
        deliver(tmp_path, f"douyin/orders/{DAY}/{name}", b"")
    deliver(tmp_path, f"douyin/orders/{DAY}.csv", b"")
    names = [file.name.removeprefix("douyin/orders/") for file in found(tmp_path).files]
    assert names == [
        f"{DAY}.csv",
        f"{DAY}/part-1.snappy.parquet",
        f"{DAY}/part-10.jsonl",
        f"{DAY}/part-2.csv",
    ]
    assert found(tmp_path).refusals == ()


@pytest.mark.parametrize(
    "name",
    [
        f"{DAY}.json",
        f"{DAY}.xlsx",
        f"{DAY}.parquet.gz",
        f"{DAY} (1).csv",
        f"{DAY}jsonl",
        f"{DAY}.CSV",
        f"{DAY}",
        f"{DAY}/notes.txt",
        f"{DAY}/deeper/x.csv",
    ],
)
def test_a_name_of_the_day_that_is_not_read_is_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    deliver(tmp_path, f"douyin/orders/{name}", b"")
    assert found(tmp_path).files == ()
    (refusal,) = found(tmp_path).refusals
    assert "this name is not read" in refusal
    assert "end it in one of jsonl, jsonl.gz, csv, csv.gz, parquet" in refusal


@pytest.mark.parametrize(
    "name", [f"{DAY}.jsonl.part", f".{DAY}.jsonl.swp", f"{DAY}.jsonl~", "20260901.jsonl"]
)
def test_an_unfinished_or_foreign_name_is_no_delivery(tmp_path: Path, name: str) -> None:
    deliver(tmp_path, f"douyin/orders/{name}", b"")
    assert found(tmp_path) == Found()


def test_an_empty_day_folder_is_no_delivery(tmp_path: Path) -> None:
    (tmp_path / "douyin" / "orders" / str(DAY)).mkdir(parents=True)
    assert found(tmp_path) == Found()


def test_a_platform_without_the_source_folder_has_nothing_to_find(tmp_path: Path) -> None:
    (tmp_path / "douyin").mkdir()
    assert find_day(tmp_path, "douyin", "orders", DAY) is None


def outside(tmp_path: Path) -> Path:
    return deliver(tmp_path, f"elsewhere/orders/{DAY}.jsonl", jsonl([order()]))


@pytest.mark.parametrize("link", ["file", "part", "day", "source", "platform"])
def test_a_link_that_leads_outside_is_refused(tmp_path: Path, link: str) -> None:
    target = outside(tmp_path)
    landing = tmp_path / "landing"
    names = {
        "file": (f"douyin/orders/{DAY}.jsonl", target),
        "part": (f"douyin/orders/{DAY}/part.jsonl", target),
        "day": (f"douyin/orders/{DAY}", target.parent),
        "source": ("douyin/orders", target.parent),
        "platform": ("douyin", target.parent.parent),
    }
    name, leads_to = names[link]
    (landing / name).parent.mkdir(parents=True)
    (landing / name).symlink_to(leads_to)
    (delivery,) = land(landing, tmp_path / "lake")
    assert delivery.status == "refused"
    assert delivery.refusal is not None
    assert f"{name}: it leads outside the landing folder" in delivery.refusal
    assert raw(tmp_path / "lake") == []


def test_a_relative_link_upwards_is_refused(tmp_path: Path) -> None:
    outside(tmp_path)
    (tmp_path / "landing/douyin/orders").mkdir(parents=True)
    (tmp_path / f"landing/douyin/orders/{DAY}.jsonl").symlink_to(f"../../../elsewhere/orders/{DAY}.jsonl")
    assert "leads outside" in found(tmp_path / "landing").refusals[0]


def test_a_folder_whose_name_begins_like_the_landing_folder_is_outside(tmp_path: Path) -> None:
    target = deliver(tmp_path, f"landing2/{DAY}.jsonl", b"")
    (tmp_path / "landing/douyin/orders").mkdir(parents=True)
    (tmp_path / f"landing/douyin/orders/{DAY}.jsonl").symlink_to(target)
    assert "leads outside" in found(tmp_path / "landing").refusals[0]


@pytest.mark.parametrize(
    ("name", "leads_to", "words"),
    [
        (f"douyin/orders/{DAY}.jsonl", f"{DAY}.jsonl", "symlink loop"),
        (f"douyin/orders/{DAY}", f"{DAY}", "symlink loop"),
        (f"douyin/orders/{DAY}", ".", "back to a folder above it"),
        (f"douyin/orders/{DAY}", "../..", "back to a folder above it"),
        ("douyin/orders", "orders", "symlink loop"),
        ("douyin/orders", ".", "back to a folder above it"),
        ("douyin", "douyin", "symlink loop"),
        ("douyin", ".", "back to a folder above it"),
        (f"douyin/orders/{DAY}.jsonl", "gone.jsonl", "leads nowhere"),
    ],
)
def test_a_link_in_a_circle_or_to_nothing_is_refused(
    tmp_path: Path, name: str, leads_to: str, words: str
) -> None:
    landing = tmp_path / "landing"
    (landing / name).parent.mkdir(parents=True)
    (landing / name).symlink_to(leads_to)
    (delivery,) = land(landing, tmp_path / "lake")
    assert delivery.status == "refused"
    assert delivery.refusal is not None
    assert words in delivery.refusal


def test_a_link_within_the_landing_folder_is_followed(tmp_path: Path) -> None:
    deliver(tmp_path / "landing", "douyin/exports/today.jsonl", jsonl([order()]))
    (tmp_path / "landing/douyin/orders").mkdir()
    (tmp_path / f"landing/douyin/orders/{DAY}.jsonl").symlink_to("../exports/today.jsonl")
    (delivery,) = land(tmp_path / "landing", tmp_path / "lake")
    assert (delivery.status, delivery.row_count) == ("present", 1)
    assert raw(tmp_path / "lake")[0]["_source_file"] == f"douyin/orders/{DAY}.jsonl"


def test_the_landing_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    deliver(tmp_path / "disk", f"douyin/orders/{DAY}.jsonl", jsonl([order()]))
    (tmp_path / "landing").symlink_to("disk")
    assert land(tmp_path / "landing", tmp_path / "lake")[0].row_count == 1


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "douyin/orders").mkdir(parents=True)
    os.mkfifo(tmp_path / f"douyin/orders/{DAY}.jsonl")
    assert "it is not a file" in found(tmp_path).refusals[0]


@pytest.mark.parametrize("platform", ["Douyin", "dou yin", "抖音", "douyin-1", "x'"])
def test_a_platform_of_another_name_is_refused_by_name(tmp_path: Path, platform: str) -> None:
    deliver(tmp_path / "landing", f"{platform}/orders/{DAY}.jsonl", jsonl([order()]))
    (delivery,) = land(tmp_path / "landing", tmp_path / "lake")
    assert (delivery.platform, delivery.status, delivery.file_count) == (platform, "refused", 1)
    assert delivery.refusal == f"{platform}: a platform folder is named [a-z0-9_]+; rename the folder"
    assert land(tmp_path / "landing", tmp_path / "lake", day=date(2026, 9, 2)) == []


def test_a_platform_named_in_no_encoding_is_refused(tmp_path: Path) -> None:
    platform = os.fsdecode(b"dou\xff")
    deliver(tmp_path / "landing", f"{platform}/orders/{DAY}.jsonl", jsonl([order()]))
    (delivery,) = land(tmp_path / "landing", tmp_path / "lake")
    assert delivery.platform.encode() == b"dou\\udcff"


@pytest.mark.parametrize("source", ["refunds", "Orders", "order lines", "shops"])
def test_a_source_of_another_name_is_refused_by_name(tmp_path: Path, source: str) -> None:
    deliver(tmp_path / "landing", f"douyin/{source}/{DAY}.jsonl", jsonl([order()]))
    missed, delivery = land(tmp_path / "landing", tmp_path / "lake")
    if missed.status == "refused":
        missed, delivery = delivery, missed
    assert (missed.source, missed.status) == ("orders", "missing")
    assert (delivery.source, delivery.status) == (source, "refused")
    assert delivery.refusal is not None
    assert "a source folder is one of orders, order_lines, reviews" in delivery.refusal


def test_names_that_no_day_picks_up_are_told(tmp_path: Path) -> None:
    for name in (
        f"douyin/orders/{DAY}.jsonl",
        "douyin/orders/september.jsonl",
        "douyin/shops.csv",
        "douyin/shops/part.csv",
        "douyin/notes.txt",
        "douyin/refunds/x.csv",
        "README.md",
    ):
        deliver(tmp_path, name, b"")
    assert [line.split(":")[0] for line in unrecognised(tmp_path)] == [
        "douyin/notes.txt",
        "douyin/orders/september.jsonl",
        "douyin/refunds",
        "douyin/shops",
    ]


@pytest.mark.parametrize(
    "name", ["shops.jsonl", "shops.jsonl.gz", "shops.csv", "shops.csv.gz", "shops.parquet"]
)
def test_a_snapshot_is_found(tmp_path: Path, name: str) -> None:
    deliver(tmp_path, f"douyin/{name}", b"")
    deliver(tmp_path, "douyin/shops_old.csv", b"")
    assert [file.name for file in find_snapshot(tmp_path, "douyin", "shops").files] == [f"douyin/{name}"]


@pytest.mark.parametrize("folder", ["a[1]", "a*", "a?", "a'b", 'a"b', "a b", "店", "%41", "$x"])
@pytest.mark.parametrize("ending", ["jsonl", "csv", "csv.gz", "parquet"])
def test_a_landing_folder_may_have_any_name(tmp_path: Path, folder: str, ending: str) -> None:
    rows: list[Row] = [order(waybill_no="w")]
    content = {"jsonl": jsonl, "csv": as_csv, "csv.gz": lambda r: packed(as_csv(r)), "parquet": parquet}[
        ending
    ](rows)
    for decoy in ("a1", "ab", "aXb", folder):
        decoyed = content if decoy == folder else b"decoy"
        deliver(tmp_path / decoy, f"douyin/orders/{DAY}.{ending}", decoyed)
    (delivery,) = land(tmp_path / folder, tmp_path / f"{folder} lake")
    assert (delivery.status, delivery.row_count) == ("present", 1)


def test_a_part_may_have_any_name(tmp_path: Path) -> None:
    for n, name in enumerate(["a*.csv", "ab.csv", "x[1].csv", "x1.csv", "o'brien.csv"]):
        deliver(tmp_path / "landing", f"douyin/orders/{DAY}/{name}", as_csv([order(order_id=str(n))]))
    land(tmp_path / "landing", tmp_path / "lake")
    assert sorted(row["order_id"] for row in raw(tmp_path / "lake")) == ["0", "1", "2", "3", "4"]
