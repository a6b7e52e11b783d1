"""`ccr explain` where a lenient policy changed within windows of the sample: versions, and the milder."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.defs.shop_scores import scores_of
from orchestration.defs.simulating import COUNTED, HELD
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import POSTING_TABLES, post
from orchestration.penalties.snapshot import write_snapshot
from orchestration.policy.tables import write_policy_tables
from orchestration.replaying.answers import decision_answer, shop_answer
from orchestration.replaying.ledger import decision_named
from orchestration.replaying.reading import rows
from orchestration.wiring.dbt import DbtHouse
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import Days
from orchestration.wiring.replays import scored_by
from orchestration.wiring.rule_book import rule_tables
from orchestration.wiring.warehouse import arrow
from tests.support.house import TestHouse
from tests.unit.policy.books import DOUYIN, Book

OLD, NEW = "2026-07-14", "2026-09-21"
CHANGED = Days(date(2026, 9, 21), date(2026, 10, 15))
SUNDAY = date(2026, 10, 4)
MILD, SEVERE, FEW = (
    f"douyin:planted_{name}" for name in ("offender_mild", "offender_severe", "service_only")
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """From a Monday on, tier 2 begins lower and more buyers must be behind the negatives."""
    book = Book(tmp_path_factory.mktemp("changed") / "policies")
    later = book.next_version(DOUYIN, NEW, supersedes=OLD).relative_to(book.folder)
    book.edit(later, "ratio_to_benchmark_low: {at_least: 2.0}", "ratio_to_benchmark_low: {at_least: 1.4}")
    book.edit(later, "min_distinct_buyers: 5", "min_distinct_buyers: 10")
    return book


@pytest.fixture(scope="module")
def changed(golden: TestHouse, book: Book, tmp_path_factory: pytest.TempPathFactory) -> TestHouse:
    """The sample, its days from the change on judged again by that rule book, with a ledger of their own."""
    house = TestHouse(tmp_path_factory.mktemp("changed_home"), golden.landing)
    shutil.copy(golden.home / "warehouse.duckdb", house.home)
    (house.home / "lake").mkdir()
    for folder in ("raw", "classified", "appeals"):
        (house.home / "lake" / folder).symlink_to(golden.home / "lake" / folder)
    library = book.load()
    write_policy_tables(library, house.home / "lake")
    doors = House(home=str(house.home), landing=str(house.landing))
    dbt = DbtHouse(warehouse=str(house.home / "warehouse.duckdb"))
    doors.show_lake_to_dbt()
    dbt.run(COUNTED, CHANGED)
    with doors.warehouse() as connection:
        for day in CHANGED:
            write_partition(house.home / "lake", "scored", "shop_scores", day, scores_of(connection, day))
    doors.show_lake_to_dbt()
    dbt.run(HELD, CHANGED, exclude=COUNTED)
    ledger = Ledger(f"sqlite:///{house.home / 'ledger.sqlite'}")
    with doors.warehouse() as connection:
        post(
            ledger,
            arrow(connection, "select * from penalties.fct_penalty_candidates order by all"),
            arrow(connection, "select * from penalties.fct_candidate_orders order by all"),
            rule_tables(connection, POSTING_TABLES),
        )
    write_snapshot(ledger, house.home / "lake")
    ledger.close()
    return house


@pytest.fixture(scope="module")
def known(changed: TestHouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of that house, opened once."""
    with House(home=str(changed.home), landing=str(changed.landing)).warehouse() as connection:
        yield connection


def explained(house: TestHouse, book: Book, *arguments: str) -> Any:
    home = {"CCR_HOME": str(house.home), "DAGSTER_HOME": str(house.home), "COLUMNS": "200"}
    rules = {"CCR_POLICIES": str(book.folder), "CCR_SHIPPED_POLICIES": "no"}
    done = CliRunner().invoke(app, ["explain", *arguments], env=home | rules)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def test_every_decision_comes_out_again_to_the_last_bit(known: duckdb.DuckDBPyConnection) -> None:
    decisions = rows(
        known, "select decision_id from penalties.decisions where subject_type = 'shop' order by 1"
    )
    posted: dict[str, tuple[str, str]] = {}
    for named in decisions:
        decision = decision_named(known, named["decision_id"])
        answer = decision_answer(known, decision, decision["business_day"], scored_by)
        assert (answer.compared, list(answer.differences)) == ("", []), decision["decision_id"]
        assert answer.path["outcome"]["why"] == f"posted as {decision['decision_id']}"
        assert answer.path["taken"]["version"] == decision["policy_version"]
        if decision["platform"] == "douyin":
            assert [each["version"] for each in answer.path["judgings"]] == [OLD, NEW]
            posted[decision["shop_key"]] = (decision["policy_version"], decision["tier"])
    assert posted[MILD] == (OLD, "T1")
    assert posted[SEVERE] == (NEW, "T2")
    assert FEW not in posted


def test_every_shop_comes_out_again_with_the_occurrences_of_windows_before(
    known: duckdb.DuckDBPyConnection,
) -> None:
    evaluations = rows(
        known,
        "select shop_key, business_day from penalties.penalty_rate_evaluations "
        "where platform = 'douyin' and business_day >= $first qualify row_number() over "
        "(partition by business_day, held_back_by order by is_occurrence desc, shop_key) <= 3",
        first=SUNDAY,
    )
    occurrences: dict[str, int | None] = {}
    for each in sorted(evaluations, key=lambda row: row["business_day"]):
        day = each["business_day"]
        answer = shop_answer(known, each["shop_key"], day, day, scorer=scored_by)
        assert list(answer.differences) == [], each
        occurrences[each["shop_key"]] = answer.path["figures"]["occurrences_90d"]
    assert (occurrences[MILD], occurrences[SEVERE]) == (2, 2)
    few = shop_answer(known, FEW, date(2026, 10, 11), date(2026, 10, 11), scorer=scored_by)
    assert few.path["figures"]["occurrences_90d"] == 0
    assert list(few.differences) == []


def test_a_decision_shows_each_version_and_why_the_milder_was_taken(changed: TestHouse, book: Book) -> None:
    (named,) = changed.query(f"select decision_id from penalties.decisions where shop_key = '{MILD}'")
    said = explained(changed, book, "decision", str(named[0]), "--json")
    names = ("version", "days", "outcome", "is_taken")
    assert [tuple(each[name] for name in names) for each in said["judgings"]] == [
        (OLD, 16, "T1 (severity 1)", True),
        (NEW, 14, "T2 (severity 2)", False),
    ]  # fmt: skip
    assert said["taken"]["version"] == OLD
    text = explained(changed, book, "decision", str(named[0]))
    for part in (
        f"Judged by douyin_ccr {OLD}, in force on 16 of the window's 30 days; mode then enforce.",
        f"Judged by douyin_ccr {NEW}, in force on 14 of the window's 30 days, the last among them;",
        f"Taken: douyin_ccr {OLD}: its outcome, T1 (severity 1), is milder than T2 (severity 2) by "
        f"douyin_ccr {NEW}; the policy is lenient",
        "Outcome: decision T1 CCR-T1 (enforce)",
        "the same to the last bit",
    ):
        assert part in text


def test_the_version_that_holds_back_is_the_milder(changed: TestHouse, book: Book) -> None:
    said = explained(changed, book, "shop", FEW, "--day", str(SUNDAY), "--json")
    assert [each["outcome"] for each in said["judgings"]] == [
        "T2 (severity 2)",
        "no tier (held back: few_buyers)",
    ]
    assert said["outcome"] == {"is": "none", "why": "held back: few_buyers", "candidate": None}
    assert (said["taken"]["version"], said["is_occurrence"], said["differences"]) == (NEW, False, [])


def test_with_policy_one_version_is_asked(changed: TestHouse, book: Book) -> None:
    for version, tier in ((OLD, "T1"), (NEW, "T2")):
        asked = ("shop", MILD, "--day", str(SUNDAY), "--policy", version)
        said = explained(changed, book, *asked, "--json")
        assert [each["version"] for each in said["judgings"]] == [version]
        assert said["taken"]["why"] == "it is the only version asked"
        candidate = said["outcome"]["candidate"]
        assert (candidate["policy_version"], candidate["tier"]) == (version, tier)
        assert said["not_compared"] == "this is what would have been; nothing of it is stored"
        assert f"WOULD HAVE BEEN by douyin_ccr {version}" in explained(changed, book, *asked)
