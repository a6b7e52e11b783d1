"""The lake's copy of the ledger: typed, sorted, whole, and the same bytes from either database."""

import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert

from orchestration.penalties import snapshot as snapshots
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import SNAPSHOTS, snapshot, write_snapshot
from orchestration.penalties.tables import METADATA, decision_orders, decisions
from tests.support.postgres import PostgresServer
from tests.unit.penalties.bench import posted, shop, ticket, url_of
from tests.unit.penalties.lived import a_row_in_every_table, decision


def files(lake: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (lake / "penalties").iterdir()}


def test_a_snapshot_is_typed_and_sorted_and_the_same_bytes(ledger: Ledger, tmp_path: Path) -> None:
    posted(ledger, shop("s2"), ticket())
    posted(ledger, shop("s1"))
    counts = write_snapshot(ledger, tmp_path / "first")
    assert {name: counts[name] for name in ("decisions", "measures", "decision_orders")} == {
        "decisions": 3,
        "measures": 7,
        "decision_orders": 25,
    }
    write_snapshot(ledger, tmp_path / "second")
    assert files(tmp_path / "first") == files(tmp_path / "second")
    for name, schema in SNAPSHOTS.items():
        assert pq.read_schema(tmp_path / "first" / "penalties" / f"{name}.parquet").equals(schema)
    shops = pq.read_table(tmp_path / "first" / "penalties" / "decisions.parquet")["shop_key"].to_pylist()
    assert shops == ["douyin:s1", "douyin:s2", "pinduoduo:s9"]


def test_all_is_told_but_who_looked_at_it(ledger: Ledger, tmp_path: Path) -> None:
    a_row_in_every_table(ledger)
    assert write_snapshot(ledger, tmp_path) == dict.fromkeys(set(METADATA.tables) - {"audit_log"}, 1)
    assert {path.name for path in (tmp_path / "penalties").iterdir()} == {
        f"{name}.parquet" for name in SNAPSHOTS
    }
    (measure,) = pq.read_table(tmp_path / "penalties" / "measures.parquet").to_pylist()
    assert measure["params"] == '{"a":2,"b":1}'


# In one language's order, capitals and marks mingle; by their bytes they do not.
NAMES = ["b", "B", "a", "A", "é", "e", "_", "-", "甲", "乙", "Z", "z1", "z10", "z2"]


@pytest.mark.parametrize("at_once", [3, 10_000])
def test_both_databases_give_the_same_bytes(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(snapshots, "_AT_ONCE", at_once)
    stores = {"sqlite": url_of(tmp_path / "ledger.sqlite"), "postgresql": postgres.new_store()}
    for number, (database, url) in enumerate(stores.items()):
        ledger = Ledger(url)
        posted(ledger, shop(), ticket())
        for name in NAMES if number else reversed(NAMES):
            a_row_in_every_table(ledger, name)
        write_snapshot(ledger, tmp_path / database)
        ledger.close()
    assert files(tmp_path / "sqlite") == files(tmp_path / "postgresql")
    for file in files(tmp_path / "sqlite"):
        assert pq.ParquetFile(tmp_path / "sqlite" / "penalties" / file).metadata.num_row_groups >= (
            4 if at_once == 3 else 1
        )


def test_an_empty_ledger_has_typed_tables(ledger: Ledger, tmp_path: Path) -> None:
    assert {name: table.schema for name, table in snapshot(ledger).items()} == SNAPSHOTS
    assert set(write_snapshot(ledger, tmp_path).values()) == {0}
    for name, schema in SNAPSHOTS.items():
        assert pq.read_schema(tmp_path / "penalties" / f"{name}.parquet").equals(schema)


def test_a_snapshot_that_is_cut_leaves_the_former_one(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_row_in_every_table(ledger)
    write_snapshot(ledger, tmp_path)
    before = files(tmp_path)
    a_row_in_every_table(ledger, "d2")
    encode = snapshots.canonical_json

    def cut(value: Any) -> str:
        if "tier" in value:  # of a reassessment: the tables before it are written by then
            raise InterruptedError
        return encode(value)

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "canonical_json", cut)
        with pytest.raises(InterruptedError):
            write_snapshot(ledger, tmp_path)
    assert {name: files(tmp_path)[name] for name in before} == before
    assert write_snapshot(ledger, tmp_path)["decisions"] == 2


def test_a_snapshot_holds_few_rows_at_once(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_AT_ONCE", 500)
    word = {"order_key": "o", "feedback_key": "f", "channel": "review", "dimension": "product"}
    told = word | {"span_field": "text", "span_text": "坏" * 200, "decision_id": "d1"}
    with ledger.writing("test") as connection:
        connection.execute(insert(decisions), decision("d1"))
        connection.execute(insert(decision_orders), [told | {"seq": seq} for seq in range(20_000)])
    tracemalloc.start()
    write_snapshot(ledger, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000  # the words alone are 12 MB
