"""The page of exceptions names every one, and no other."""

import re

from orchestration.reconciling.exceptions import MEANINGS
from orchestration.settings import PROJECT


def test_the_page_names_every_exception() -> None:
    page = (PROJECT / "docs" / "reconciling.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(MEANINGS)
