"""Shows the lake to Spark: the same Parquet files under the same names as in the warehouse."""

# pyspark is an optional extra
# pyright: reportMissingImports=false

from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.wiring.warehouse import LakeTable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_DAYS_IN_CATALOGUE = "spark.sql.hive.manageFilesourcePartitions"


def show_lake(session: "SparkSession", lake: Path, tables: list[LakeTable]) -> None:
    """Makes a table over the files of each."""
    for schema in dict.fromkeys(table.schema for table in tables):
        session.sql(f"create schema if not exists {schema}")
    for table in tables:
        show_table(session, lake, table)


def show_table(session: "SparkSession", lake: Path, table: LakeTable) -> None:
    """Makes one table over the files that are there now; one that has no file yet is empty, and typed."""
    from pyspark.sql.pandas.types import from_arrow_schema

    columns = {field.name: field.dataType.simpleString() for field in from_arrow_schema(table.columns)}
    by_day = table.layout == "days"
    if by_day:
        columns["business_day"] = "date"
    typed = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
    name, folder = f"{table.schema}.{table.name}", lake / table.schema
    there = next(folder.glob(table.pattern()), None) is not None
    path = str(folder / (f"{table.name}.parquet" if table.layout == "file" else table.name))
    session.sql(f"drop table if exists {name}")
    # A day's folder may hold more than its rows, such as what it was landed from: the glob leaves that
    # aside, and is heeded only where the catalogue does not keep the days.
    session.conf.set(_DAYS_IN_CATALOGUE, "false")
    try:
        session.sql(
            f"create table {name} ({typed}) using parquet options (pathGlobFilter '*.parquet')"
            + (" partitioned by (business_day)" if by_day else "")
            + (f" location {_quoted(path)}" if there else "")
        )
    finally:
        session.conf.set(_DAYS_IN_CATALOGUE, "true")


def _quoted(text: str) -> str:
    """The text as a string literal of Spark's."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
