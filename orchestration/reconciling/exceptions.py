"""What does not agree between a platform's claims and the ledger, as known by the end of a day."""

from datetime import date

import duckdb
import pyarrow as pa

from orchestration.reconciling import claims as sql
from orchestration.reconciling.accounts import meanings
from orchestration.reconciling.figures import EXCEPTIONS_OF_FIGURES

# A published rate has four digits or so after the point: half of the last of them may be rounding.
TOLERANCE = 0.00005

EXCEPTIONS = pa.schema(
    [
        ("exception", pa.string()),
        ("platform", pa.string()),
        ("shop_key", pa.string()),
        ("order_key", pa.string()),
        ("claim_type", pa.string()),  # bill | ticket | figure
        ("claim_key", pa.string()),  # NULL where a claim is missing
        ("decision_id", pa.string()),
        ("measure_code", pa.string()),
        ("named", pa.string()),
        ("claimed_on", pa.date32()),
        ("claimed_fen", pa.int64()),
        ("expected_fen", pa.int64()),
        ("refunded_fen", pa.int64()),
        ("detail", pa.string()),
    ]
)
RECONCILIATION_TABLES = {"exceptions": EXCEPTIONS}

# Every exception and what it means, as a person reads it.
MEANINGS = {
    "missing": "a decision was carried out here, and the platform's list has nothing for it",
    "duplicate": "claimed again for an order or ticket that was claimed already",
    "over_amount": "more was taken than the decision takes",
    "under_amount": "less was taken than the decision takes",
    "without_basis": "no decision in force stands behind it",
    "refund_due": "the decision was taken back, and the money was not given back",
    "unknown_account": "nobody said what its name stands for",
    "num_above_den": "the numerator is above the denominator",
    "rate_not_quotient": "the rate is not numerator over denominator",
    "rate_is_percent": "a percentage is written as if it were a share",
    "rate_out_of_range": "the rate is below 0 or above 1",
    "rate_unreadable": "the rate is no number",
    "figure_differs": "the platform's count is not ours",
}


def first_claimed_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The first day of any bill, ticket or figure; before it nothing can disagree."""
    found = connection.execute(
        "select min(business_day) from (select business_day from staging.stg_bills union all "
        "select business_day from staging.stg_platform_tickets union all "
        "select business_day from staging.stg_platform_figures)"
    ).fetchall()
    return found[0][0]


def exceptions(connection: duckdb.DuckDBPyConnection, day: date) -> pa.Table:
    """Every exception by the end of a day, with the columns of EXCEPTIONS, sorted."""
    signs, figures, lags = meanings()
    for name, table in (("signs", signs), ("own_figures", figures), ("lags", lags)):
        connection.register(name, table)
    asked = {"day": day}
    found: list[pa.Table] = []
    connection.execute(sql.MEANT)
    for statement in (sql.EXPECTED, sql.BILLED, sql.TICKETED):
        connection.execute(statement, asked)
    for claims, claim_type in (("billed", "bill"), ("ticketed", "ticket")):
        connection.execute(sql.MATCHED.format(claims=claims))
        statement = sql.EXCEPTIONS_OF_CLAIMS.format(claims=claims, claim_type=claim_type)
        found.append(_arrow(connection, statement, asked))
    figures_asked = EXCEPTIONS_OF_FIGURES.format(tolerance=TOLERANCE)
    found.append(_arrow(connection, figures_asked, asked))
    order = ("platform", "shop_key", "order_key", "exception", "claim_type", "claim_key", "decision_id")
    return pa.concat_tables(found).sort_by([(name, "ascending") for name in order])


def _arrow(connection: duckdb.DuckDBPyConnection, statement: str, asked: dict[str, date]) -> pa.Table:
    return connection.sql(statement, params=asked).to_arrow_table().cast(EXCEPTIONS)
