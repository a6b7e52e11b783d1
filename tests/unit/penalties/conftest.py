from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.bench import url_of

NewStore = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> NewStore:
    """The URL of a store that is not there yet, in each of the databases that the ledger may be kept in."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").new_store
    made: list[str] = []

    def new_file() -> str:
        made.append(url_of(tmp_path / f"ledger_{len(made) + 1}.sqlite"))
        return made[-1]

    return new_file


@pytest.fixture
def store(new_store: NewStore) -> str:
    """The URL of the store that `ledger` is opened at."""
    return new_store()


@pytest.fixture
def ledger(store: str) -> Iterator[Ledger]:
    opened = Ledger(store)
    yield opened
    opened.close()
