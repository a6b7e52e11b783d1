"""Versions tried on the sample market: the lab judges as the house does, and leaves the house as it is."""

import hashlib
import json
import shlex
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.defs.simulating import NothingToSimulateError, simulate
from orchestration.policy.trial import Trial
from orchestration.settings import SHIPPED_POLICIES, Settings
from orchestration.wiring.partitions import Days
from tests.support.house import TestHouse
from tests.unit.cli.test_policies_page import TRIALS
from tests.unit.policy.books import DOUYIN, LATER

MILD, DEFAULTS = "douyin:planted_offender_mild", "douyin:planted_default_reviews"
SUNDAYS = (date(2026, 10, 4), date(2026, 10, 11))
WORDS_THAT_COUNT_ANYHOW = (
    *("platform_abnormal_flag", "platform_exempt_tag", "auto_default_review", "rating_text_contradiction"),
    *("meaningless_text", "template_text", "near_duplicate_burst", "wrong_product_review"),
    *("advertising", "buyer_frequency_cap", "bot_only_session", "out_of_hours_session"),
)


def settings_of(house: TestHouse) -> Settings:
    return Settings.from_environment({"CCR_HOME": str(house.home)})


def bytes_of(house: TestHouse) -> dict[str, str]:
    """Every file of the home but Dagster's own, by its bytes."""
    kept = [path for path in sorted(house.home.rglob("*")) if path.is_file()]
    return {
        str(path.relative_to(house.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in kept
        if path.relative_to(house.home).parts[0] not in {"history", "storage", "schedules", "logs"}
    }


def stored(house: TestHouse, columns: list[str]) -> list[dict[str, Any]]:
    """What the house itself judged and decided of Douyin's shops."""
    rows = house.query(
        f"""
        select {", ".join(columns)}
        from (
            select evaluations.*, candidates.tier, candidates.rule_id, candidates.severity,
                candidates.mode, candidates.occurrences_90d, decisions.decision_id is not null as is_decided
            from penalties.penalty_rate_evaluations as evaluations
            left join penalties.penalty_rate_candidates as candidates using (business_day, shop_key)
            left join penalties.decisions as decisions
                on evaluations.shop_key = decisions.subject_key
                and evaluations.business_day = decisions.business_day
            where evaluations.platform = 'douyin'
        )
        order by business_day, shop_key
        """
    )
    return [dict(zip(columns, row, strict=True)) for row in rows]


def draft(folder: Path) -> Path:
    """A version of one's own: a lower tier 2, and no evaluation left out for what it says."""
    text = (SHIPPED_POLICIES / DOUYIN).read_text(encoding="utf-8")
    start, end = text.index("dates:\n"), text.index("# grade:")
    text = f"{text[:start]}dates:\n  effective_from: 2027-06-01\n  enforced_from: 2027-06-01\n\n{text[end:]}"
    replaced = {
        "version: 2026-07-14\n": f"version: 2027-06-01\nsupersedes: {LATER.stem}\n",
        "ratio_to_benchmark_low: {at_least: 2.0}": "ratio_to_benchmark_low: {at_least: 1.3}",
        "ratio_to_benchmark_low: {at_least: 1.3}\n    measures:\n      - violation": (
            "ratio_to_benchmark_low: {at_least: 1.1}\n    measures:\n      - violation"
        ),
        **{f"    - {code}\n": "" for code in WORDS_THAT_COUNT_ANYHOW},
    }
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "douyin_ccr" / "2027-06-01.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def as_in_force(golden: TestHouse) -> pa.Table:
    """The version in force, tried over the whole sample."""
    settings = settings_of(golden)
    trial = Trial.of_file(settings.policy_folders, SHIPPED_POLICIES / DOUYIN)
    with tempfile.TemporaryDirectory() as folder:
        found = simulate(settings, trial, None, Days(date(2026, 9, 1), date(2026, 10, 15)), Path(folder))
    assert found.against_name == "as in force"
    assert found.tried.equals(found.against)
    return found.tried


def test_the_version_in_force_judges_as_the_house_did(golden: TestHouse, as_in_force: pa.Table) -> None:
    columns = [
        *("business_day", "shop_key", "policy_version", "num_effective", "den_effective", "rate", "ci_low"),
        *("benchmark_rate", "ratio_to_benchmark_low", "prob_above_threshold", "distinct_buyers", "status"),
        *("held_back_by", "is_occurrence", "occurrences_90d", "tier", "rule_id", "severity", "mode"),
    ]
    expected = stored(golden, columns)
    assert len(expected) > 400
    assert {row["tier"] for row in expected} > {"T1", "T2"}
    assert as_in_force.select(columns).to_pylist() == expected


def test_the_lab_decides_on_whom_the_house_decided(golden: TestHouse, as_in_force: pa.Table) -> None:
    decided = [row["is_decided"] for row in stored(golden, ["business_day", "shop_key", "is_decided"])]
    assert [outcome == "decided" for outcome in as_in_force["outcome"].to_pylist()] == decided
    money = golden.query(
        "select cast(sum(amount_fen) as bigint) from penalties.decisions where subject_type = 'shop'"
    )
    assert [(sum(amount or 0 for amount in as_in_force["amount_fen"].to_pylist()),)] == money


@pytest.fixture(scope="module")
def trials(golden: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, str]]:
    """The commands of the page as written: the folder they ran in, what they said, the home before them."""
    folder = tmp_path_factory.mktemp("trials")
    draft(folder / "my_policies")
    before = bytes_of(golden)
    said = [golden.ccr(*shlex.split(command)[1:], cwd=folder) for command in TRIALS]
    return folder, said[0], before


def test_ledger_warehouse_and_lake_are_as_before(
    golden: TestHouse, trials: tuple[Path, str, dict[str, str]]
) -> None:
    assert {"ledger.sqlite", "warehouse.duckdb"} < set(trials[2])
    assert bytes_of(golden) == trials[2]


def test_a_stricter_ladder_moves_the_planted_shops_up(trials: tuple[Path, str, dict[str, str]]) -> None:
    folder, _, _ = trials
    moved = pq.read_table(folder / "trial" / "moved.parquet").to_pylist()
    assert [(row["business_day"], row["shop_key"], row["from_tier"], row["to_tier"]) for row in moved] == [
        (SUNDAYS[0], MILD, "T1", "T2"),
        (SUNDAYS[1], DEFAULTS, "none", "T0"),  # its default reviews count under the draft
        (SUNDAYS[1], MILD, "T1", "T2"),
    ]
    assert (moved[0]["from_amount_fen"], moved[0]["to_amount_fen"]) == (200_000, 700_000)
    assert [row["to_outcome"] for row in moved] == ["decided", "decided", "in_cooldown"]
    figures = json.loads((folder / "trial" / "simulation.json").read_text(encoding="utf-8"))
    whole = {row["side"]: row for row in figures["summary"] if row["grouped_by"] == "all"}
    assert whole["tried"]["amount_fen"] - whole["against"]["amount_fen"] == 500_000
    assert figures["against"] == "douyin_ccr 2026-07-14"


def test_a_person_reads_who_moves_and_what_was_assumed(trials: tuple[Path, str, dict[str, str]]) -> None:
    _, said, _ = trials
    for part in (
        "douyin_ccr 2027-06-01 against as in force, 2026-09-28..2026-10-15",
        "its document says 2027-06-01",
        "Occurrences and cooldowns begin on 2026-09-28",
        "innocent, expected",
        "Who moves",
    ):
        assert part in said
    assert MILD in said


def test_an_evaluation_that_the_version_lets_count_makes_orders_negative(
    trials: tuple[Path, str, dict[str, str]],
) -> None:
    rows = pq.read_table(trials[0] / "trial" / "evaluations.parquet").to_pylist()
    tried, against = (
        sum(row["num_effective"] for row in rows if row["side"] == side) for side in ("tried", "against")
    )
    assert tried > against


def test_days_that_no_period_ends_on_have_nothing_to_try(golden: TestHouse, tmp_path: Path) -> None:
    settings = settings_of(golden)
    trial = Trial.of_file(settings.policy_folders, SHIPPED_POLICIES / DOUYIN)
    monday = date(2026, 10, 12)
    with pytest.raises(NothingToSimulateError, match="its days were run from 2026-09-01 to 2026-10-15"):
        simulate(settings, trial, None, Days(monday, monday), tmp_path)
