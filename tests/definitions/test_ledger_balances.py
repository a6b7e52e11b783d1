"""Nothing is published from a ledger that does not balance."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.assembly import build_definitions
from orchestration.defs.ledger import balance_of
from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.lived import entry, write


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


def test_a_ledger_that_balances_passes(url: str) -> None:
    ledger = Ledger(url)
    write(ledger, "d1", ["noticed"], [entry("d1", "issue", 200_000)])
    ledger.close()
    result = balance_of(url)
    assert result.passed
    assert result.metadata["imbalances"].value == 0


def test_a_ledger_that_does_not_balance_is_named_and_not_at_length(url: str) -> None:
    ledger = Ledger(url)
    for number in range(25):
        write(ledger, f"d{number:02d}", ["executed"], [entry(f"d{number:02d}", "issue", 200_000)])
    ledger.close()
    result = balance_of(url)
    assert not result.passed
    assert result.severity is dg.AssetCheckSeverity.ERROR
    assert result.metadata["imbalances"].value == 25
    named = str(result.metadata["named"].value).splitlines()
    assert len(named) == 20
    assert named[0].startswith(
        "- decision d00 of douyin:s1 (executed): nothing is outstanding or frozen once"
    )
    assert result.description is not None
    assert result.description.count("decision d") == 5


def test_it_stands_between_the_decisions_and_the_lists() -> None:
    graph = build_definitions().resolve_asset_graph()
    key = dg.AssetCheckKey(dg.AssetKey(["penalties", "decisions"]), "ledger_balances")
    check = graph.get_check_spec(key)
    assert check.blocking
    assert (
        dg.AssetKey(["penalties", "decisions"])
        in graph.get(dg.AssetKey(["published", "penalty_list"])).parent_keys
    )
