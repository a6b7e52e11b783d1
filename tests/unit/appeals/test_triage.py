"""What is suggested for a record, and what an upheld appeal would do to the rate."""

from datetime import date
from typing import Any

import pytest

from orchestration.appeals.effect import Effect
from orchestration.appeals.filing import Reason, Terms
from orchestration.appeals.triage import RULES, Record, Suggestion, suggest
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import policy_tables
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.appeals.appeals import TERMS, case, feedback, filed

DAY = date(2026, 9, 5)
PRODUCT = frozenset({"product"})
UNBOUND = Terms()


def said(platform: str, terms: Terms = UNBOUND, **facts: Any) -> Suggestion:
    draft = filed(reason_code=None, evidence=())._replace(platform=platform)
    return suggest(draft, case(terms), Record(**facts), None, DAY)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"dimensions": PRODUCT, "consumer_accepted": True, "compensated": True}, "19"),
        ({"dimensions": PRODUCT, "consumer_accepted": True}, "18"),
        ({"dimensions": PRODUCT, "guards": frozenset({"misunderstanding"})}, "21"),
        ({"guards": frozenset({"misunderstanding"})}, "21"),
        ({"dimensions": frozenset({"service"})}, "20"),
        ({"dimensions": PRODUCT, "guards": frozenset({"usage_question"})}, "20"),
        ({"dimensions": PRODUCT}, "99"),
    ],
)
def test_pinduoduo_reasons_follow_from_the_facts(facts: dict[str, Any], code: str) -> None:
    reason = said("pinduoduo", **facts).reason
    assert reason is not None
    assert reason.code == code
    assert reason.checklist


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"abnormal": frozenset({"rating_text_contradiction"})}, "评价等级为差评内容为好评"),
        ({"abnormal": frozenset({"meaningless_text"})}, "评价内容非交易商品或内容无意义"),
        ({"abnormal": frozenset({"wrong_product_review"})}, "评价内容非交易商品或内容无意义"),
        ({"is_quality_return": True, "evidence_valid": False}, "消费者选择品质退货与事实不符"),
        ({"is_quality_return": True, "blame": "consumer"}, "消费者选择品质退货与事实不符"),
        ({"dimensions": frozenset({"logistics"})}, "不可抗力"),
        ({"channels": frozenset({"im_session"})}, "我被恶意攻击"),
        ({"channels": frozenset({"im_session"}), "dimensions": frozenset({"service"})}, None),
        ({"is_quality_return": True, "evidence_valid": True, "dimensions": PRODUCT}, None),
    ],
)
def test_douyin_reasons_follow_from_the_facts_or_none_does(facts: dict[str, Any], code: str | None) -> None:
    reason = said("douyin", **facts).reason
    assert (reason.code if reason else None) == code


def test_force_majeure_asks_for_time_area_and_a_dated_notice() -> None:
    reason = said("douyin", dimensions=frozenset({"logistics"})).reason
    assert reason is not None
    told = " ".join(reason.checklist)
    assert "third or fourth administrative level" in told
    assert "date" in told
    assert "city of the signature" in told


def test_a_reason_goes_by_the_code_under_which_the_policy_offers_it_and_by_no_other() -> None:
    terms = Terms(reasons=(Reason("contradiction", "评价等级为差评内容为好评"),))
    listed = said("douyin", terms, abnormal=frozenset({"rating_text_contradiction"})).reason
    assert listed is not None
    assert listed.code == "contradiction"
    assert said("douyin", terms, abnormal=frozenset({"meaningless_text"})).reason is None


@pytest.mark.parametrize("policy_id", ["pinduoduo_negative_experience", "douyin_ccr"])
def test_every_reason_that_may_be_suggested_is_one_of_the_shipped_policies(policy_id: str) -> None:
    rows = policy_tables(PolicyLibrary.load([SHIPPED_POLICIES]))["policy_appeal_reasons"].to_pylist()
    versions: dict[str, set[str]] = {}
    for row in rows:
        if row["policy_id"] == policy_id:
            versions.setdefault(row["version"], set()).update((row["reason_code"], row["name_zh"]))
    assert versions
    suggested = {rule.code for rule in RULES[policy_id.partition("_")[0]]}
    assert all(suggested <= listed for listed in versions.values())


def test_what_is_not_open_is_said_with_its_issue_and_no_reason_is_suggested() -> None:
    closed = case(TERMS, feedback(issues=("no_reply",)))
    found = suggest(filed(reason_code=None), closed, Record(), None, DAY)
    assert (found.is_open, found.reason) == (False, None)
    assert found.why_not.startswith("no_reply: a long silence of the service (长时间不回复)")


def test_what_is_partly_open_says_what_is_not() -> None:
    mixed = case(TERMS, feedback(issues=("no_reply", "quality_defect")))
    found = suggest(filed(reason_code=None), mixed, Record(dimensions=PRODUCT), None, DAY)
    assert found.is_open
    assert found.partly_closed.startswith("no_reply:")


def test_the_deadline_is_counted_down_and_what_is_late_is_said() -> None:
    found = suggest(filed(reason_code=None), case(), Record(dimensions=PRODUCT), None, DAY)
    assert (found.deadline_on, found.days_left) == (date(2026, 9, 9), 4)
    assert (found.evidence_required, found.statement_max_chars) == (("photo",), 20)
    late = suggest(filed(11, reason_code=None), case(), Record(dimensions=PRODUCT), None, date(2026, 9, 11))
    assert (late.is_open, late.why_not) == (False, "filed on 2026-09-11, the last day was 2026-09-09")


def removed(orders: int) -> Effect:
    """What the rules say, for a shop of sixty negative orders."""
    return Effect(num_now=60, num_without=60 - orders, den=1000, tier_now="T1", tier_without="T0")


def test_an_order_that_others_keep_negative_changes_nothing() -> None:
    draft = filed(reason_code=None)
    kept = suggest(draft, case(), Record(dimensions=PRODUCT, frees_its_order=False), removed, DAY)
    freed = suggest(draft, case(), Record(dimensions=PRODUCT), removed, DAY)
    assert kept.effect is not None
    assert freed.effect is not None
    assert (kept.effect.num_without, freed.effect.num_without) == (60, 59)
