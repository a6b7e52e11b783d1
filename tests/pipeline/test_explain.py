"""`ccr explain` on the whole sample: the same bits as stored, earlier knowledge, other versions."""

import hashlib
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.replaying.answers import decision_answer, order_answer, shop_answer
from orchestration.replaying.ledger import decision_named
from orchestration.replaying.reading import rows
from orchestration.settings import SHIPPED_POLICIES
from orchestration.wiring.house import House
from orchestration.wiring.replays import scored_by
from tests.support.house import PROJECT, TestHouse

MILD = "douyin:planted_offender_mild"
TICKET = "pinduoduo:planted_s75_wrong_item_admitted"
LAST = date(2026, 10, 15)
LATER = "2027-09-01"


@pytest.fixture(scope="module")
def known(golden: TestHouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the sample, opened once."""
    with House(home=str(golden.home), landing=str(golden.landing)).warehouse() as connection:
        yield connection


@pytest.fixture
def copy(golden: TestHouse, tmp_path: Path) -> TestHouse:
    """The warehouse and the lake of the sample, to tamper with."""
    home = tmp_path / "home"
    shutil.copytree(golden.home / "lake", home / "lake")
    shutil.copy(golden.home / "warehouse.duckdb", home / "warehouse.duckdb")
    return TestHouse(home, golden.landing)


def ccr(house: TestHouse, *arguments: str, **environment: str) -> Result:
    home = {"CCR_HOME": str(house.home), "DAGSTER_HOME": str(house.home), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["explain", *arguments], env=home | environment)


def explained(
    house: TestHouse, *arguments: str, expect: int = 0, environment: dict[str, str] | None = None
) -> dict[str, Any]:
    done = ccr(house, *arguments, "--json", **(environment or {}))
    assert done.exit_code == expect, done.output
    return json.loads(done.stdout)


def last_evaluation(known: duckdb.DuckDBPyConnection) -> date:
    return rows(known, "select max(business_day) as day from penalties.penalty_rate_evaluations")[0]["day"]


def test_every_decision_comes_out_again_to_the_last_bit(known: duckdb.DuckDBPyConnection) -> None:
    decisions = rows(known, "select decision_id from penalties.decisions order by 1")
    kinds: set[str] = set()
    for named in decisions:
        decision = decision_named(known, named["decision_id"])
        answer = decision_answer(known, decision, decision["business_day"], scored_by)
        assert (answer.compared, list(answer.differences)) == ("", []), decision["decision_id"]
        outcome = answer.path["outcome"]
        assert outcome["why"] == f"posted as {decision['decision_id']}"
        assert outcome["is"] == ("decision" if decision["mode"] == "enforce" else "shadow")
        assert outcome["candidate"]["tier"] == decision["tier"]
        if decision["subject_type"] == "shop":
            orders = answer.path["negative_orders"]
            assert len(orders) == outcome["candidate"]["num_effective"]
            assert all(order["words"] for order in orders)
        kinds.add(decision["subject_type"])
    assert kinds == {"shop", "order"}


def test_every_shop_comes_out_again_whether_it_was_held_back_or_met_a_tier(
    known: duckdb.DuckDBPyConnection,
) -> None:
    day = last_evaluation(known)
    held: set[str | None] = set()
    shops = rows(
        known,
        "select shop_key from penalties.penalty_rate_evaluations where business_day = $day "
        "qualify row_number() over (partition by held_back_by order by is_occurrence desc, shop_key) <= 4",
        day=day,
    )
    for shop in shops:
        answer = shop_answer(known, shop["shop_key"], day, day, scorer=scored_by)
        assert list(answer.differences) == [], shop["shop_key"]
        held.update(each["held_back_by"] for each in answer.path["judgings"])
    assert {None, "insufficient", "improbable"} <= held


def test_orders_with_feedback_or_exclusions_come_out_again(known: duckdb.DuckDBPyConnection) -> None:
    orders = rows(
        known,
        "select order_key from (select order_key, max(len(exclusion_codes)) as codes "
        "from intermediate.int_orders_judged group by all) "
        "left join (select distinct order_key, true as linked from intermediate.int_feedback_links) "
        "using (order_key) where linked or codes > 0 order by md5(order_key) limit 120",
    )
    answered = [order_answer(known, order["order_key"], LAST) for order in orders]
    assert [answer.path["order_key"] for answer in answered if answer.differences] == []
    assert {answer.path["is_negative"] for answer in answered} == {True, False}
    assert any(each["holds"] for answer in answered for each in answer.path["exclusions"])


def test_a_late_feedback_makes_its_order_negative_from_its_day_on(known: duckdb.DuckDBPyConnection) -> None:
    late = rows(
        known,
        "select order_key, business_day from ccr.fct_negative_orders "
        "where dimension = 'overall' and change = 1 and business_day > order_day + 7 "
        "qualify count(*) over (partition by order_key) = 1 order by order_key limit 3",
    )
    assert len(late) == 3
    for order in late:
        key, day = order["order_key"], order["business_day"]
        before = order_answer(known, key, day - timedelta(days=1))
        after = order_answer(known, key, day)
        assert (before.path["is_negative"], after.path["is_negative"]) == (False, True)
        arrived = [each["link"]["known_on"] for each in before.path["feedback"]]
        assert all(known_on < day for known_on in arrived)
        assert len(after.path["feedback"]) > len(arrived)
        assert [*before.differences, *after.differences] == []


def test_a_window_seen_later_changes_on_the_days_on_which_something_arrived(
    known: duckdb.DuckDBPyConnection,
) -> None:
    day = date(2026, 10, 4)
    moved = rows(
        known,
        "select subject_id, business_day, sum(num_effective_overall) as change "
        "from intermediate.int_daily_counts where subject_type = 'shop' and subject_id = $shop "
        "and business_day > $day and order_day between $day - 29 and $day group by all "
        "having change <> 0 order by business_day",
        shop=MILD,
        day=day,
    )
    assert moved, "nothing came late; choose another shop"
    changes = {row["business_day"]: row["change"] for row in moved}
    seen = shop_answer(known, MILD, day, day, scorer=scored_by).path["figures"]["num_effective"]
    for later in (day + timedelta(days=number) for number in range(1, 9)):
        answer = shop_answer(known, MILD, day, later, scorer=scored_by)
        seen += changes.get(later, 0)
        assert answer.path["figures"]["num_effective"] == seen, later
        assert len(answer.path["negative_orders"]) == seen
        assert answer.compared == f"what is stored was known on {day}, this on {later}"


def test_a_moment_stands_for_the_last_day_that_had_ended(golden: TestHouse) -> None:
    by_date = explained(golden, "shop", MILD, "--as-of", "2026-10-04")
    assert (by_date["day"], by_date["known_on"]) == ("2026-10-04", "2026-10-04")
    at_noon = explained(golden, "shop", MILD, "--as-of", "2026-10-05T12:00:00+08:00")
    assert at_noon == by_date
    in_utc = explained(golden, "shop", MILD, "--as-of", "2026-10-04T16:00:00Z")
    assert in_utc == by_date
    assert explained(golden, "shop", MILD)["day"] == str(LAST)


def test_a_tampered_figure_is_named_and_ends_with_1(copy: TestHouse) -> None:
    copy.execute(
        "update ccr.fct_ccr set ci_low = ci_low + 1e-15 where business_day = date '2026-10-04' "
        f"and subject_id = '{MILD}' and dimension = 'overall' and window_days = 30"
    )
    copy.execute(
        "update penalties.fct_penalty_candidates set tier = 'T2' where business_day = date '2026-10-04' "
        f"and subject_id = '{MILD}'"
    )
    said = explained(copy, "shop", MILD, "--day", "2026-10-04", expect=1)
    assert [(each["table"], each["figure"]) for each in said["differences"]] == [
        ("ccr.fct_ccr", "ci_low"),
        ("penalties.fct_penalty_candidates", "tier"),
    ]
    assert (said["differences"][1]["stored"], said["differences"][1]["replayed"]) == ("T2", "T1")
    done = ccr(copy, "shop", MILD, "--day", "2026-10-04")
    assert done.exit_code == 1
    assert "DIFFERENT" in done.stdout
    assert "ci_low" in done.stdout


def test_a_tampered_ledger_order_or_verdict_is_named(copy: TestHouse) -> None:
    file = copy.home / "lake" / "penalties" / "decisions.parquet"
    rewritten = str(file.with_suffix(".new"))
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (case when subject_key = '{TICKET}' then 1 else amount_fen end "
            f"as amount_fen) from read_parquet('{file}')) to '{rewritten}' (format parquet)"
        )
    Path(rewritten).replace(file)
    (named,) = copy.query(f"select decision_id from penalties.decisions where subject_key = '{TICKET}'")
    said = explained(copy, "decision", str(named[0]), expect=1)
    assert [each["figure"] for each in said["differences"]] == ["amount_fen"]
    copy.execute(
        "update intermediate.int_orders_judged set exclusion_codes = ['sample_order'] "
        f"where order_key = '{TICKET}'"
    )
    copy.execute(
        f"update intermediate.int_feedback_verdicts set is_valid = false where order_key = '{TICKET}'"
    )
    figures = {each["figure"] for each in explained(copy, "order", TICKET, expect=1)["differences"]}
    assert figures == {"exclusion_codes", "is_effective", "is_valid", "amount_fen"}


def later_version(
    folder: Path, old: str, new: str, policy: str = "douyin_ccr", last: str = "2027-03-01"
) -> dict[str, str]:
    """Writes a further version of a policy with one change; gives the environment that reads it."""
    text = (SHIPPED_POLICIES / policy / f"{last}.yaml").read_text(encoding="utf-8")
    assert old in text
    text = "\n".join(line for line in text.splitlines() if not line.startswith("supersedes:")) + "\n"
    text = text.replace(last, LATER).replace(
        f"version: {LATER}\n", f"version: {LATER}\nsupersedes: {last}\n", 1
    )
    file = folder / policy / f"{LATER}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text.replace(old, new), encoding="utf-8")
    return {"CCR_POLICIES": str(folder)}


def records(house: TestHouse) -> dict[str, str]:
    """What must never change: the ledger and the lake, by byte."""
    files = [house.home / "ledger.sqlite", *sorted((house.home / "lake").rglob("*.parquet"))]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_stricter_version_is_marked_and_written_nowhere(golden: TestHouse, tmp_path: Path) -> None:
    before = records(golden)
    second_tier = "ratio_to_benchmark_low: {at_least: 2.0}"
    own = later_version(tmp_path, second_tier, second_tier.replace("2.0", "1.4"))
    asked = ("shop", MILD, "--day", "2026-10-04", "--policy", LATER)
    said = explained(golden, *asked, environment=own)
    assert said["policies"][0]["would_be"] is True
    candidate = said["outcome"]["candidate"]
    assert (candidate["policy_version"], candidate["tier"], candidate["mode"]) == (LATER, "T2", "shadow")
    assert said["outcome"]["why"].endswith("the ledger holds T1 in mode enforce")
    stored = explained(golden, "shop", MILD, "--day", "2026-10-04")
    assert stored["outcome"]["candidate"]["tier"] == "T1"
    assert said["figures"] == stored["figures"]
    assert "WOULD HAVE BEEN" in ccr(golden, *asked, **own).stdout
    assert records(golden) == before
    assert golden.query(f"select * from policies.policy_versions where version = '{LATER}'") == []


def test_a_version_with_fewer_exclusions_counts_what_it_does_not_list(
    golden: TestHouse, known: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (order,) = rows(
        known,
        "select order_key, exclusion_codes[1] as code from intermediate.int_orders_judged "
        "where platform = 'douyin' and is_paid and len(exclusion_codes) = 1 and business_day = $day "
        "order by order_key limit 1",
        day=date(2026, 10, 1),
    )
    own = later_version(tmp_path, f"    - {order['code']}\n", "")
    asked = ("order", order["order_key"], "--as-of", "2026-10-01")
    said = explained(golden, *asked, "--policy", LATER, environment=own)
    assert said["is_effective"] is True
    assert explained(golden, *asked)["is_effective"] is False


def test_a_version_that_weighs_the_adjusted_rate_finds_the_bits_that_are_published(
    golden: TestHouse, known: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    own = later_version(tmp_path, "  grain: order\n", "  grain: order\n  rate: adjusted\n")
    names = ("rate", "ci_low", "ci_high", "benchmark_rate")
    published = rows(
        known,
        "select subject_id, num_adjusted, "
        + ", ".join(f"{name}_adjusted" for name in names)
        + " from ccr.fct_ccr "
        "where subject_type = 'shop' and dimension = 'overall' and window_days = 30 "
        "and business_day = date '2026-10-11' and num_adjusted <> num_effective "
        "order by num_adjusted desc limit 3",
    )
    assert len(published) == 3
    for shop in published:
        asked = ("shop", shop["subject_id"], "--day", "2026-10-11", "--policy", LATER)
        figures = explained(golden, *asked, environment=own)["figures"]
        assert figures["num_weighed"] == shop["num_adjusted"]
        assert [figures[name] for name in names] == [shop[f"{name}_adjusted"] for name in names]
        assert figures["adjustment_status"] == "ok"


def test_a_ticket_by_another_version_costs_what_that_one_says(golden: TestHouse, tmp_path: Path) -> None:
    own = later_version(
        tmp_path, "pct_of_paid: 0.05, min_fen: 500,", "pct_of_paid: 0.29, min_fen: 500,",
        policy="pinduoduo_negative_experience", last="2026-01-01",
    )  # fmt: skip
    said = explained(golden, "order", TICKET, "--policy", LATER, environment=own)
    assert said["outcome"]["candidate"]["amount_fen"] == 3000
    assert said["outcome"]["why"].endswith("the ledger holds ticket in mode enforce")
    assert explained(golden, "order", TICKET)["ticket"]["candidate"]["amount_fen"] == 584


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("shop", "planted_offender_sever"), "the nearest are douyin:planted_offender_severe"),
        (("order", "planted_s75_wrong_item_admited"), f"the nearest are {TICKET}"),
        (("decision", "zzzzzzzz"), "no decision 'zzzzzzzz' is in the ledger; the nearest are"),
        (("shop", MILD, "--day", "2026-11-01"), "2026-11-01 was not processed: 2026-09-01 to 2026-10-15"),
        (("shop", MILD, "--as-of", "2020-01-01"), "no processed day had ended: 2026-09-01 was the first"),
        (("shop", MILD, "--as-of", "2026-10-04T10:00:00"), "has no zone: write 2026-10-04T10:00:00+08:00"),
        (("shop", MILD, "--as-of", "yesterday"), "'yesterday' is no time: write a date"),
        (("shop", MILD, "--policy", "2099"), "has no version '2099'; it has 2026-07-14 or 2027-03-01"),
        (("shop", MILD, "--day", "2026-10-04", "--as-of", "2026-09-20"), "ask for a later time"),
        (("order", TICKET, "--as-of", "2026-09-01"), "had not arrived by the end of 2026-09-01"),
    ],
)
def test_what_cannot_be_replayed_says_why_and_what_can(
    golden: TestHouse, arguments: tuple[str, ...], words: str
) -> None:
    done = ccr(golden, *arguments)
    assert done.exit_code == 1
    assert words in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_an_order_shows_words_proof_and_amount(golden: TestHouse) -> None:
    said = ccr(golden, "order", TICKET).stdout
    for part in (
        "low_price_lt_30pct", "linked native, confidence 1", "merchant_admission yes",
        "compensation 584 fen", "Outcome: decision ticket PDD-WRONG-ITEM (enforce)",
        "the same to the last bit",
    ):  # fmt: skip
        assert part in said


def test_a_decision_shows_tiers_peers_and_measures(golden: TestHouse) -> None:
    (named,) = golden.query(f"select decision_id from penalties.decisions where shop_key = '{MILD}' limit 1")
    said = ccr(golden, "decision", str(named[0])[:10]).stdout
    for part in (
        "ratio_to_benchmark_low", "occurrences_90d", "level category", "Peers: 6",
        "Negative orders: 21, the first 10", "Held back by: –", "violation_points 4 points",
        "the same to the last bit",
    ):  # fmt: skip
        assert part in said


def test_the_commands_of_the_page_run_as_written(golden: TestHouse) -> None:
    text = (PROJECT / "docs" / "explaining.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    commands = [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]
    assert len(commands) >= 4
    for command in commands:
        program, explain, *arguments = shlex.split(command)
        assert (program, explain) == ("ccr", "explain")
        done = ccr(golden, *arguments)
        assert done.exit_code == 0, f"{command}\n{done.output}"
