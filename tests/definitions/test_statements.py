"""The asset of the statements publishes a day whole, and again to the same bytes."""

import json
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.statements import statements
from orchestration.wiring.house import House
from orchestration.wiring.landed import remember
from tests.support.decided_home import OLD, decide

DAY = "2026-10-11"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCR_HOME", str(tmp_path))
    decide(tmp_path)
    remember(tmp_path / "lake", date.fromisoformat(DAY), "")
    return tmp_path


def publish(home: Path) -> dict[str, bytes]:
    done = dg.materialize(
        [statements],
        partition_key=DAY,
        resources={"house": House(home=str(home), landing=str(home / "landing"))},
    )
    assert done.success
    (made,) = done.asset_materializations_for_node("published__statements")
    assert made.metadata["dagster/row_count"].value == 2
    folder = home / "published" / "statements" / f"business_day={DAY}"
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_day_is_published_with_its_manifest_and_again_to_the_same_bytes(home: Path) -> None:
    files = publish(home)
    manifest = json.loads(files["manifest.json"])
    assert manifest["business_day"] == DAY
    assert {file["name"] for file in manifest["files"]} == set(files) - {"manifest.json"}
    assert len(files) == 2 * 5 + 1
    assert not any(name.startswith(OLD) for name in files)
    assert publish(home) == files
