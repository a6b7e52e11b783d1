"""Evaluations that should not count: prints of their texts, and what is found in and between them."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import duckdb
import pyarrow as pa

from orchestration.classification.abnormal.comparisons import BURST_DAYS, TEMPLATE_DAYS
from orchestration.classification.abnormal.schemas import ABNORMAL_TABLES, PRINTS_SCHEMA, REVIEWS_SCHEMA
from orchestration.defs.classification import tables_of_a_day
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.lake_tables import LAKE_TABLES
from orchestration.wiring.partitions import ONE_RUN_PER_RANGE, Days, days_of
from orchestration.wiring.progress import counted
from orchestration.wiring.warehouse import show_lake

# so many reviews are in memory at once
BATCH = 50_000

_DESCRIPTIONS = {
    "abnormal_evaluations": "One row per review and reason why it should not count, with the words: a text "
    "that says nothing, a template, near-duplicates of many buyers, stars and words that contradict, other "
    f"goods, advertising. Compared with the trailing {TEMPLATE_DAYS} days (near-duplicates {BURST_DAYS}), "
    "never with later ones. Which codes exclude is the policy's to say.",
    "text_prints": "One row per review long enough to be compared: numbers that equal and near-equal texts "
    "share.",
}

_REVIEWS = f"""
select {", ".join(f"events.{name}" for name in REVIEWS_SCHEMA.names if name != "text_probability")},
       tags.text_probability
from intermediate.int_feedback_events as events
left join (
    select feedback_key, max(text_probability) as text_probability
    from classified.feedback_tags where business_day = $day group by feedback_key
) as tags on events.feedback_key = tags.feedback_key
where events.business_day = $day and events.is_first_version
  and events.channel = 'review' and events.text is not null
order by events.feedback_key
"""

_PRODUCT_WORDS = """
select asked.feedback_key,
       string_agg(distinct concat_ws(' ', products.title, categories.name), ' ') as words
from asked
inner join intermediate.int_order_lines_known as lines
    on asked.native_order_key = lines.order_key and lines.business_day <= $day
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
    settings = house.settings()
    rows = dict.fromkeys(ABNORMAL_TABLES, 0)
    with house.warehouse() as connection:
        for day in days:
            prints = _prints(connection, day)
            write_partition(settings.lake, "classified", "text_prints", day, prints)
            rows["text_prints"] += prints.num_rows
        show_lake(connection, settings.lake, LAKE_TABLES)
        for day in counted(context, "days searched for abnormal evaluations", days):
            found = _found(connection, day)
            write_partition(settings.lake, "classified", "abnormal_evaluations", day, found)
            rows["abnormal_evaluations"] += found.num_rows
    yield from _told(rows, days)


def _told(rows: dict[str, int], days: Days) -> Iterator[dg.MaterializeResult]:
    for name, count in rows.items():
        yield dg.MaterializeResult(
            asset_key=["classified", name], metadata={"dagster/row_count": count, "days": str(days)}
        )


def _batches(connection: duckdb.DuckDBPyConnection, day: date) -> Iterator[pa.Table]:
    reader: pa.RecordBatchReader = connection.cursor().execute(_REVIEWS, {"day": day}).to_arrow_reader(BATCH)
    for batch in reader:
        yield pa.Table.from_batches([batch])


def _prints(connection: duckdb.DuckDBPyConnection, day: date) -> pa.Table:
    from orchestration.classification.abnormal.prints import prints_of

    found = [prints_of(reviews) for reviews in _batches(connection, day)]
    return pa.concat_tables([PRINTS_SCHEMA.empty_table(), *found])


def _found(connection: duckdb.DuckDBPyConnection, day: date) -> pa.Table:
    from orchestration.classification.abnormal.comparisons import find_repeated
    from orchestration.classification.abnormal.evaluations import (
        abnormal_table,
        find_in_reviews,
        find_wrong_goods,
        repeated_rows,
    )

    repeated = find_repeated(connection, day)
    keys = {each.feedback_key for each in repeated}
    texts: dict[str, str] = {}
    rows, naming_goods = [], []
    for reviews in _batches(connection, day):
        found = find_in_reviews(reviews)
        rows += found.rows
        naming_goods += found.naming_goods
        pairs = zip(
            reviews.column("feedback_key").to_pylist(), reviews.column("text").to_pylist(), strict=True
        )
        texts |= {key: text for key, text in pairs if key in keys}
    rows += find_wrong_goods(naming_goods, _product_words(connection, day, naming_goods))
    return abnormal_table(rows + repeated_rows(repeated, texts))


def _product_words(
    connection: duckdb.DuckDBPyConnection, day: date, naming_goods: list[dict[str, object]]
) -> dict[str, str]:
    """Titles and categories of what was bought, of the few reviews that name goods."""
    asked = pa.Table.from_pylist(
        [row for row in naming_goods if row["native_order_key"] is not None], schema=REVIEWS_SCHEMA
    )
    if asked.num_rows == 0:
        return {}
    connection.register("asked", asked)
    try:
        return dict(connection.execute(_PRODUCT_WORDS, {"day": day}).fetchall())
    finally:
        connection.unregister("asked")
