"""Measures a table day by day inside DuckDB, in one scan. Knows no threshold."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.settings import offenders_named

RAW_TABLES = ("orders", "reviews", "after_sales", "complaints", "im_messages")
TABLES = (*RAW_TABLES, "fct_ccr", "fct_penalty_candidates")

_FOLDER = Path(__file__).parent


def metrics(connection: duckdb.DuckDBPyConnection, table: str, first: date, last: date) -> pd.DataFrame:
    """One row per processed business day from `first` to `last`, both included.

    `*_count` columns are whole numbers and 0 on an empty day; shares, rates and ratios are null
    where there is nothing to divide by; `*_witness` names offenders of the column before it, by their keys
    and no more than CCR_OFFENDERS_NAMED.
    """
    if table not in TABLES:
        raise ValueError(f"No metrics are written for table '{table}': choose from {TABLES}")
    window = {"first": first, "last": last, "offenders_named": offenders_named()}
    if table in RAW_TABLES:
        frame = connection.execute(_raw_query(table), window | {"source": table}).df()
    else:
        frame = connection.execute(_query(table), window).df()
    return _typed(frame)


def _query(table: str) -> str:
    # The table's own file opens with a WITH of its own: it is nested whole, below the days.
    return f"with processed_days as ({_sql('processed_days')}), measured as ({_sql(table)}) " + (
        "select * from measured order by business_day"
    )


def _raw_query(table: str) -> str:
    return (
        f"with processed_days as ({_sql('processed_days')}), received as ({_sql('received')}), "
        f"measured as ({_sql(table)}) "
        "select received.*, measured.* exclude (business_day), "
        "abs(accepted_count - coalesce(row_count, 0)) as miscounted_row_count "
        "from received left join measured using (business_day) order by business_day"
    )


def _sql(name: str) -> str:
    return f"\n{(_FOLDER / f'{name}.sql').read_text(encoding='utf-8')}\n"


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(frame["business_day"]).dt.strftime("%Y-%m-%d")
    typed = {"business_day": days.astype(object)}
    for name in frame.columns.drop("business_day"):
        if name.endswith("_count"):
            typed[name] = frame[name].fillna(0).astype("int64")
        elif name.endswith("_witness"):
            typed[name] = frame[name].astype(object).where(frame[name].notna(), "")
        else:
            typed[name] = frame[name].astype("float64")
    return pd.DataFrame(typed)
