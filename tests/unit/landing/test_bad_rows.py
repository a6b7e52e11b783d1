"""A row that does not fit is quarantined with its place and reason; its neighbours are landed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.landing import land_source_day
from tests.unit.landing.parcels import (
    DAY,
    KEY,
    Row,
    as_csv,
    deliver,
    jsonl,
    land_orders,
    order,
    parquet,
    quarantine,
    raw,
)

REVIEW = {
    "review_id": "r1",
    "order_id": "o1",
    "shop_id": "s1",
    "created_at": "2026-09-01T12:00:00+08:00",
    "updated_at": "2026-09-01T12:00:00+08:00",
}
SESSION = {
    "session_id": "c1",
    "shop_id": "s1",
    "started_at": "2026-09-01T12:00:00+08:00",
    "updated_at": "2026-09-01T12:00:00+08:00",
}
LINE = {"order_id": "o1", "line_id": "1", "product_id": "p1"}


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"order_id": None}, "order_id", "missing_value"),
        ({"shop_id": ""}, "shop_id", "missing_value"),
        ({"buyer_id": None}, "buyer_id", "missing_value"),
        ({"status": "lost"}, "status", "unknown_value"),
        ({"status": "Paid"}, "status", "unknown_value"),
        ({"status": ["paid"]}, "status", "unknown_value"),
        ({"order_kind": "bundle"}, "order_kind", "unknown_value"),
        ({"pay_amount_fen": -1}, "pay_amount_fen", "negative_amount"),
        ({"pay_amount_fen": "12.5"}, "pay_amount_fen", "not_an_integer"),
        ({"pay_amount_fen": 12.5}, "pay_amount_fen", "not_an_integer"),
        ({"pay_amount_fen": "12 yuan"}, "pay_amount_fen", "not_an_integer"),
        ({"pay_amount_fen": True}, "pay_amount_fen", "not_an_integer"),
        ({"pay_amount_fen": {"fen": 1}}, "pay_amount_fen", "not_an_integer"),
        ({"pay_amount_fen": 9_500_000_000_000_000_000}, "pay_amount_fen", "out_of_range"),
        ({"pay_amount_fen": "9" * 30}, "pay_amount_fen", "out_of_range"),
        ({"list_amount_fen": -5}, "list_amount_fen", "negative_amount"),
        ({"paid_at": "2026-09-01T09:59:59+08:00"}, "paid_at", "paid_before_created"),
        ({"created_at": "yesterday"}, "created_at", "not_a_time"),
        ({"created_at": "2026-09-01"}, "created_at", "not_a_time"),
        ({"paid_at": 0}, "paid_at", "not_a_time"),
        ({"created_at": "1999-12-31T23:00:00Z"}, "created_at", "time_out_of_range"),
        ({"updated_at": "2026-09-03T00:00:00+08:00"}, "updated_at", "time_in_future"),
        ({"signed_at": "2027-01-01T00:00:00+08:00"}, "signed_at", "time_in_future"),
        ({"order_id": "o\0 1"}, "order_id", "null_byte"),
        ({"waybill_no": "\0"}, "waybill_no", "null_byte"),
        ({"order_id": 1.5}, "order_id", "wrong_type"),
        ({"order_id": True}, "order_id", "wrong_type"),
        ({"shop_id": {"id": "s1"}}, "shop_id", "wrong_type"),
        ({"buyer_id": ["b1"]}, "buyer_id", "wrong_type"),
        ({"order_id": "1.23457E+17"}, "order_id", "spreadsheet_number"),
    ],
)
def test_a_misfit_goes_to_quarantine_alone(
    tmp_path: Path, changes: dict[str, Any], column: str, reason: str
) -> None:
    sound = [order(order_id="before"), order(order_id="after")]
    delivery = land_orders(tmp_path, jsonl([sound[0], order(**changes), sound[1]]))
    assert (delivery.status, delivery.row_count, delivery.quarantined_count) == ("present", 2, 1)
    assert [row["order_id"] for row in raw(tmp_path / "lake")] == ["before", "after"]
    (misfit,) = quarantine(tmp_path / "lake")
    assert (misfit["column_name"], misfit["reason"]) == (column, reason)
    assert (misfit["file"], misfit["line"]) == (f"douyin/orders/{DAY}.jsonl", 2)
    assert (misfit["platform"], misfit["source"]) == ("douyin", "orders")


@pytest.mark.parametrize(
    ("source", "row", "column", "reason"),
    [
        ("reviews", {**REVIEW, "rating_overall": 6}, "rating_overall", "out_of_range"),
        ("reviews", {**REVIEW, "rating_overall": 0}, "rating_overall", "out_of_range"),
        ("reviews", {**REVIEW, "rating_overall": 99999}, "rating_overall", "out_of_range"),
        ("reviews", {**REVIEW, "rating_service": 4.5}, "rating_service", "not_an_integer"),
        ("reviews", {**REVIEW, "is_default": "maybe"}, "is_default", "not_a_flag"),
        ("reviews", {**REVIEW, "is_append": 2}, "is_append", "not_a_flag"),
        ("reviews", {**REVIEW, "text": "好\0评"}, "text", "null_byte"),
        ("reviews", {**REVIEW, "text": {"zh": "好"}}, "text", "wrong_type"),
        ("order_lines", {**LINE, "quantity": -1}, "quantity", "negative_amount"),
        ("order_lines", {**LINE, "quantity": 2**31}, "quantity", "out_of_range"),
        ("order_lines", {**LINE, "theme": "radio"}, "theme", "unknown_value"),
        (
            "im_sessions",
            {**SESSION, "ended_at": "2026-09-01T11:00+08:00"},
            "ended_at",
            "ended_before_started",
        ),
        ("im_sessions", {**SESSION, "rated_scope": "robot"}, "rated_scope", "unknown_value"),
    ],
)
def test_a_misfit_of_another_source_goes_to_quarantine(
    tmp_path: Path, source: str, row: Row, column: str, reason: str
) -> None:
    deliver(tmp_path / "landing", f"douyin/{source}/{DAY}.jsonl", jsonl([row]))
    land_source_day(tmp_path / "landing", tmp_path / "lake", source, DAY, KEY)
    assert raw(tmp_path / "lake", source) == []
    (misfit,) = quarantine(tmp_path / "lake", source)
    assert (misfit["column_name"], misfit["reason"]) == (column, reason)


def test_the_first_rule_broken_is_the_reason_and_the_row_is_counted_once(tmp_path: Path) -> None:
    delivery = land_orders(tmp_path, jsonl([order(status="lost", pay_amount_fen=-1, created_at="?")]))
    assert delivery.quarantined_count == 1
    (misfit,) = quarantine(tmp_path / "lake")
    assert (misfit["column_name"], misfit["value"]) == ("status", "lost")


def test_quarantine_keeps_the_value_short_and_the_row_whole(tmp_path: Path) -> None:
    land_orders(tmp_path, jsonl([order(status="x" * 1000, colour="red")]))
    (misfit,) = quarantine(tmp_path / "lake")
    assert misfit["value"] == "x" * 200
    kept = json.loads(misfit["row_json"])
    assert kept["status"] == "x" * 1000
    assert kept["colour"] == "red"
    assert kept["pay_amount_fen"] == "1250"


def test_a_time_within_a_day_of_the_delivery_day_is_no_future_time(tmp_path: Path) -> None:
    late = order(updated_at="2026-09-02T23:59:59.999999+08:00", promised_ship_by="2026-12-01T00:00:00+08:00")
    assert land_orders(tmp_path, jsonl([late])).quarantined_count == 0


def test_a_line_that_is_no_object_is_quarantined(tmp_path: Path) -> None:
    delivery = land_orders(tmp_path, b'[1, 2]\n"text"\n12\nnull\n' + jsonl([order()]))
    assert (delivery.row_count, delivery.quarantined_count) == (1, 4)
    assert {row["reason"] for row in quarantine(tmp_path / "lake")} == {"not_an_object"}


def test_an_object_that_names_a_column_twice_is_quarantined(tmp_path: Path) -> None:
    twice = jsonl([order()]).replace(b'"status"', b'"status": "closed", "status"')
    delivery = land_orders(tmp_path, twice)
    assert delivery.quarantined_count == 1
    assert quarantine(tmp_path / "lake")[0]["reason"] == "duplicate_name"


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [(b"o\x001", "null_byte"), (b"o\\ud83d", "invalid_text"), (b"o\t1", "control_character")],
)
def test_json_that_only_a_lenient_parser_reads_is_quarantined_in_its_place(
    tmp_path: Path, spoilt: bytes, reason: str
) -> None:
    line = jsonl([order()]).replace(b"o1", spoilt)
    rows = jsonl([order(status="lost"), order(order_id="after")])
    delivery = land_orders(tmp_path, jsonl([order(order_id="before")]) + line + rows)
    assert (delivery.status, delivery.row_count, delivery.quarantined_count) == ("present", 2, 2)
    first, second = quarantine(tmp_path / "lake")
    assert (first["line"], first["column_name"], first["reason"]) == (2, "order_id", reason)
    assert json.loads(first["row_json"])["status"] == "paid"
    assert (second["line"], second["reason"]) == (3, "unknown_value")


def test_a_null_byte_quarantines_a_csv_row(tmp_path: Path) -> None:
    delivery = land_orders(tmp_path, as_csv([order(), order(order_id="o\0 2")]), "csv")
    assert (delivery.row_count, delivery.quarantined_count) == (1, 1)
    (misfit,) = quarantine(tmp_path / "lake")
    assert (misfit["line"], misfit["reason"]) == (2, "null_byte")


def test_an_extra_column_is_kept_beside_the_row(tmp_path: Path) -> None:
    land_orders(tmp_path, jsonl([order(colour="red", nothing=None, size={"cm": 3}), order()]))
    first, second = raw(tmp_path / "lake")
    assert json.loads(first["_extra"]) == {"colour": "red", "size": {"cm": 3}}
    assert second["_extra"] is None


def test_duplicate_keys_are_all_landed(tmp_path: Path) -> None:
    delivery = land_orders(tmp_path, jsonl([order(), order(), order(status="shipped")]))
    assert delivery.row_count == 3
    first, second, third = (row["_row_sha256"] for row in raw(tmp_path / "lake"))
    assert first == second != third


@pytest.mark.parametrize(
    "order_id", ["a'b", 'say "hi"', "a;b", "'; DROP TABLE orders; --", "a,b", "{a}", "[a]", "订单-1", "a\\b"]
)
@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_an_order_id_may_hold_any_sign(tmp_path: Path, order_id: str, ending: str) -> None:
    rows = [order(order_id=order_id)]
    land_orders(tmp_path, jsonl(rows) if ending == "jsonl" else as_csv(rows), ending)
    assert [row["order_id"] for row in raw(tmp_path / "lake")] == [order_id]


@pytest.mark.parametrize(
    "text",
    [
        "x" * (1 << 20),
        "差" * (1 << 20),
        "😡" * 10_000,
        "👨‍👩‍👧‍👦🇨🇳" * 100,
        "<script>alert(1)</script><b>差</b>",
        '=HYPERLINK("http://x","y")',
        "+1-2",
        "@SUM(A1)",
        "line\nbreak\r\nand\ttab",
        " spaces ",
        "true",
        "12",
        "1.5",
        "null",
        "{not json}",
        "\u202eright to left",
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_text_is_kept_letter_by_letter(tmp_path: Path, text: str, ending: str) -> None:
    rows = [{**REVIEW, "text": text}, REVIEW]
    content = jsonl(rows) if ending == "jsonl" else as_csv(rows)
    deliver(tmp_path / "landing", f"douyin/reviews/{DAY}.{ending}", content)
    land_source_day(tmp_path / "landing", tmp_path / "lake", "reviews", DAY, KEY)
    assert [row["text"] for row in raw(tmp_path / "lake", "reviews")] == [text, None]


@pytest.mark.parametrize("written", [1250, "1250", 1250.0, "1250.00"])
def test_a_whole_number_may_be_written_in_several_ways(tmp_path: Path, written: object) -> None:
    land_orders(tmp_path, jsonl([order(pay_amount_fen=written)]))
    assert raw(tmp_path / "lake")[0]["pay_amount_fen"] == 1250


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        (True, True),
        ("TRUE", True),
        (1, True),
        ("1", True),
        (1.0, True),
        (False, False),
        ("False", False),
        (0, False),
    ],
)
def test_a_flag_may_be_written_in_several_ways(tmp_path: Path, written: object, flag: bool) -> None:
    deliver(tmp_path / "landing", f"douyin/reviews/{DAY}.jsonl", jsonl([{**REVIEW, "is_default": written}]))
    land_source_day(tmp_path / "landing", tmp_path / "lake", "reviews", DAY, KEY)
    assert raw(tmp_path / "lake", "reviews")[0]["is_default"] is flag


def test_a_number_as_an_id_keeps_all_its_digits(tmp_path: Path) -> None:
    number = 690_123_456_789_012_345_678_901
    land_orders(tmp_path, jsonl([order(order_id=number)]))
    assert raw(tmp_path / "lake")[0]["order_id"] == str(number)


def test_local_time_offset_and_epoch_are_the_same_instant(tmp_path: Path) -> None:
    written = ["2026-09-01 10:00:00", "2026-09-01T02:00:00Z", 1788228000, "1788228000000"]
    land_orders(tmp_path, jsonl([order(created_at=time) for time in written]))
    assert {row["created_at"] for row in raw(tmp_path / "lake")} == {datetime(2026, 9, 1, 2, tzinfo=UTC)}


@pytest.mark.parametrize(("ending", "write"), [("jsonl", jsonl), ("csv", as_csv), ("parquet", parquet)])
def test_every_row_of_a_day_is_in_raw_or_in_quarantine(
    tmp_path: Path, ending: str, write: Callable[[list[Row]], bytes]
) -> None:
    rows = [order(order_id=f"o{n}", status="paid" if n % 3 else "lost") for n in range(50_000)]
    delivery = land_orders(tmp_path, write(rows), ending)
    assert delivery.row_count + delivery.quarantined_count == len(rows)
    landed = {row["_line"]: row["order_id"] for row in raw(tmp_path / "lake")}
    held = {row["line"]: json.loads(row["row_json"])["order_id"] for row in quarantine(tmp_path / "lake")}
    assert landed | held == {n + 1: f"o{n}" for n in range(len(rows))}
    assert list(landed) == sorted(landed)
    assert list(held) == sorted(held)
