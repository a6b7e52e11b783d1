"""Two judgements of the same days, compared: who moves tier, what is at stake, who may be innocent."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

# A tier of no tier, and of a day on which one of the two did not evaluate the shop.
NO_TIER, NOT_EVALUATED = "none", "not_evaluated"
SIZES = ("<100", "100-499", "500-1999", "2000+")

_BOTH = f"""
with sides as (

    select 'tried' as side, * from tried
    union all by name
    select 'against' as side, * from against

)

select
    *,
    case
        when den_effective < 100 then '{SIZES[0]}'
        when den_effective < 500 then '{SIZES[1]}'
        when den_effective < 2000 then '{SIZES[2]}'
        else '{SIZES[3]}'
    end as shop_size,
    coalesce(severity >= 1 and mode = 'enforce' and outcome = 'decided', false) as is_punished
from sides
order by side, business_day, shop_key
"""

# What there is to say of a group; an expected number needs every probability that it sums.
_FIGURES = """
    count(*) as evaluations,
    count(distinct shop_key) as shops,
    count(held_back_by) as held_back,
    count(tier) as in_a_tier,
    count(*) filter (where is_punished) as punishments,
    count(distinct shop_key) filter (where is_punished) as punished_shops,
    cast(coalesce(sum(amount_fen) filter (where is_punished), 0) as bigint) as amount_fen,
    cast(coalesce(sum(points) filter (where is_punished), 0) as bigint) as points,
    count(*) filter (where is_punished and is_delisted) as delistings,
    coalesce(
        sum(1 - prob_above_threshold order by business_day, shop_key) filter (where is_punished), 0
    ) as expected_false,
    count(*) filter (where is_punished and prob_above_threshold is null) as unknown_probability
"""

_SUMMARY = f"""
select side, 'all' as grouped_by, 'all' as in_group, {_FIGURES}
from evaluations group by all
union all
select side, 'category', coalesce(category_key, 'unknown'), {_FIGURES}
from evaluations group by all
union all
select side, 'shop_size', shop_size, {_FIGURES}
from evaluations group by all
order by grouped_by, in_group, side desc
"""

_PAIRS = f"""
with labelled as (

    select *, coalesce(tier, '{NO_TIER}') as tier_or_none from evaluations

)

select
    coalesce(tried.business_day, against.business_day) as business_day,
    coalesce(tried.platform, against.platform) as platform,
    coalesce(tried.shop_key, against.shop_key) as shop_key,
    coalesce(tried.category_key, against.category_key) as category_key,
    coalesce(tried.shop_size, against.shop_size) as shop_size,
    coalesce(against.tier_or_none, '{NOT_EVALUATED}') as from_tier,
    coalesce(tried.tier_or_none, '{NOT_EVALUATED}') as to_tier,
    against.severity as from_severity,
    tried.severity as to_severity,
    {{columns}}
from (select * from labelled where side = 'tried') as tried
full outer join (select * from labelled where side = 'against') as against
    on
        tried.business_day = against.business_day
        and tried.shop_key = against.shop_key
"""

_NUMBERS = (
    *("num_effective", "den_effective", "rate", "ci_low", "benchmark_rate", "ratio_to_benchmark"),
    *("ratio_to_benchmark_low", "prob_above_threshold", "held_back_by", "outcome", "amount_fen", "points"),
)

_MATRIX = """
select from_tier, to_tier, count(*) as evaluations, count(distinct shop_key) as shops
from pairs group by all order by from_tier, to_tier
"""

_MOVED = "select * from pairs where from_tier <> to_tier order by business_day, shop_key"


@dataclass(frozen=True)
class Comparison:
    """Tables: `evaluations` of both sides, their `summary`, the `matrix` of tiers, who `moved`."""

    evaluations: pa.Table
    summary: pa.Table
    matrix: pa.Table
    moved: pa.Table

    def tables(self) -> dict[str, pa.Table]:
        """By name, as they are written."""
        return {
            "evaluations": self.evaluations,
            "summary": self.summary,
            "matrix": self.matrix,
            "moved": self.moved,
        }


def compared(tried: pa.Table, against: pa.Table) -> Comparison:
    """Sums, matrix and moves of two judgements, each one row per shop and evaluation day.

    Money is in fen. Punished is who is decided on in force by a tier that costs. `expected_false` is
    the sum of 1 - P(true rate above the threshold) over the punished.
    """
    columns = ",\n    ".join(
        f"{alias}.{name} as {side}_{name}"
        for name in _NUMBERS
        for side, alias in (("from", "against"), ("to", "tried"))
    )
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 1")  # sums of doubles in one order
        connection.register("tried", tried)
        connection.register("against", against)
        evaluations = connection.sql(_BOTH).to_arrow_table()
        connection.register("evaluations", evaluations)
        pairs = connection.sql(_PAIRS.format(columns=columns)).to_arrow_table()
        connection.register("pairs", pairs)
        return Comparison(
            evaluations,
            connection.sql(_SUMMARY).to_arrow_table(),
            connection.sql(_MATRIX).to_arrow_table(),
            connection.sql(_MOVED).to_arrow_table(),
        )
