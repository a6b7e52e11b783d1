"""What merchants are shown of the sample market: every shop's list is its numerator, and only its own."""

import csv
import json
import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest

from orchestration.records.asking import ask
from orchestration.records.scope import Scope
from orchestration.records.view import records_of
from orchestration.wiring.house import House
from tests.support.house import TestHouse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "records.md"
OWN, OTHER = "douyin:planted_offender_mild", "pinduoduo:pdd_s0001"


@pytest.fixture(scope="module")
def house(golden: TestHouse, tmp_path_factory: pytest.TempPathFactory) -> TestHouse:
    """A copy: exports write into the ledger's audit log."""
    home = tmp_path_factory.mktemp("records") / "home"
    shutil.copytree(golden.home, home)
    return TestHouse(home, golden.landing)


def test_every_shops_list_is_its_numerator(house: TestHouse) -> None:
    with House(home=str(house.home), landing=str(house.landing)).warehouse() as connection:
        scores = connection.execute(
            "select subject_id, window_days, num_effective, den_effective from ccr.fct_ccr "
            "where subject_type = 'shop' and dimension = 'overall' "
            "and business_day = (select max(business_day) from ccr.fct_ccr) order by all"
        ).fetchall()
        assert len(scores) > 100
        for shop, days, num, den in scores:
            view = records_of(connection, ask(connection, shop, Scope(), days=days))
            assert (view.figures["num"], view.figures["den"]) == (num, den)
            listed = view.listed().filter("is_counted").project("order_key").order("order_key").fetchall()
            negatives = connection.execute(
                "select order_key from ccr.fct_negative_orders where dimension = 'overall' "
                "and shop_key = $shop and order_day between $first and $last group by order_key "
                "having sum(change) > 0 order by order_key",
                {"shop": shop, "first": view.asked.first, "last": view.asked.last},
            ).fetchall()
            assert listed == negatives
            assert len(listed) == num


def test_every_listed_order_says_its_words_and_issue(house: TestHouse) -> None:
    said = json.loads(house.ccr("records", OWN, "--days", "45", "--json"))
    assert len(said["records"]) == said["figures"]["num"] > 20
    assert all(row["words"] and row["issue_codes"] and row["policy_id"] for row in said["records"])


def test_an_issue_leads_to_its_orders_in_one_step(house: TestHouse) -> None:
    issues = json.loads(house.ccr("issues", OWN, "--days", "30", "--json"))["issues"]
    assert issues
    for issue in issues[:2]:
        found = json.loads(house.ccr("issues", OWN, issue["issue_code"], "--days", "30", "--json"))
        counted = [row for row in found["records"] if row["is_counted"]]
        assert len(counted) == issue["orders"]


def test_sessions_appeals_and_penalties_are_told(house: TestHouse) -> None:
    sessions = json.loads(house.ccr("sessions", OWN, "--days", "45", "--json"))
    assert len(sessions["sessions"]) == sessions["figures"][0]["num"] > 0
    assert all(row["consumer_words"] and row["report_reason"] for row in sessions["sessions"])
    todo = json.loads(house.ccr("appeals", OTHER, "--json"))["appealable"]
    assert any(row["money_back_fen"] > 0 and row["would_change_tier"] for row in todo)
    assert "planted_offender_mild, penalty list" in house.ccr("penalties", OWN)


def test_a_range_past_ninety_days_ends_with_the_rule(house: TestHouse) -> None:
    assert "at most 90 days" in house.ccr("records", OWN, "--days", "91", expect=1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["records", OTHER],
        ["issues", OTHER],
        ["sessions", OTHER],
        ["appeals", OTHER],
        ["penalties", OTHER],
        ["explain", "shop", OTHER],
        ["export", "penalties.measures", "--to", "measures.csv"],
        ["result", "--day", "2026-10-15", "--as", f"shop:{OTHER}"],
    ],
)
def test_a_merchant_is_refused_what_is_not_own(
    house: TestHouse, tmp_path: Path, arguments: list[str]
) -> None:
    own = TestHouse(house.home, house.landing)
    own.environment["CCR_SCOPE"] = f"shop:{OWN}"
    said = own.ccr(*arguments, expect=1, cwd=tmp_path)
    assert "scope" in said
    assert list(tmp_path.iterdir()) == []


def test_what_works_on_every_shop_is_the_governance_teams(house: TestHouse) -> None:
    own = TestHouse(house.home, house.landing)
    own.environment["CCR_SCOPE"] = f"shop:{OWN}"
    said = own.ccr("run", "--from", "2026-10-15", "--to", "2026-10-15", expect=1)
    assert "this command works on every shop" in said


def test_an_export_holds_only_own_rows_and_is_written_down(house: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    house.ccr("export", "ccr.fct_ccr", "--to", str(file), "--as", f"shop:{OWN}", "--by", "ann")
    with file.open(encoding="utf-8", newline="") as opened:
        assert {row["subject_id"] for row in csv.DictReader(opened)} == {OWN}
    house.ccr("records", OWN, "--to", str(tmp_path / "records.parquet"), "--by", "ann")
    with sqlite3.connect(house.home / "ledger.sqlite") as ledger:
        logged = ledger.execute(
            "select actor, action, object_type, object_key from audit_log order by happened_at"
        ).fetchall()
    ledger.close()
    assert ("ann", "export", "table", "ccr.fct_ccr") in logged
    assert ("ann", "export", "records", OWN) in logged


def test_peers_of_a_merchant_are_not_told(house: TestHouse) -> None:
    said = json.loads(house.ccr("explain", "shop", OWN, "--as", f"shop:{OWN}", "--json"))
    assert said["benchmark_peers"] is None
    assert json.loads(house.ccr("explain", "shop", OWN, "--json"))["benchmark_peers"]


def test_the_commands_of_the_page_run_as_written(house: TestHouse, tmp_path: Path) -> None:
    (block,) = re.findall(r"```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    commands = [shlex.split(line) for line in block.splitlines()]
    assert len(commands) == 9
    for command in commands:
        assert command[0] == "ccr"
        assert house.ccr(*command[1:], cwd=tmp_path)
    with (tmp_path / "records.csv").open(encoding="utf-8", newline="") as file:
        assert {row["tab"] for row in csv.DictReader(file)} == {"appealable"}
