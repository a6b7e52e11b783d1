"""The suites ask of raw tables what the landing contract promises, no less and nothing else."""

import duckdb
import pytest

from expectations.metrics import RAW_TABLES, metrics
from orchestration.landing.contract import SOURCES
from tests.expectations.market import TODAY
from tests.expectations.test_metrics import judged_columns


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_required_column_is_required(table: str) -> None:
    judged = {column for column in judged_columns(table) if column.startswith("null_")}
    assert judged == {f"null_{column}_count" for column in SOURCES[table].required}


@pytest.mark.parametrize("table", RAW_TABLES)
def test_every_word_of_a_vocabulary_is_known(warehouse: duckdb.DuckDBPyConnection, table: str) -> None:
    coded = [column for column in SOURCES[table].columns if column.vocabulary]
    unknown = {column for column in judged_columns(table) if column.startswith("unknown_")}
    assert unknown == {f"unknown_{column.name}_count" for column in coded}
    for column in coded:
        for word in column.vocabulary:
            warehouse.execute(f"update raw.{table} set {column.name} = '{word}'")
            frame = metrics(warehouse, table, TODAY, TODAY)
            assert list(frame[f"unknown_{column.name}_count"]) == [0]
