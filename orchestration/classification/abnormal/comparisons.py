"""Finds templates and bursts of a day by comparing its prints with those of the trailing days."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations, groupby
from typing import Any, NamedTuple

import duckdb

from orchestration.classification.abnormal.finding import AbnormalCode, letters_of
from orchestration.classification.abnormal.prints import resemblance

FEWEST_BUYERS = 5
TEMPLATE_DAYS = 30
# Across shops only long texts: the same short sentence may occur to strangers.
FEWEST_SHOPS, FEWEST_LETTERS_ACROSS_SHOPS = 3, 20
BURST_DAYS = 7
# Pairs of letters in common; a text with one word exchanged in fifteen letters has about 0.75.
LEAST_RESEMBLANCE = 0.7
# Of a bucket with more different texts the first by number are compared: a cost bound, as good as never met.
MOST_TEXTS_OF_BUCKET = 100

# Compared day after day, prints are read from their files once.
_HELD = """
create or replace temp table text_prints_held as
select feedback_key, shop_key, buyer_key, letter_count, skeleton, bands, business_day
from classified.text_prints
where business_day > $first - $days::integer and business_day <= $last
"""

_TEMPLATES = """
with used as (
    select distinct skeleton, shop_key, buyer_key, letter_count
    from text_prints_held
    where business_day > $day - $days::integer and business_day <= $day
      and skeleton in (select skeleton from text_prints_held where business_day = $day)
),
in_shop as (
    select skeleton, shop_key, count(distinct buyer_key) as buyers
    from used group by skeleton, shop_key having count(distinct buyer_key) >= $buyers
),
across as (
    select skeleton, count(distinct buyer_key) as buyers
    from used where letter_count >= $letters
    group by skeleton
    having count(distinct buyer_key) >= $buyers and count(distinct shop_key) >= $shops
)
select
    today.feedback_key,
    case when in_shop.buyers > 0 then 'same_text_in_shop' else 'same_text_across_shops' end as detail,
    greatest(coalesce(in_shop.buyers, 0), coalesce(across.buyers, 0)) as buyers
from text_prints_held as today
left join in_shop on today.skeleton = in_shop.skeleton and today.shop_key = in_shop.shop_key
left join across on today.skeleton = across.skeleton
where today.business_day = $day and (in_shop.skeleton is not null or across.skeleton is not null)
order by today.feedback_key
"""

# A bucket is what shares a band in a shop. Most buckets hold one text and are gone at once.
_BUCKETS = """
with prints as (
    select feedback_key, shop_key, buyer_key, skeleton, business_day, bands
    from text_prints_held
    where business_day > $day - $days::integer and business_day <= $day
      and shop_key in (select shop_key from text_prints_held where business_day = $day)
),
spread as (
    select shop_key, buyer_key, skeleton, business_day,
           unnest(bands) as band, generate_subscripts(bands, 1) as band_no
    from prints
),
crowded as (
    select shop_key, band_no, band
    from spread
    group by shop_key, band_no, band
    having min(skeleton) < max(skeleton) and min(buyer_key) < max(buyer_key) and bool_or(business_day = $day)
),
buckets as (
    select shop_key, band_no, band, list_sort(list(distinct skeleton)) as skeletons
    from spread
    semi join crowded using (shop_key, band_no, band)
    group by shop_key, band_no, band
),
members as (
    select distinct shop_key, unnest(skeletons) as skeleton from buckets
),
texts as (
    select prints.shop_key, prints.skeleton, min(prints.feedback_key) as feedback_key,
           list_sort(list(distinct prints.buyer_key)) as buyers
    from prints inner join members
        on prints.shop_key = members.shop_key and prints.skeleton = members.skeleton
    group by prints.shop_key, prints.skeleton
)
select buckets.shop_key, buckets.skeletons, null as skeleton, null as text, null as buyers
from buckets
union all
select texts.shop_key, null, texts.skeleton, events.text, texts.buyers
from texts
inner join intermediate.int_feedback_events as events
    on texts.feedback_key = events.feedback_key and events.is_first_version
    and events.business_day > $day - $days::integer and events.business_day <= $day
order by shop_key, skeleton nulls last, skeletons
"""

_OF_DAY = """
select shop_key, skeleton, list_sort(list(feedback_key)) as keys
from text_prints_held where business_day = $day and shop_key = any($shops)
group by shop_key, skeleton
"""


class Repeated(NamedTuple):
    """A review whose text was sent by so many buyers."""

    feedback_key: str
    code: AbnormalCode
    detail: str
    buyers: int


def hold_prints(connection: duckdb.DuckDBPyConnection, first: date, last: date) -> None:
    """Holds the prints that the days from first to last are compared with, for `find_repeated`."""
    connection.execute(_HELD, {"first": first, "last": last, "days": max(TEMPLATE_DAYS, BURST_DAYS)})


def find_repeated(connection: duckdb.DuckDBPyConnection, day: date) -> list[Repeated]:
    """The templates and near-duplicates among a day's reviews, as known by its end, of prints held."""
    templates = [
        Repeated(key, "template_text", detail, buyers) for key, detail, buyers in _templates(connection, day)
    ]
    found = {repeated.feedback_key for repeated in templates}
    bursts = [repeated for repeated in _bursts(connection, day) if repeated.feedback_key not in found]
    return sorted(templates + bursts)


def _templates(connection: duckdb.DuckDBPyConnection, day: date) -> list[tuple[str, str, int]]:
    parameters = {
        "day": day,
        "days": TEMPLATE_DAYS,
        "buyers": FEWEST_BUYERS,
        "shops": FEWEST_SHOPS,
        "letters": FEWEST_LETTERS_ACROSS_SHOPS,
    }
    return connection.execute(_TEMPLATES, parameters).fetchall()


def _bursts(connection: duckdb.DuckDBPyConnection, day: date) -> Iterator[Repeated]:
    crowded: dict[str, dict[int, int]] = {}
    rows = _streamed(connection.execute(_BUCKETS, {"day": day, "days": BURST_DAYS}))
    for shop, of_shop in groupby(rows, key=lambda row: row[0]):
        buyers = _buyers_alike(list(of_shop))
        if buyers:
            crowded[shop] = buyers
    if not crowded:
        return
    for shop, skeleton, keys in connection.execute(
        _OF_DAY, {"day": day, "shops": sorted(crowded)}
    ).fetchall():
        for key in keys if skeleton in crowded[shop] else ():
            yield Repeated(key, "near_duplicate_burst", "near_duplicates_in_shop", crowded[shop][skeleton])


def _streamed(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(10_000):
        yield from batch


def _buyers_alike(rows: list[tuple[Any, ...]]) -> dict[int, int]:
    """Of one shop: the texts that enough buyers sent in nearly these words, with their number."""
    letters = {skeleton: letters_of(text) for _, _, skeleton, text, _ in rows if skeleton is not None}
    buyers = {skeleton: set(of_text) for _, _, skeleton, _, of_text in rows if skeleton is not None}
    alike: defaultdict[int, set[int]] = defaultdict(set)
    compared: set[tuple[int, int]] = set()
    for _, skeletons, *_ in rows:
        for pair in combinations((skeletons or ())[:MOST_TEXTS_OF_BUCKET], 2):
            if pair in compared:
                continue
            compared.add(pair)
            if resemblance(letters[pair[0]], letters[pair[1]]) >= LEAST_RESEMBLANCE:
                alike[pair[0]].add(pair[1])
                alike[pair[1]].add(pair[0])
    # A burst is a text with those that resemble it: chains that lead from one text to another are none.
    bursts: dict[int, int] = {}
    for centre, others in alike.items():
        count = len(buyers[centre].union(*(buyers[other] for other in others)))
        if count >= FEWEST_BUYERS:
            for skeleton in (centre, *others):
                bursts[skeleton] = max(count, bursts.get(skeleton, 0))
    return bursts
