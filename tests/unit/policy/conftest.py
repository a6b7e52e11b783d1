from pathlib import Path

import pytest

from tests.unit.policy.books import Book


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "policies")
