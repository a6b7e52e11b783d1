"""Exports of platforms become landing files by a map of their columns, and the gate judges them."""

import json
from datetime import date
from pathlib import Path

import pytest

from orchestration.landing import land_source_day
from orchestration.landing.platforms.column_map import SHIPPED, ColumnMapError, column_map, shipped_map
from orchestration.landing.platforms.exports import ExportError, import_export
from tests.unit.landing.parcels import KEY, quarantine, raw

DAY = date(2026, 10, 2)
BILLS = """orderNo,accountName,amount,deductReason,billTime,shopNick
P1,消费者负向体验_扣款,-5.00,少发漏发,2026-10-02 10:00:00,某店
P1,消费者负向体验_扣款,-5.00,少发漏发,2026-10-02 10:00:00,某店
P2,延迟发货_扣款,"-1,005.5",延迟,2026-10-03 00:10:00,某店
P3,消费者负向体验_退款,3.00,申诉成功,2026-10-03 09:00:00,某店
"""


def _written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def _rows(landing: Path, source: str, day: date) -> list[dict]:
    folder = landing / "pinduoduo" / source / day.isoformat()
    return [json.loads(line) for path in folder.iterdir() for line in path.read_text("utf-8").splitlines()]


def test_bills_of_a_feed_land_on_their_own_days(tmp_path: Path) -> None:
    export = _written(tmp_path / "bills.csv", BILLS, "utf-8-sig")
    taken = import_export(export, shipped_map("pinduoduo", "bills"), tmp_path / "landing", shop="s1")
    assert (taken.rows, taken.lacking, taken.left_out) == (4, ("ticketSn",), ("shopNick",))
    first, again = _rows(tmp_path / "landing", "bills", date(2026, 10, 2))
    assert first["amount_fen"] == "500"
    assert first["kind"] == "deduction"
    assert first["bill_id"] != again["bill_id"], "a second deduction is not the first one again"
    late, refund = _rows(tmp_path / "landing", "bills", date(2026, 10, 3))
    assert (late["amount_fen"], late["shop_id"]) == ("100550", "s1")
    assert (refund["kind"], refund["amount_fen"]) == ("refund", "300")


def test_what_was_imported_passes_the_gate(tmp_path: Path) -> None:
    export = _written(tmp_path / "bills.csv", BILLS)
    import_export(export, shipped_map("pinduoduo", "bills"), tmp_path / "landing", shop="s1")
    delivery = land_source_day(tmp_path / "landing", tmp_path / "lake", "bills", date(2026, 10, 2), KEY)
    assert [(each.status, each.row_count) for each in delivery] == [("present", 2)]


def test_importing_an_export_again_writes_the_same_files(tmp_path: Path) -> None:
    export = _written(tmp_path / "bills.csv", BILLS)
    mapping = shipped_map("pinduoduo", "bills")
    first = import_export(export, mapping, tmp_path / "landing", shop="s1")
    before = {path: path.read_bytes() for path in first.files}
    again = import_export(export, mapping, tmp_path / "landing", shop="s1")
    assert {path: path.read_bytes() for path in again.files} == before
    assert sum(1 for path in (tmp_path / "landing").rglob("*") if path.is_file()) == len(before)


def test_tickets_are_found_in_the_answer_of_a_back_end(tmp_path: Path) -> None:
    answer = {
        "result": {
            "list": [
                {
                    "ticketSn": "T1", "orderSn": "P1", "ticketType": 6, "status": 5, "appealStatus": 1,
                    "playMoneyAmount": 500, "createdAt": 1790906400000,
                }
            ]
        }
    }  # fmt: skip
    export = _written(tmp_path / "tickets.json", json.dumps(answer))
    import_export(export, shipped_map("pinduoduo", "platform_tickets"), tmp_path / "landing", shop="s1")
    (row,) = _rows(tmp_path / "landing", "platform_tickets", date(2026, 10, 2))
    assert (row["ticket_id"], row["amount_fen"], row["ticket_type"]) == ("T1", "500", "6")
    assert row["updated_at"] == row["created_at"] == "1790906400000"


def test_a_value_that_cannot_be_turned_goes_to_quarantine_as_it_came(tmp_path: Path) -> None:
    spoilt = BILLS.replace("-5.00,少发漏发,2026-10-02 10:00:00", "五元,少发漏发,2026-10-02 10:00:00", 1)
    export = _written(tmp_path / "bills.csv", spoilt)
    import_export(export, shipped_map("pinduoduo", "bills"), tmp_path / "landing", shop="s1")
    land_source_day(tmp_path / "landing", tmp_path / "lake", "bills", date(2026, 10, 2), KEY)
    assert len(raw(tmp_path / "lake", "bills", DAY, "pinduoduo")) == 1
    (misfit,) = quarantine(tmp_path / "lake", "bills", DAY, "pinduoduo")
    assert (misfit["column_name"], misfit["value"], misfit["reason"]) == (
        "amount_fen", "五元", "not_an_integer",
    )  # fmt: skip


def test_a_row_without_a_readable_day_is_refused_where_it_is_looked_at(tmp_path: Path) -> None:
    spoilt = BILLS.replace("2026-10-02 10:00:00", "gestern", 1)
    export = _written(tmp_path / "bills.csv", spoilt)
    import_export(export, shipped_map("pinduoduo", "bills"), tmp_path / "landing", shop="s1")
    assert len(_rows(tmp_path / "landing", "bills", date(2026, 10, 3))) == 3


@pytest.mark.parametrize(
    ("name", "text", "shop", "message"),
    [
        ("b.csv", BILLS, None, "names no shop: say with --shop"),
        ("b.csv", "orderNo,amount\n", "s1", "holds no row"),
        ("b.xlsx", "x", "s1", "read as .csv, .json or .jsonl"),
        ("b.json", '{"rows": []}', "s1", "no list of rows is in it"),
        ("b.json", "{", "s1", "cannot be read"),
        ("b.csv", BILLS.replace("2026-10-0", "gestern"), "s1", "no row has a readable billed_at"),
    ],
)
def test_an_export_that_cannot_be_taken_says_why(
    tmp_path: Path, name: str, text: str, shop: str | None, message: str
) -> None:
    export = _written(tmp_path / name, text)
    with pytest.raises(ExportError, match=message) as refused:
        import_export(export, shipped_map("pinduoduo", "bills"), tmp_path / "landing", shop=shop)
    assert str(export) in str(refused.value)
    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_map_fits_its_source(path: Path) -> None:
    mapping = column_map(path)
    assert path.stem == f"{mapping.platform}_{mapping.source}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("  colour: {from: x}\n", "bills has no column colour"),
        ("  reason: {from: x, unit: pound}\n", "columns.reason"),
        ("strange: 1\n", "strange"),
    ],
)
def test_a_map_that_cannot_be_used_says_where(tmp_path: Path, change: str, message: str) -> None:
    shipped = (SHIPPED / "douyin_bills.yaml").read_text("utf-8")
    changed = shipped.replace("day: billed_at\n", f"{change}day: billed_at\n")
    if change.startswith("  reason"):
        changed = changed.replace("  reason: {from: 备注}\n", "")
    path = _written(tmp_path / "own.yaml", changed)
    with pytest.raises(ColumnMapError, match=message):
        column_map(path)


def test_a_platform_without_a_map_is_told_how_to_write_one() -> None:
    with pytest.raises(
        ColumnMapError, match="no map of bills ships for 'kuaishou', only for douyin, pinduoduo"
    ):
        shipped_map("kuaishou", "bills")
