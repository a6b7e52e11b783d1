"""Whole statements to be shown, each of a decision that is posted to a ledger of its own."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import snapshot
from orchestration.penalties.statement import whole
from tests.unit.penalties.bench import posted, url_of, words_of

Row = dict[str, Any]


def statement(folder: Path, candidate: Row, **words: Any) -> Row:
    """The statement of a candidate that is posted to a ledger of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(url_of(folder / f"{len(list(folder.iterdir()))}.sqlite"))
    try:
        report = posted(ledger, candidate, words=words_of(candidate, **words))
        assert report.refused == []
        tables: dict[str, pa.Table] = snapshot(ledger)
    finally:
        ledger.close()
    (decision,) = tables["decisions"].to_pylist()
    return whole(decision, json.loads(decision["reasons"]), tables["decision_orders"].to_pylist())
