"""Scenarios of a test module, each on a platform of its own, so that one dbt run counts them all.

scenario = Scenarios()

@scenario
def two_complaints(inputs: Inputs) -> None:
    inputs.order("o1")
    ...

@pytest.fixture(scope="module")
def counted(tmp_path_factory, dbt_project):
    return scenario.count(Warehouse(...), FIRST, LAST)

def test_two_complaints_are_one_negative(counted: Counted) -> None:
    assert counted.rows(two_complaints, "ccr.fct_negative_orders") == ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.inputs import COUNTING, Inputs
from tests.support.warehouse import Day, Warehouse

Arrange = Callable[[Inputs], None]


@dataclass(frozen=True)
class Counted:
    """What dbt made of the scenarios."""

    warehouse: Warehouse

    def rows(
        self, scenario: Arrange, table: str, order_by: str = "all", where: str = "true"
    ) -> list[dict[str, Any]]:
        """The rows of the scenario's platform, with its name cut off the keys."""
        platform = _platform(scenario)
        found = self.warehouse.rows(table, order_by, f"platform = '{platform}' and ({where})")
        return [{name: _short(value, platform) for name, value in row.items()} for row in found]

    def row(self, scenario: Arrange, table: str, where: str = "true") -> dict[str, Any]:
        """The only row there is."""
        (found,) = self.rows(scenario, table, where=where)
        return found


class Scenarios:
    """A decorator that remembers what it decorates, and a way to count it all."""

    def __init__(self) -> None:
        self._arrangements: list[Arrange] = []

    def __call__(self, arrange: Arrange) -> Arrange:
        self._arrangements.append(arrange)
        return arrange

    def all(self) -> list[Arrange]:
        """What was decorated so far."""
        return list(self._arrangements)

    def count(self, warehouse: Warehouse, first: Day, last: Day, select: str = COUNTING) -> Counted:
        """Every day is delivered, unless a scenario delivers days itself."""
        inputs = Inputs(warehouse)
        for arrange in self._arrangements:
            own = inputs.on(_platform(arrange))
            arrange(own)
            if not own.has_deliveries():
                own.deliver(first, last)
        inputs.count(first, last, select)
        return Counted(warehouse)


def _platform(scenario: Arrange) -> str:
    return scenario.__name__


def _short(value: Any, platform: str) -> Any:
    if isinstance(value, str):
        return value.removeprefix(f"{platform}:")
    return value
