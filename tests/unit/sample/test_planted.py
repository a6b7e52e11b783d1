"""What is planted holds in the written files, counted without the pipeline."""

from collections import Counter, defaultdict

import pytest

from orchestration.sample.planted import PLANTED, PLANTED_BAD_ROWS, PLANTED_ORDERS, PLANTED_SHOPS
from orchestration.sample.schedules import SHOP_PLANS
from tests.unit.sample.conftest import Market
from tests.unit.sample.naive_count import (
    Score,
    effective_orders,
    evaluation_days,
    is_bad_session,
    negative_orders,
    scores,
)

Weekly = list[dict[str, Score]]


@pytest.fixture(scope="module")
def weekly(small: Market) -> Weekly:
    days = evaluation_days(small.first_day, small.days)
    assert days
    return [scores(small.douyin, day) for day in days]


@pytest.fixture(scope="module")
def weekly_unexcluded(small: Market) -> Weekly:
    days = evaluation_days(small.first_day, small.days)
    return [scores(small.douyin, day, exclude=False) for day in days]


def _tier(score: Score) -> str | None:
    if score.orders < 30 or score.buyers < 5 or (score.orders < 500 and score.negatives <= 3):
        return None
    ratio = score.low_ratio
    return "T2 or worse" if ratio >= 2 else "T1" if ratio >= 1.3 else None


def test_the_severe_offender_is_far_beyond_its_category_in_every_full_window(weekly: Weekly) -> None:
    for scored in weekly:
        severe = scored["planted_offender_severe"]
        assert severe.orders >= 60
        assert 0.24 <= severe.negatives / severe.orders <= 0.31
        assert severe.buyers == severe.negatives
        assert severe.low_ratio >= 3


def test_the_mild_offender_is_between_the_first_and_the_second_tier(weekly: Weekly) -> None:
    for scored in weekly:
        mild = scored["planted_offender_mild"]
        assert mild.peers >= 6
        assert mild.orders == 120
        # room on both sides: two complaints more or fewer change no tier
        assert 1.4 <= mild.low_ratio <= 1.85
        assert _tier(mild) == "T1"


def test_the_service_offender_is_over_the_threshold_and_nobody_complains_of_its_goods(
    small: Market, weekly: Weekly
) -> None:
    assert all(_tier(scored["planted_service_only"]) for scored in weekly)
    last = max(evaluation_days(small.first_day, small.days)).isoformat()
    bad = negative_orders(small.douyin, last)
    own = {row["order_id"] for _, row in small.douyin.orders if row["shop_id"] == "planted_service_only"}
    assert "after_sale" not in set().union(*(bad[order] for order in own & set(bad)))
    rated = [row for _, row in small.douyin.reviews if row["order_id"] in own and not row["is_default"]]
    assert min(row["rating_product"] for row in rated) >= 4
    assert min(row["rating_service"] for row in rated) == 1


def test_the_small_shop_is_awful_and_has_too_few_orders(weekly: Weekly) -> None:
    for scored in weekly:
        assert scored["planted_small_awful"].orders == 25
        assert scored["planted_small_awful"].negatives >= 10


def test_the_victim_is_guilty_only_by_brushed_orders_and_abnormal_reviews(
    weekly: Weekly, weekly_unexcluded: Weekly
) -> None:
    for scored, unexcluded in zip(weekly, weekly_unexcluded, strict=True):
        assert scored["planted_brushing_victim"].negatives <= 1
        assert unexcluded["planted_brushing_victim"].negatives >= 30
        assert _tier(unexcluded["planted_brushing_victim"]) == "T2 or worse"


def test_the_victims_bursts_are_of_both_kinds(small: Market) -> None:
    until = max(day for day, _ in small.douyin.orders)
    everything = effective_orders(small.douyin, until, exclude=False)
    paid = [row for row in everything.values() if row["shop_id"] == "planted_brushing_victim"]
    product = {row["order_id"]: row["product_id"] for _, row in small.douyin.lines}
    bursts = Counter((row["buyer_id"], row["paid_at"][:10], product[row["order_id"]]) for row in paid)
    parcels = Counter(row["waybill_no"] for row in paid if row["waybill_no"])
    assert sum(count >= 5 for count in bursts.values()) >= 3
    assert sum(count >= 3 for count in parcels.values()) >= 3


def test_many_complaints_come_from_three_buyers_only(weekly: Weekly) -> None:
    for scored in weekly:
        few = scored["planted_few_buyers"]
        assert few.orders >= 30
        assert few.negatives >= 8
        assert few.buyers == 3


def test_the_guarded_shop_has_many_feared_faults_and_no_complaint(small: Market, weekly: Weekly) -> None:
    assert all(scored["planted_guarded"].negatives == 0 for scored in weekly)
    own = {row["session_id"] for _, row in small.douyin.sessions if row["shop_id"] == "planted_guarded"}
    said = ["".join(message["text"] for message in small.douyin.words[session]) for session in own]
    assert len(said) >= 20
    feared = [text for text in said if any(word in text for word in ("坏了", "少", "漏发", "次品", "用不了"))]
    assert len(feared) >= 5


def test_three_complaints_of_forty_five_orders_are_guarded_by_their_number(weekly: Weekly) -> None:
    for scored in weekly:
        assert scored["planted_small_n"].orders == 45
        assert 2 <= scored["planted_small_n"].negatives <= 3


def test_default_reviews_would_make_a_shop_guilty_if_they_counted(
    small: Market, weekly: Weekly, weekly_unexcluded: Weekly
) -> None:
    own = [row for _, row in small.douyin.reviews if row["shop_id"] == "planted_default_reviews"]
    assert len(own) >= 30
    assert all(row["is_default"] for row in own)
    for scored, unexcluded in zip(weekly, weekly_unexcluded, strict=True):
        assert scored["planted_default_reviews"].negatives == 0
        assert unexcluded["planted_default_reviews"].negatives >= 8


def test_no_planted_innocent_is_penalised_and_every_planted_offender_is(weekly: Weekly) -> None:
    for scored in weekly:
        for planted in PLANTED_SHOPS:
            assert planted.shop_id is not None
            tier = _tier(scored[planted.shop_id])
            assert (tier is not None) == (planted.expected == "penalised"), planted
            assert tier != "T1" or "T1" in planted.tiers


def test_planted_complaints_are_not_a_template(small: Market) -> None:
    writers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for _, row in small.douyin.reviews:
        if row["shop_id"].startswith("planted") and (row["rating_overall"] <= 2) and not row["is_default"]:
            writers[row["shop_id"], row["text"]].add(row["buyer_id"])
    assert max(map(len, writers.values())) < 5


def test_conversations_with_planted_shops_name_their_order_and_begin_in_service_hours(small: Market) -> None:
    sessions = [row for _, row in small.douyin.sessions if row["shop_id"].startswith("planted")]
    assert all(row["order_id"] for row in sessions)
    assert all("08:00" <= row["started_at"][11:16] < "23:00" for row in sessions)


def _case(small: Market, order_id: str) -> list[tuple[str, dict[str, object]]]:
    return [(day, row) for day, row in small.pinduoduo.after_sales if row["order_id"] == order_id]


@pytest.mark.parametrize(
    ("order_id", "reason", "is_valid", "is_admitted"),
    [
        ("planted_s75_wrong_item_admitted", "发错货", True, True),
        ("planted_s76_missing_item_evidence", "漏发", True, False),
        ("planted_s77_damaged_by_logistics", "破损", True, False),
        ("planted_wrong_item_not_admitted", "发错货", True, False),
        ("planted_missing_item_no_evidence", "漏发", False, False),
    ],
)
def test_a_case_has_its_facts_from_its_first_version(
    small: Market, order_id: str, reason: str, is_valid: bool, is_admitted: bool
) -> None:
    versions = _case(small, order_id)
    assert len({row["updated_at"] for _, row in versions}) == 2
    for _, row in versions:
        assert reason in str(row["reason_text"])
        assert row["evidence_valid"] is is_valid
        assert row["merchant_admitted"] is is_admitted


def test_damage_on_the_way_is_blamed_on_the_carrier(small: Market) -> None:
    blames = {row["blame"] for _, row in _case(small, "planted_s77_damaged_by_logistics")}
    assert blames == {"logistics"}


def test_late_evidence_becomes_valid_on_a_later_day(small: Market) -> None:
    versions = sorted(
        (day, row["evidence_valid"]) for day, row in _case(small, "planted_missing_item_late_evidence")
    )
    distinct = list(dict.fromkeys(versions))
    assert [valid for _, valid in distinct] == [False, True]
    assert distinct[0][0] < distinct[1][0]


@pytest.mark.parametrize(
    ("order_id", "last_writer"),
    [
        ("planted_s78_usage_taught_accepted", "consumer"),
        ("planted_s79_use_patiently_answered", "consumer"),
    ],
)
def test_a_question_about_use_is_a_conversation_that_ends_well(
    small: Market, order_id: str, last_writer: str
) -> None:
    assert not _case(small, order_id)
    sessions = [row for _, row in small.pinduoduo.sessions if row["order_id"] == order_id]
    assert sessions
    messages = sorted(small.pinduoduo.words[sessions[0]["session_id"]], key=lambda row: row["seq"])
    assert messages[-1]["role"] == last_writer
    assert {"consumer", "agent"} == {row["role"] for row in messages}
    assert not is_bad_session(messages)


def test_every_planted_order_counts_and_is_paid_once(small: Market) -> None:
    until = max(day for day, _ in small.pinduoduo.orders)
    known = effective_orders(small.pinduoduo, until)
    assert {planted.order_id for planted in PLANTED_ORDERS} <= set(known)


def test_bad_rows_are_delivered_once_and_are_what_they_say(small: Market) -> None:
    sources = {"orders": "order_id", "reviews": "review_id"}
    for bad in PLANTED_BAD_ROWS:
        rows = getattr(getattr(small, bad.platform), bad.source)
        found = [row for _, row in rows if row[sources[bad.source]] == bad.key]
        assert len(found) == 1, bad
        if bad.column == "paid_at":
            assert found[0]["paid_at"] < found[0]["created_at"]
        else:
            assert str(found[0][bad.column]) == str(bad.value)


def test_planted_records_name_their_shops_and_say_why() -> None:
    plans = {plan.shop_id for plan in SHOP_PLANS}
    assert len({planted.role for planted in PLANTED}) == len(PLANTED)
    for planted in PLANTED:
        assert planted.shop_id in plans
        assert planted.why
        assert bool(planted.tiers) == (planted.expected == "penalised")
        assert bool(planted.reason) == (planted.expected == "not_penalised")
