from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.bench import url_of


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(url_of(tmp_path / "ledger.sqlite"))
    yield opened
    opened.close()
