"""Opens the warehouse, and shows it the lake as typed views. Knows no rule of the domain."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from orchestration.settings import Engine

# dbt opens the same file in the same process with these (dbt_project/profiles.yml): DuckDB
# refuses a second connection that differs
CONNECTION_SETTINGS: Mapping[str, str] = {
    "TimeZone": "UTC",
    "preserve_insertion_order": "false",
    "disabled_optimizers": "top_n_window_elimination",
}


Layout = Literal["days", "folder", "file"]


@dataclass(frozen=True)
class LakeTable:
    """One table of the lake as the warehouse sees it: a relation over Parquet files.

    `days`: <name>/business_day=D/*.parquet; `folder`: <name>/*.parquet; `file`: <name>.parquet.
    """

    schema: str
    name: str
    columns: pa.Schema
    layout: Layout = "days"

    def pattern(self) -> str:
        """Which files hold its rows, below the schema's folder."""
        return {
            "days": f"{self.name}/business_day=*/*.parquet",
            "folder": f"{self.name}/*.parquet",
            "file": f"{self.name}.parquet",
        }[self.layout]


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for as long as the block; the file is free for dbt afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = Engine.from_environment()
    connection = duckdb.connect(str(path), config=engine.when_opened(path.parent))
    try:
        for setting, value in {**CONNECTION_SETTINGS, **engine.once_open()}.items():
            connection.execute(f"set {setting} = '{value}'")
        yield connection
    finally:
        connection.close()


def show_lake(connection: duckdb.DuckDBPyConnection, lake: Path, tables: list[LakeTable]) -> None:
    """Makes a view of each table. A table that has no file yet is empty, and typed.

    A view that was made of the same is left: it finds new files by itself, and to make all of them
    anew, as each step asks, is seconds of a run. What a view was made of stands in its comment.
    """
    made_of = {
        f"{schema}.{name}": comment
        for schema, name, comment in connection.execute(
            "select schema_name, view_name, comment from duckdb_views() "
            "where database_name = current_database() and not internal"
        ).fetchall()
    }
    for table in tables:
        view, first_file = f"{table.schema}.{table.name}", _first_file(lake, table)
        wanted = _made_of(lake, table, first_file)
        if made_of.get(view) == wanted:
            continue
        connection.execute(f"create schema if not exists {table.schema}")
        relation = _empty(connection, table) if first_file is None else _reading(lake, table)
        connection.execute(f"create or replace view {view} as {relation}")
        connection.execute(f"comment on view {view} is '{wanted}'")


def _first_file(lake: Path, table: LakeTable) -> Path | None:
    """The file that a view takes its columns' types from."""
    folder = lake / table.schema
    if table.layout == "file":
        file = folder / table.pattern()
        return file if file.exists() else None
    folder /= table.name
    folders = sorted(folder.glob("business_day=*")) if table.layout == "days" else [folder]
    return next((file for each in folders if (file := min(each.glob("*.parquet"), default=None))), None)


def _made_of(lake: Path, table: LakeTable, first_file: Path | None) -> str:
    written = first_file.stat() if first_file else None
    made_of = (
        *(str(lake), table.layout, table.columns.to_string()),
        *(str(first_file), written and (written.st_size, written.st_mtime_ns)),
    )
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _reading(lake: Path, table: LakeTable) -> str:
    files = str(lake / table.schema / table.pattern()).replace("'", "''")
    days = "hive_partitioning = true, hive_types = {'business_day': date}"
    by_day = table.layout == "days"
    return f"select * from read_parquet('{files}', {days if by_day else 'hive_partitioning = false'})"


def _empty(connection: duckdb.DuckDBPyConnection, table: LakeTable) -> str:
    columns = [f'cast(null as {kind}) as "{name}"' for name, kind in _types(connection, table.columns)]
    if table.layout == "days":
        columns.append("cast(null as date) as business_day")
    return f"select {', '.join(columns)} where false"


def _types(connection: duckdb.DuckDBPyConnection, columns: pa.Schema) -> list[tuple[str, str]]:
    connection.register("empty_lake_table", columns.empty_table())
    try:
        described = connection.execute("describe empty_lake_table").fetchall()
    finally:
        connection.unregister("empty_lake_table")
    return [(row[0], row[1]) for row in described]


def arrow(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[object] | None = None
) -> pa.Table:
    """The rows of a query as an Arrow table."""
    return connection.sql(sql, params=parameters or []).to_arrow_table()
