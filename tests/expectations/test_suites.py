"""Every expectation holds on the sound market and is broken by its own metric alone."""

import duckdb
import pandas as pd
import pytest

from expectations.judge import Verdict, column_of, judge
from expectations.metrics import RAW_TABLES, TABLES, metrics
from expectations.suites import GRADES, Grade, expectations_on
from tests.expectations.broken import BROKEN, Edge
from tests.expectations.market import TODAY, YESTERDAY
from tests.expectations.test_metrics import spoil_whole_day

SUITES = [(table, grade) for table in TABLES for grade in GRADES]
EDGES = [
    pytest.param(table, grade, metric, edge, id=f"{table}-{grade}-{metric}-{edge.breaks}")
    for (table, grade), suite in BROKEN.items()
    for metric, edges in suite.items()
    for edge in edges
]


@pytest.fixture(scope="module")
def healthy(sound_market: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """The metrics of two business days on which nothing is wrong."""
    return {table: metrics(sound_market, table, YESTERDAY, TODAY) for table in TABLES}


@pytest.fixture(scope="module")
def spoiled(healthy: dict[str, pd.DataFrame]) -> dict[tuple[str, str], list[Verdict]]:
    """Verdicts on frames in which each day has one metric at an edge and is named after it."""
    found = {}
    for (table, grade), suite in BROKEN.items():
        days = [
            healthy[table].iloc[0].to_dict() | {"business_day": f"{metric} is {value}", metric: value}
            for metric, edges in suite.items()
            for edge in edges
            for value in edge
        ]
        found[table, grade] = judge(table, grade, pd.DataFrame(days))
    return found


def broken_by(verdicts: list[Verdict], day: str) -> list[str]:
    return [verdict.expectation for verdict in verdicts if day in verdict.broken_days]


def broken(table: str, grade: Grade, frame: pd.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (verdict.expectation, verdict.broken_days)
        for verdict in judge(table, grade, frame)
        if not verdict.passed
    ]


@pytest.mark.parametrize(("table", "grade"), SUITES)
def test_a_healthy_day_passes(healthy: dict[str, pd.DataFrame], table: str, grade: Grade) -> None:
    assert broken(table, grade, healthy[table]) == []


@pytest.mark.parametrize(("table", "grade"), SUITES)
def test_every_expectation_is_broken_by_a_case(table: str, grade: Grade) -> None:
    judged = sorted(column_of(expectation) for expectation in expectations_on(table, grade))
    assert judged == sorted(BROKEN[table, grade])


@pytest.mark.parametrize(("table", "grade", "metric", "edge"), EDGES)
def test_an_expectation_is_broken_by_its_metric_alone_on_its_day_alone(
    spoiled: dict[tuple[str, str], list[Verdict]],
    table: str,
    grade: Grade,
    metric: str,
    edge: Edge,
) -> None:
    [sentence] = [
        str(expectation.description)
        for expectation in expectations_on(table, grade)
        if column_of(expectation) == metric
    ]
    verdicts = spoiled[table, grade]
    assert broken_by(verdicts, f"{metric} is {edge.breaks}") == [sentence]
    assert broken_by(verdicts, f"{metric} is {edge.holds}") == []


@pytest.mark.parametrize(("table", "grade"), SUITES)
def test_every_expectation_is_a_sentence_of_its_own(table: str, grade: Grade) -> None:
    sentences = [str(expectation.description) for expectation in expectations_on(table, grade)]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@pytest.mark.parametrize("status", ["empty", "missing", "refused"])
def test_a_day_without_rows_is_never_unsound(warehouse: duckdb.DuckDBPyConnection, status: str) -> None:
    spoil_whole_day(warehouse, status)
    for table in TABLES:
        assert broken(table, "sound", metrics(warehouse, table, YESTERDAY, TODAY)) == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("empty", "No delivery has less than 40 % of its usual rows for the weekday (D.10-13)."),
        ("missing", "Every platform that owes a delivery made it (D.10-12)."),
        ("refused", "No delivery was refused as a whole (D.10-12)."),
    ],
)
def test_a_day_without_rows_is_implausible_and_says_which_way(
    warehouse: duckdb.DuckDBPyConnection, status: str, sentence: str
) -> None:
    spoil_whole_day(warehouse, status)
    for table in RAW_TABLES:
        frame = metrics(warehouse, table, YESTERDAY, TODAY)
        assert (sentence, ("2026-09-10",)) in broken(table, "plausible", frame)


def test_a_table_without_a_suite_is_refused() -> None:
    with pytest.raises(ValueError, match="No suite is written for table 'orders_tidied'"):
        expectations_on("orders_tidied", "sound")
