"""Every figure has its first value, its mature value and what lies between; nothing published moves."""

from datetime import date
from typing import Any

import pytest

from tests.dbt.scoring import score
from tests.support.inputs import Inputs
from tests.support.restless_market import FIRST as RESTLESS_FIRST
from tests.support.restless_market import LAST as RESTLESS_LAST
from tests.support.restless_market import restless_market
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtFailedError, DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-30"
MODELS = (
    "path:models/intermediate/counting dim_shops dim_products dim_categories fct_ccr fct_restatements "
    "fct_ccr_mature"
)
PROMISES = (
    "restatements_explain_every_change_of_a_past_day restatements_are_what_matures "
    "the_last_mature_figure_is_a_count_of_what_is_known"
)

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("matured"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, MODELS)


def mature(counted: Counted, arrange: Arrange, day: str, **where: Any) -> dict[str, Any]:
    """The mature row known on a day; of the shop, seven days and overall unless told otherwise."""
    wanted = {"window_days": 7, "dimension": "overall", "subject_type": "shop", **where}
    conditions = [f"{column} = '{value}'" for column, value in wanted.items()]
    return counted.row(arrange, "ccr.fct_ccr_mature", " and ".join([*conditions, f"business_day = '{day}'"]))


@scenario
def one_in_four(inputs: Inputs) -> None:
    for number in range(4):
        inputs.order(f"o{number}", paid="2026-09-10")
    inputs.feedback("in time", "o0", "2026-09-17", dimension="service", issue="no_reply")
    inputs.feedback("too late", "o1", "2026-09-18")
    inputs.order("o3", paid="2026-09-10", known="2026-09-12", codes=["risk_review"])


def test_a_window_is_looked_at_again_seven_days_after_its_end(counted: Counted) -> None:
    row = mature(counted, one_in_four, "2026-09-17")
    assert (row["window_start"], row["window_end"]) == (date(2026, 9, 4), date(2026, 9, 10))
    assert (row["num_published"], row["den_published"], row["rate_published"]) == (0, 4, 0.0)
    assert (row["num_effective"], row["den_effective"], row["rate"]) == (1, 3, 1 / 3)
    assert (row["num_change"], row["den_change"], row["rate_change"]) == (1, -1, 1 / 3)
    assert row["ci_low"] < 1 / 3 < row["ci_high"]


def test_what_comes_on_the_eighth_day_is_in_no_mature_figure_of_that_window(counted: Counted) -> None:
    assert mature(counted, one_in_four, "2026-09-17")["num_effective"] == 1
    assert mature(counted, one_in_four, "2026-09-18")["num_effective"] == 2


def test_what_was_published_still_says_what_it_said(counted: Counted) -> None:
    row = score(counted, one_in_four, "2026-09-10", window_days=7)
    assert (row["num_effective"], row["den_effective"]) == (0, 4)


def test_each_dimension_matures_by_itself(counted: Counted) -> None:
    assert mature(counted, one_in_four, "2026-09-17", dimension="service")["num_effective"] == 1
    assert mature(counted, one_in_four, "2026-09-17", dimension="product")["num_effective"] == 0


def test_products_and_the_platform_mature_too(counted: Counted) -> None:
    for subject_type in ("product", "platform"):
        row = mature(counted, one_in_four, "2026-09-17", subject_type=subject_type)
        assert (row["num_published"], row["num_effective"], row["den_effective"]) == (0, 1, 3)


def test_an_order_leaves_the_mature_window_as_it_left_the_first(counted: Counted) -> None:
    assert mature(counted, one_in_four, "2026-09-23")["den_effective"] == 3
    row = mature(counted, one_in_four, "2026-09-24")
    assert (row["den_effective"], row["rate"], row["status"]) == (0, None, "no_orders")


@scenario
def a_day_was_not_run(inputs: Inputs) -> None:
    inputs.deliver(FIRST, "2026-09-09")
    inputs.deliver("2026-09-11", LAST)
    inputs.order("o1", paid="2026-09-09")
    inputs.order("o2", paid="2026-09-10", known="2026-09-11")


def test_what_no_day_published_is_unknown_and_not_zero(counted: Counted) -> None:
    row = mature(counted, a_day_was_not_run, "2026-09-17")
    assert (row["den_effective"], row["den_published"], row["rate_published"]) == (2, None, None)
    assert (row["den_change"], row["rate_change"], row["status"]) == (None, None, "provisional")


@scenario
def first_heard_of_later(inputs: Inputs) -> None:
    inputs.order("o1", paid="2026-09-10", known="2026-09-13")


def test_a_shop_nobody_had_heard_of_had_no_orders_then(counted: Counted) -> None:
    row = mature(counted, first_heard_of_later, "2026-09-17")
    assert (row["den_published"], row["den_change"], row["rate_published"]) == (0, 1, None)


@pytest.fixture(scope="module")
def restless(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("restless"), dbt_project)
    restless_market(warehouse).count(RESTLESS_FIRST, RESTLESS_LAST, MODELS)
    return warehouse


def test_restatements_explain_a_restless_market(restless: Warehouse) -> None:
    causes = {row["cause"] for row in restless.rows("ccr.fct_restatements")}
    assert causes >= {"late_order", "order_moved", "exclusion_added", "exclusion_lifted", "late_feedback"}
    restless.test(RESTLESS_FIRST, RESTLESS_LAST, f"{MODELS} {PROMISES}")


@pytest.mark.parametrize(
    ("promise", "breaks"),
    [
        (
            "restatements_explain_every_change_of_a_past_day",
            "update ccr.fct_restatements set den_effective_change = den_effective_change + 1 "
            "where cause = 'late_order'",
        ),
        (
            "restatements_are_what_matures",
            "update ccr.fct_ccr_mature set num_change = num_change + 1 where subject_type = 'platform'",
        ),
        (
            "the_last_mature_figure_is_a_count_of_what_is_known",
            "update ccr.fct_ccr_mature set den_effective = den_effective + 1",
        ),
    ],
)
def test_a_broken_promise_is_found(restless: Warehouse, promise: str, breaks: str) -> None:
    table = breaks.split()[1]
    with restless.connect() as connection:
        connection.execute(f"create or replace table kept as select * from {table}")
        connection.execute(breaks)
    try:
        with pytest.raises(DbtFailedError, match=promise):
            restless.test(RESTLESS_FIRST, RESTLESS_LAST, promise)
    finally:
        with restless.connect() as connection:
            connection.execute(f"delete from {table}; insert into {table} select * from kept")
