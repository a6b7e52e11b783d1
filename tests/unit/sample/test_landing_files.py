"""How rows become files."""

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from orchestration.sample.landing_files import FileKind, TimeStyle, json_lines, with_times, write_file

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


def _bytes(folder: Path, kind: FileKind, *pieces: pa.Table) -> bytes:
    file = folder / f"rows.{kind}"
    write_file(file, pieces, kind)
    return file.read_bytes()


def test_a_day_without_rows_is_an_empty_json_file_but_a_csv_with_its_columns(tmp_path: Path) -> None:
    nothing = ROWS.slice(0, 0)
    assert _bytes(tmp_path, "jsonl", nothing) == b""
    assert _bytes(tmp_path, "csv", nothing).decode().strip() == '"name","count","is_gift"'
    assert _bytes(tmp_path, "parquet", nothing) == _bytes(tmp_path, "parquet", nothing)
    assert pq.read_table(tmp_path / "rows.parquet").schema.names == ROWS.column_names


def test_pieces_stand_one_below_the_other_in_one_file(tmp_path: Path) -> None:
    pieces = [ROWS.slice(0, 2), ROWS.slice(2)]
    assert _bytes(tmp_path, "jsonl", *pieces) == json_lines(ROWS)
    assert _bytes(tmp_path, "csv", *pieces) == _bytes(tmp_path, "csv", ROWS)
    assert (
        pa_csv.read_csv(
            tmp_path / "rows.csv", parse_options=pa_csv.ParseOptions(newlines_in_values=True)
        ).num_rows
        == 3
    )
    _bytes(tmp_path, "parquet", *pieces)
    assert pq.read_table(tmp_path / "rows.parquet").to_pylist() == ROWS.to_pylist()


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
