"""A file that cannot be parsed is refused whole, with its place; the rest of the day is landed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.landing import Delivery
from orchestration.landing.streams import CHUNK
from tests.unit.landing.parcels import (
    DAY,
    as_csv,
    deliver,
    jsonl,
    land,
    land_orders,
    order,
    packed,
    parquet,
    quarantine,
    raw,
)

SOUND = [order(order_id=f"o{n}") for n in range(3)]


def assert_refused(tmp_path: Path, delivery: Delivery, *words: str) -> None:
    """The refusal names the file and says the words, and nothing of the file was landed."""
    assert delivery.status == "refused"
    assert delivery.refusal is not None
    for word in (f"douyin/orders/{DAY}.", *words):
        assert word in delivery.refusal
    assert (delivery.row_count, delivery.quarantined_count, delivery.batch_ids) == (0, 0, ())
    assert raw(tmp_path / "lake") == []
    assert quarantine(tmp_path / "lake") == []


def test_truncated_json_is_refused_at_its_line_and_column(tmp_path: Path) -> None:
    content = jsonl(SOUND)[:-20]
    column = len(content.splitlines()[-1]) + 1
    delivery = land_orders(tmp_path, content)
    assert_refused(tmp_path, delivery, "line 3, column", "cut off", "deliver it again, whole")
    assert delivery.refusal is not None
    told = int(delivery.refusal.split("column ")[1].split(":")[0])
    assert told in range(column - 30, column + 1)


def test_broken_json_in_the_middle_is_refused_though_earlier_blocks_were_read(tmp_path: Path) -> None:
    rows = [order(order_id=f"o{n}") for n in range(100_000)]  # more than one block
    content = jsonl(rows) + b"{'order_id': 1}\n" + jsonl(SOUND)
    assert_refused(tmp_path, land_orders(tmp_path, content), "line 100001, column 2", "not JSON")


def test_a_json_list_over_many_lines_is_refused(tmp_path: Path) -> None:
    content = b"[\n" + jsonl(SOUND) + b"]\n"
    assert_refused(tmp_path, land_orders(tmp_path, content), "line 1, column 2")


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.landing.jsonl.BLOCK", 100)
    monkeypatch.setattr("orchestration.landing.jsonl.LONGEST_LINE", 1000)
    content = jsonl([order(waybill_no="w" * 2000)])
    assert_refused(tmp_path, land_orders(tmp_path, content), "a line is longer than 1000 bytes")


def test_json_that_ends_in_a_block_of_null_bytes_is_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path, land_orders(tmp_path, jsonl(SOUND) + b"\0" * 4096), "line 4", "not JSON")


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_another_encoding_is_refused_at_its_byte(tmp_path: Path, ending: str) -> None:
    rows = [order(), order(shop_id="店")]
    content = jsonl(rows) if ending == "jsonl" else as_csv(rows)
    at = content.index("店".encode())
    content = content.decode().encode("gb18030")
    line = 2 if ending == "jsonl" else 3
    delivery = land_orders(tmp_path, content, ending)
    assert_refused(tmp_path, delivery, f"byte {at} (line {line})", "not UTF-8", "save it as UTF-8")


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_utf_16_is_refused_at_its_first_byte(tmp_path: Path, ending: str) -> None:
    content = jsonl(SOUND) if ending == "jsonl" else as_csv(SOUND)
    delivery = land_orders(tmp_path, content.decode().encode("utf-16"), ending)
    assert_refused(tmp_path, delivery, "byte 0 (line 1)")


@pytest.mark.parametrize("offset", [-2, -1, 0, 1])
def test_a_bad_byte_at_the_edge_of_a_chunk_is_found_where_it_is(tmp_path: Path, offset: int) -> None:
    header = as_csv([order()])
    start = header + b"\n" * (CHUNK + offset - len(header))
    line = len(start.splitlines()) + 1
    delivery = land_orders(tmp_path, start + "店".encode()[:2] + b"x\n", "csv")
    assert_refused(tmp_path, delivery, f"byte {len(start)} (line {line})")


@pytest.mark.parametrize("content", [jsonl, as_csv])
def test_a_byte_order_mark_is_accepted(tmp_path: Path, content: object) -> None:
    assert callable(content)
    delivery = land_orders(
        tmp_path, b"\xef\xbb\xbf" + content(SOUND), "csv" if content is as_csv else "jsonl"
    )
    assert delivery.status == "present"
    assert [row["order_id"] for row in raw(tmp_path / "lake")] == ["o0", "o1", "o2"]


def test_a_csv_without_a_required_column_is_refused(tmp_path: Path) -> None:
    rows = [{name: value for name, value in order().items() if name != "shop_id"}]
    assert_refused(tmp_path, land_orders(tmp_path, as_csv(rows), "csv"), "line 1", "required column shop_id")


def test_a_csv_without_a_header_is_refused(tmp_path: Path) -> None:
    content = b"\n".join(as_csv(SOUND).splitlines()[1:])
    assert_refused(tmp_path, land_orders(tmp_path, content, "csv"), "line 1", "required column")


def test_a_csv_with_another_separator_is_refused(tmp_path: Path) -> None:
    content = as_csv(SOUND).replace(b",", b";")
    assert_refused(tmp_path, land_orders(tmp_path, content, "csv"), "line 1", "comma separated")


def test_a_csv_that_names_a_column_twice_is_refused(tmp_path: Path) -> None:
    content = b"\n".join(line + b",x" for line in as_csv(SOUND).splitlines()).replace(b",x", b",shop_id", 1)
    assert_refused(tmp_path, land_orders(tmp_path, content, "csv"), "column shop_id stands twice")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (b"o9,s1\n", "2 fields under a header of 8"),
        (b"o9,s1,b1,paid,1,2,3,4,5\n", "9 fields under a header of 8"),
        (b'o9,"s1,b1,paid,1,2,3,4\n', "not CSV"),
        (b'o9,"s1"x,b1,paid,1,2,3,4\n', "not CSV"),
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_a_broken_csv_record_is_refused_at_its_line(
    tmp_path: Path, record: bytes, words: str, last: bool
) -> None:
    header, *rest = as_csv(SOUND).splitlines(keepends=True)
    rest.insert(len(rest) if last else 1, record)
    line = 5 if last else 3
    delivery = land_orders(tmp_path, header + b"".join(rest), "csv")
    assert_refused(tmp_path, delivery, f"line {line}", words, "quote every field")


def test_the_line_of_a_broken_csv_record_counts_line_breaks_within_fields(tmp_path: Path) -> None:
    rows = [order(order_id="a\nb\nc"), order()]
    delivery = land_orders(tmp_path, as_csv(rows) + b"o9,s1\n", "csv")
    assert_refused(tmp_path, delivery, "line 6")


def test_a_csv_that_the_fast_reader_cannot_read_is_read_slowly(tmp_path: Path) -> None:
    lines = as_csv(SOUND).splitlines()
    mixed = b"\r\n".join(lines[:2]) + b"\n" + b"\n".join(lines[2:])
    huge = order(order_id="huge", waybill_no="w" * (5 << 20))
    assert land_orders(tmp_path, mixed, "csv").row_count == 3
    assert land_orders(tmp_path, as_csv([*SOUND, huge]), "csv").row_count == 4
    assert len(raw(tmp_path / "lake")[3]["waybill_no"]) == 5 << 20


@pytest.mark.parametrize("ending", ["jsonl.gz", "csv.gz"])
@pytest.mark.parametrize("damage", ["short", "checksum", "flipped", "scrambled", "not gzip", "no byte"])
def test_a_damaged_gzip_file_is_refused(tmp_path: Path, ending: str, damage: str) -> None:
    rows = [order(order_id=f"o{n * 7919}") for n in range(5000)]
    content = packed(jsonl(rows) if ending == "jsonl.gz" else as_csv(rows))
    if damage == "short":
        content = content[: len(content) // 2]
    elif damage == "checksum":
        content = content[:-8] + bytes([content[-8] ^ 0xFF]) + content[-7:]
    elif damage == "flipped":
        middle = len(content) // 2
        content = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
    elif damage == "scrambled":
        content = content[:20] + b"\xff" * 40 + content[60:]
    elif damage == "not gzip":
        content = jsonl(rows)
    else:
        content = b""
    delivery = land_orders(tmp_path, content, ending)
    # A flipped bit may unpack, to text that is no JSON, before the checksum is reached.
    assert_refused(tmp_path, delivery, *([] if damage == "flipped" else ["damaged gzip", "byte "]))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", parquet(SOUND)[:-10]])
def test_what_is_no_parquet_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert_refused(tmp_path, land_orders(tmp_path, content, "parquet"), "not a readable Parquet file")


def test_a_parquet_file_with_a_damaged_page_is_refused(tmp_path: Path) -> None:
    content = bytearray(parquet([order(order_id=f"o{n * 7919}") for n in range(5000)]))
    content[8:400] = b"\xff" * 392
    assert_refused(tmp_path, land_orders(tmp_path, bytes(content), "parquet"), "not a readable Parquet file")


def test_a_parquet_file_without_a_required_column_is_refused(tmp_path: Path) -> None:
    rows = [{name: value for name, value in order().items() if name != "status"}]
    assert_refused(tmp_path, land_orders(tmp_path, parquet(rows), "parquet"), "required column status")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("order_id", 1.5, "column order_id is double, not text or a whole number"),
        ("order_id", True, "column order_id is bool"),
        ("shop_id", [["s1"]], "column shop_id is list"),
        ("pay_amount_fen", [1], "column pay_amount_fen is list"),
    ],
)
def test_a_parquet_column_that_cannot_hold_its_values_is_refused(
    tmp_path: Path, column: str, value: object, words: str
) -> None:
    assert_refused(tmp_path, land_orders(tmp_path, parquet([order(**{column: value})]), "parquet"), words)


@pytest.mark.parametrize("kind", [pa.binary(), pa.string()])
def test_a_parquet_text_that_is_not_utf8_is_refused(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table({name: [value] for name, value in order().items() if name != "shop_id"})
    shop = pa.array(["店".encode("gb18030")], pa.binary())
    table = table.append_column(
        "shop_id", pa.StringArray.from_buffers(1, *shop.buffers()[1:]) if kind == pa.string() else shop
    )
    path = tmp_path / "x.parquet"
    pq.write_table(table, path)
    assert_refused(tmp_path, land_orders(tmp_path, path.read_bytes(), "parquet"))


def test_a_refused_file_does_not_stop_the_others(tmp_path: Path) -> None:
    landing, lake = tmp_path / "landing", tmp_path / "lake"
    deliver(landing, f"douyin/orders/{DAY}/a.jsonl", jsonl([order(order_id="a")]))
    deliver(landing, f"douyin/orders/{DAY}/b.jsonl", b"{")
    deliver(landing, f"douyin/orders/{DAY}/c.csv", as_csv([order(order_id="c"), order(status="lost")]))
    deliver(landing, f"taobao/orders/{DAY}.jsonl", jsonl(SOUND))
    douyin, taobao = land(landing, lake)
    assert (douyin.status, douyin.file_count, douyin.row_count, douyin.quarantined_count) == (
        "refused",
        3,
        2,
        1,
    )
    assert douyin.refusal is not None
    assert f"douyin/orders/{DAY}/b.jsonl, line 1, column 2" in douyin.refusal
    assert len(douyin.batch_ids) == 2
    assert [row["order_id"] for row in raw(lake)] == ["a", "c"]
    assert (taobao.status, taobao.row_count) == ("present", 3)


def test_a_file_written_to_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.landing import filing

    def read_while_it_grows(path: Path) -> str:
        path.write_bytes(jsonl([*SOUND, order()]))
        return "hash"

    monkeypatch.setattr(filing, "sha256_of", read_while_it_grows)
    assert_refused(tmp_path, land_orders(tmp_path, jsonl(SOUND)), "written to while it was read", "rename")


def test_a_file_that_vanishes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.landing import filing

    def vanish(path: Path) -> str:
        path.unlink()
        return "hash"

    monkeypatch.setattr(filing, "sha256_of", vanish)
    assert_refused(tmp_path, land_orders(tmp_path, jsonl(SOUND)), "cannot be read (No such file")
