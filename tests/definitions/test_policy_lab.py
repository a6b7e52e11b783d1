"""The lab is asked for and never runs at night; as an asset it keeps files and shows pictures."""

from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from orchestration.definitions import defs
from orchestration.defs import policy_lab
from orchestration.defs.automation import close_business_day
from orchestration.settings import Settings
from orchestration.wiring.house import House
from orchestration.wiring.partitions import Days
from tests.unit.lab.test_report import a_report

LAB = dg.AssetKey(["lab", "policy_simulation"])


def test_the_daily_job_runs_all_but_the_lab() -> None:
    graph = defs.resolve_asset_graph()
    nightly = defs.resolve_job_def("close_business_day").asset_layer
    assert set(graph.get_all_asset_keys()) - set(nightly.selected_asset_keys) == {LAB}
    selection = close_business_day.selection
    assert isinstance(selection, dg.AssetSelection)
    assert selection.resolve_checks(graph) == graph.asset_check_keys


# a resource reads the run's id in the way that Dagster is about to rename
@pytest.mark.filterwarnings("ignore:InitResourceContext:DeprecationWarning")
def test_the_asset_tries_what_its_configuration_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def report_of(settings: Settings, policy: Path, against: str | None, days: Days) -> object:
        asked.extend([settings.home, policy, against, days])
        return a_report()

    monkeypatch.setattr(policy_lab, "report_of", report_of)
    monkeypatch.delenv("CCR_POLICIES", raising=False)
    named = {"policy": "d/v.yaml", "first_day": "2026-09-28", "last_day": "2026-10-04", "against": "v1"}
    done = dg.materialize(
        [policy_lab.policy_simulation],
        resources={"house": House(home=str(tmp_path), landing=str(tmp_path / "landing"))},
        run_config={"ops": {"lab__policy_simulation": {"config": named}}},
    )
    assert done.success
    days = Days(date(2026, 9, 28), date(2026, 10, 4))
    assert asked == [tmp_path, Path("d/v.yaml"), "v1", days]
    (event,) = done.asset_materializations_for_node("lab__policy_simulation")
    assert event.metadata["moved"].value == 1
    assert str(event.metadata["tiers"].value).startswith("![tiers](data:image/png;base64,")
    kept = pq.read_table(tmp_path / "lab" / "douyin_ccr_2027-06-01_2026-09-28_2026-10-04" / "moved.parquet")
    assert kept["shop_key"].to_pylist() == ["a"]
