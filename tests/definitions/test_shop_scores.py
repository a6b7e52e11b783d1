"""The scores of a day are made with what the policy that measures it says about statistics."""

from datetime import date

import duckdb
import pytest

from orchestration.defs.shop_scores import scores_of, statistics_of
from orchestration.scoring.statistics import KNOTS, Statistics

DAY = date(2026, 9, 6)


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    """Eight shops, one of them far worse, measured by version 1 of a policy that says nothing."""
    connection = duckdb.connect()
    connection.execute(
        """
        create schema policies;
        create schema intermediate;
        create table policies.policy_versions (
            policy_id varchar, version varchar, interval_level double, fdr_q double,
            threshold_ratio double, min_orders_for_prior integer
        );
        create table policies.score_knots (
            policy_id varchar, version varchar, knot_no integer, ratio double, score double
        );
        insert into policies.policy_versions values ('p', '1', null, null, null, null);
        create table intermediate.int_subjects_to_score as
        select date '2026-09-06' as business_day, 'douyin' as platform, 'shop' as subject_type,
               's' || number as subject_id, cast(30 as integer) as window_days,
               cast(case when number = 0 then 90 else 30 end as bigint) as num, cast(1000 as bigint) as den,
               'c' as category_key, 'c' as family_key, 0.03 as benchmark_rate,
               cast(30 as integer) as min_orders,
               cast(null as double) as guard_score,
               cast(null as double) as least_probability, 'p' as policy_id, '1' as policy_version
        from range(8) as numbers (number)
        """
    )
    return connection


def test_where_a_policy_says_nothing_the_values_of_the_room_hold(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert statistics_of(warehouse, "p", "1") == Statistics()


def test_what_a_policy_says_is_taken_from_its_own_version(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into policies.policy_versions values ('p', '2', 0.9, 0.01, 2.0, 50)")
    warehouse.execute("insert into policies.score_knots values ('p', '2', 2, 4, 0), ('p', '2', 1, 0, 100)")
    warehouse.execute("insert into policies.score_knots values ('p', '3', 1, 0, 50), ('p', '3', 2, 9, 0)")
    assert statistics_of(warehouse, "p", "2") == Statistics(0.9, 0.01, 2.0, 50, knots=((0, 100), (4, 0)))
    assert statistics_of(warehouse, "p", "1").knots == KNOTS


def test_a_score_is_made_with_what_its_policy_says(warehouse: duckdb.DuckDBPyConnection) -> None:
    before = {row["subject_id"]: row for row in scores_of(warehouse, DAY).to_pylist()}
    warehouse.execute("update policies.policy_versions set threshold_ratio = 4.0")
    warehouse.execute("insert into policies.score_knots values ('p', '1', 1, 0, 10), ('p', '1', 2, 9, 0)")
    after = {row["subject_id"]: row for row in scores_of(warehouse, DAY).to_pylist()}
    assert (before["s0"]["threshold"], after["s0"]["threshold"]) == (
        pytest.approx(0.039),
        pytest.approx(0.12),
    )
    assert before["s0"]["prob_above_threshold"] > 0.99
    assert after["s0"]["prob_above_threshold"] < 0.01
    assert before["s0"]["score"] < before["s1"]["score"]
    assert after["s0"]["score"] == pytest.approx(10 - after["s0"]["ratio_eb_to_benchmark"] * 10 / 9)


def test_a_version_that_no_table_holds_is_named(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(LookupError, match="policy p 9 measures a day and is not among"):
        statistics_of(warehouse, "p", "9")
