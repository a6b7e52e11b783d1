"""Scores as pictures, for where people would rather look than read."""

import base64
import io
from datetime import date
from typing import Any

import duckdb
import matplotlib as mpl
from matplotlib.figure import Figure

_WORST = 5


def of_day(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, str]:
    """Title -> PNG in base64, of the shops' overall 30-day CCR as published on the day."""
    with mpl.rc_context({"svg.hashsalt": "ccr", "font.size": 9}):
        return {
            "CCR distribution": _png(_distribution(connection, day)),
            "CCR over time, worst shops": _png(_worst_over_time(connection, day)),
            "Exclusions by reason": _png(_exclusions(connection, day)),
        }


def _distribution(connection: duckdb.DuckDBPyConnection, day: date) -> Figure:
    rates = connection.execute(
        "select rate from ccr.fct_ccr where business_day = ? and subject_type = 'shop' "
        "and dimension = 'overall' and window_days = 30 and rate is not null "
        "and status in ('ok', 'provisional') order by rate",
        [day],
    ).fetchall()
    figure, axes = _canvas()
    axes.hist([100 * rate for (rate,) in rates], bins=30, color="#4f7cac")
    axes.set_xlabel("negative orders per 100 effective paid orders, 30 days")
    axes.set_ylabel("shops")
    axes.set_title(f"CCR of {len(rates)} shops, {day}")
    return figure


def _worst_over_time(connection: duckdb.DuckDBPyConnection, day: date) -> Figure:
    rows = connection.execute(
        """
        with worst as (
            select subject_id
            from ccr.fct_ccr
            where business_day = ? and subject_type = 'shop' and dimension = 'overall'
              and window_days = 30 and status in ('ok', 'provisional') and den_effective >= 30
            order by ci_low desc, subject_id
            limit ?
        )
        select scores.subject_id, scores.business_day, 100 * scores.rate
        from ccr.fct_ccr as scores
        inner join worst on scores.subject_id = worst.subject_id
        where scores.subject_type = 'shop' and scores.dimension = 'overall'
          and scores.window_days = 30 and scores.business_day <= ?
        order by scores.subject_id, scores.business_day
        """,
        [day, _WORST, day],
    ).fetchall()
    figure, axes = _canvas()
    for shop in dict.fromkeys(row[0] for row in rows):
        points = [(business_day, rate) for name, business_day, rate in rows if name == shop]
        axes.plot([point[0] for point in points], [point[1] for point in points], label=shop)
    if rows:
        axes.legend(fontsize=7)
    axes.set_ylabel("CCR, %, 30 days")
    axes.set_title(f"The {_WORST} shops with the highest lower bound, until {day}")
    figure.autofmt_xdate()
    return figure


def _exclusions(connection: duckdb.DuckDBPyConnection, day: date) -> Figure:
    rows = connection.execute(
        "select scope || ': ' || exclusion_code, sum(item_count) as items from ccr.fct_exclusions "
        "where business_day = ? group by all order by items, 1",
        [day],
    ).fetchall()
    figure, axes = _canvas()
    axes.barh([row[0] for row in rows], [row[1] for row in rows], color="#4f7cac")
    axes.set_xlabel("orders or evaluations, trailing 30 days")
    axes.set_title(f"Excluded and why, {day}")
    return figure


def _canvas() -> tuple[Figure, Any]:
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    return figure, figure.subplots()


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()
