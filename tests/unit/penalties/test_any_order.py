"""However days are posted, by however many at once, and wherever one is killed: the ledger is the same."""

import multiprocessing
import random
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import event

from orchestration.penalties.ledger import Ledger
from tests.support.ledger_walk import KilledError, killed_at
from tests.unit.penalties.bench import (
    posted,
    rules_with,
    rules_without_exemptions,
    shipped_rules,
    shop,
    ticket,
    words_of,
)
from tests.unit.penalties.told import appeal, day, heard, upheld, whole

LAST = 62
KNOWN = day(31)  # what ended on the first day is past the horizon
T2: dict[str, Any] = {
    "severity": 2,
    "tier": "T2",
    "rule_id": "CCR-T2",
    "num_effective": 24,
    "rate": 0.12,
    "ci_low": 0.08172,
}
T2 |= {"ratio_to_benchmark": 6.0, "ratio_to_benchmark_low": 4.086, "cooldown_days": 0}


def first_order(week: int = 0) -> str:
    return f"douyin:s1-{shop(weeks=week)['period_key']}"


def candidates() -> list[dict[str, Any]]:
    """Shops over seven weeks, one with tickets, and a decision that a person must look at."""
    found = [
        shop("s3"),
        shop(weeks=1, **T2),
        shop(weeks=2, **T2),
        shop(weeks=5),
        shop("s2", weeks=2),
        shop("s2", weeks=3),
        shop("s4", weeks=1, **T2),
        shop("s4", weeks=2, **T2),
    ]
    worst: dict[str, Any] = {
        "tier": "T3",
        "rule_id": "CCR-T3",
        "severity": 3,
        "occurrences_90d": 3,
        "human_review": True,
    }
    found.append(shop("s5", weeks=6, **T2 | worst))
    for number in range(6):
        days: dict[str, Any] = dict.fromkeys(
            ("business_day", "period_start", "period_end"), day(3 * number + 1)
        )
        found.append(ticket(f"t{number}", is_resolved=number == 3, **days))
    return found


def appeals() -> Any:
    """Appeals that stop, fail, lower, reverse before and after payment, and settle."""
    other: dict[str, Any] = {
        "shop_key": "douyin:s2",
        "subject_key": f"{first_order(2)}-o1".replace("s1", "s2"),
    }
    of_tickets: dict[str, Any] = {"platform": "pinduoduo", "shop_key": "pinduoduo:s9"}
    one, many = [f"{first_order(1)}-o{n}" for n in range(12)], [f"{first_order(2)}-o{n}" for n in range(21)]
    return heard(
        appeal("a1", 10, "submitted", subject_type="feedback", subject_key=f"review:{one[0]}"),
        appeal("a1", 12, "approved", seq=2, subject_type="feedback", subject_key=f"review:{one[0]}"),
        appeal("a2", 31, "approved", subject_type="feedback", subject_key=f"review:{many[0]}"),
        appeal("a3", 20, "submitted", **other),
        appeal("a3", 33, "rejected", seq=2, **other),
        appeal("a4", 8, "exempt", subject_key="pinduoduo:t2", **of_tickets),
        appeal("a5", 9, "approved", subject_key="pinduoduo:t1", **of_tickets),
        out=[
            *upheld("a1", 12, *one),
            *upheld("a2", 31, *many),
            *upheld("a5", 9, "pinduoduo:t1", platform="pinduoduo"),
        ],
    )


def rules() -> dict[str, pa.Table]:
    rows = rules_without_exemptions()["policy_appeals"].to_pylist()
    tables = rules_with(policy_appeals=[row | {"suspends_execution": True} for row in rows])
    return tables | {name: shipped_rules()[name] for name in ("policy_exemptions", "policy_caps")}


def run(ledger: Ledger, days: Iterable[int], shuffled: random.Random | None = None) -> None:
    """Post some days, with everything that is known of them."""
    asked = {day(number) for number in days}
    found = [each for each in candidates() if each["business_day"] in asked]
    words = [row for each in found for row in words_of(each)]
    if shuffled:
        shuffled.shuffle(found)
        shuffled.shuffle(words)
    posted(
        ledger,
        *found,
        words=words,
        judged=[(each, platform) for each in asked for platform in ("douyin", "pinduoduo")],
        appeals=appeals(),
        policies=rules(),
        known_through=KNOWN,
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """The ledger as one run of all days leaves it."""
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp('undisturbed') / 'ledger.sqlite'}")
    run(ledger, range(LAST + 1))
    found = whole(ledger)
    ledger.close()
    return found


def test_the_scenario_has_everything_in_it(undisturbed: dict[str, pa.Table]) -> None:
    assert set(undisturbed["decision_events"]["status"].to_pylist()) == {
        *("noticed", "awaiting_review", "exempted_first", "exempted_resolved", "suspended", "resumed"),
        *("lowered", "reversed", "executed", "expired", "shadow"),
    }
    kinds = {"issue", "freeze", "execute", "pay", "exempt", "reverse", "refund"}
    assert set(undisturbed["entries"]["entry_type"].to_pylist()) == kinds
    assert {"started", "ended_early"} == set(undisturbed["measure_terms"]["change"].to_pylist())
    assert undisturbed["measure_terms"]["merged_into"].null_count < undisturbed["measure_terms"].num_rows
    measures = undisturbed["measures"]
    stated = zip(measures["amount_fen"].to_pylist(), measures["stated_fen"].to_pylist(), strict=True)
    assert any(taken != said for taken, said in stated)


@pytest.mark.parametrize("seed", range(4))
def test_ranges_in_any_order_leave_the_same_ledger(
    ledger: Ledger, undisturbed: dict[str, pa.Table], seed: int
) -> None:
    """A day is judged once all before it were, as the house has it; again, as often as anybody likes."""
    chance = random.Random(seed)  # noqa: S311
    done = -1
    while done < LAST:
        if chance.random() < 0.5 and done >= 0:
            again = chance.randrange(done + 1)
            run(ledger, range(again, done + 1), chance)
        else:
            following = min(LAST, done + chance.choice([1, 2, 7, 30]))
            run(ledger, range(chance.choice([done + 1, max(done - 5, 0)]), following + 1), chance)
            done = following
    run(ledger, range(LAST + 1), chance)
    assert whole(ledger) == undisturbed


def test_posting_day_by_day_leaves_the_same_ledger(ledger: Ledger, undisturbed: dict[str, pa.Table]) -> None:
    for number in range(LAST + 1):
        run(ledger, [number])
    assert whole(ledger) == undisturbed


def size(ledger: Ledger) -> int:
    return sum(table.num_rows for table in whole(ledger).values())


def killed_at_write(ledger: Ledger, nth: int, days: list[int]) -> bool:
    """Runs some days and ends them before their nth write; False where there are fewer."""
    seen = 0

    def cut(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal seen
        seen += statement.lstrip().lower().startswith("insert")
        if seen == nth:
            raise KilledError

    event.listen(ledger.engine, "before_cursor_execute", cut)
    try:
        run(ledger, days)
    except KilledError:
        return True
    finally:
        event.remove(ledger.engine, "before_cursor_execute", cut)
    return False


def test_a_kill_before_any_write_is_made_good_by_the_next_run(
    ledger: Ledger, undisturbed: dict[str, pa.Table]
) -> None:
    """Every insert of every transaction is the one that is killed, once; what ran before it is whole.

    Run again, what is committed writes nothing, so the writes left are counted from the first
    transaction that was undone.
    """
    happened = {each.as_py() for each in undisturbed["decision_events"]["business_day"]}
    days = sorted((each - day(0)).days for each in happened)
    kills = 0
    for number in days:
        nth, before = 1, size(ledger)
        while killed_at_write(ledger, nth, [number]):
            kills += 1
            now = size(ledger)
            nth, before = (2 if now > before else nth + 1), now
    assert kills > 100
    assert whole(ledger) == undisturbed


def test_a_kill_at_any_statement_of_a_day_is_made_good(
    ledger: Ledger, undisturbed: dict[str, pa.Table]
) -> None:
    run(ledger, range(12))
    nth, was_whole = 1, False
    while not was_whole:
        with killed_at(ledger, nth) as counted:
            run(ledger, [12])
        was_whole, nth = counted() < nth, nth + 1
    assert nth > 20
    run(ledger, range(LAST + 1))
    assert whole(ledger) == undisturbed


def _post_all(url: str, start: Any) -> None:
    ledger = Ledger(url)
    start.wait()
    run(ledger, range(LAST + 1))
    ledger.close()


def test_eight_processes_at_once_leave_the_same_ledger(
    ledger: Ledger, undisturbed: dict[str, pa.Table]
) -> None:
    url = ledger.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(8)
    processes = [context.Process(target=_post_all, args=(url, start)) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=300)
    assert [process.exitcode for process in processes] == [0] * 8
    assert whole(ledger) == undisturbed
