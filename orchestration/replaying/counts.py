"""A shop's window counted again from its orders and their feedback, and its peers' counts beside it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from orchestration.replaying.arithmetic import ratio
from orchestration.replaying.feedback import Feedback, Verdict, feedback_of, verdicts
from orchestration.replaying.reading import Row, first, rows
from orchestration.replaying.rules import Rules

FEWEST_PEERS = 5
DIMENSIONS = ("overall", "product", "content", "service", "logistics")
LEVELS = (("category", "category_key"), ("parent", "family_key"), ("platform", "platform"))

# The orders of the window in their last state that the known day knows.
_KNOWN = """
with known as (
    select order_key, shop_key, buyer_key, order_day, is_paid, exclusion_codes, excluding_codes,
           has_content_theme,
           is_paid and {is_effective} as is_effective,
           row_number() over (partition by order_key order by business_day desc) as recency
    from intermediate.int_orders_counted
    where business_day <= $known and order_key in (
        select order_key from intermediate.int_orders_judged
        where shop_key = $shop and business_day <= $known and order_day between $first and $last
    )
),
orders as (
    select * from known
    where recency = 1 and is_paid and shop_key = $shop and order_day between $first and $last
)
"""
_TOTALS = """
select count(*) as den_real, count(*) filter (where is_effective) as den_effective from orders
"""
_SPOKEN_OF = """
select order_key, buyer_key, order_day, is_effective, has_content_theme from orders
where order_key in (select order_key from intermediate.int_feedback_links where business_day <= $known)
order by order_day, order_key
"""
# A buyer is known as on the day on which the order became a negative.
_BUYERS = """
select changes.order_key, max(judged.buyer_key) as buyer_key
from (
    select order_key, business_day - case when num_effective_overall > 0 then 0 else 1 end as described_day
    from intermediate.int_subject_changes
    where subject_type = 'shop' and subject_id = $shop and business_day <= $known
      and order_day between $first and $last and num_effective_overall <> 0
      and order_key in (select unnest($keys))
) as changes
asof join intermediate.int_orders_judged as judged
    on changes.order_key = judged.order_key and changes.described_day >= judged.business_day
group by changes.order_key
"""
_DIMENSIONS = """
select policies.business_day, rules.dimension, rules.count_as
from intermediate.int_policies_in_force as policies
inner join policies.policy_dimensions as rules
    on policies.policy_id = rules.policy_id and policies.policy_version = rules.version
where policies.kind = 'rate' and policies.platform = $platform and rules.count_as <> rules.dimension
"""
_PEERS = """
with counts as (
    select subject_id, cast(sum(den_effective) as bigint) as den,
           cast(sum(num_effective_overall) as bigint) as num,
           cast(sum(num_by_words_overall) as bigint) as by_words
    from intermediate.int_daily_counts
    where platform = $platform and subject_type = 'shop' and business_day <= $known
      and order_day between $first and $last
    group by subject_id
)
select counts.*, shops.main_category_key as category_key, shops.shop_type, $platform as platform,
       coalesce(categories.parent_category_key, shops.main_category_key) as family_key
from counts
left join ccr.dim_shops as shops on counts.subject_id = shops.shop_key
left join ccr.dim_categories as categories on shops.main_category_key = categories.category_key
order by counts.subject_id
"""

# From a day and a dimension to the one it counts under.
CountsAs = Callable[[date, str], str]


@dataclass(frozen=True)
class Negative:
    """An order of the numerator: who bought it, and what makes it negative."""

    order_key: str
    order_day: date
    buyer_key: str | None
    verdicts: Sequence[Verdict]
    words: Sequence[str]


@dataclass(frozen=True)
class Counts:
    """A shop's window: orders and negatives, real and effective, and the orders behind them."""

    first_day: date
    last_day: date
    known_on: date
    den_real: int
    den_effective: int
    num_real: int
    by_dimension: dict[str, int]
    num_by_words: int
    negatives: Sequence[Negative]

    @property
    def num_effective(self) -> int:
        """The numerator."""
        return self.by_dimension["overall"]

    @property
    def distinct_buyers(self) -> int:
        """How many buyers are behind the numerator."""
        return len({each.buyer_key for each in self.negatives} - {None})

    @property
    def issue_codes(self) -> list[str]:
        """Every issue that counts."""
        return sorted(
            {code for each in self.negatives for said in each.verdicts for code in said.issue_codes}
        )


def shop_counts(
    connection: duckdb.DuckDBPyConnection,
    shop_key: str,
    last_day: date,
    window_days: int,
    known_on: date,
    *,
    would_be: Rules | None = None,
) -> Counts:
    """The orders paid in the window as known by the end of a day, judged again one by one."""
    window: dict[str, Any] = {
        "shop": shop_key,
        "first": last_day - timedelta(days=window_days - 1),
        "last": last_day,
        "known": known_on,
    }
    excluding: dict[str, Any] = {}
    is_effective = "len(excluding_codes) = 0"
    if would_be is not None:
        is_effective = "not list_has_any(exclusion_codes, $codes)"
        excluding = {"codes": sorted(would_be.codes("order"))}
    known = _KNOWN.format(is_effective=is_effective)
    totals = first(connection, known + _TOTALS, **window, **excluding) or {}
    spoken_of = rows(connection, known + _SPOKEN_OF, **window, **excluding)
    said = feedback_of(connection, [row["order_key"] for row in spoken_of], known_on)
    listed = would_be.codes("evaluation") if would_be else None
    counts_as = would_be.counts_as() if would_be else _counts_as(connection, shop_key)
    return _counted(
        connection, window, totals, spoken_of=spoken_of, said=said, listed=listed, counts_as=counts_as
    )


def _counts_as(connection: duckdb.DuckDBPyConnection, shop_key: str) -> CountsAs:
    """The dimension under which the rate policy of a day counts another; itself, where it says nothing."""
    found = rows(connection, _DIMENSIONS, platform=shop_key.split(":", maxsplit=1)[0])
    said = {(row["business_day"], row["dimension"]): row["count_as"] for row in found}
    return lambda day, dimension: said.get((day, dimension), dimension)


def _counted(
    connection: duckdb.DuckDBPyConnection,
    window: dict[str, Any],
    totals: Row,
    *,
    spoken_of: Sequence[Row],
    said: dict[str, list[Feedback]],
    listed: frozenset[str] | None,
    counts_as: CountsAs,
) -> Counts:
    by_dimension: dict[str, int] = dict.fromkeys(DIMENSIONS, 0)
    num_real = num_by_words = 0
    found: list[tuple[Row, list[Verdict], list[str]]] = []
    for order in spoken_of:
        heard = sorted(
            each
            for feedback in said.get(order["order_key"], [])
            for each in verdicts(feedback, window["known"], listed)
        )
        num_real += any(each.is_real for each in heard)
        valid = [each for each in heard if each.is_valid]
        if not valid or not order["is_effective"]:
            continue
        counting = {each.feedback_key for each in valid}
        words = [
            word
            for feedback in said[order["order_key"]]
            if feedback.key in counting
            for word in feedback.words_on(window["known"])
        ]
        found.append((order, valid, words))
        num_by_words += valid[0].is_by_words
        counted_as = {
            counts_as(each.from_day, each.counted_dimension(order["has_content_theme"])) for each in valid
        }
        for dimension in {"overall"} | (counted_as & set(DIMENSIONS)):
            by_dimension[dimension] += 1
    keys = [order["order_key"] for order, *_ in found]
    buyers = {row["order_key"]: row["buyer_key"] for row in rows(connection, _BUYERS, keys=keys, **window)}
    negatives = [
        Negative(key, order["order_day"], buyers.get(key, order["buyer_key"]), valid, words)
        for key, (order, valid, words) in zip(keys, found, strict=True)
    ]
    return Counts(
        window["first"],
        window["last"],
        window["known"],
        totals["den_real"],
        totals["den_effective"],
        num_real,
        by_dimension,
        num_by_words,
        negatives,
    )


def peers_counted(
    connection: duckdb.DuckDBPyConnection, platform: str, counts: Counts, shop_key: str
) -> list[Row]:
    """Every shop of the platform over the same window as known on the same day, the shop as replayed."""
    found = rows(
        connection, _PEERS, platform=platform, known=counts.known_on, first=counts.first_day,
        last=counts.last_day,
    )  # fmt: skip
    for row in found:
        if row["subject_id"] == shop_key:
            own = (counts.num_effective, counts.den_effective, counts.num_by_words)
            row["num"], row["den"], row["by_words"] = own
    return found


def benchmarks(peers: Sequence[Row]) -> dict[str, Row]:
    """By shop with orders, the others' pooled counts and the level at which five of them have orders."""
    pools: dict[tuple[str, str], Row] = defaultdict(lambda: dict.fromkeys(_POOLED, 0))
    for shop in peers:
        for level, column in LEVELS:
            if shop[column] is not None:
                pool = pools[level, shop[column]]
                for name, count in _own(shop).items():
                    pool[name] += count
    found: dict[str, Row] = {}
    for shop in peers:
        if not shop["den"] > 0:
            continue
        for level, column in LEVELS:
            pool = pools[level, shop[column]] if shop[column] is not None else None
            if pool is None:
                continue
            others = {name: pool[name] - count for name, count in _own(shop).items()}
            if level == "platform" or others["subjects"] >= FEWEST_PEERS:
                rate = ratio(others["num"], others["den"])
                found[shop["subject_id"]] = {**others, "level": level, "rate": rate}
                break
    return found


def peers_of(shop_key: str, level: str | None, peers: Sequence[Row]) -> list[Row]:
    """The other shops with orders that a shop's benchmark at a level is pooled from."""
    column = dict(LEVELS).get(level or "")
    own = next((shop for shop in peers if shop["subject_id"] == shop_key), None)
    if column is None or own is None:
        return []
    others = (shop for shop in peers if shop["subject_id"] != shop_key and shop["den"] > 0)
    return [
        {"shop_key": shop["subject_id"], "num": shop["num"], "den": shop["den"]}
        for shop in others
        if shop[column] == own[column]
    ]


_POOLED = ("subjects", "den", "num", "by_words")


def _own(shop: Row) -> dict[str, int]:
    return {
        "subjects": int(shop["den"] > 0),
        "den": shop["den"],
        "num": shop["num"],
        "by_words": shop["by_words"],
    }
