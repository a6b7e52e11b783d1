"""The planted market comes out as planted, with reasons; a broken score stops at the door."""

import csv
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.stale import stale
from orchestration.sample.planted import (
    PLANTED_BAD_ROWS,
    PLANTED_ORDERS,
    PLANTED_SHOPS,
    Planted,
    PlantedBadRow,
)
from orchestration.settings import SHIPPED_POLICIES
from orchestration.wiring.versions_used import versions_used
from tests.pipeline.conftest import SPAN
from tests.support.house import TestHouse


def tiers_of(house: TestHouse, shop: str) -> set[str]:
    rows = house.query(
        "select tier from penalties.decisions where mode = 'enforce' and subject_type = 'shop' "
        f"and shop_key = 'douyin:{shop}'"
    )
    return {str(tier) for (tier,) in rows}


@pytest.mark.parametrize("planted", PLANTED_SHOPS, ids=lambda planted: planted.role)
def test_a_planted_shop_is_judged_as_planted(golden: TestHouse, planted: Planted) -> None:
    tiers = tiers_of(golden, str(planted.shop_id))
    if planted.expected == "penalised":
        assert tiers, planted.why
        assert tiers <= set(planted.tiers), planted.why
    else:
        assert tiers == set(), f"{planted.why}: {planted.reason}"


@pytest.mark.parametrize("planted", PLANTED_ORDERS, ids=lambda planted: planted.role)
def test_a_planted_order_brings_a_ticket_or_none(golden: TestHouse, planted: Planted) -> None:
    tickets = golden.query(
        "select rule_id from penalties.decisions where subject_type = 'order' "
        f"and subject_key = '{planted.platform}:{planted.order_id}'"
    )
    assert len(tickets) == (1 if planted.expected == "penalised" else 0), planted.why


@pytest.mark.parametrize("planted", PLANTED_BAD_ROWS, ids=lambda planted: planted.key)
def test_a_planted_bad_row_is_in_quarantine(golden: TestHouse, planted: PlantedBadRow) -> None:
    rows = golden.query(
        f"select column_name, line from raw.quarantine where platform = '{planted.platform}' "
        f"and source = '{planted.source}' and row_json like '%{planted.key}%'"
    )
    assert [column for column, _ in rows] == [planted.column], planted.why
    assert all(isinstance(line, int) and line > 0 for _, line in rows)


def test_every_decision_shows_words_that_its_feedback_holds(golden: TestHouse) -> None:
    without = golden.query(
        """
        with texts as (
            select feedback_key, 'text' as field, text
            from intermediate.int_feedback_events where is_first_version
            union all
            select feedback_key, 'reason_text', reason_text
            from intermediate.int_feedback_events where is_first_version
            union all
            select feedback_key, 'message:' || message_id, text from intermediate.int_session_messages
        ),
        worded as (
            select orders.decision_id,
                   bool_or(contains(coalesce(texts.text, ''), orders.span_text)
                           or spans.kind not in ('keyword', 'model')) as is_shown
            from penalties.decision_orders as orders
            inner join classified.evidence_spans as spans
                on orders.feedback_key = spans.feedback_key and orders.span_text = spans.span_text
                and orders.span_field = spans.field
            left join texts on orders.feedback_key = texts.feedback_key and orders.span_field = texts.field
            group by orders.decision_id
        )
        select decisions.decision_id from penalties.decisions
        left join worded on decisions.decision_id = worded.decision_id
        where not coalesce(worded.is_shown, false)
        """
    )
    assert without == []


def test_a_decision_lists_as_many_orders_as_it_counts(golden: TestHouse) -> None:
    wrong = golden.query(
        "select decisions.decision_id, any_value(num), count(distinct order_key) from penalties.decisions "
        "left join penalties.decision_orders as orders on decisions.decision_id = orders.decision_id "
        "where subject_type = 'shop' group by all having any_value(num) <> count(distinct order_key)"
    )
    assert wrong == []
    assert golden.query("select count(*) from penalties.decisions where subject_type = 'shop'") != [(0,)]


def test_the_published_lists_agree_with_their_manifests_and_the_ledger(golden: TestHouse) -> None:
    listed = 0
    for manifest in sorted((golden.home / "published").glob("business_day=*/manifest.json")):
        folder = manifest.parent
        rows = pq.read_table(folder / "penalty_list.parquet").num_rows
        with (folder / "penalty_list.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == rows
        assert len(json.loads((folder / "penalty_list.json").read_text(encoding="utf-8"))) == rows
        assert manifest.stat().st_size > 0
        listed += rows
    posted = golden.query("select count(*) from penalties.decisions where mode = 'enforce'")
    assert listed > 0
    assert posted == [(listed,)]


def test_the_result_is_printed_with_interval_words_and_reasons(golden: TestHouse) -> None:
    said = golden.ccr("result", "--day", "2026-10-15")
    for part in (
        "95 % interval",
        "the words",
        "Excluded and why",
        "brushing_cluster",
        "quarantined rows",
        "Next:",
    ):
        assert part in said
    assert "planted_offender_severe" in said


def score_only_policies(folder: Path) -> Path:
    shutil.copytree(SHIPPED_POLICIES, folder)
    for file in folder.rglob("*.yaml"):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert document["mode"] in {"enforce", "score_only", "shadow"}
        text = file.read_text(encoding="utf-8").replace("\nmode: enforce", "\nmode: score_only")
        file.write_text(text, encoding="utf-8")
    return folder


def test_score_only_moves_every_decision_to_the_shadow_list_and_no_score(
    golden: TestHouse, tmp_path: Path
) -> None:
    policies = score_only_policies(tmp_path / "policies")
    own = {"CCR_POLICIES": str(policies), "CCR_SHIPPED_POLICIES": "no"}
    house = TestHouse(tmp_path / "home", golden.landing, own)
    house.run(SPAN)
    scores = "select * from ccr.fct_ccr order by all"
    assert house.query(scores) == golden.query(scores)
    subjects = "select shop_key, subject_key, period_key, tier from penalties.decisions order by all"
    assert house.query(subjects) == golden.query(subjects)
    assert house.query("select distinct mode from penalties.decisions") == [("shadow",)]


def copy_without_ledger(golden: TestHouse, folder: Path) -> TestHouse:
    shutil.copytree(golden.home, folder)
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()
    return TestHouse(folder, golden.landing)


def test_an_unsound_score_never_reaches_the_ledger(golden: TestHouse, tmp_path: Path) -> None:
    house = copy_without_ledger(golden, tmp_path / "home")
    house.execute(
        "update ccr.fct_ccr set num_effective = den_effective + 1 where business_day = date '2026-10-11' "
        "and subject_id = 'douyin:planted_offender_severe' and dimension = 'overall' and window_days = 30"
    )
    with pytest.raises(AssertionError, match="fct_ccr_is_sound"):
        house.decide(SPAN)
    assert not (house.home / "ledger.sqlite").exists()


def test_the_same_scores_unspoilt_are_posted(golden: TestHouse, tmp_path: Path) -> None:
    house = copy_without_ledger(golden, tmp_path / "home")
    house.decide(SPAN)
    decisions = "select * from penalties.decisions order by all"
    assert house.query(decisions) == golden.query(decisions)


def test_each_day_keeps_the_versions_that_the_rule_book_names_for_it(golden: TestHouse) -> None:
    used = versions_used(golden.home / "lake")
    assert {platform for _, platform in used} == {"douyin", "pinduoduo"}
    assert len(used) == 2 * 45
    assert stale(used, PolicyLibrary.load([SHIPPED_POLICIES])) == []
