"""The planted appeals are there in every market, and what people filed beside them stays."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.landing.contract import SOURCES
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import policy_tables
from orchestration.sample.appeals import PLANTED_APPEALS
from orchestration.sample.market import write_market
from orchestration.sample.schedules import CASES
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.sample.conftest import Market


def rows_of(landing: Path) -> dict[str, list[dict[str, object]]]:
    found = defaultdict(list)
    for file in sorted(landing.glob("*/appeals/*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["appeal_id"]].append({**row, "day": file.stem, "platform": file.parent.parent.name})
    return dict(found)


@pytest.mark.parametrize("planted", PLANTED_APPEALS, ids=lambda planted: planted.appeal_id)
def test_a_planted_appeal_is_delivered_with_every_event(usual: Market, small: Market, planted) -> None:
    for market in (usual, small):
        rows = rows_of(market.landing)[planted.appeal_id]
        assert [row["event"] for row in rows] == [step.event for step in planted.steps]
        assert [row["event_no"] for row in rows] == list(range(1, len(rows) + 1))
        assert {row["platform"] for row in rows} == {planted.platform}
        assert all(str(row["happened_at"]).startswith(str(row["day"])) for row in rows)
        names = set(SOURCES["appeals"].names) | {"day", "platform"}
        assert all(set(row) <= names for row in rows)


def test_appeals_about_orders_are_about_planted_ones() -> None:
    orders = {planted.order_id for planted in PLANTED_APPEALS} - {None}
    assert orders <= {case.order_id for case in CASES}
    assert len(orders) == 4


def test_each_gives_a_reason_of_the_shipped_policy_and_the_evidence_it_asks_for() -> None:
    policy_of = {"pinduoduo": "pinduoduo_negative_experience", "douyin": "douyin_ccr"}
    offered = {
        (row["policy_id"], row["reason_code"]): row
        for row in policy_tables(PolicyLibrary.load([SHIPPED_POLICIES]))["policy_appeal_reasons"].to_pylist()
    }
    for planted in PLANTED_APPEALS:
        filing = planted.steps[0].more
        reason = offered[policy_of[planted.platform], filing["reason_code"]]
        kinds = {piece.partition(":")[0] for piece in filing["evidence"].split(";")}
        assert kinds >= set(reason["evidence_required"])
        if planted.refusal is None:
            about = "feedback" if planted.order_id is None else "order"
            assert about in reason["subject_types"]


def test_what_people_filed_stays_and_what_another_market_planted_goes(
    make_market: Callable[[int], Path],
) -> None:
    landing = make_market(11)
    filed = landing / "pinduoduo" / "appeals" / "2026-09-20" / "ccr.jsonl"
    filed.parent.mkdir()
    filed.write_text('{"appeal_id": "ccr-1"}\n', encoding="utf-8")
    write_market(landing, orders=2_000, days=40, seed=12, first_day=date(2026, 9, 1))
    assert filed.exists()
    events = {planted.appeal_id: len(planted.steps) for planted in PLANTED_APPEALS}
    assert {key: len(rows) for key, rows in rows_of(landing).items()} == events


def test_appeals_that_no_market_planted_are_not_written_over(make_market: Callable[[int], Path]) -> None:
    landing = make_market(11)
    own = landing / "douyin" / "appeals" / "2026-09-30.jsonl"
    own.write_text('{"appeal_id": "A-77"}\n', encoding="utf-8")
    with pytest.raises(FileExistsError, match="holds appeals that no market planted"):
        write_market(landing, orders=2_000, days=40, seed=11, first_day=date(2026, 9, 1))
    assert own.exists()
