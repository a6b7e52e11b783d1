"""A home whose ledger, and its copy in the lake, have a few decisions; nothing else was run in it."""

from pathlib import Path

import duckdb
from sqlalchemy import insert

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import write_snapshot
from orchestration.penalties.tables import decisions
from tests.unit.penalties.bench import posted, shop, ticket, url_of

OLD = "0" * 64


def decide(home: Path) -> None:
    """Posts a rate and a ticket of 2026-10-11, and writes a decision from before there were statements."""
    ledger = Ledger(url_of(home / "ledger.sqlite"))
    posted(ledger, shop(), ticket())
    with ledger.writing("older") as connection:
        row = dict(connection.execute(decisions.select().limit(1)).mappings().one())
        older = {"decision_id": OLD, "reasons": {"calculation": {"zh": "十二单", "en": "twelve"}}}
        connection.execute(insert(decisions), row | older)
    write_snapshot(ledger, home / "lake")
    ledger.close()
    duckdb.connect(str(home / "warehouse.duckdb")).close()
