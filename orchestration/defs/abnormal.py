"""Evaluations that should not count: prints of their texts, and what is found in and between them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import dagster as dg
import duckdb
import pyarrow as pa

from orchestration.classification.abnormal.comparisons import BURST_DAYS, TEMPLATE_DAYS
from orchestration.classification.abnormal.schemas import ABNORMAL_TABLES, PRINTS_SCHEMA, REVIEWS_SCHEMA
from orchestration.defs.classification import tables_of_a_day
from orchestration.wiring.classified_days import by_day
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.lake_tables import LAKE_TABLES
from orchestration.wiring.partitions import ONE_RUN_PER_RANGE, Days, days_of
from orchestration.wiring.progress import counted
from orchestration.wiring.warehouse import show_lake

Row = dict[str, Any]

# so many reviews are in memory at once
BATCH = 50_000
_ASKED_SCHEMA = REVIEWS_SCHEMA.append(pa.field("business_day", pa.date32()))

_DESCRIPTIONS = {
    "abnormal_evaluations": "One row per review and reason why it should not count, with the words: a text "
    "that says nothing, a template, near-duplicates of many buyers, stars and words that contradict, other "
    f"goods, advertising. Compared with the trailing {TEMPLATE_DAYS} days (near-duplicates {BURST_DAYS}), "
    "never with later ones. Which codes exclude is the policy's to say.",
    "text_prints": "One row per review long enough to be compared: numbers that equal and near-equal texts "
    "share.",
}

_TEXTS = """
select business_day, feedback_key, shop_key, buyer_key, text
from intermediate.int_feedback_events
where business_day between $first and $last and is_first_version
  and channel = 'review' and text is not null
order by business_day, feedback_key
"""

_REVIEWS = f"""
select events.business_day,
       {", ".join(f"events.{name}" for name in REVIEWS_SCHEMA.names if name != "text_probability")},
       tags.text_probability
from intermediate.int_feedback_events as events
left join (
    select business_day, feedback_key, max(text_probability) as text_probability
    from classified.feedback_tags where business_day between $first and $last
    group by business_day, feedback_key
) as tags on events.business_day = tags.business_day and events.feedback_key = tags.feedback_key
where events.business_day between $first and $last and events.is_first_version
  and events.channel = 'review' and events.text is not null
order by events.business_day, events.feedback_key
"""

_PRODUCT_WORDS = """
select asked.feedback_key,
       string_agg(distinct concat_ws(' ', products.title, categories.name), ' ') as words
from asked
inner join intermediate.int_order_lines_known as lines
    on asked.native_order_key = lines.order_key and lines.business_day <= asked.business_day
    and (asked.line_id is null or asked.line_id = lines.line_id)
inner join staging.stg_products as products on lines.product_key = products.product_key
left join staging.stg_categories as categories on products.category_key = categories.category_key
group by asked.feedback_key
"""


@dg.multi_asset(
    name="find_abnormal",
    specs=tables_of_a_day(
        _DESCRIPTIONS,
        [
            ["intermediate", "int_feedback_events"],
            ["intermediate", "int_order_lines_known"],
            ["staging", "stg_products"],
            ["staging", "stg_categories"],
            ["classified", "feedback_tags"],
        ],
    ),
    backfill_policy=ONE_RUN_PER_RANGE,
)
def abnormal(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
    """First the prints of all days, then what is found in each day."""
    days = house.to_bring_up_to_date(days_of(context))
    windows = house.windows(days)
    settings = house.settings()
    rows = dict.fromkeys(ABNORMAL_TABLES, 0)
    with house.warehouse() as connection:
        for day, prints in chain.from_iterable(_prints(connection, window) for window in windows):
            write_partition(settings.lake, "classified", "text_prints", day, prints)
            rows["text_prints"] += prints.num_rows
        show_lake(connection, settings.lake, LAKE_TABLES)
        each = chain.from_iterable(_found(connection, window) for window in windows)
        for _, (day, found) in zip(
            counted(context, "days searched for abnormal evaluations", days), each, strict=True
        ):
            write_partition(settings.lake, "classified", "abnormal_evaluations", day, found)
            rows["abnormal_evaluations"] += found.num_rows
    yield from _told(rows, days)


def _told(rows: dict[str, int], days: Days) -> Iterator[dg.MaterializeResult]:
    for name, count in rows.items():
        yield dg.MaterializeResult(
            asset_key=["classified", name], metadata={"dagster/row_count": count, "days": str(days)}
        )


def _batches(connection: duckdb.DuckDBPyConnection, sql: str, days: Days) -> Iterator[tuple[date, pa.Table]]:
    """The rows of each day, in their order, so many at a time."""
    bounds = {"first": days.first, "last": days.last}
    # A result that is run first and turned into Arrow after loses its order.
    reader: pa.RecordBatchReader = connection.cursor().sql(sql, params=bounds).to_arrow_reader(BATCH)
    for batch in reader:
        yield from by_day(pa.Table.from_batches([batch]))


def _prints(connection: duckdb.DuckDBPyConnection, days: Days) -> Iterator[tuple[date, pa.Table]]:
    """The prints of each day."""
    from orchestration.classification.abnormal.prints import prints_of

    batches = groupby(_batches(connection, _TEXTS, days), key=itemgetter(0))
    of_day = {day: [prints_of(texts) for _, texts in batch] for day, batch in batches}
    for day in days:
        yield day, pa.concat_tables([PRINTS_SCHEMA.empty_table(), *of_day.get(day, [])]).combine_chunks()


def _found(connection: duckdb.DuckDBPyConnection, days: Days) -> Iterator[tuple[date, pa.Table]]:
    """What is found in each day; what was bought is looked up for all of them together."""
    from orchestration.classification.abnormal.comparisons import find_repeated, hold_prints
    from orchestration.classification.abnormal.evaluations import (
        abnormal_table,
        find_in_reviews,
        find_wrong_goods,
        repeated_rows,
    )

    hold_prints(connection, days.first, days.last)
    repeated = {day: find_repeated(connection, day) for day in days}
    keys = {each.feedback_key for of_day in repeated.values() for each in of_day}
    tables: dict[date, list[pa.Table]] = {day: [] for day in days}
    texts: dict[str, str] = {}
    naming_goods: dict[date, list[Row]] = {}
    for day, reviews in _batches(connection, _REVIEWS, days):
        found = find_in_reviews(reviews)
        tables[day].append(abnormal_table(found.rows))
        naming_goods.setdefault(day, []).extend(found.naming_goods)
        pairs = zip(
            reviews.column("feedback_key").to_pylist(), reviews.column("text").to_pylist(), strict=True
        )
        texts |= {key: text for key, text in pairs if key in keys}
    words = _product_words(connection, naming_goods)
    for day in days:
        rows = find_wrong_goods(naming_goods.get(day, []), words)
        rows += repeated_rows(repeated[day], texts)
        found_of_day = pa.concat_tables([*tables.pop(day), abnormal_table(rows)])
        order = [("feedback_key", "ascending"), ("code", "ascending")]
        yield day, found_of_day.sort_by(order).combine_chunks()


def _product_words(
    connection: duckdb.DuckDBPyConnection, naming_goods: Mapping[date, Iterable[Row]]
) -> dict[str, str]:
    """Titles and categories of what was bought, of the few reviews that name goods."""
    asked = pa.Table.from_pylist(
        [
            {**row, "business_day": day}
            for day, rows in naming_goods.items()
            for row in rows
            if row["native_order_key"] is not None
        ],
        schema=_ASKED_SCHEMA,
    )
    if asked.num_rows == 0:
        return {}
    connection.register("asked", asked)
    try:
        return dict(connection.execute(_PRODUCT_WORDS).fetchall())
    finally:
        connection.unregister("asked")
