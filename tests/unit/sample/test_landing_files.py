"""How rows become files."""

import json
from datetime import datetime

import pyarrow as pa
import pytest

from orchestration.sample.landing_files import TimeStyle, file_bytes, json_lines, with_times

ROWS = pa.table(
    {
        "name": pa.array(['a "quoted" \\ word', None, "两行\n话"]),
        "count": pa.array([1, None, -3]),
        "is_gift": pa.array([True, False, None]),
    }
)


def test_json_lines_read_back_as_what_was_written() -> None:
    read = [json.loads(line) for line in json_lines(ROWS).decode().splitlines()]
    assert read == ROWS.to_pylist()


def test_a_slice_holds_its_own_rows_only() -> None:
    read = [json.loads(line) for line in json_lines(ROWS.slice(1, 2)).decode().splitlines()]
    assert read == ROWS.to_pylist()[1:]


def test_a_day_without_rows_is_an_empty_json_file_but_a_csv_with_its_columns() -> None:
    nothing = ROWS.slice(0, 0)
    assert file_bytes(nothing, "jsonl") == b""
    assert file_bytes(nothing, "csv").decode().strip() == '"name","count","is_gift"'
    assert file_bytes(nothing, "parquet") == file_bytes(nothing, "parquet")


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("offset", "2026-09-01T10:00:00+08:00"),
        ("local", "2026-09-01 10:00:00"),
        ("seconds", 1_788_228_000),
        ("milliseconds", 1_788_228_000_000),
    ],
)
def test_a_moment_is_written_in_the_style_of_its_platform(style: TimeStyle, written: object) -> None:
    # clock time of Shanghai, without a zone
    clock = pa.array([datetime.fromisoformat("2026-09-01T10:00:00"), None], pa.timestamp("s"))
    table = with_times(pa.table({"at": clock}), style)
    assert table["at"].to_pylist() == [written, None]
