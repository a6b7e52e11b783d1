"""Turns the public Olist marketplace data set into landing files of the platform `olist`.

An Olist order of several sellers becomes one shop order a seller. A day's file holds what became
known that day: orders as they were placed, approved, handed over and received, reviews as they
were answered. Amounts are minor units of the source's own currency, written as fen.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from orchestration.landing.engine import connect
from orchestration.landing.platforms import olist_queries as queries

PLATFORM = "olist"
DAILY = ("orders", "order_lines", "reviews")
SNAPSHOTS = ("shops", "products", "categories")


class OlistError(Exception):
    """The folder is not the data set, or the landing folder is not free for it."""


@dataclass(frozen=True)
class OlistImport:
    """What was written, and the edge cases met on the way."""

    first_day: date
    last_day: date
    orders: int
    shop_orders: int
    order_versions: int
    orders_of_several_sellers: int
    orders_without_lines: int
    orders_received_without_approval: int
    order_lines: int
    reviews: int
    shop_reviews: int
    review_ids_on_several_orders: int
    orders_with_several_reviews: int
    reviews_of_unknown_orders: int
    shops: int
    products: int
    categories: int

    def __str__(self) -> str:
        counts = (
            f"{getattr(self, field.name):>8,}  {field.name.replace('_', ' ')}" for field in fields(self)[2:]
        )
        return f"{PLATFORM} {self.first_day} to {self.last_day}\n" + "\n".join(counts)


def import_olist(
    folder: Path, landing: Path, progress: Callable[[int, int], None] | None = None
) -> OlistImport:
    """Write `<landing>/olist` from Olist's Parquet or original CSV files.

    Every day of the span has a file of each daily source, empty where nothing became known.
    `progress` is told the days written and the days in all.
    """
    with closing(connect()) as connection:
        for table, columns in queries.TABLES.items():
            connection.register(table, _table(folder, table, columns))
        connection.execute(queries.PREPARATION)
        first, last = _one(connection, queries.SPAN)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        _require_free(landing / PLATFORM, days)
        for source in SNAPSHOTS:
            lines = _one(connection, queries.whole(source))[0]
            _write(landing / PLATFORM / f"{source}.jsonl", lines)
        contents = {source: _contents(connection, source, days) for source in DAILY}
        for done, day in enumerate(days, 1):
            for source in DAILY:
                _write(landing / PLATFORM / source / f"{day}.jsonl", next(contents[source]))
            if progress is not None:
                progress(done, len(days))
        counts = {name: _one(connection, sql)[0] for name, sql in queries.COUNTS.items()}
    return OlistImport(first, last, **counts)


def _table(folder: Path, table: str, columns: tuple[str, ...]) -> pa.Table:
    """The columns of the file there is, as text."""
    parquet = folder / f"{table}.parquet"
    original = folder / queries.ORIGINAL_NAMES[table]
    try:
        if parquet.exists():
            with pq.ParquetFile(parquet) as file:
                read = file.read()
        elif original.exists():
            read = pa_csv.read_csv(
                original,
                parse_options=pa_csv.ParseOptions(newlines_in_values=True),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
        elif table in queries.OPTIONAL:
            return pa.table({column: pa.array([], pa.string()) for column in columns})
        else:
            raise OlistError(
                f"{folder} has neither {parquet.name} nor {original.name}: "
                "name the folder that holds the whole Olist data set"
            )
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise OlistError(f"{folder}: {table} cannot be read ({reason}); fetch it again") from None
    if lacking := [column for column in columns if column not in read.schema.names]:
        raise OlistError(f"{folder}: {table} has no column {', '.join(lacking)}; is it Olist's?")
    return pa.table({column: read[column].cast(pa.string()) for column in columns})


def _contents(connection: duckdb.DuckDBPyConnection, source: str, days: list[date]) -> Iterator[str | None]:
    """The text of each day's file, in the order of the days."""
    known = dict(connection.execute(queries.by_day(source)).fetchall())
    return (known.get(day) for day in days)


def _require_free(folder: Path, days: list[date]) -> None:
    names = {f"{day}.jsonl" for day in days}
    expected = {f"{source}.jsonl" for source in SNAPSHOTS} | set(DAILY)
    for place, known in ((folder, expected), *((folder / source, names) for source in DAILY)):
        present = {path.name for path in place.iterdir()} if place.is_dir() else set()
        if strangers := sorted(present - known):
            raise OlistError(
                f"{place} holds {strangers[0]}, which this import does not write: "
                "choose a landing folder without the platform olist, or remove it"
            )


def _write(path: Path, lines: str | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{lines}\n" if lines else "", encoding="utf-8")


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    row = connection.execute(sql).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has one row
    return row
