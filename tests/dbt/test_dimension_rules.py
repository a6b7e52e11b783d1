"""A policy may count a dimension as another: the total stays, the parts move."""

import pytest

from tests.dbt.scoring import FIRST, LAST, SCORES, score
from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

scenario = Scenarios()
PARTS = ("overall", "product", "content", "service", "logistics")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("dimensions"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, SCORES)


def negatives(counted: Counted, arrange: Arrange, day: str = LAST) -> list[int]:
    return [score(counted, arrange, day, dimension=part)["num_effective"] for part in PARTS]


def _orders(inputs: Inputs) -> None:
    inputs.order("late", paid="2026-10-01")
    inputs.feedback("f late", "late", "2026-10-02", dimension="logistics", issue="late_ship")
    inputs.order("rude and late", paid="2026-10-01")
    inputs.feedback("f rude", "rude and late", "2026-10-02", dimension="service", issue="rude_or_mocking")
    inputs.feedback("g late", "rude and late", "2026-10-02", dimension="logistics", issue="late_ship")


@scenario
def as_said(inputs: Inputs) -> None:
    inputs.policy("p", platform=inputs.platform, mode="score_only")
    _orders(inputs)


@scenario
def logistics_counts_as_service(inputs: Inputs) -> None:
    inputs.policy("q", platform=inputs.platform, mode="score_only")
    inputs.add(
        "policies.policy_dimensions",
        *(
            {
                "policy_id": "q", "version": "1", "dimension": part, "enabled": True,
                "count_as": "service" if part == "logistics" else part,
            }
            for part in PARTS[1:]
        ),
    )  # fmt: skip
    _orders(inputs)


def test_each_dimension_counts_as_itself_where_the_policy_says_nothing(counted: Counted) -> None:
    assert negatives(counted, as_said) == [2, 0, 0, 1, 2]


def test_an_order_is_a_negative_of_the_other_dimension_once(counted: Counted) -> None:
    assert negatives(counted, logistics_counts_as_service) == [2, 0, 0, 2, 0]
    rows = counted.rows(logistics_counts_as_service, "ccr.fct_negative_orders", where="dimension = 'service'")
    assert {row["order_key"]: row["issue_codes"] for row in rows} == {
        "late": ["late_ship"],
        "rude and late": ["late_ship", "rude_or_mocking"],
    }


def test_the_listed_orders_are_still_the_numerator(counted: Counted) -> None:
    counted.warehouse.test(
        FIRST, LAST, "the_numerator_equals_the_listed_orders dimensions_never_exceed_the_total"
    )
