"""The counting at the heart of the pipeline, once in each engine, from the raw Parquet of a home.

`python -m tests.bench.relational --engine duckdb --lake .ccr/lake` prints what came out. The last version
of each order, whether it counts, whether a review of at most two stars speaks of it, counts per shop and
day paid, and for each of the days the sums of the thirty and the seven days that end on it. The engines
must agree in every sum; the pipeline does this and keeps, besides, by whose end each count was known.
"""

import importlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

FIRST, LAST = date(2026, 9, 1), date(2026, 10, 15)
_DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
_ORDERS = ["platform", "order_id", "shop_id", "paid_at", "pay_amount_fen", "order_kind", "updated_at"]
_SHOP = ["platform", "shop_id"]
_SUMS = ["n30", "neg30", "n7", "neg7"]

_DAILY = """
with versions as (
    select *, row_number() over (
        partition by platform, order_id order by updated_at desc, _row_sha256 desc
    ) as age
    from orders
),
negatives as (select distinct platform, order_id from reviews where rating_overall <= 2),
counted as (
    select versions.platform, versions.shop_id,
        cast(versions.paid_at + interval 8 hour as date) as order_day,
        case when negatives.order_id is null then 0 else 1 end as neg
    from versions
    left join negatives
        on versions.platform = negatives.platform and versions.order_id = negatives.order_id
    where versions.age = 1 and versions.paid_at is not null
        and versions.pay_amount_fen > 0 and versions.order_kind = 'normal'
)
select platform, shop_id, order_day, count(*) as n, sum(neg) as neg
from counted group by platform, shop_id, order_day
"""

_SUMMED = """
select count(*) as shop_days, sum(n30) as n30, sum(neg30) as neg30, sum(n7) as n7, sum(neg7) as neg7
from (
    select days.day, daily.platform, daily.shop_id,
        sum(daily.n) as n30, sum(daily.neg) as neg30,
        sum(case when daily.order_day > days.day - interval 7 day then daily.n else 0 end) as n7,
        sum(case when daily.order_day > days.day - interval 7 day then daily.neg else 0 end) as neg7
    from days
    inner join daily
        on daily.order_day <= days.day and daily.order_day > days.day - interval 30 day
    group by days.day, daily.platform, daily.shop_id
) as summed
"""

Sums = list[int]


def of_duckdb(orders: str, reviews: str) -> Sums:
    """DuckDB, held to the limit that the pipeline has."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("set memory_limit = '2GB'; set threads = 2; set preserve_insertion_order = false")
    connection.execute("set TimeZone = 'UTC'")
    for name, files in (("orders", orders), ("reviews", reviews)):
        connection.execute(f"create view {name} as select * from read_parquet('{files}')")
    connection.execute(f"create table daily as {_DAILY}")
    connection.execute("create table days (day date)")
    connection.executemany("insert into days values (?)", [[day] for day in _DAYS])
    return [int(value) for value in connection.execute(_SUMMED).fetchall()[0]]


def of_pandas(orders: str, reviews: str) -> Sums:
    """pandas: the last rows, a table of shops by days, and sums of running sums."""
    import glob

    import pandas as pd

    def read(files: str, columns: list[str]) -> pd.DataFrame:
        found = sorted(glob.glob(files, recursive=True))  # noqa: PTH207
        return pd.concat([pd.read_parquet(file, columns=columns) for file in found], ignore_index=True)

    versions = read(orders, [*_ORDERS, "_row_sha256"]).sort_values(["updated_at", "_row_sha256"])
    last = versions.drop_duplicates(["platform", "order_id"], keep="last")
    last = last[last.paid_at.notna() & (last.pay_amount_fen > 0) & (last.order_kind == "normal")]
    said = read(reviews, ["platform", "order_id", "rating_overall"])
    negatives = said[said.rating_overall <= 2][["platform", "order_id"]].drop_duplicates().assign(neg=1)
    counted = last.merge(negatives, how="left", on=["platform", "order_id"])
    counted["order_day"] = (counted.paid_at + pd.Timedelta(hours=8)).dt.tz_localize(None).dt.normalize()
    counted["neg"] = counted.neg.fillna(0).astype("int64")
    daily = counted.groupby([*_SHOP, "order_day"]).agg(n=("neg", "size"), neg=("neg", "sum"))
    every = pd.date_range(min(counted.order_day.min(), pd.Timestamp(FIRST)), LAST)
    found = {}
    for column in ("n", "neg"):
        table = daily[column].unstack("order_day").reindex(columns=every).fillna(0).cumsum(axis=1)
        for length in (30, 7):
            past = table.shift(length, axis=1).fillna(0)
            found[f"{column}{length}"] = (table - past)[pd.DatetimeIndex(_DAYS)]
    sells = found["n30"] > 0
    return [int(sells.to_numpy().sum()), *(int(found[name].to_numpy().sum()) for name in _SUMS)]


def of_polars(orders: str, reviews: str) -> Sums:
    """Polars, lazily: the same steps as in SQL, in its own words."""
    import polars as pl  # pyright: ignore[reportMissingImports]

    order = ["platform", "order_id"]
    negatives = (
        pl.scan_parquet(reviews).filter(pl.col("rating_overall") <= 2).select(order).unique()
        .with_columns(neg=pl.lit(1))
    )  # fmt: skip
    daily = (
        pl.scan_parquet(orders)
        .select(*_ORDERS, "_row_sha256")
        .sort("updated_at", "_row_sha256")
        .unique(order, keep="last", maintain_order=True)
        .filter(
            pl.col("paid_at").is_not_null()
            & (pl.col("pay_amount_fen") > 0)
            & (pl.col("order_kind") == "normal")
        )
        .join(negatives, on=order, how="left")
        .with_columns(order_day=pl.col("paid_at").dt.offset_by("8h").dt.date())
        .group_by(*_SHOP, "order_day")
        .agg(n=pl.len().cast(pl.Int64), neg=pl.col("neg").fill_null(0).cast(pl.Int64).sum())
        .collect()
    )
    days = pl.DataFrame({"day": _DAYS})
    near = daily.join(days, how="cross").filter(
        (pl.col("order_day") <= pl.col("day")) & (pl.col("order_day") > pl.col("day").dt.offset_by("-30d"))
    )
    recent = pl.col("order_day") > pl.col("day").dt.offset_by("-7d")
    summed = near.group_by("day", *_SHOP).agg(
        n30=pl.col("n").sum(),
        neg30=pl.col("neg").sum(),
        n7=pl.col("n").filter(recent).sum(),
        neg7=pl.col("neg").filter(recent).sum(),
    )
    return [summed.height, *(int(summed[name].sum()) for name in _SUMS)]


_SPARK = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


def of_spark(orders: str, reviews: str) -> Sums:
    """Spark on two local threads, with the SQL that DuckDB is given, respelt."""
    import sqlglot
    from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

    spark = SparkSession.builder.master("local[2]").config(map=_SPARK).getOrCreate()
    for name, files in (("orders", orders), ("reviews", reviews)):
        folder = files.split("/business_day=", maxsplit=1)[0]
        spark.read.parquet(folder).createOrReplaceTempView(name)
    for name, sql in (("daily", _DAILY), ("summed", _SUMMED)):
        if name == "summed":
            spark.createDataFrame([(day,) for day in _DAYS], ["day"]).createOrReplaceTempView("days")
        (respelt,) = sqlglot.transpile(sql, read="duckdb", write="spark")
        spark.sql(respelt).createOrReplaceTempView(name)
    (row,) = spark.table("summed").collect()
    return [int(value) for value in row]


def of_jvm() -> float:
    """Processor seconds of Spark itself, with its start: it is a process beside this one."""
    from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

    process = SparkSession.getActiveSession().sparkContext._gateway.proc.pid
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


ENGINES: dict[str, tuple[str, Callable[[str, str], Sums]]] = {
    "duckdb": ("duckdb", of_duckdb),
    "polars": ("polars", of_polars),
    "pandas": ("pandas", of_pandas),
    "spark": ("pyspark", of_spark),
}


def is_installed(engine: str) -> bool:
    """Whether the engine can be imported."""
    return importlib.util.find_spec(ENGINES[engine][0]) is not None


def main(
    engine: Annotated[str, typer.Option(help=", ".join(ENGINES))],
    lake: Annotated[Path, typer.Option(help="The lake of a home.")],
) -> None:
    """Prints how many shops sold on how many days, the sums, and the seconds without imports, as JSON."""
    importlib.import_module(ENGINES[engine][0])
    wall, cpu = time.perf_counter(), time.process_time()
    files = [str(lake / "raw" / source / "business_day=*" / "*.parquet") for source in ("orders", "reviews")]
    sums = ENGINES[engine][1](*files)
    taken = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    if engine == "spark":
        taken["cpu_s"] += of_jvm()
    sys.stdout.write(json.dumps({"sums": sums, **taken}) + "\n")


if __name__ == "__main__":
    typer.run(main)
