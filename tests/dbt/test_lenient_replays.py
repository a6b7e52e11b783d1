"""Windows that several versions judge, worked out again: the milder outcome, as dbt stored it (C12)."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Any, NamedTuple

import duckdb
import pytest
from rich.console import Console

from orchestration.cli.explained import print_answer
from orchestration.penalties.snapshot import SNAPSHOTS
from orchestration.replaying.answers import Answer, shop_answer
from orchestration.wiring.replays import scored_by
from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted, Scenarios
from tests.support.scoring_step import count_and_score
from tests.support.warehouse import DbtProject, Warehouse

FIRST, CHANGE, LAST = "2026-08-31", "2026-09-10", "2026-09-20"
# seven days each: the change lies behind the first window, in the second and before the third
BEFORE, STRADDLING, WHOLE = date(2026, 9, 6), date(2026, 9, 13), date(2026, 9, 20)
EVALUATIONS = (BEFORE, STRADDLING, WHOLE)

scenario = Scenarios()


class Tier(NamedTuple):
    """A tier of a version: its name, how severe it is, and from which figures on it is met."""

    name: str
    severity: int
    when: dict[str, float]
    human_review: bool = False


T0 = Tier("T0", 0, {"rate": 0.4})
T1 = Tier("T1", 1, {"rate": 0.4})
T2 = Tier("T2", 2, {"rate": 0.4}, human_review=True)
T3 = Tier("T3", 3, {"rate": 0.4})
UNMET = Tier("T1", 1, {"rate": 0.6})


def version(inputs: Inputs, name: str, *ladder: Tier, **says: Any) -> None:
    """A version of the scenario's policy with its ladder, the most severe tier first."""
    policy = {"platform": inputs.platform, "mode": "enforce", "straddle": "lenient", "window_days": 7}
    policy |= {"min_orders": 1, "min_distinct_buyers": 1, "sha256": f"document {name}", "version": name}
    inputs.policy(inputs.platform, **(policy | says))
    for rank, tier in enumerate(ladder, start=1):
        for measure, at_least in tier.when.items():
            inputs.rung(
                inputs.platform, rank, measure, at_least, version=name, tier=tier.name,
                rule_id=f"R-{tier.name}", severity=tier.severity, human_review=tier.human_review,
            )  # fmt: skip


def two_versions(
    inputs: Inputs, old: Sequence[Tier], new: Sequence[Tier], *, by_old: Any = None, by_new: Any = None
) -> None:
    """A change of versions in the second window, and what is said by each beside its ladder."""
    version(inputs, "1", *old, effective_to=CHANGE, **(by_old or {}))
    version(inputs, "2", *new, effective_from=CHANGE, **(by_new or {}))
    sell(inputs)


def sell(inputs: Inputs) -> None:
    """Ten orders of a bad shop in each window, half of them negatives, beside a good one's."""
    for paid in ("2026-09-03", "2026-09-08", "2026-09-16"):
        for shop, negatives in (("bad", 5), ("good", 1)):
            for number in range(10):
                order = f"{shop}-{paid}-{number}"
                inputs.order(order, shop=shop, paid=paid)
                if number < negatives:
                    inputs.feedback(f"f of {order}", order, paid)


@scenario
def old_is_milder(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T3])


@scenario
def new_is_milder(inputs: Inputs) -> None:
    two_versions(inputs, [T3], [T1])


@scenario
def one_warns(inputs: Inputs) -> None:
    two_versions(inputs, [T0], [T2])


@scenario
def as_severe(inputs: Inputs) -> None:
    two_versions(inputs, [Tier("T2", 2, {"rate": 0.3})], [T2], by_new={"rule_family": "new"})


@scenario
def old_meets_none(inputs: Inputs) -> None:
    two_versions(inputs, [UNMET], [T2])


@scenario
def new_meets_none(inputs: Inputs) -> None:
    two_versions(inputs, [T2], [UNMET])


@scenario
def old_has_no_ladder(inputs: Inputs) -> None:
    two_versions(inputs, [], [T2])


@scenario
def old_asks_for_orders(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_old={"min_orders": 11})


@scenario
def new_asks_for_orders(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_new={"min_orders": 11})


@scenario
def old_asks_for_buyers(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_old={"min_distinct_buyers": 6})


@scenario
def old_guards_small_numbers(inputs: Inputs) -> None:
    guard = {"policy_id": inputs.platform, "version": "1", "num_le": 5, "score": 80}
    inputs.add("policies.small_n_guards", {**guard, "guard_no": 1, "shop_type": "flagship", "den_lt": 1})
    inputs.add("policies.small_n_guards", {**guard, "guard_no": 2, "den_lt": 11})
    two_versions(inputs, [T1], [T2])


@scenario
def old_asks_for_certainty(inputs: Inputs) -> None:
    two_versions(inputs, [T1, T0], [T2], by_old={"prob_above_threshold": 1.0})


@scenario
def only_old_counts_adjusted(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_old={"metric_rate": "adjusted"})


@scenario
def only_new_counts_adjusted(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_new={"metric_rate": "adjusted"})


@scenario
def old_only_scored(inputs: Inputs) -> None:
    two_versions(inputs, [T2], [T1], by_old={"mode": "score_only"})


@scenario
def new_is_a_shadow(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_new={"mode": "shadow"})


@scenario
def new_is_enforced_later(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_new={"enforced_from": "2026-09-14"})


@scenario
def three_versions(inputs: Inputs) -> None:
    version(inputs, "1", T3, effective_to="2026-09-09")
    version(inputs, "2", T1, effective_from="2026-09-09", effective_to="2026-09-11")
    version(inputs, "3", T2, effective_from="2026-09-11")
    sell(inputs)


@scenario
def another_policy_before(inputs: Inputs) -> None:
    version(inputs, "2", T2, effective_from=CHANGE)
    sell(inputs)


@scenario
def by_period_end(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_new={"straddle": "by_period_end"})


@scenario
def full_window_only(inputs: Inputs) -> None:
    two_versions(inputs, [T1], [T2], by_new={"straddle": "full_window_only"})


RISING = [Tier("T3", 3, {"rate": 0.4, "occurrences_90d": 3}), T1]


@scenario
def every_window_occurs(inputs: Inputs) -> None:
    two_versions(inputs, RISING, RISING)


@scenario
def the_straddling_one_does_not_occur(inputs: Inputs) -> None:
    two_versions(inputs, RISING, RISING, by_old={"min_distinct_buyers": 6})


@scenario
def a_warning_does_not_occur(inputs: Inputs) -> None:
    two_versions(inputs, [T0], [Tier("T2", 2, {"rate": 0.4, "occurrences_90d": 2}), T1])


class Replayed(NamedTuple):
    """What dbt stored of the scenarios, and a connection to replay it from."""

    counted: Counted
    connection: duckdb.DuckDBPyConnection

    def answer(self, arrange: Arrange, day: date, shop: str = "bad") -> Answer:
        key = f"{arrange.__name__}:{shop}"
        return shop_answer(self.connection, key, day, day, scorer=scored_by)

    def stored(self, arrange: Arrange, table: str, day: date) -> list[dict[str, Any]]:
        found = self.connection.execute(
            f"select * from penalties.{table} where shop_key = ? and business_day = ?",
            [f"{arrange.__name__}:bad", day],
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory, dbt_project: DbtProject) -> Iterator[Replayed]:
    warehouse = Warehouse(tmp_path_factory.mktemp("lenient_replays"), dbt_project)
    counted = scenario.count(warehouse, FIRST, LAST, select="stg_shops")
    count_and_score(warehouse, FIRST, LAST)
    with warehouse.connect() as connection:
        for table, columns in SNAPSHOTS.items():
            connection.register("nothing", columns.empty_table())
            connection.execute(f"create table penalties.{table} as from nothing")
        yield Replayed(counted, connection)


@pytest.mark.parametrize("arrange", scenario.all(), ids=lambda arrange: arrange.__name__)
def test_every_evaluation_comes_out_again_to_the_last_bit(replayed: Replayed, arrange: Arrange) -> None:
    for day in EVALUATIONS:
        for shop in ("bad", "good"):
            answer = replayed.answer(arrange, day, shop)
            assert (answer.compared, list(answer.differences)) == ("", []), (day, shop)
            assert answer.path["figures"]["score_status"] is not None


def outcomes(answer: Answer) -> list[tuple[str, str]]:
    """Of each version asked its name and its outcome."""
    return [(each["version"], each["outcome"]) for each in answer.path["judgings"]]


STORED = {
    old_is_milder: ("1", "T1", "enforce"),
    new_is_milder: ("2", "T1", "enforce"),
    one_warns: ("1", "T0", "enforce"),
    as_severe: ("2", "T2", "enforce"),
    old_asks_for_certainty: ("1", "T0", "enforce"),
    only_old_counts_adjusted: ("1", "T1", "enforce"),
    old_only_scored: ("2", "T1", "shadow"),
    new_is_a_shadow: ("1", "T1", "shadow"),
    new_is_enforced_later: ("1", "T1", "shadow"),
    three_versions: ("2", "T1", "enforce"),
    by_period_end: ("2", "T2", "enforce"),
    every_window_occurs: ("2", "T1", "enforce"),
    a_warning_does_not_occur: ("1", "T0", "enforce"),
}


@pytest.mark.parametrize("arrange", scenario.all(), ids=lambda arrange: arrange.__name__)
def test_the_candidate_is_the_one_that_dbt_stored(replayed: Replayed, arrange: Arrange) -> None:
    path = replayed.answer(arrange, STRADDLING).path
    stored = replayed.stored(arrange, "fct_penalty_candidates", STRADDLING)
    expected = STORED.get(arrange)
    assert len(stored) == (expected is not None)
    candidate = path["outcome"]["candidate"]
    if expected is None:
        assert candidate is None
        return
    assert (candidate["policy_version"], candidate["tier"], candidate["mode"]) == expected
    assert {name: stored[0][name] for name in candidate} == candidate
    assert (path["taken"]["policy_id"], path["taken"]["version"]) == (arrange.__name__, expected[0])


ASKED = [
    (old_is_milder, [("1", "T1 (severity 1)"), ("2", "T3 (severity 3)")]),
    (new_is_milder, [("1", "T3 (severity 3)"), ("2", "T1 (severity 1)")]),
    (old_meets_none, [("1", "no tier"), ("2", "T2 (severity 2)")]),
    (new_meets_none, [("1", "T2 (severity 2)"), ("2", "no tier")]),
    (old_has_no_ladder, [("1", "no tier"), ("2", "T2 (severity 2)")]),
    (old_asks_for_orders, [("1", "no tier (held back: insufficient)"), ("2", "T2 (severity 2)")]),
    (old_asks_for_buyers, [("1", "no tier (held back: few_buyers)"), ("2", "T2 (severity 2)")]),
    (old_guards_small_numbers, [("1", "no tier (held back: small_n)"), ("2", "T2 (severity 2)")]),
    (old_asks_for_certainty, [("1", "T0 (severity 0)"), ("2", "T2 (severity 2)")]),
    (three_versions, [("1", "T3 (severity 3)"), ("2", "T1 (severity 1)"), ("3", "T2 (severity 2)")]),
    (by_period_end, [("2", "T2 (severity 2)")]),
    (full_window_only, [("2", "no tier (held back: straddles)")]),
    # The numbers, and so their status and the rate that counts, are those of the last day's version.
    (new_asks_for_orders, [(each, "no tier (held back: insufficient)") for each in ("1", "2")]),
    (only_new_counts_adjusted, [(each, "no tier (held back: no_adjustment)") for each in ("1", "2")]),
    (only_old_counts_adjusted, [("1", "T1 (severity 1)"), ("2", "T2 (severity 2)")]),
]


@pytest.mark.parametrize(("arrange", "asked"), ASKED, ids=lambda value: getattr(value, "__name__", ""))
def test_each_version_asked_has_an_outcome_of_its_own(
    replayed: Replayed, arrange: Arrange, asked: list[tuple[str, str]]
) -> None:
    answer = replayed.answer(arrange, STRADDLING)
    assert outcomes(answer) == asked
    assert [each["version"] for each in answer.path["policies"]] == [name for name, _ in asked]
    assert [each["is_taken"] for each in answer.path["judgings"]].count(True) == 1
    whole = replayed.answer(arrange, WHOLE).path["judgings"]
    assert [(each["version"], each["days"]) for each in whole] == [(asked[-1][0], 7)]


def test_the_milder_is_named_with_the_reason(replayed: Replayed) -> None:
    def why(arrange: Arrange, day: date = STRADDLING) -> str:
        return replayed.answer(arrange, day).path["taken"]["why"]

    lenient = "the policy is lenient where versions change within a window"
    assert why(old_is_milder) == (
        f"its outcome, T1 (severity 1), is milder than T3 (severity 3) by old_is_milder 2; {lenient}"
    )
    assert why(as_severe) == (
        "its outcome, T2 (severity 2), is as mild as T2 (severity 2) by as_severe 1, "
        f"and of equals the version of the window's last day is taken; {lenient}"
    )
    assert why(old_only_scored) == (
        "its outcome, T1 (severity 1), is milder than T2 (severity 2) by old_only_scored 1; "
        f"a shadow, which it would be by old_only_scored 1; {lenient}"
    )
    assert why(old_is_milder, WHOLE) == "no other version was in force in the window"
    assert why(by_period_end) == "the version of the window's last day judges all of it"
    assert why(full_window_only) == "the policy holds nobody until a window lies in one version whole"


def test_the_days_of_each_version_add_up_to_the_window(replayed: Replayed) -> None:
    for arrange, days in ((old_is_milder, [3, 4]), (three_versions, [2, 2, 3])):
        judgings = replayed.answer(arrange, STRADDLING).path["judgings"]
        assert [each["days"] for each in judgings] == days
        assert [each["is_of_last_day"] for each in judgings] == [False] * (len(days) - 1) + [True]


def test_a_policy_that_was_in_force_before_is_asked_too(replayed: Replayed) -> None:
    path = replayed.answer(another_policy_before, STRADDLING).path
    assert [(each["policy_id"], each["held_back_by"]) for each in path["judgings"]] == [
        ("reference", "insufficient"),
        ("another_policy_before", None),
    ]
    assert path["outcome"] == {"is": "none", "why": "held back: insufficient", "candidate": None}


def test_a_window_occurs_where_every_version_says_so(replayed: Replayed) -> None:
    def counted(arrange: Arrange) -> list[tuple[int | None, bool, str | None]]:
        paths = [replayed.answer(arrange, day).path for day in EVALUATIONS]
        candidates = [path["outcome"]["candidate"] for path in paths]
        return [
            (path["figures"]["occurrences_90d"], path["is_occurrence"], found and found["tier"])
            for path, found in zip(paths, candidates, strict=True)
        ]

    assert counted(every_window_occurs) == [(1, True, "T1"), (2, True, "T1"), (3, True, "T3")]
    # By the first version alone nobody is held, so the whole window is the first that occurs.
    assert counted(the_straddling_one_does_not_occur) == [
        (None, False, None), (0, False, None), (1, True, "T1"),
    ]  # fmt: skip
    assert counted(a_warning_does_not_occur) == [(0, False, "T0"), (0, False, "T0"), (1, True, "T1")]


def test_a_stored_outcome_that_is_not_the_milder_is_named(replayed: Replayed) -> None:
    replayed.connection.execute("begin")
    replayed.connection.execute(
        "update penalties.fct_penalty_candidates set policy_version = '2', tier = 'T3' "
        "where shop_key = 'old_is_milder:bad' and business_day = ?",
        [STRADDLING],
    )
    found = replayed.answer(old_is_milder, STRADDLING).differences
    replayed.connection.execute("rollback")
    assert [(each.figure, each.stored, each.replayed) for each in found] == [
        ("policy_version", "2", "1"),
        ("tier", "T3", "T1"),
    ]


def test_it_is_told_version_by_version(replayed: Replayed) -> None:
    answer = replayed.answer(old_asks_for_buyers, STRADDLING)
    said = StringIO()
    print_answer(answer, Console(file=said, width=200))
    for part in (
        "Judged by old_asks_for_buyers 1, in force on 3 of the window's 7 days; mode then enforce.",
        "buyers behind the negatives 5, at least 6;",
        "Held back by: few_buyers. An occurrence by itself: no.",
        "Judged by old_asks_for_buyers 2, in force on 4 of the window's 7 days, the last among them;",
        "Outcome by this version: T2 (severity 2).",
        "Taken: old_asks_for_buyers 1: its outcome, no tier (held back: few_buyers), is milder than T2",
        "Outcome: none. held back: few_buyers",
        "the same to the last bit",
    ):
        assert part in said.getvalue()
    told = json.loads(json.dumps(answer.as_json(), default=str))
    assert [each["outcome"] for each in told["judgings"]] == [
        "no tier (held back: few_buyers)",
        "T2 (severity 2)",
    ]
    assert told["judgings"][0]["eligibility"]["min_distinct_buyers"] == 6
    assert told["taken"] == {name: answer.path["taken"][name] for name in ("policy_id", "version", "why")}
