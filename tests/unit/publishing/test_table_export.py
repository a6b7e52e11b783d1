"""Any table, in four kinds of file, and nothing that a spreadsheet would run."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.publishing.csv_cells import safe_text
from orchestration.publishing.table_export import ExportRefusedError, export

KINDS = ["parquet", "csv", "json", "jsonl"]


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'Asia/Shanghai'")
    connection.execute("create schema ccr")
    connection.execute(
        """
        create table ccr.fct_ccr as
        select 'douyin:s' || (9 - number) as shop_key, number::bigint as num,
               case when number = 3 then null else number / 8 end as rate,
               ['b', 'a'] as issues, [1, null] as counts, date '2026-10-11' as business_day,
               timestamptz '2026-10-11 08:00:00+08' as seen_at, number % 2 = 0 as is_ok,
               {'a': number} as detail, 1.50::decimal(9, 2) as price, number::hugeint as big
        from range(8) as numbers (number)
        """
    )
    connection.execute("create view ccr.worst as select * from ccr.fct_ccr where num > 5")
    connection.execute('create table ccr."odd ""name" as select 1 as one')
    yield connection
    connection.close()


def cells_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_written(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out.{kind}"
    assert export(warehouse, "ccr.fct_ccr", path) == 8
    read = {
        "parquet": lambda: pq.read_table(path).to_pylist(),
        "csv": lambda: cells_of(path),
        "json": lambda: json.loads(path.read_text(encoding="utf-8")),
        "jsonl": lambda: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()],
    }[kind]()
    assert [row["shop_key"] for row in read] == [f"douyin:s{number}" for number in range(2, 10)]
    assert [path.name for path in tmp_path.iterdir()] == [f"out.{kind}"]


def test_a_csv_says_every_kind_of_value(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export(warehouse, "ccr.fct_ccr", tmp_path / "out.csv")
    rows = {row["num"]: row for row in cells_of(tmp_path / "out.csv")}
    assert rows["5"] == {
        "shop_key": "douyin:s4",
        "num": "5",
        "rate": "0.625",
        "issues": "b;a",
        "counts": "1;",
        "business_day": "2026-10-11",
        "seen_at": "2026-10-11 00:00:00.000000Z",
        "is_ok": "false",
        "detail": '{"a": 5}',
        "price": "1.50",
        "big": "5",
    }
    assert rows["3"]["rate"] == ""


def test_json_says_every_kind_of_value(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export(warehouse, "ccr.fct_ccr", tmp_path / "out.jsonl")
    first = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first == {
        "shop_key": "douyin:s2",
        "num": 7,
        "rate": 0.875,
        "issues": ["b", "a"],
        "counts": [1, None],
        "business_day": "2026-10-11",
        "seen_at": "2026-10-11T00:00:00+00:00",
        "is_ok": False,
        "detail": {"a": 7},
        "price": 1.5,
        "big": 7,
    }
    assert list(first) == sorted(first)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_and_time_zone_of_the_session_change_no_byte(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str
) -> None:
    export(warehouse, "ccr.fct_ccr", tmp_path / f"one.{kind}")
    warehouse.execute("create table ccr.turned as select * from ccr.fct_ccr order by num desc")
    warehouse.execute("set TimeZone = 'UTC'")
    export(warehouse, "ccr.turned", tmp_path / f"two.{kind}")
    assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_table_is_an_empty_file_of_its_kind(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str
) -> None:
    warehouse.execute("create table ccr.nothing as select * from ccr.fct_ccr where false")
    path = tmp_path / f"out.{kind}"
    assert export(warehouse, "ccr.nothing", path) == 0
    if kind == "parquet":
        assert pq.read_schema(path).names[:2] == ["shop_key", "num"]
    elif kind == "json":
        assert json.loads(path.read_text(encoding="utf-8")) == []
    else:
        assert cells_of(path) == []


def test_many_rows_are_written_in_batches(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    warehouse.execute("create table ccr.many as select number, 'x' as x from range(120001) as n (number)")
    for kind in KINDS:
        assert export(warehouse, "ccr.many", tmp_path / f"out.{kind}") == 120_001
    assert len(cells_of(tmp_path / "out.csv")) == 120_001
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))) == 120_001


def test_a_view_and_an_odd_name_are_tables_too(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert export(warehouse, "ccr.worst", tmp_path / "out.csv") == 2
    assert export(warehouse, 'ccr.odd "name', tmp_path / "odd.csv") == 1


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("ccr.fct_crr", "did you mean ccr.fct_ccr"),
        ("fct_ccr", "did you mean ccr.fct_ccr"),
        ("zzz", "tables are named schema.name, and there are 3"),
        ("ccr.fct_ccr; drop table ccr.fct_ccr", "there is no table"),
        ("ccr.fct_ccr where num > 3", "there is no table"),
        ("read_csv('/etc/passwd')", "there is no table"),
    ],
)
def test_what_is_no_table_is_refused_with_what_is_near(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, table: str, says: str
) -> None:
    with pytest.raises(ExportRefusedError, match=says):
        export(warehouse, table, tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []
    assert warehouse.execute("select count(*) from ccr.fct_ccr").fetchone() == (8,)


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.csv.gz"])
def test_another_ending_is_refused_by_name(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ExportRefusedError, match=f"'{name}' cannot be written"):
        export(warehouse, "ccr.fct_ccr", tmp_path / name)


def test_a_folder_that_is_not_there_is_refused(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(ExportRefusedError, match="make it first"):
        export(warehouse, "ccr.fct_ccr", tmp_path / "nowhere" / "out.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_that_fails_keeps_the_older_file(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"out.{kind}"
    path.write_text("older", encoding="utf-8")
    warehouse.execute("create view ccr.broken as select error('broken') as one from range(3)")
    with pytest.raises(duckdb.Error):
        export(warehouse, "ccr.broken", path)
    assert path.read_text(encoding="utf-8") == "older"
    assert len(list(tmp_path.iterdir())) == 1


LIVE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\x00=1",
    "＝1",
    "\ufeff=1",
    "-",
    "=-5",
]
QUIET = ["-5", "+5", "-5.25", "+1e5", "差评", "a=1", "", "'=1", "1-2", "质量-差", '"=1"']


@pytest.mark.parametrize("text", LIVE)
def test_a_live_cell_is_quoted(text: str) -> None:
    assert safe_text(pa.array([text])).to_pylist() == ["'" + text]


@pytest.mark.parametrize("text", [*QUIET, None])
def test_a_quiet_cell_is_left_alone(text: str | None) -> None:
    assert safe_text(pa.array([text], pa.string())).to_pylist() == [text]


@pytest.mark.parametrize("text", [*LIVE, *QUIET, 'a"b', "a,b", "a\rb", "a\r\n=1,\n+2", "<script>=1</script>"])
def test_a_text_stays_in_its_cell(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, text: str) -> None:
    warehouse.execute("create table ccr.texts (before varchar, words varchar[], said varchar)")
    warehouse.execute("insert into ccr.texts values ('x', [?, 'y'], ?)", [text, text])
    export(warehouse, "ccr.texts", tmp_path / "out.csv")
    (row,) = cells_of(tmp_path / "out.csv")
    said = "'" + text if text in LIVE else text
    assert row["said"] == said
    # joined by ';' a number is a text like any other
    starts_live = text in LIVE or text[:1] in ("-", "+")
    assert row["words"] == ("'" if starts_live else "") + text + ";y"


def test_a_column_named_as_a_formula_is_quoted(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    warehouse.execute('create table ccr.named as select 1 as "=cmd()"')
    export(warehouse, "ccr.named", tmp_path / "out.csv")
    assert list(cells_of(tmp_path / "out.csv")[0]) == ["'=cmd()"]


def test_negative_numbers_stay_numbers(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    warehouse.execute(
        "create table ccr.owed as select -5 as fen, -0.5::double as rate, -1.5::decimal(4,1) as d"
    )
    export(warehouse, "ccr.owed", tmp_path / "out.csv")
    assert cells_of(tmp_path / "out.csv") == [{"fen": "-5", "rate": "-0.5", "d": "-1.5"}]
