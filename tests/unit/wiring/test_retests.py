"""The work-list foretells what an upheld appeal does: the ledger is posted, read, and then appealed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import snapshot
from orchestration.wiring.retests import retest_in
from tests.unit.penalties.bench import posted, rules_without_exemptions, shop, url_of, words_of
from tests.unit.penalties.told import appeal, booked, heard, judged, stored, upheld

T2 = {
    "severity": 2, "tier": "T2", "rule_id": "CCR-T2", "num_effective": 24, "rate": 0.12, "ci_low": 0.08172,
    "ratio_to_benchmark": 6.0,
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(url_of(tmp_path / "ledger.sqlite"))
    yield opened
    opened.close()


def order(number: int) -> str:
    return f"douyin:s1-2026-W41-o{number}"


def foretold(ledger: Ledger, number: int = 0) -> tuple[str | None, int]:
    """What the work-list says of the decision without one of its orders."""
    with duckdb.connect() as connection:
        for schema, tables in (("penalties", snapshot(ledger)), ("policies", rules_without_exemptions())):
            connection.execute(f"create schema {schema}").fetchall()
            for name, rows in tables.items():
                connection.register("given", rows)
                connection.execute(f"create table {schema}.{name} as from given").fetchall()
                connection.unregister("given")
        (case,) = (
            connection.sql(
                "select * from penalties.decisions where mode = 'enforce'"
            ).to_arrow_table().to_pylist()
        )  # fmt: skip
        return retest_in(connection)(case | {"order_key": order(number)})


def appealed(ledger: Ledger, key: str, on: int, *numbers: int) -> dict[str, Any]:
    """What the ledger says once an appeal about the orders was upheld."""
    orders = [order(number) for number in numbers]
    event = appeal(key, on, "approved", subject_type="feedback", subject_key=f"review:{orders[0]}")
    posted(ledger, judged=judged(on, on), appeals=heard(event, out=upheld(key, on, *orders)))
    return stored(ledger, "reassessments")[-1]


def test_one_order_less_keeps_the_tier_and_all_its_fines(ledger: Ledger) -> None:
    posted(ledger, shop())
    assert foretold(ledger) == ("T1", 200_000)
    assert appealed(ledger, "a", 5, 0)["tier"] == "T1"


def test_the_milder_tier_and_its_fine_are_those_that_the_ledger_comes_to(ledger: Ledger) -> None:
    # the ladder asks T2 for twice the benchmark: 24 of 200 just reach it, 23 do not
    posted(ledger, shop(**T2, benchmark_rate=0.0405, ratio_to_benchmark_low=0.08172 / 0.0405))
    assert foretold(ledger) == ("T1", 200_000)
    told = appealed(ledger, "a", 5, 0)
    assert (told["outcome"], told["tier"]) == ("lowered", "T1")
    assert ("reverse", 1, 500_000, 0) in booked(ledger)


def test_what_earlier_appeals_took_out_stays_out(ledger: Ledger) -> None:
    posted(ledger, shop())
    appealed(ledger, "a", 5, 0, 1)
    before = foretold(ledger, 2)
    told = appealed(ledger, "b", 6, 2)
    assert (before[0], told["num"]) == (told["tier"], 9)


def test_too_few_buyers_left_meet_no_tier(ledger: Ledger) -> None:
    words = words_of(shop())
    for number, row in enumerate(words):
        row["buyer_key"] = f"buyer {min(number, 4)}"
    posted(ledger, shop(distinct_buyers=5), words=words)
    assert foretold(ledger, 0) == (None, 0)
    assert foretold(ledger, 11) == ("T1", 200_000)
