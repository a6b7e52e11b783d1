"""The same project on Spark says the same, to the row."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.reviewing.book import Book
from orchestration.reviewing.decision import Choice, Signature, decided
from orchestration.wiring.asked import asked, codes
from orchestration.wiring.dbt_manifest import parsed_manifest
from orchestration.wiring.house import House
from tests.support.house import PROJECT, TestHouse

pytestmark = pytest.mark.spark

LAST = "2026-10-15"
WORDS = "买家 13800138000 住幸福路12号，投诉属实"
BOOKED = f"{LAST}T02:00:00Z"
OF_THE_PLATFORM = {
    "platform_tickets": {
        "ticket_id": "t1", "shop_id": "s1", "order_id": "o1", "ticket_type": "wrong_goods", "status": "fined",
        "amount_fen": 500, "reason": WORDS, "created_at": BOOKED, "updated_at": BOOKED,
    },
    "bills": {
        "bill_id": "b1", "shop_id": "s1", "ticket_id": "t1", "kind": "deduction", "account_name": "赔付",
        "amount_fen": 500, "reason": WORDS, "billed_at": BOOKED,
    },
    "platform_figures": {
        "shop_id": "s1", "metric": "ccr", "period_starts_at": "2026-09-15", "period_ends_at": "2026-10-14",
        "num": 2, "den": 900, "rate": "0.22%", "updated_at": BOOKED,
    },
}  # fmt: skip


def say_what_the_market_does_not(house: TestHouse) -> None:
    """On the last day people decide about two feedbacks, and a platform sends tickets, bills and figures."""
    feedback = [
        str(key)
        for (key,) in house.query(
            "select any_value(feedback_key) from intermediate.int_verdicts_in_force "
            "where is_valid and until_day is null and decision_no = 0 and channel = 'review' "
            "group by order_key having count(*) = 1 order by order_key limit 2"
        )
    ]
    with House(home=str(house.home), landing=str(house.landing)).warehouse() as connection:
        known = asked(connection, feedback)
    signature = Signature("a reader", datetime(2026, 10, 15, 4, tzinfo=UTC), date.fromisoformat(LAST))
    choices = (Choice("not_negative"), Choice("negative", issue="quality_defect"))
    Book(house.landing).append(
        [
            decided(known[key], choice, codes(), signature)
            for key, choice in zip(feedback, choices, strict=True)
        ]
    )
    for source, row in OF_THE_PLATFORM.items():
        file = house.landing / "pinduoduo" / source / f"{LAST}.jsonl"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(row) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def said(golden: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `ccr spark` said of a copy of the market's home, and what it changed there: nothing."""
    folder = tmp_path_factory.mktemp("on_spark")
    shutil.copytree(golden.home, folder / "home")
    shutil.copytree(golden.landing, folder / "landing")
    house = TestHouse(folder / "home", folder / "landing")
    say_what_the_market_does_not(house)
    house.run(LAST)
    before = house.state()
    said = house.ccr("spark")
    assert house.state() == before
    return said


def test_every_model_and_all_that_is_classified_is_the_same_on_spark(said: str) -> None:
    compared = set(re.findall(r"(\w+\.\w+) *│ *[\d,]+ *│ *[\d,]+ *│ *0 ", said))
    models = {
        f"{node.schema}.{node.name}"
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model" and node.config.materialized != "ephemeral"
    }
    assert {"ccr.fct_ccr", "penalties.fct_tier_distances", "staging.stg_appeals"} <= models
    classified = {f"classified.{name}" for name in ("feedback_tags", "evidence_spans", "review_queue")}
    assert compared == models | classified
    assert f"{len(compared)} tables" in said


def test_nothing_that_is_compared_is_empty(said: str) -> None:
    rows = dict(re.findall(r"(\w+\.\w+) *│ *([\d,]+) ", said))
    assert "intermediate.int_review_decisions" in rows
    assert [name for name, count in rows.items() if count == "0"] == []


def test_spark_leaves_nothing_in_the_checkout(said: str) -> None:
    assert said
    assert [
        name for name in ("metastore_db", "spark-warehouse", "derby.log") if (PROJECT / name).exists()
    ] == []


def test_a_day_that_comes_back_empty_is_emptied_on_spark_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.support.emptied_on_spark", tmp_path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["2026-09-01:1 2026-09-02:1", "2026-09-01:1"], done.stderr
