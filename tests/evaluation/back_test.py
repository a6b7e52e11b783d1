"""Holds what was projected against what came: the query, and its rows as figures."""

from typing import Any, NamedTuple

import duckdb

# a rate is a quotient of counts: its ends are given a hair, so that equal counts are equal rates
_HAIR = 1e-12

_PAIRS = f"""
select
    projected.platform, projected.subject_type, projected.window_days,
    case
        when projected.subject_type = 'platform' then 'all'
        when projected.num_expected < 0.3 then 'below 0.3'
        when projected.num_expected < 1 then '0.3 to 1'
        else '1 and more'
    end as expecting,
    mature.rate between projected.rate_low - {_HAIR} and projected.rate_high + {_HAIR} as is_held,
    projected.rate_projected - mature.rate as projected_error,
    projected.rate - mature.rate as published_error,
    case when projected.num_by_age is not null
        then projected.num_by_age / projected.den_projected - mature.rate end as by_age_error
from ccr.fct_ccr_projected as projected
inner join ccr.fct_ccr_mature as mature
    on projected.platform = mature.platform
    and projected.subject_type = mature.subject_type
    and projected.subject_id = mature.subject_id
    and projected.window_days = mature.window_days
    and projected.business_day = mature.window_end
    and mature.dimension = 'overall'
where projected.status = 'ok' and mature.den_effective > 0
"""

_FIGURES = """
select
    {keys}, count(*),
    avg(cast(is_held as integer)),
    avg(projected_error), avg(published_error),
    sqrt(avg(projected_error * projected_error)), sqrt(avg(published_error * published_error)),
    avg(abs(projected_error)), avg(abs(published_error)),
    avg(abs(by_age_error))
from pairs group by {grouped} order by {grouped}
"""


class Figures(NamedTuple):
    """What became of the projections of one kind; errors are of rates, projected or published less mature."""

    kind: tuple[Any, ...]
    rows: int
    coverage: float
    bias: float
    bias_published: float
    root_square: float
    root_square_published: float
    absolute: float
    absolute_published: float
    absolute_by_age: float | None


def back_test(connection: duckdb.DuckDBPyConnection, *keys: str) -> list[Figures]:
    """Every projection whose window has matured, by subject_type, window_days, expecting or platform."""
    listed = ", ".join(keys)
    rows = connection.execute(
        f"with pairs as ({_PAIRS}) " + _FIGURES.format(keys=listed, grouped=listed)
    ).fetchall()
    return [Figures(row[: len(keys)], *row[len(keys) :]) for row in rows]
