"""The asset of the decisions tells which appeals had no effect on the ledger, and why."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow as pa
import pytest

from orchestration.appeals.schemas import APPEALS_TABLES
from orchestration.defs.penalties import decisions
from orchestration.penalties.candidates import CANDIDATE_ORDERS, CANDIDATES
from orchestration.penalties.ledger import Ledger
from orchestration.policy.tables import write_policy_tables
from orchestration.settings import Settings
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.landed import remember
from tests.unit.penalties.bench import SUNDAY, library, posted, shop
from tests.unit.penalties.told import statuses

DAY = SUNDAY + timedelta(days=9)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCR_HOME", str(tmp_path))
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema penalties")
        connection.execute("create schema intermediate")
        tables = {"fct_penalty_candidates": CANDIDATES, "fct_candidate_orders": CANDIDATE_ORDERS}
        for name, schema in tables.items():
            connection.register("given", schema.empty_table())
            connection.execute(f"create table penalties.{name} as from given")
            connection.unregister("given")
        connection.execute(
            "create table intermediate.int_platform_days as "
            "select cast(? as date) as business_day, 'douyin' as platform, 0 as unprocessed_days",
            [DAY],
        )
    write_policy_tables(library(), tmp_path / "lake")
    remember(tmp_path / "lake", DAY, "")
    return tmp_path


def appeal(home: Path, decision_id: str, filed_on: date) -> None:
    row = {
        "platform": "douyin", "appeal_key": "douyin:appeal:a", "seq": 1, "event": "upheld",
        "to_state": "approved", "shop_key": "douyin:s1", "subject_type": "decision",
        "subject_key": decision_id, "filed_on": filed_on,
    }  # fmt: skip
    rows = pa.Table.from_pylist([row], schema=APPEALS_TABLES["appeal_events"])
    write_partition(home / "lake", "appeals", "appeal_events", DAY, rows)


@pytest.mark.parametrize(("days", "status"), [(7, "reversed"), (8, "noticed")])
def test_an_appeal_filed_late_is_told_and_changes_nothing(home: Path, days: int, status: str) -> None:
    ledger = Ledger(Settings.from_environment().ledger_url)
    (name,) = posted(ledger, shop()).posted
    appeal(home, name, SUNDAY + timedelta(days=days))
    done = dg.materialize(
        [decisions],
        partition_key=str(DAY),
        resources={"house": House(home=str(home), landing=str(home / "landing"))},
    )
    (made,) = done.asset_materializations_for_node("penalties__decisions")
    told = made.metadata["disregarded"].value
    is_late = status == "noticed"
    assert made.metadata["appeals_disregarded"].value == len(told) == is_late
    assert made.metadata["appeals_reversed"].value == (not is_late)
    assert all(each.startswith("douyin:appeal:a: ") and each.endswith("[filed_late]") for each in told)
    assert statuses(ledger)[-1][0] == status
    ledger.close()
