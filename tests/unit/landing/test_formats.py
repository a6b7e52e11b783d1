"""The same rows are the same rows, however they are delivered."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.landing.contract import SOURCES
from orchestration.landing.csvs import BLOCK_ROWS, rebatched
from tests.unit.landing.parcels import (
    DAY,
    ORDER,
    Row,
    as_csv,
    deliver,
    jsonl,
    land,
    order,
    packed,
    parquet,
    raw,
)

NAMES = (
    "order_id", "shop_id", "buyer_id", "status", "created_at", "paid_at", "shipped_at", "pay_amount_fen",
    "list_amount_fen", "order_kind", "waybill_no", "promised_ship_by", "updated_at", "colour",
)  # fmt: skip
ROWS = [
    order(
        order_id=f"订单'{n}\";,",
        buyer_id=f"b{n % 7}",
        pay_amount_fen=n * 10,
        list_amount_fen=None if n % 5 else n * 20,
        order_kind="normal" if n % 2 else None,
        shipped_at=None if n % 3 else "2026-09-01 18:00:00",
        created_at=1788228000,
        waybill_no='line\nbreak, "quoted"' if n % 4 == 0 else f"SF{n}",
        promised_ship_by="2026-09-03T10:00:00+08:00",
        colour="红" if n % 6 == 0 else None,
    )
    for n in range(200)
]
PROVENANCE = {"_source_file", "_line", "_batch_id"}


def landed(tmp_path: Path, name: str, contents: Sequence[tuple[str, bytes]]) -> list[Row]:
    """The raw rows of a delivery, without where they came from."""
    landing, lake = tmp_path / name, tmp_path / f"{name} lake"
    for ending, content in contents:
        deliver(landing, f"douyin/orders/{DAY}{ending}", content)
    (delivery,) = land(landing, lake)
    assert delivery.status == "present", delivery.refusal
    return [{key: value for key, value in row.items() if key not in PROVENANCE} for row in raw(lake)]


def csv_rows(rows: Sequence[Row]) -> bytes:
    return as_csv(rows, NAMES)


@pytest.mark.parametrize(
    ("ending", "write"),
    [
        (".jsonl.gz", lambda rows: packed(jsonl(rows))),
        (".csv", csv_rows),
        (".csv.gz", lambda rows: packed(csv_rows(rows))),
        (".parquet", parquet),
    ],
)
def test_every_format_gives_the_same_raw_rows(
    tmp_path: Path, ending: str, write: Callable[[Sequence[Row]], bytes]
) -> None:
    plain = landed(tmp_path, "plain", [(".jsonl", jsonl(ROWS))])
    assert len(plain) == len(ROWS)
    assert landed(tmp_path, "other", [(ending, write(ROWS))]) == plain


def test_parts_give_the_same_raw_rows_as_one_file(tmp_path: Path) -> None:
    plain = landed(tmp_path, "plain", [(".jsonl", jsonl(ROWS))])
    parts = [
        ("/part-0.jsonl", jsonl(ROWS[:50])),
        ("/part-1.csv", csv_rows(ROWS[50:90])),
        ("/part-2.parquet", parquet(ROWS[90:150])),
        ("/part-3.jsonl.gz", packed(jsonl(ROWS[150:]))),
    ]
    assert landed(tmp_path, "parts", parts) == plain
    assert {row["_source_file"] for row in raw(tmp_path / "parts lake")} == {
        f"douyin/orders/{DAY}{ending}" for ending, _ in parts
    }


def test_a_slowly_read_csv_gives_the_same_raw_rows(tmp_path: Path) -> None:
    plain = landed(tmp_path, "plain", [(".csv", csv_rows(ROWS))])
    header, rest = csv_rows(ROWS).split(b"\r\n", 1)
    mixed = header + b"\n" + rest  # line ends of two kinds are too much for the fast reader
    assert landed(tmp_path, "mixed", [(".csv", mixed)]) == plain


def test_blocks_are_of_equal_size_however_threads_cut_them() -> None:
    sizes = [100, BLOCK_ROWS, 1, 3 * BLOCK_ROWS, 7]
    numbers = iter(range(sum(sizes)))
    schema = pa.schema([("n", pa.int64())])
    batches = [pa.record_batch([[next(numbers) for _ in range(size)]], schema=schema) for size in sizes]
    blocks = list(rebatched(pa.RecordBatchReader.from_batches(schema, batches)))
    assert [block.num_rows for block in blocks] == [BLOCK_ROWS] * 4 + [108]
    assert pa.concat_tables(blocks)["n"].to_pylist() == list(range(sum(sizes)))


@pytest.mark.parametrize(("ending", "pack"), [(".csv", bytes), (".csv.gz", packed)])
def test_a_sound_csv_is_never_read_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.delattr("orchestration.landing.filing.read_csv_slowly")
    assert len(landed(tmp_path, "sound", [(ending, pack(csv_rows(ROWS)))])) == len(ROWS)


def test_a_line_says_where_the_row_stands(tmp_path: Path) -> None:
    content = b"\n" + jsonl(ROWS[:1]) + b"  \r\n\n" + jsonl(ROWS[1:2])[:-1]
    landed(tmp_path, "gaps", [(".jsonl", content)])
    assert [row["_line"] for row in raw(tmp_path / "gaps lake")] == [2, 5]
    landed(tmp_path, "csv", [(".csv", csv_rows(ROWS[:2]))])
    assert [row["_line"] for row in raw(tmp_path / "csv lake")] == [1, 2]
    landed(tmp_path, "parquet", [(".parquet", parquet(ROWS[:2]))])
    assert [row["_line"] for row in raw(tmp_path / "parquet lake")] == [1, 2]


@pytest.mark.parametrize("size", [7, 64, 1000])
def test_rows_cut_by_the_end_of_a_block_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    plain = landed(tmp_path, "plain", [(".jsonl", jsonl(ROWS[:20]))])
    monkeypatch.setattr("orchestration.landing.jsonl.BLOCK", size)
    assert landed(tmp_path, "cut", [(".jsonl", jsonl(ROWS[:20]))]) == plain
    assert [row["_line"] for row in raw(tmp_path / "cut lake")] == list(range(1, 21))


def test_windows_line_ends_are_no_part_of_a_value(tmp_path: Path) -> None:
    content = jsonl(ROWS[:2]).replace(b"}\n", b"}\r\n")
    assert landed(tmp_path, "windows", [(".jsonl", content)]) == landed(
        tmp_path, "unix", [(".jsonl", jsonl(ROWS[:2]))]
    )


@pytest.mark.parametrize(
    ("column", "values", "read"),
    [
        ("pay_amount_fen", pa.array([1250], pa.int32()), 1250),
        ("pay_amount_fen", pa.array([1250], pa.uint64()), 1250),
        ("pay_amount_fen", pa.array([1250.0], pa.float64()), 1250),
        ("pay_amount_fen", pa.array([Decimal("1250.00")], pa.decimal128(10, 2)), 1250),
        ("pay_amount_fen", pa.array(["1250"], pa.string()), 1250),
        ("order_id", pa.array([2**53 + 1], pa.int64()), str(2**53 + 1)),
        ("order_id", pa.array([b"o1"], pa.binary()), "o1"),
        ("order_id", pa.array(["o1"]).dictionary_encode(), "o1"),
        ("order_id", pa.array(["o1"], pa.large_string()), "o1"),
        ("status", pa.array(["paid"]).dictionary_encode(), "paid"),
        (
            "created_at",
            pa.array(["2026-09-01T10:00:00"]).cast(pa.timestamp("s")),
            datetime(2026, 9, 1, 2, tzinfo=UTC),
        ),
        (
            "created_at",
            pa.array(["2026-09-01T10:00:00"]).cast(pa.timestamp("ns")),
            datetime(2026, 9, 1, 2, tzinfo=UTC),
        ),
        (
            "created_at",
            pa.array([datetime(2026, 9, 1, 2, tzinfo=UTC)], pa.timestamp("ms", "Asia/Shanghai")),
            datetime(2026, 9, 1, 2, tzinfo=UTC),
        ),
        ("created_at", pa.array([1788228000], pa.int64()), datetime(2026, 9, 1, 2, tzinfo=UTC)),
        ("created_at", pa.array([1788228000000.0], pa.float64()), datetime(2026, 9, 1, 2, tzinfo=UTC)),
        ("waybill_no", pa.nulls(1), None),
    ],
)
def test_a_parquet_column_may_have_any_type_that_holds_its_values(
    tmp_path: Path, column: str, values: pa.Array, read: Any
) -> None:
    table = pa.table({name: pa.array([value]) for name, value in order().items() if name != column})
    path = tmp_path / "x.parquet"
    pq.write_table(table.append_column(column, values), path)
    (row,) = landed(tmp_path, "typed", [(".parquet", path.read_bytes())])
    assert row[column] == read


def test_a_date_in_parquet_is_no_time(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(
        pa.table({name: [value] for name, value in order(created_at=date(2026, 9, 1)).items()}), path
    )
    deliver(tmp_path / "landing", f"douyin/orders/{DAY}.parquet", path.read_bytes())
    (delivery,) = land(tmp_path / "landing", tmp_path / "lake")
    assert (delivery.row_count, delivery.quarantined_count) == (0, 1)


def test_the_order_of_names_and_what_is_left_out_change_no_row(tmp_path: Path) -> None:
    whole = {name: ORDER.get(name) for name in SOURCES["orders"].names}
    backwards = dict(reversed(whole.items()))
    blank_lines = b"\n \t\r\n"
    for extra in ({}, {"colour": "red"}):
        content = (
            jsonl([{**whole, **extra}, {**backwards, **extra}]) + blank_lines + jsonl([{**ORDER, **extra}])
        )
        first, *others = landed(tmp_path, f"{len(extra)} more", [(".jsonl", content)])
        assert first["_extra"] == (json.dumps(extra, separators=(",", ":")) if extra else None)
        assert others == [first, first]
