"""A statement tells everything, is made from stored rows, and is refused where a part is missing."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from sqlalchemy import select

from orchestration.penalties.basis import Basis, VersionBasis
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.statement import Lack, Statement, StatementError, orders_sha256, whole
from orchestration.penalties.statement_words import vocabulary
from orchestration.penalties.stating import state
from orchestration.penalties.tables import METADATA, canonical_json
from orchestration.policy import vocabulary as codes
from orchestration.policy.tables import policy_tables
from tests.unit.penalties.bench import SUNDAY, library, posted, shop, ticket

Row = dict[str, Any]
BASIS = Basis.of(policy_tables(library()))


class Stored:
    """One posted decision as its rows."""

    def __init__(self, ledger: Ledger, candidate: Row) -> None:
        report = posted(ledger, candidate)
        assert report.refused == []
        with ledger.reading() as connection:
            tables = {
                name: [dict(row) for row in connection.execute(select(METADATA.tables[name])).mappings()]
                for name in ("decisions", "measures", "decision_orders")
            }
        (self.decision,) = tables["decisions"]
        self.measures = tables["measures"]
        self.orders = tables["decision_orders"]
        self.reasons: Row = self.decision["reasons"]

    def again(self, held: Any = None, **changed: Any) -> Statement | Lack:
        """The statement worked out from the rows once more, some columns of the decision being others."""
        return state(self.decision | changed, self.measures, self.orders, BASIS, held=held)


@pytest.fixture
def rate(ledger: Ledger) -> Stored:
    return Stored(ledger, shop())


@pytest.fixture
def order(ledger: Ledger) -> Stored:
    return Stored(ledger, ticket())


@pytest.mark.parametrize(
    "candidate",
    [
        shop(),
        shop(mode="shadow"),
        shop(tier="T3", rule_id="CCR-T3", severity=3, ratio_to_benchmark_low=3.1, occurrences_90d=3,
             human_review=True),
        ticket(),
        ticket(rule_id="PDD-NO-REPLY", issue_codes=["no_reply"]),
    ],
    ids=["rate", "shadow", "person", "ticket", "not_appealable"],
)  # fmt: skip
def test_it_is_worked_out_from_the_stored_rows_to_the_byte(ledger: Ledger, candidate: Row) -> None:
    stored = Stored(ledger, candidate)
    again = stored.again()
    assert isinstance(again, Statement)
    assert canonical_json(again.stored()) == canonical_json(stored.reasons)
    assert Statement.model_validate(stored.reasons) == again


def test_a_rate_tells_basis_numbers_conditions_and_orders(rate: Stored) -> None:
    told = rate.reasons
    version = library().in_force("douyin_ccr", SUNDAY)
    basis = told["basis"]
    assert (basis["policy_id"], basis["version"], basis["sha256"]) == (
        "douyin_ccr", "2026-07-14", version.sha256,
    )  # fmt: skip
    assert (basis["title"], basis["rule_id"], basis["tier"]) == (version.document.title, "CCR-T1", "T1")
    cited = {source["id"] for source in basis["sources"]}
    assert {"S3", "S24", "S26", "C28", "OURS-LADDER"} <= cited, "what the rule cites"
    assert {"C20", "C24", "S15"} <= cited, "what is said of method, days and appeals"
    assert not {"S27", "S28"} & cited, "what another tier rests on"
    assert told["thresholds"] == [{"measure": "ratio_to_benchmark_low", "at_least": 1.3, "value": 1.73}]
    assert {name: told["numbers"][name] for name in ("num", "den", "rate", "ci_low", "benchmark_rate")} == {
        "num": 12, "den": 200, "rate": 0.06, "ci_low": 0.0346, "benchmark_rate": 0.02,
    }  # fmt: skip
    assert told["orders"] == {"listed": 12, "consumed": 0, "sha256": orders_sha256(rate.orders)}
    taken = [(row["measure_code"], row["amount_fen"], row["days"], row["points"]) for row in told["measures"]]
    assert taken == [
        ("violation_points", None, None, 4),
        ("fine", 200_000, None, None),
        ("withdrawal_restrict", None, 7, None),
    ]


def test_the_method_tells_window_cohort_exclusions_interval_and_benchmark(rate: Stored) -> None:
    steps = {step["name"]: step for step in rate.reasons["method"]}
    assert steps["window"]["says"]["en"].startswith("The window is 30 days, 2026-09-12 to 2026-10-11;")
    assert "按支付日归入窗口" in steps["window"]["says"]["zh"]
    assert "struck by an appeal" in steps["evaluations_left_out"]["says"]["en"]
    assert "未支付" in steps["orders_left_out"]["says"]["zh"]
    assert "Wilson's at 95 %" in steps["interval"]["says"]["en"]
    assert "其他店铺" in steps["benchmark"]["says"]["zh"]
    assert "probability of 95 % or more" in steps["certainty"]["says"]["en"]
    assert steps["benchmark"]["sources"] == ["C28", "OURS-BENCHMARK"]


def test_days_and_ways_to_appeal_are_told(rate: Stored) -> None:
    assert rate.reasons["deadlines"] | {"says": None} == {
        "noticed_on": "2026-10-11", "appeal_by": "2026-10-18", "execute_on": "2026-10-26", "says": None,
    }  # fmt: skip
    ways = " ".join(way["en"] for way in rate.reasons["appeal"]["ways"])
    for told in ("last day to appeal is 2026-10-18", "ccr appeal file", rate.decision["decision_id"],
                 "5 working days", "does not stop the execution", "a person decides on request",
                 "up to 30 days old"):  # fmt: skip
        assert told in ways
    reasons = {row["code"]: row["subjects"] for row in rate.reasons["appeal"]["reasons"]}
    assert reasons == {
        "force_majeure": ["order", "decision"],
        "malicious_attack": ["decision"],
        "rating_against_words": ["feedback"],
        "other_goods_or_meaningless": ["feedback"],
    }, "no session and no return is among its feedback"


def test_what_waits_for_a_person_has_no_day_yet(ledger: Ledger) -> None:
    worst = shop(tier="T3", rule_id="CCR-T3", severity=3, ratio_to_benchmark_low=3.1, occurrences_90d=3,
                 human_review=True)  # fmt: skip
    told = Stored(ledger, worst).reasons
    assert (told["deadlines"]["noticed_on"], told["deadlines"]["execute_on"]) == (None, None)
    assert "15 days after that" in told["deadlines"]["says"][0]["en"]
    assert told["force"]["human_review"] is True


def test_a_shadow_says_why_and_that_nothing_is_carried_out(ledger: Ledger) -> None:
    stored = Stored(ledger, shop(mode="shadow"))
    assert stored.reasons["force"]["shadowed_by"] == "policy"
    assert "不执行处罚" in stored.reasons["force"]["why"]["zh"]
    assert stored.reasons["deadlines"]["execute_on"] is None
    other = stored.again(shadowed_by="exclusive_group", suppressed_by="f" * 64)
    assert isinstance(other, Statement)
    assert other.force.why is not None
    assert "another decision already punishes" in other.force.why.en


def test_a_ticket_tells_what_was_paid_and_what_proof_was_asked(order: Stored) -> None:
    told = order.reasons
    assert told["calculation"]["en"].endswith("at least 5.00 and at most 30.00 yuan: 6.17 yuan.")
    assert "实付 123.45 元" in told["calculation"]["zh"]
    steps = {step["name"]: step["says"]["en"] for step in told["method"]}
    assert steps["established"].endswith("with what the rule asks for: valid evidence.")
    assert told["thresholds"] == [{"measure": "established_orders", "at_least": 1.0, "value": 1.0}]
    assert [row["code"] for row in told["appeal"]["reasons"]] == ["18", "19", "20", "21", "99"]
    ways = " ".join(way["zh"] for way in told["appeal"]["ways"])
    assert "可复议一次，须提交与首次不同的凭证" in ways
    assert "规则未公布申诉期限" in ways


def test_a_ticket_that_cannot_be_appealed_says_so_and_gives_no_reasons(ledger: Ledger) -> None:
    told = Stored(ledger, ticket(rule_id="PDD-NO-REPLY", issue_codes=["no_reply"])).reasons
    assert (told["appeal"]["appealable"], told["appeal"]["reasons"]) == (False, [])
    assert "opens no appeal for the problems of rule PDD-NO-REPLY" in told["appeal"]["ways"][0]["en"]


def test_a_fine_that_was_capped_and_rounded_says_so(rate: Stored) -> None:
    fine = next(row for row in rate.measures if row["measure_code"] == "fine")
    for stated, taken, says in (
        (250_000, 200_000, "the rule states 2500.00 yuan; rounded down to a thousand yuan"),
        (700_000, 500_000, "held to what is left of 7000.00 yuan within 30 days"),
    ):
        fine |= {"stated_fen": stated, "amount_fen": taken}
        told = rate.again()
        assert isinstance(told, Statement)
        changed = next(row.changed for row in told.measures if row.measure_code == "fine")
        assert changed is not None
        assert says in changed.en


def test_points_that_were_capped_say_so(rate: Stored) -> None:
    points = next(row for row in rate.measures if row["measure_code"] == "violation_points")
    points["points"] = 1
    told = rate.again()
    assert isinstance(told, Statement)
    changed = next(row.changed for row in told.measures if row.measure_code == "violation_points")
    assert changed is not None
    assert changed.en == "the rule states 4 points"


def test_one_that_is_let_off_says_so_and_has_no_day_of_execution(order: Stored) -> None:
    told = state(order.decision, order.measures, order.orders, BASIS, let_off="exempted_first")
    assert isinstance(told, Statement)
    assert (told.force.let_off, told.deadlines.execute_on) == ("exempted_first", None)
    assert told.deadlines.noticed_on == SUNDAY
    assert "the shop's first, and let off" in told.deadlines.says[0].en
    assert told.force.why is not None
    assert "店铺首次，予以免罚" in told.force.why.zh


def test_orders_punished_before_are_told_and_the_conditions_asked_of_the_others(rate: Stored) -> None:
    for row in rate.orders[:2]:
        row["consumed_by"] = "e" * 64
    assert rate.again(num_consumed=2) == Lack(
        "numbers", "orders were punished before, and those without them are not given"
    )
    held = SimpleNamespace(
        num=10,
        rate=0.05,
        ci_low=0.0274,
        ratio=2.5,
        ratio_low=1.37,
        distinct_buyers=9,
        occurrences_90d=rate.decision["occurrences_90d"],
    )
    told = rate.again(held, num_consumed=2)
    assert isinstance(told, Statement)
    assert (told.numbers["num"], told.numbers["rate"]) == (12, 0.06), "the published rate is as it was"
    assert [(each.measure, each.value) for each in told.thresholds] == [("ratio_to_benchmark_low", 1.37)]
    assert told.orders.consumed == 2
    assert "2 of these orders were punished by earlier decisions" in told.calculation.en
    assert "以其余 10 单对照条件" in told.calculation.zh


LACKING: dict[str, tuple[Row, str]] = {
    "an_unknown_version": ({"policy_version": "1999-01-01"}, "calculation basis: no version douyin_ccr 1999"),
    "another_document": ({"policy_sha256": "f" * 64}, "it was judged by the document ffffffffffff, and"),
    "a_rule_of_no_ladder": ({"rule_id": "CCR-T9"}, "calculation basis: rule CCR-T9 cites no source"),
    "no_interval": ({"ci_high": None}, "numbers: without ci_high"),
    "no_level_of_the_benchmark": ({"benchmark_level": None}, "numbers: without benchmark_level"),
    "a_condition_without_a_number": ({"ratio_low": None}, "numbers: ratio_to_benchmark_low of rule CCR-T1"),
    "no_number_at_all": ({"ratio_low": float("nan")}, "numbers: ratio_to_benchmark_low of rule CCR-T1"),
    "another_number_of_orders": ({"num": 13}, "orders: 13 negative orders are counted, and 12 are listed"),
    "a_shadow_without_why": ({"mode": "shadow"}, "reason for being a shadow: shadowed_by is empty"),
    "a_suppressed_one_without_by_what": (
        {"mode": "shadow", "shadowed_by": "exclusive_group"}, "the decision that stands instead is not named",
    ),
    "no_day_of_execution": ({"execute_after": None}, "deadlines: the day from which it is carried out"),
    "no_last_day_to_appeal": ({"appeal_deadline": None}, "deadlines: it can be appealed for 7 days"),
    "no_word_of_appeals": ({"appealable": None}, "way to appeal: whether it can be appealed is not said"),
}  # fmt: skip


@pytest.mark.parametrize("name", LACKING)
def test_what_lacks_a_part_is_no_statement_and_the_part_is_named(rate: Stored, name: str) -> None:
    changed, says = LACKING[name]
    lack = rate.again(**changed)
    assert isinstance(lack, Lack)
    assert says in str(lack)


def test_without_measures_orders_words_or_what_was_paid_there_is_none(rate: Stored, ledger: Ledger) -> None:
    assert state(rate.decision, [], rate.orders, BASIS) == Lack("measures", "T1 orders none")
    assert state(rate.decision, rate.measures, [], BASIS) == Lack("orders", "none is listed")
    rate.orders[3]["span_text"] = " "
    lack = rate.again()
    assert isinstance(lack, Lack)
    assert lack.part == "words"
    assert rate.orders[3]["order_key"] in lack.detail


def test_a_ticket_without_what_was_paid_or_of_another_order_is_none(order: Stored) -> None:
    assert isinstance(order.again(subject_key="pinduoduo:o2"), Lack)
    order.measures[0]["params"] = {"payout": "coupon_no_threshold_50y"}
    lack = order.again()
    assert isinstance(lack, Lack)
    assert (lack.part, "share of it is taken" in lack.detail) == ("measures", True)


def test_the_whole_lists_every_order_and_is_refused_for_other_rows(rate: Stored) -> None:
    told = whole(rate.decision, rate.reasons, list(reversed(rate.orders)))
    listed = [row["order_key"] for row in told["orders"]["rows"]]
    assert listed == [row["order_key"] for row in rate.orders]
    assert len(set(listed)) == rate.decision["num"]
    assert told["decision"]["period_end"] == "2026-10-11"
    json.dumps(told, allow_nan=False)
    with pytest.raises(StatementError, match="lists other orders than its statement was made from"):
        whole(rate.decision, rate.reasons, rate.orders[1:])
    with pytest.raises(StatementError, match="posted before statements were kept"):
        whole(rate.decision, {"calculation": {"zh": "十二单", "en": "twelve"}}, rate.orders)


def test_every_code_that_a_policy_may_name_has_words() -> None:
    words = vocabulary()
    excluded = {*get_args(codes.OrderExclusion), *get_args(codes.EvaluationExclusion)}
    assert set(words["exclusions"]) == excluded
    assert set(words["cohorts"]) == set(get_args(codes.Cohort))
    assert set(words["calendars"]) == set(get_args(codes.Calendar))
    assert set(words["evidence"]) == set(get_args(codes.Evidence))
    let_off = {"first_time": "exempted_first", "resolved_before_notice": "exempted_resolved",
               "study": "exempted_study"}  # fmt: skip
    assert set(let_off) == set(get_args(codes.Exemption))
    assert set(words["exemptions"]) == set(let_off.values())
    asked = {row["measure"] for row in policy_tables(library())["ladder_conditions"].to_pylist()}
    assert asked <= set(words["conditions"])


def test_the_basis_knows_every_version_and_no_other(rate: Stored) -> None:
    assert len(BASIS.versions) == len(library().versions)
    assert BASIS.get({"policy_id": "douyin_ccr", "policy_version": "1"}) is None
    found = BASIS.get(rate.decision)
    assert isinstance(found, VersionBasis)
    assert [row["measure"] for row in found.conditions("CCR-T3")] == [
        "occurrences_90d", "ratio_to_benchmark_low",
    ]  # fmt: skip
    assert found.version["effective_from"] == date(2026, 7, 14)
