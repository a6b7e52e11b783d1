"""Which version holds for a platform on a day: one for CCR, one for tickets, whatever else is declared."""

from typing import Any

import pytest

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.warehouse import DbtProject, Warehouse

FIRST = "2026-09-01"
LAST = "2026-09-04"

scenario = Scenarios()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Counted:
    warehouse = Warehouse(tmp_path_factory.mktemp("policies_in_force"), dbt_project)
    return scenario.count(warehouse, FIRST, LAST, "int_platform_days int_policies_in_force")


def in_force(counted: Counted, arrange: Arrange) -> list[Any]:
    rows = counted.rows(arrange, "intermediate.int_policies_in_force")
    return sorted(
        (f"{row['business_day']:%d}", row["kind"], row["metric_id"], row["policy_id"], row["policy_version"])
        for row in rows
    )


def companion(inputs: Inputs, policy: str, **values: Any) -> None:
    inputs.policy(
        policy,
        **{"platform": inputs.platform, "metric_id": "quality_return_rate", "window_days": 7, **values},
    )


@scenario
def companion_alone(inputs: Inputs) -> None:
    companion(inputs, "a_returns", effective_from="2026-09-02")


def test_a_companion_metric_does_not_take_the_place_of_the_common_ccr(counted: Counted) -> None:
    assert in_force(counted, companion_alone) == [
        (day, "rate", "ccr_rate", "reference", "1") for day in ("01", "02", "03", "04")
    ]


@scenario
def companions_and_ccr(inputs: Inputs) -> None:
    inputs.policy("own", platform=inputs.platform, effective_from="2026-09-03")
    companion(inputs, "newer_returns", effective_from="2026-09-04")
    companion(inputs, "older_help", metric_id="platform_help_rate")
    inputs.policy("tickets", platform=inputs.platform, kind="per_order_ticket", metric_id=None)


def test_ccr_and_tickets_have_one_version_a_day_beside_companions(counted: Counted) -> None:
    tickets = [(day, "per_order_ticket", None, "tickets", "1") for day in ("01", "02", "03", "04")]
    assert in_force(counted, companions_and_ccr) == sorted(
        [
            *tickets,
            ("01", "rate", "ccr_rate", "reference", "1"),
            ("02", "rate", "ccr_rate", "reference", "1"),
            ("03", "rate", "ccr_rate", "own", "1"),
            ("04", "rate", "ccr_rate", "own", "1"),
        ]
    )
