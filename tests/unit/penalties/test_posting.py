"""Posted once, whole, and never changed."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Connection, event, func, select

from orchestration.penalties.candidates import CANDIDATE_ORDERS, CANDIDATES, CandidatesRefusedError
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import post
from orchestration.penalties.snapshot import snapshot
from orchestration.penalties.tables import METADATA, decisions, entries
from orchestration.policy.tables import policy_tables
from tests.unit.penalties.bench import SUNDAY, counted, library, posted, shop, ticket, words_of
from tests.unit.penalties.conftest import NewStore


def rows(ledger: Ledger, table: str) -> list[dict[str, Any]]:
    with ledger.reading() as connection:
        return [dict(row) for row in connection.execute(select(METADATA.tables[table])).mappings()]


def counts(ledger: Ledger) -> dict[str, int]:
    with ledger.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


def test_a_rate_becomes_a_decision_with_measures_words_and_entries(ledger: Ledger) -> None:
    candidate = shop()
    report = posted(ledger, candidate)
    assert counted(report) == {"posted_enforce": 1}
    (decision,) = rows(ledger, "decisions")
    assert (decision["tier"], decision["num"], decision["den"], decision["rate"]) == ("T1", 12, 200, 0.06)
    assert decision["amount_fen"] == 200_000
    assert decision["issue_codes"] == ["quality_defect", "wrong_item"]
    assert (decision["appealable"], decision["appeal_deadline"]) == (True, SUNDAY + timedelta(days=7))
    assert [
        (row["measure_code"], row["amount_fen"], row["days"], row["points"])
        for row in rows(ledger, "measures")
    ] == [
        ("violation_points", None, None, 4),
        ("fine", 200_000, None, None),
        ("withdrawal_restrict", None, 7, None),
    ]
    assert sorted(
        (row["entry_type"], row["measure_no"], row["amount_fen"], row["points"])
        for row in rows(ledger, "entries")
    ) == [
        ("freeze", 2, 200_000, 0),
        ("issue", 1, 0, 4),
        ("issue", 2, 200_000, 0),
        ("issue", 3, 0, 0),
    ]
    assert len(rows(ledger, "decision_orders")) == 12


def test_a_decision_says_how_it_was_calculated(ledger: Ledger) -> None:
    posted(ledger, shop())
    reasons = rows(ledger, "decisions")[0]["reasons"]
    assert reasons["thresholds"] == [{"measure": "ratio_to_benchmark_low", "at_least": 1.3, "value": 1.73}]
    assert reasons["calculation"]["en"] == (
        "In the window that ended on 2026-10-11, 12 of 200 effective paid orders had valid negative "
        "feedback: 12 / 200 = 6.0000%, 95 % interval 3.4600% to 10.1900%; benchmark (category) 2.0000%. "
        "Conditions of rule CCR-T1: lower bound over benchmark 1.73 >= 1.3."
    )
    assert "有效支付订单 200 单，其中有效负反馈订单 12 单" in reasons["calculation"]["zh"]
    assert "置信下限与基准之比 1.73 ≥ 1.3" in reasons["calculation"]["zh"]


def test_an_order_becomes_a_compensation(ledger: Ledger) -> None:
    posted(ledger, ticket())
    (decision,) = rows(ledger, "decisions")
    (measure,) = rows(ledger, "measures")
    assert (decision["amount_fen"], measure["amount_fen"]) == (617, 617)
    assert measure["measure_code"] == "consumer_compensation"
    assert measure["params"]["payout"] == "coupon_no_threshold_50y"
    assert (decision["appealable"], decision["appeal_deadline"]) == (True, None)
    assert "123.45 yuan were paid, 5 % of it rounded down" in decision["reasons"]["calculation"]["en"]
    assert "实付 123.45 元，按 5% 计" in decision["reasons"]["calculation"]["zh"]


def test_a_service_ticket_cannot_be_appealed(ledger: Ledger) -> None:
    posted(ledger, ticket(rule_id="PDD-NO-REPLY"))
    assert rows(ledger, "decisions")[0]["appealable"] is False


def test_posting_again_posts_nothing(ledger: Ledger) -> None:
    batch = (shop(), shop("s2"), ticket(), ticket("o2"))
    assert counted(posted(ledger, *batch)) == {"posted_enforce": 4}
    before = snapshot(ledger)
    assert counted(posted(ledger, *batch)) == {"unchanged": 4}
    assert snapshot(ledger) == before


def test_the_order_of_rows_changes_nothing(ledger: Ledger, new_store: NewStore) -> None:
    batch = [shop(f"s{number}", weeks=week) for number in range(4) for week in range(7)]
    batch += [ticket(f"o{number}") for number in range(9)]
    words = [row for each in batch for row in words_of(each)]
    posted(ledger, *batch, words=words)
    shuffled = Ledger(new_store())
    chance = random.Random(5)  # noqa: S311
    posted(shuffled, *chance.sample(batch, len(batch)), words=chance.sample(words, len(words)) + words[:5])
    assert snapshot(shuffled) == snapshot(ledger)
    shuffled.close()


@pytest.mark.parametrize(
    ("weeks", "outcome"),
    [
        (1, "in_cooldown"),
        (4, "in_cooldown"),
        (5, "posted_enforce"),
        (-4, "in_cooldown"),
        (-5, "posted_enforce"),
    ],
)
def test_a_shop_is_left_alone_for_thirty_days(ledger: Ledger, weeks: int, outcome: str) -> None:
    posted(ledger, shop())
    assert counted(posted(ledger, shop(weeks=weeks))) == {outcome: 1}


def test_a_cooldown_ends_on_its_thirtieth_day(ledger: Ledger) -> None:
    posted(ledger, shop())
    near = shop(period_key="near", period_end=SUNDAY + timedelta(days=29))
    assert counted(posted(ledger, near)) == {"in_cooldown": 1}
    far = shop(period_key="far", period_end=SUNDAY + timedelta(days=30))
    assert counted(posted(ledger, far)) == {"posted_enforce": 1}


def test_a_cooldown_names_the_decision_it_waits_for(ledger: Ledger) -> None:
    (first,) = posted(ledger, shop()).posted
    assert [each.after for each in posted(ledger, shop(weeks=1)).in_cooldown] == [first]


@pytest.mark.parametrize(
    "other",
    [
        {"shop_key": "douyin:s2", "subject_id": "douyin:s2"},
        {"rule_family": "other"},
    ],
)
def test_a_cooldown_holds_for_one_shop_family_and_mode(ledger: Ledger, other: dict[str, str]) -> None:
    posted(ledger, shop())
    assert "in_cooldown" not in counted(posted(ledger, shop(weeks=1, **other)))


def test_every_order_has_its_own_ticket(ledger: Ledger) -> None:
    batch = [ticket(f"o{number}") for number in range(5)]
    assert counted(posted(ledger, *batch)) == {"posted_enforce": 5}


def test_a_shadow_is_kept_and_owes_nothing(ledger: Ledger) -> None:
    assert counted(posted(ledger, shop(mode="shadow"))) == {"posted_shadow": 1}
    (decision,) = rows(ledger, "decisions")
    assert (decision["mode"], decision["amount_fen"], decision["appeal_deadline"]) == (
        "shadow",
        200_000,
        None,
    )
    assert len(rows(ledger, "measures")) == 3
    assert rows(ledger, "entries") == []


WORSE = {"severity": 2, "tier": "T2", "rule_id": "CCR-T2", "ratio_to_benchmark_low": 2.2}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (WORSE, "reassessed_worse"),
        ({"ratio_to_benchmark_low": 1.8}, "reassessed_worse"),
        ({"num_effective": 13}, "reassessed_worse"),
        ({"ratio_to_benchmark_low": 1.5}, "reassessed_better"),
        ({"den_effective": 240}, "reassessed_better"),
        ({"mode": "shadow"}, "reassessed_better"),
        ({"policy_version": "2026-07-14", "policy_sha256": "f" * 64}, "unchanged"),
    ],
)
def test_other_numbers_are_told_once_and_change_no_decision(
    ledger: Ledger, change: dict[str, Any], outcome: str
) -> None:
    posted(ledger, shop())
    before = snapshot(ledger)
    for _ in range(2):
        assert counted(posted(ledger, shop(**change))) == {outcome: 1}
    after = snapshot(ledger)
    assert len(rows(ledger, "reassessments")) == (0 if outcome == "unchanged" else 1)
    assert after | {"reassessments": None} == before | {"reassessments": None}


def test_a_shadow_never_turns_into_a_fine(ledger: Ledger) -> None:
    posted(ledger, shop(mode="shadow"))
    assert counted(posted(ledger, shop())) == {"reassessed_worse": 1}
    assert [row["mode"] for row in rows(ledger, "decisions")] == ["shadow"]


INCOMPLETE: dict[str, Callable[[], tuple[dict[str, Any], list[dict[str, Any]]]]] = {
    "without_orders": lambda: (shop(), []),
    "with_fewer_orders_than_counted": lambda: (shop(), words_of(shop())[1:]),
    "with_more_orders_than_counted": lambda: (shop(), words_of(shop(num_effective=13))),
    "with_orders_of_another_period": lambda: (shop(), words_of(shop(weeks=1))),
    "with_blank_words": lambda: (shop(), words_of(shop(), span_text=" ")),
    "without_words": lambda: (shop(), words_of(shop(), span_text=None)),
    "without_a_numerator": lambda: (shop(num_effective=None), words_of(shop())),
    "without_an_interval": lambda: (shop(ci_low=None), words_of(shop())),
    "without_a_benchmark": lambda: (shop(benchmark_rate=None), words_of(shop())),
    "with_an_infinite_ratio": lambda: (shop(ratio_to_benchmark=float("inf")), words_of(shop())),
    "with_a_tier_the_policy_has_not": lambda: (shop(tier="T9"), words_of(shop())),
    "with_a_version_the_book_has_not": lambda: (shop(policy_version="2030-01-01"), words_of(shop())),
    "ticket_without_words": lambda: (ticket(), []),
    "ticket_with_words_of_another_order": lambda: (ticket(), words_of(ticket(), order_key="pinduoduo:o2")),
    "ticket_without_a_payment": lambda: (ticket(pay_amount_fen=None), words_of(ticket())),
    "ticket_with_a_rule_the_policy_has_not": lambda: (ticket(rule_id="PDD-X"), words_of(ticket())),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_decision_that_cannot_be_explained_is_not_made(ledger: Ledger, name: str) -> None:
    candidate, words = INCOMPLETE[name]()
    report = posted(ledger, candidate, words=words)
    assert counted(report) == {"incomplete_statement": 1}
    assert report.refused[0].subject_id == candidate["subject_id"]
    assert report.refused[0].detail
    assert set(counts(ledger).values()) == {0}


@pytest.mark.parametrize(
    "numbers",
    [
        {"rate": 0.07},
        {"rate": 0.06, "num_weighed": 9.5},
        {"num_effective": 12, "den_effective": 11},
        {"num_effective": 12, "den_effective": 0, "rate": 0.0},
        {"ratio_to_benchmark_low": 1.2},
        {"tier": "T3", "rule_id": "CCR-T3", "ratio_to_benchmark_low": 3.1, "occurrences_90d": 2},
    ],
)
def test_an_unsound_score_never_reaches_the_ledger(ledger: Ledger, numbers: dict[str, Any]) -> None:
    report = posted(ledger, shop(**numbers))
    assert counted(report) == {"incoherent_numbers": 1}
    assert set(counts(ledger).values()) == {0}


def test_a_weighed_rate_is_a_share_of_the_weighed_orders_and_says_so(ledger: Ledger) -> None:
    report = posted(ledger, shop(num_weighed=9.5, rate=0.0475))
    assert counted(report) == {"posted_enforce": 1}
    (decision,) = rows(ledger, "decisions")
    assert (decision["num"], decision["den"], decision["rate"]) == (12, 200, 0.0475)
    calculation = decision["reasons"]["calculation"]
    assert "12 of 200" in calculation["en"]
    assert ", 9.5 after allowing for the classifier's errors: 9.5 / 200 = 4.7500%" in calculation["en"]
    assert "折合 9.5 单，负反馈率 9.5 ÷ 200 = 4.7500%" in calculation["zh"]


def test_one_bad_candidate_does_not_stop_the_others(ledger: Ledger) -> None:
    report = posted(ledger, shop("s1", rate=0.5), shop("s2"), ticket("o1", pay_amount_fen=None), ticket("o2"))
    assert counted(report) == {"posted_enforce": 2, "incomplete_statement": 1, "incoherent_numbers": 1}
    assert str(report.refused[0]).startswith("douyin:s1 2026-W41: the rate 0.5 is not 12 / 200")


class CutError(RuntimeError):
    """The process ends here."""


@pytest.mark.parametrize(
    "statement", ["decisions", "measures", "decision_orders", "decision_events", "entries", "commit"]
)
def test_a_kill_between_statements_leaves_nothing_half_posted(ledger: Ledger, statement: str) -> None:
    def cut(connection: Connection, _cursor: Any, sql: str, *_rest: Any) -> None:
        if sql.lower().startswith(f"insert into {statement} "):
            raise CutError

    def cut_commit(connection: Connection) -> None:
        raise CutError

    hook = ("commit", cut_commit) if statement == "commit" else ("before_cursor_execute", cut)
    event.listen(ledger.engine, *hook)
    with pytest.raises(CutError):
        posted(ledger, shop())
    event.remove(ledger.engine, *hook)
    assert set(counts(ledger).values()) == {0}
    assert counted(posted(ledger, shop())) == {"posted_enforce": 1}
    written = {name: count for name, count in counts(ledger).items() if count}
    assert written == {
        "decisions": 1,
        "measures": 3,
        "decision_orders": 12,
        "entries": 4,
        "decision_events": 1,
    }


def test_what_was_posted_before_a_kill_stays_and_is_not_posted_twice(ledger: Ledger) -> None:
    seen: list[str] = []

    def cut_at_the_second(connection: Connection, _cursor: Any, sql: str, *_rest: Any) -> None:
        if sql.lower().startswith("insert into decision_orders "):
            seen.append(sql)
            if len(seen) == 2:
                raise CutError

    event.listen(ledger.engine, "before_cursor_execute", cut_at_the_second)
    with pytest.raises(CutError):
        posted(ledger, shop("s1"), shop("s2"))
    event.remove(ledger.engine, "before_cursor_execute", cut_at_the_second)
    assert counts(ledger)["decisions"] == 1
    assert counted(posted(ledger, shop("s1"), shop("s2"))) == {"posted_enforce": 1, "unchanged": 1}


def test_the_ledger_owes_what_its_decisions_say(ledger: Ledger) -> None:
    posted(ledger, shop("s1"), shop("s2", **WORSE), shop("s3", mode="shadow"), ticket(), ticket("o2"))
    with ledger.reading() as connection:
        owed = connection.execute(
            select(func.sum(entries.c.amount_fen)).where(entries.c.entry_type == "issue")
        ).scalar_one()
        said = connection.execute(
            select(func.sum(decisions.c.amount_fen)).where(decisions.c.mode == "enforce")
        ).scalar_one()
    assert owed == said == 200_000 + 700_000 + 617 + 617


def test_a_candidate_without_an_identity_stops_the_posting(ledger: Ledger) -> None:
    with pytest.raises(CandidatesRefusedError, match="has no period_key"):
        posted(ledger, shop(period_key=None), words=[])


@pytest.mark.parametrize(("column", "value"), [("mode", "score_only"), ("subject_type", "product")])
def test_an_unknown_mode_or_subject_stops_the_posting(ledger: Ledger, column: str, value: str) -> None:
    with pytest.raises(CandidatesRefusedError, match=f"has {column} '{value}'"):
        posted(ledger, shop(**{column: value}), words=[])


def test_a_missing_column_is_named(ledger: Ledger) -> None:
    tables = policy_tables(library())
    with pytest.raises(CandidatesRefusedError, match="lack the columns rate"):
        post(
            ledger,
            pa.Table.from_pylist([shop()], schema=CANDIDATES).drop(["rate"]),
            CANDIDATE_ORDERS.empty_table(),
            tables,
        )


def test_a_condition_whose_number_candidates_do_not_carry_is_not_decided_on(ledger: Ledger) -> None:
    worst = shop(tier="T3", rule_id="CCR-T3", severity=3, ratio_to_benchmark_low=3.1, human_review=True)
    report = posted(ledger, worst | {"occurrences_90d": None})
    (refusal,) = report.refused
    assert refusal.reason == "incomplete_statement"
    assert refusal.detail == "the statement lacks its numbers: occurrences_90d of rule CCR-T3 is not known"
    assert counts(ledger)["decisions"] == 0


def test_a_day_without_candidates_posts_nothing(ledger: Ledger) -> None:
    assert counted(posted(ledger)) == {}
    assert snapshot(ledger)["decisions"].num_rows == 0


def test_no_clock_is_read(ledger: Ledger) -> None:
    long_ago = date(1999, 1, 3)
    days: dict[str, Any] = {"business_day": long_ago, "period_start": long_ago, "period_end": long_ago}
    posted(ledger, shop(**days))
    (decision,) = rows(ledger, "decisions")
    assert {value for value in decision.values() if isinstance(value, date)} == {
        long_ago,
        long_ago + timedelta(days=7),
        long_ago + timedelta(days=15),
    }
