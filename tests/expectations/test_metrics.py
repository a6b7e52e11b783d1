"""What DuckDB measures: every metric sees the fault planted for it, on its day alone."""

from typing import Any

import duckdb
import pandas as pd
import pytest

from expectations.metrics import RAW_TABLES, TABLES, metrics
from tests.expectations.market import TODAY, YESTERDAY
from tests.expectations.planted import RAW, Planted, delivered, planted_in
from tests.expectations.planted_scores import CANDIDATES, SCORES

PLANTED = {source.name: planted_in(source) for source in RAW} | {
    "fct_ccr": SCORES,
    "fct_penalty_candidates": CANDIDATES,
}
CASES = [
    pytest.param(table, planted, id=f"{table}-{planted.metric}")
    for table, cases in PLANTED.items()
    for planted in cases
]


def judged_columns(table: str) -> set[str]:
    from expectations.judge import column_of
    from expectations.suites import GRADES, expectations_on

    return {column_of(expectation) for grade in GRADES for expectation in expectations_on(table, grade)}


def today(warehouse: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    frame = metrics(warehouse, table, TODAY, TODAY)
    return {str(name): value for name, value in frame.iloc[0].items()}


@pytest.mark.parametrize("table", TABLES)
def test_every_judged_metric_has_a_fault_planted_for_it(table: str) -> None:
    assert {planted.metric for planted in PLANTED[table]} == judged_columns(table)


@pytest.mark.parametrize(("table", "planted"), CASES)
def test_a_fault_is_seen_by_its_metric_on_its_day_alone(
    warehouse: duckdb.DuckDBPyConnection, table: str, planted: Planted
) -> None:
    before = metrics(warehouse, table, YESTERDAY, TODAY)
    warehouse.execute(planted.statement)
    after = metrics(warehouse, table, YESTERDAY, TODAY)

    judged = sorted(judged_columns(table))
    seen = {name for name in judged if after.at[1, name] != before.at[1, name]}
    assert after.at[1, planted.metric] == pytest.approx(planted.reads)
    assert seen == planted.beside | {planted.metric}
    pd.testing.assert_series_equal(after.loc[0, judged], before.loc[0, judged])


def test_a_metric_names_offenders_and_no_more_than_asked(
    warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.execute(
        "update raw.orders set status = 'vanished', "
        "order_id = case when _line = 7 then order_id end where _line in (7, 8)"
    )
    measured = today(warehouse, "orders")
    assert measured["unknown_status_witness"] == "douyin/orders/2026-09-10.jsonl line 8, o7"
    assert measured["null_order_id_witness"] == "douyin/orders/2026-09-10.jsonl line 8"
    monkeypatch.setenv("CCR_OFFENDERS_NAMED", "1")
    assert today(warehouse, "orders")["unknown_status_witness"] == "douyin/orders/2026-09-10.jsonl line 8"


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_day_has_zeros_and_no_shares(warehouse: duckdb.DuckDBPyConnection, table: str) -> None:
    spoil_whole_day(warehouse, "empty")
    measured = today(warehouse, table)
    assert {value for name, value in measured.items() if name.endswith("_count")} == {0}
    shares = [value for name, value in measured.items() if name.endswith("_share")]
    assert shares
    assert pd.isna(shares).all()


def spoil_whole_day(warehouse: duckdb.DuckDBPyConnection, status: str) -> None:
    day = "business_day = date '2026-09-10'"
    for table in (*RAW_TABLES, "im_sessions"):
        warehouse.execute(f"delete from raw.{table} where {day}")
    for table in ("ccr.fct_ccr", "penalties.fct_penalty_candidates"):
        warehouse.execute(f"delete from {table} where {day}")
    warehouse.execute(
        f"update raw.deliveries set status = '{status}', row_count = 0, quarantined_count = 0, "
        f"refusal = case when '{status}' = 'refused' then source || '.jsonl line 3: cut off' end "
        f"where {day}"
    )
    if status == "missing":  # landing writes it down for orders alone, which are always due
        warehouse.execute(f"delete from raw.deliveries where source <> 'orders' and {day}")


def test_a_day_that_was_not_processed_has_no_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("delete from raw.deliveries where business_day = date '2026-09-09'")
    for table in TABLES:
        frame = metrics(warehouse, table, YESTERDAY, TODAY)
        assert list(frame["business_day"]) == ["2026-09-10"]


def test_a_refused_delivery_is_named_and_leaves_the_other_sources_alone(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(delivered("reviews", "refused", "2026-09-10"))
    assert (
        today(warehouse, "reviews")["refused_delivery_witness"]
        == "pinduoduo/reviews/2026-09-10.jsonl line 3: cut off"
    )
    assert today(warehouse, "orders")["refused_delivery_count"] == 0


@pytest.mark.parametrize(
    ("source", "table"),
    [("order_lines", "orders"), ("im_sessions", "im_messages"), ("reveiws", "orders")],
)
def test_a_delivery_without_a_suite_is_answered_for_by_its_neighbour(
    warehouse: duckdb.DuckDBPyConnection, source: str, table: str
) -> None:
    before = today(warehouse, table)
    warehouse.execute(delivered(source, "refused", "2026-09-10", rows=7))
    after = today(warehouse, table)
    assert after["refused_delivery_witness"] == f"pinduoduo/{source}/2026-09-10.jsonl line 3: cut off"
    assert {name for name in before if after[name] != before[name]} - {"worst_quarantined_witness"} == {
        "refused_delivery_count",
        "refused_delivery_witness",
    }


def test_a_source_that_was_sent_before_and_is_not_sent_today_is_missing(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "delete from raw.deliveries where source = 'im_sessions' and business_day = date '2026-09-10'"
    )
    frame = metrics(warehouse, "im_messages", YESTERDAY, TODAY)
    assert list(frame["missing_delivery_count"]) == [0, 1]
    assert list(frame["missing_delivery_witness"]) == ["", "douyin im_sessions"]


def test_a_source_that_a_platform_never_sent_is_not_missing(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(delivered("complaints", "missing", "2026-09-10"))
    assert today(warehouse, "complaints")["missing_delivery_count"] == 0


def test_orders_are_owed_from_the_first_day_a_platform_lands(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(delivered("orders", "missing", "2026-09-10"))
    assert today(warehouse, "orders")["missing_delivery_witness"] == "pinduoduo orders"
    warehouse.execute(
        "update raw.deliveries set first_landed_day = date '2026-09-11' where platform = 'pinduoduo'"
    )
    assert today(warehouse, "orders")["missing_delivery_count"] == 0


def test_each_platform_is_held_against_its_own_weekdays(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    for day in ("2026-08-13", "2026-08-20", "2026-08-27", "2026-09-03"):
        warehouse.execute(delivered("orders", "present", day, rows=1000))
    warehouse.execute(delivered("orders", "present", "2026-09-02", rows=5))
    warehouse.execute(delivered("orders", "present", "2026-09-10", rows=300))
    measured = today(warehouse, "orders")
    assert (measured["lowest_volume_ratio"], measured["highest_volume_ratio"]) == (0.3, 1.0)
    assert measured["lowest_volume_witness"] == "pinduoduo orders"
    assert measured["highest_volume_witness"] == "douyin orders"


@pytest.mark.parametrize(
    "fewer", ["delete from raw.deliveries where ", "update raw.deliveries set row_count = 19 where "]
)
def test_volume_is_not_judged_on_three_weekdays_or_on_fewer_than_twenty_rows(
    warehouse: duckdb.DuckDBPyConnection, fewer: str
) -> None:
    weekday = "dayofweek(business_day) = dayofweek(date '2026-09-10')"
    past = "business_day < date '2026-09-10'"
    if fewer.startswith("delete"):
        past = "business_day < date '2026-08-20'"
    warehouse.execute(f"{fewer} {weekday} and {past}")
    assert pd.isna(today(warehouse, "orders")["lowest_volume_ratio"])


def test_the_future_starts_two_days_after_the_business_day_opens_in_shanghai(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    change = "update raw.orders set updated_at = '{}' where _line = 1 and business_day = $1"
    warehouse.execute(change.format("2026-09-11 23:59:59+08"), [TODAY])
    assert today(warehouse, "orders")["from_the_future_count"] == 0
    warehouse.execute(change.format("2026-09-12 00:00:00+08"), [TODAY])
    assert today(warehouse, "orders")["from_the_future_count"] == 1


def test_a_market_too_small_to_warn_about_has_no_shares(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("update ccr.fct_ccr set status = 'insufficient' where subject_id <= 'douyin:s06'")
    warehouse.execute("update ccr.fct_ccr set den_effective = 499 where subject_type = 'platform'")
    candidates = today(warehouse, "fct_penalty_candidates")
    assert pd.isna(candidates["candidate_shop_share"])
    assert pd.isna(candidates["ticket_share"])
    assert pd.isna(today(warehouse, "fct_ccr")["lowest_market_rate"])


def test_provisional_scores_do_not_warn_of_the_market(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("update ccr.fct_ccr set status = 'provisional'")
    measured = today(warehouse, "fct_ccr")
    for metric in ("lowest_market_rate", "insufficient_share", "benchmark_share"):
        assert pd.isna(measured[metric])


def test_measuring_twice_gives_the_same_frame(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("set threads = 2")
    for table in TABLES:
        pd.testing.assert_frame_equal(
            metrics(warehouse, table, YESTERDAY, TODAY), metrics(warehouse, table, YESTERDAY, TODAY)
        )


def test_a_table_without_metrics_is_refused(warehouse: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValueError, match=r"No metrics are written for table 'raw\.orders'"):
        metrics(warehouse, "raw.orders", TODAY, TODAY)
