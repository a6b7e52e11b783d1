"""The market of these tests, built once; what a test plants in it is rolled back."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.expectations import market, scores


@pytest.fixture(scope="session")
def sound_market() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two business days of every table, without a fault."""
    connection = market.raw_market()
    for table, rows in scores.policies().items():
        market.insert(connection, table, rows)
    for day in (market.YESTERDAY, market.TODAY):
        market.insert(connection, "ccr.fct_ccr", scores.scores(day))
        market.insert(connection, "penalties.fct_penalty_candidates", scores.candidates(day))
        market.insert(connection, "penalties.fct_candidate_orders", scores.listed(day))
    yield connection
    connection.close()


@pytest.fixture
def warehouse(
    sound_market: duckdb.DuckDBPyConnection,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sound market, to be spoiled."""
    sound_market.begin()
    yield sound_market
    sound_market.rollback()
