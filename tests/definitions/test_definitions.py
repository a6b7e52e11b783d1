"""What Dagster is told: the lineage, who owns it, when it runs."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs.automation import close_business_day_daily, late_deliveries
from orchestration.landing.files import fingerprints
from orchestration.wiring.landed import remember, remembered, stale_ranges
from orchestration.wiring.partitions import Days

LINEAGE = Path(__file__).with_name("lineage.txt")


def lineage() -> str:
    graph = defs.resolve_asset_graph()
    return "".join(
        f"{key.to_user_string()} <- {', '.join(sorted(parents(graph, key)))}\n"
        for key in sorted(graph.get_all_asset_keys())
    )


def parents(graph: Any, key: dg.AssetKey) -> list[str]:
    return [parent.to_user_string() for parent in graph.get(key).parent_keys]


def test_the_lineage_is_the_one_reviewed() -> None:
    assert lineage() == LINEAGE.read_text(encoding="utf-8"), f"review the change, then rewrite {LINEAGE.name}"


def test_every_asset_tells_a_reader_what_it_is() -> None:
    graph = defs.resolve_asset_graph()
    silent = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if not (
            graph.get(key).description and graph.get(key).owners and graph.get(key).group_name != "default"
        )
    ]
    assert silent == []


def test_an_unsound_score_blocks_and_an_implausible_one_warns() -> None:
    graph = defs.resolve_asset_graph()
    checks = {key.name: graph.get(key) for key in graph.asset_check_keys}
    assert checks["fct_ccr_is_sound"].blocking
    assert not checks["fct_ccr_is_plausible"].blocking
    tables = (
        "orders",
        "reviews",
        "after_sales",
        "complaints",
        "im_messages",
        "fct_ccr",
        "fct_penalty_candidates",
    )
    assert {f"{table}_is_{grade}" for table in tables for grade in ("sound", "plausible")} <= set(checks)


def test_the_ledger_stands_behind_the_checked_score() -> None:
    parents = defs.resolve_asset_graph().get(dg.AssetKey(["penalties", "decisions"])).parent_keys
    assert dg.AssetKey(["ccr", "fct_ccr"]) in parents
    assert dg.AssetKey(["penalties", "fct_penalty_candidates"]) in parents


def test_the_night_run_closes_yesterday_in_shanghai() -> None:
    assert (close_business_day_daily.cron_schedule, close_business_day_daily.execution_timezone) == (
        "30 2 * * *",
        "Asia/Shanghai",
    )
    # 18:30 UTC is 02:30 of the next day in Shanghai
    with dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 9, 1, 18, 30, tzinfo=UTC),
        repository_def=defs.get_repository_def(),
    ) as context:
        requests = close_business_day_daily.evaluate_tick(context).run_requests
    assert [request.partition_key for request in requests or []] == ["2026-09-01"]


def deliver(landing: Path, day: str, text: str) -> None:
    file = landing / "douyin" / "orders" / f"{day}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four days processed, the third of them without a file; returns the landing folder."""
    landing = tmp_path / "landing"
    monkeypatch.setenv("CCR_HOME", str(tmp_path))
    monkeypatch.setenv("CCR_LANDING", str(landing))
    for day in ("2026-09-01", "2026-09-02", "2026-09-04"):
        deliver(landing, day, "")
    first, last = date(2026, 9, 1), date(2026, 9, 4)
    files = fingerprints(landing, first, last)
    for day in Days(first, last):
        remember(tmp_path / "lake", day, files.get(day, ""))
    return landing


def requested(context: dg.SensorEvaluationContext | None = None) -> list[dict[str, str]]:
    tick = late_deliveries.evaluate_tick(
        context or dg.build_sensor_context(repository_def=defs.get_repository_def())
    )
    return [
        {key: value for key, value in request.tags.items() if key.startswith("dagster/asset_partition")}
        for request in tick.run_requests or []
    ]


def test_nothing_runs_while_files_are_as_they_were(landed: Path) -> None:
    assert requested() == []


def test_a_late_file_runs_just_its_day_again(landed: Path) -> None:
    deliver(landed, "2026-09-03", "")
    assert requested() == [
        {
            "dagster/asset_partition_range_start": "2026-09-03",
            "dagster/asset_partition_range_end": "2026-09-03",
        }
    ]


def test_corrected_neighbours_run_as_one_range(landed: Path) -> None:
    deliver(landed, "2026-09-01", "{}\n")
    deliver(landed, "2026-09-02", "{}\n")
    assert [tags["dagster/asset_partition_range_end"] for tags in requested()] == ["2026-09-02"]


def test_a_file_taken_away_is_a_change_too(landed: Path, tmp_path: Path) -> None:
    (landed / "douyin" / "orders" / "2026-09-02.jsonl").unlink()
    first, last = date(2026, 9, 1), date(2026, 9, 4)
    stale = stale_ranges(remembered(tmp_path / "lake"), fingerprints(landed, first, last))
    assert stale == [Days(date(2026, 9, 2), date(2026, 9, 2))]
