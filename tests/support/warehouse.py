"""A throw-away warehouse: typed empty sources, rows given as dicts, dbt run in this process.

    def test_an_unpaid_order_is_not_effective(warehouse: Warehouse) -> None:
        warehouse.insert("raw.orders", [{"order_id": "o1", "business_day": "2026-09-01", ...}])
        warehouse.run("2026-09-01", "2026-09-03", select="+int_orders_judged")
        assert warehouse.rows("intermediate.int_orders_judged", "order_key")[0]["is_paid"] is False

The fixture `warehouse` (tests/dbt/conftest.py) gives each test its own file and parses the
project once per session. Tables are named `schema.table`: raw, classified and policies exist,
empty, from the start; a table of another schema (a model a test wants to stand in for) is made
with `create`. A value left out is NULL, except the receipt columns of raw rows, `platform`
(douyin) and `_row_sha256`, which is computed from the contract columns as landing does.
A time without an offset is Shanghai time. `rows` gives back times in UTC.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from orchestration.wiring.dbt_manifest import uncompiled
from tests.support.source_tables import SOURCE_TABLES

PROJECT: Final = Path(__file__).resolve().parents[2] / "dbt_project"

Row = Mapping[str, Any]
Day = date | str


@dataclass(frozen=True)
class DbtProject:
    """The parsed project; parsing costs seconds, so a session does it once."""

    manifest: Any
    target: Path

    @classmethod
    def parse(cls, folder: Path) -> "DbtProject":
        from dbt.cli.main import dbtRunner

        target = folder / "target"
        with _environment(folder / "warehouse.duckdb", target):
            result = dbtRunner().invoke(["parse", *_flags(target), "--no-partial-parse", "--vars", "{}"])
        if not result.success:
            raise AssertionError(f"dbt parse failed: {result.exception}")
        return cls(result.result, target)


class DbtFailedError(AssertionError):
    """dbt ran and something in it failed; the message names each node and why."""


class Warehouse:
    """One DuckDB file with the sources of the project and whatever dbt made of them."""

    def __init__(self, folder: Path, project: DbtProject) -> None:
        self.path = folder / "warehouse.duckdb"  # dbt takes the database's name from the stem
        self._project = project
        self._target = folder / "target"
        with self.connect() as connection:
            for schema in sorted({name.split(".")[0] for name in SOURCE_TABLES}):
                connection.execute(f"create schema {schema}")
        for name, columns in SOURCE_TABLES.items():
            self.create(name, columns)

    @contextmanager
    def connect(self, timezone: str = "UTC") -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of one's own; dbt must not be running meanwhile."""
        connection = duckdb.connect(str(self.path))
        try:
            connection.execute(f"set TimeZone = '{timezone}'")
            yield connection
        finally:
            connection.close()

    def create(self, table: str, columns: Mapping[str, str]) -> None:
        """Make an empty table, with its schema if need be."""
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        with self.connect() as connection:
            connection.execute(f"create schema if not exists {table.split('.', maxsplit=1)[0]}")
            connection.execute(f"create or replace table {table} ({listed})")

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Append rows; a key that is no column of the table is refused."""
        rows = list(rows)
        with self.connect(timezone="Asia/Shanghai") as connection:
            described = connection.execute(f"describe {table}").fetchall()
            kinds = {str(name): str(kind) for name, kind, *_ in described}
            values = [_values(table, number, row, kinds) for number, row in enumerate(rows, 1)]
            if values:
                # a statement for each row takes milliseconds a row
                columns = [pa.array(map(_text, column)) for column in zip(*values, strict=True)]
                connection.register("given", pa.table(columns, names=list(kinds)))
                casts = ", ".join(f'cast("{name}" as {kind})' for name, kind in kinds.items())
                connection.execute(f"insert into {table} select {casts} from given")

    def redeliver(self, table: str, day: Day, rows: Iterable[Row]) -> None:
        """Replace what was delivered on a day, as landing does."""
        with self.connect() as connection:
            connection.execute(f"delete from {table} where business_day = cast(? as date)", [day])
        self.insert(table, [{"business_day": day, **row} for row in rows])

    def run(self, first: Day, last: Day, select: str | None = None) -> None:
        """`dbt run` over the business days first..last, both included."""
        self.invoke("run", first, last, select)

    def test(self, first: Day, last: Day, select: str | None = None) -> None:
        """`dbt test`: the tests and unit tests whose models are all in the selection."""
        self.invoke("test", first, last, select)

    def invoke(self, command: str, first: Day, last: Day, select: str | None = None) -> None:
        """Any dbt command; raises DbtFailedError with every failed node."""
        from dbt.cli.main import dbtRunner

        window = {"window_start": str(first), "window_end": str(last)}
        arguments = [command, *_flags(self._target), "--vars", json.dumps(window)]
        if select is not None:
            arguments += ["--select", *select.split()]
        if command in {"test", "build"}:
            arguments += ["--indirect-selection", "cautious"]
        with _environment(self.path, self._target):
            result = dbtRunner(manifest=uncompiled(self._project.manifest)).invoke(arguments)
        if not result.success:
            raise DbtFailedError(_complaint(command, result))

    def rows(self, table: str, order_by: str = "all", where: str = "true") -> list[dict[str, Any]]:
        """The table as dicts, in the order asked for."""
        return self.query(f"select * from {table} where {where} order by {order_by}")

    def query(self, sql: str) -> list[dict[str, Any]]:
        """What a statement answers, as dicts."""
        with self.connect() as connection:
            answer = connection.execute(sql)
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def tables(self, schema: str) -> list[str]:
        """Names of the tables and views in a schema."""
        found = self.query(
            "select table_name from information_schema.tables "
            f"where table_schema = '{schema}' order by table_name"
        )
        return [row["table_name"] for row in found]

    def contents(self, *schemas: str) -> dict[str, list[dict[str, Any]]]:
        """Every table of the schemas, whole and ordered: for comparing two warehouses."""
        return {
            f"{schema}.{table}": self.rows(f"{schema}.{table}")
            for schema in schemas
            for table in self.tables(schema)
        }


def row_sha256(table: str, row: Row) -> str:
    """The hash of a raw row's contract columns, equal for equal content."""
    contract = [name for name in SOURCE_TABLES[table] if name not in _NOT_CONTENT]
    canonical = json.dumps([str(row.get(name)) for name in contract], ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


_NOT_CONTENT: Final = frozenset(
    {"_source_file", "_line", "_batch_id", "_row_sha256", "_extra", "business_day"}
)


def _values(table: str, number: int, row: Row, kinds: Mapping[str, str]) -> list[Any]:
    if unknown := sorted(set(row) - set(kinds)):
        raise KeyError(f"{table} has no column {unknown}; it has {sorted(kinds)}")
    complete = dict(row)
    if "_row_sha256" in kinds:
        complete = {"platform": "douyin", **complete}
        source = table.split(".")[1]
        complete.setdefault("_row_sha256", row_sha256(table, complete))
        file = f"{complete['platform']}/{source}/{complete.get('business_day', source)}.jsonl"
        complete.setdefault("_source_file", file)
        complete.setdefault("_line", number)
        complete.setdefault("_batch_id", hashlib.sha256(file.encode()).hexdigest())
    return [complete.get(name) for name in kinds]


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, list) else str(value)


def _flags(target: Path) -> list[str]:
    return [
        *("--project-dir", str(PROJECT)),
        *("--profiles-dir", str(PROJECT)),
        *("--target-path", str(target)),
        *("--log-path", str(target / "logs")),
        *("--log-level", "none"),
        *("--log-level-file", "none"),
        "--quiet",
        "--no-write-json",
    ]


@contextmanager
def _environment(path: Path, target: Path) -> Iterator[None]:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    settings = {"CCR_WAREHOUSE": str(path), "CCR_DBT_TARGET": str(target)}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        # dbt-duckdb keeps its connection for the process; with it open, a connection with other
        # settings to the same file is refused.
        environment = DuckDBConnectionManager._ENV
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()


def _complaint(command: str, result: Any) -> str:
    if result.exception is not None:
        return f"dbt {command}: {result.exception}"
    failed: Sequence[Any] = [
        node for node in result.result if str(node.status) in {"error", "fail", "runtime error"}
    ]
    return "\n".join(
        [f"dbt {command}: {len(failed)} failed"]
        + [f"{node.node.unique_id} {node.status}: {node.message}" for node in failed]
    )
