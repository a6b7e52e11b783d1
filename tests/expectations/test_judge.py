"""What a verdict says, and what the judge refuses to pass unseen."""

import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pytest

import expectations.judge
from expectations.judge import Verdict, judge
from expectations.metrics import metrics
from tests.expectations.market import TODAY, YESTERDAY

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.expectations.expectation import Expectation


@pytest.fixture
def orders(sound_market: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The metrics of the orders of two sound days."""
    return metrics(sound_market, "orders", YESTERDAY, TODAY)


def verdict_on(metric: str, frame: pd.DataFrame, grade: str = "sound") -> Verdict:
    from expectations.judge import column_of
    from expectations.suites import expectations_on

    assert grade in ("sound", "plausible")
    columns = [column_of(expectation) for expectation in expectations_on("orders", grade)]
    return judge("orders", grade, frame)[columns.index(metric)]


def test_verdicts_come_in_the_order_of_the_suite(orders: pd.DataFrame) -> None:
    orders["null_order_id_count"] = [0, 1]
    verdicts = judge("orders", "sound", orders)
    assert [verdict.passed for verdict in verdicts] == [False] + [True] * 16


def test_a_broken_verdict_says_the_day_the_number_and_an_offender(orders: pd.DataFrame) -> None:
    orders["unknown_status_count"] = [0, 3]
    orders["unknown_status_witness"] = ["", "o17"]
    assert verdict_on("unknown_status_count", orders) == Verdict(
        expectation="Every order status is a word of the contract (D.10-9).",
        passed=False,
        broken_days=("2026-09-10",),
        observed="2026-09-10: 3 (o17)",
    )


def test_a_broken_ratio_names_the_delivery_that_broke_it(orders: pd.DataFrame) -> None:
    orders["lowest_volume_ratio"] = [1.0, 0.123456]
    verdict = verdict_on("lowest_volume_ratio", orders, "plausible")
    assert verdict.observed == "2026-09-10: 0.1235 (douyin orders)"


def test_a_passed_verdict_says_what_was_seen(orders: pd.DataFrame) -> None:
    orders["quarantined_share"] = [0.1, 0.25]
    assert verdict_on("quarantined_share", orders).observed == "0.1 to 0.25"
    assert verdict_on("unknown_status_count", orders).observed == "0"


def test_an_unknown_share_passes_and_says_so(orders: pd.DataFrame) -> None:
    orders["quarantined_share"] = float("nan")
    verdict = verdict_on("quarantined_share", orders)
    assert (verdict.passed, verdict.observed) == (True, "nothing to measure")


def test_many_broken_days_are_named_but_not_all_described(orders: pd.DataFrame) -> None:
    days = [f"2026-09-{day:02}" for day in range(1, 9)]
    long = pd.concat([orders.head(1)] * len(days), ignore_index=True)
    long["business_day"], long["negative_amount_count"] = days, 2
    verdict = verdict_on("negative_amount_count", long)
    assert verdict.broken_days == tuple(days)
    assert verdict.observed.startswith("2026-09-01: 2; 2026-09-02: 2;")
    assert verdict.observed.endswith("2026-09-05: 2; and 3 days more")


def test_no_day_at_all_is_refused(orders: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="No business day of orders to judge"):
        judge("orders", "sound", orders.head(0))


def test_a_metric_that_was_not_measured_is_refused(orders: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"lack \['unknown_status_count'\]"):
        judge("orders", "sound", orders.drop(columns="unknown_status_count"))


def test_a_count_that_is_unknown_is_refused(orders: pd.DataFrame) -> None:
    orders["unknown_status_count"] = [0.0, float("nan")]
    with pytest.raises(ValueError, match=r"no number for \['unknown_status_count'\]"):
        judge("orders", "sound", orders)


def test_great_expectations_is_imported_by_nobody_who_does_not_judge() -> None:
    modules = "expectations.judge, expectations.metrics, expectations.data_docs"
    code = f"import sys, {modules}; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_same_figures_are_held_against_a_suite_once_and_others_anew(
    orders: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    validate = expectations.judge._validate

    def counted(
        name: str, suite: "list[Expectation]", frame: pd.DataFrame
    ) -> "ExpectationSuiteValidationResult":
        held.append(int(frame["negative_amount_count"].sum()))
        return validate(name, suite, frame)

    monkeypatch.setattr(expectations.judge, "_validate", counted)
    orders["negative_amount_count"] = [0, 7]
    assert [verdict_on("negative_amount_count", orders).passed for _ in range(2)] == [False, False]
    orders["negative_amount_count"] = [0, 0]  # in the same frame
    assert verdict_on("negative_amount_count", orders).passed
    assert held == [7, 0]
