"""A warehouse of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.unit.records.market import Market


@pytest.fixture
def market() -> Iterator[Market]:
    made = Market()
    yield made
    made.connection.close()
