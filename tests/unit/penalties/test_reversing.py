"""An upheld appeal takes out its event alone, and brings back money, points and privileges."""

from typing import Any

import pytest

from orchestration.penalties.ledger import Ledger
from tests.unit.penalties.bench import (
    moved,
    posted,
    rules_with,
    rules_without_exemptions,
    shop,
    ticket,
    words_of,
)
from tests.unit.penalties.told import appeal, booked, day, heard, judged, statuses, stored, upheld, whole

T2: dict[str, Any] = {
    "severity": 2,
    "tier": "T2",
    "rule_id": "CCR-T2",
    "num_effective": 24,
    "rate": 0.12,
    "ci_low": 0.08172,
    "ratio_to_benchmark": 6.0,
    "ratio_to_benchmark_low": 4.086,
}


def order(number: int, candidate: dict[str, Any] | None = None) -> str:
    who = candidate or shop()
    return f"{who['shop_key']}-{who['period_key']}-o{number}"


def approved(count: int, number: int = 5, first: int = 0, **given: Any) -> dict[str, Any]:
    """An appeal about some feedback of the first decision, upheld on a day."""
    orders = [order(each) for each in range(first, first + count)]
    subject: dict[str, Any] = {"subject_type": "feedback", "subject_key": f"review:{orders[0]}"}
    event = appeal(f"a{first}", number, "approved", **(subject | given))
    return {"appeals": heard(event, out=upheld(f"a{first}", number, *orders))}


def test_one_order_less_leaves_the_tier_as_it_is_and_says_so(ledger: Ledger) -> None:
    report = posted(ledger, shop(), judged=judged(0, 5), **approved(1))
    assert moved(report) == {"appeals_upheld": 1}
    (told,) = stored(ledger, "reassessments")
    assert (told["cause"], told["outcome"], told["tier"], told["num"]) == ("appeal", "upheld", "T1", 11)
    assert told["detail"]["upheld_orders"] == [order(0)]
    assert statuses(ledger) == [("noticed", 0)]


def test_no_tier_left_gives_everything_back_before_execution(ledger: Ledger) -> None:
    report = posted(ledger, shop(), judged=judged(0, 30), **approved(9))
    assert moved(report) == {"appeals_reversed": 1}
    assert statuses(ledger) == [("noticed", 0), ("reversed", 5)]
    assert booked(ledger)[-2:] == [("reverse", 1, 0, -4), ("reverse", 2, 200_000, 0)]
    whole(ledger)


def test_no_tier_left_refunds_after_payment_and_ends_what_still_holds(ledger: Ledger) -> None:
    report = posted(ledger, shop(), judged=judged(0, 30), **approved(9, 17))
    assert moved(report) == {"executed": 1, "appeals_reversed": 1}
    assert booked(ledger)[-2:] == [("refund", 2, 200_000, 0), ("reverse", 1, 0, -4)]
    restricted = stored(ledger, "measure_terms")
    assert [(row["change"], row["ends_on"]) for row in restricted] == [
        ("started", day(22)),
        ("ended_early", day(17)),
    ]
    whole(ledger)


def test_a_milder_tier_gives_the_difference_back_and_imposes_nothing_new(ledger: Ledger) -> None:
    report = posted(ledger, shop(**T2), judged=judged(0, 30), **approved(12))
    assert moved(report) == {"appeals_lowered": 1, "executed": 1, "expired": 1}
    (told,) = stored(ledger, "reassessments")
    assert (told["outcome"], told["tier"], told["num"]) == ("lowered", "T1", 12)
    assert statuses(ledger) == [("noticed", 0), ("lowered", 5), ("executed", 15), ("expired", 15)]
    money = [entry for entry in booked(ledger) if entry[2]]
    assert money == [
        ("freeze", 1, 700_000, 0),
        ("issue", 1, 700_000, 0),
        ("reverse", 1, 500_000, 0),
        ("execute", 1, 200_000, 0),
    ]
    # of T2's own: the freeze of funds ends, and the delisting never begins; T1's points are not added
    assert [
        (row["measure_code"], row["change"], row["ends_on"]) for row in stored(ledger, "measure_terms")
    ] == [
        ("funds_freeze", "started", day(30)),
        ("funds_freeze", "ended_early", day(5)),
    ]
    whole(ledger)


def test_a_lowering_after_payment_refunds_the_difference(ledger: Ledger) -> None:
    posted(ledger, shop(**T2), judged=judged(0, 20), **approved(12, 20))
    assert booked(ledger)[-1] == ("refund", 1, 500_000, 0)
    ended = [row["ends_on"] for row in stored(ledger, "measure_terms") if row["change"] == "ended_early"]
    assert ended == [day(20), day(20)]
    whole(ledger)


def test_what_appeals_take_out_adds_up(ledger: Ledger) -> None:
    first, second = approved(2), approved(7, 6, first=2)
    posted(ledger, shop(), judged=judged(0, 5), **first)
    posted(ledger, judged=judged(6, 6), **second)
    assert [row["outcome"] for row in stored(ledger, "reassessments")] == ["upheld", "reversed"]
    assert statuses(ledger)[-1] == ("reversed", 6)


def test_an_order_with_other_feedback_stays_counted(ledger: Ledger) -> None:
    words = words_of(shop())
    words += [row | {"feedback_key": f"chat:{row['order_key']}", "channel": "im_session"} for row in words]
    posted(ledger, shop(), words=words)
    posted(ledger, judged=judged(5, 5), **approved(9))
    (told,) = stored(ledger, "reassessments")
    assert (told["outcome"], told["num"], told["detail"]["upheld_orders"]) == ("upheld", 12, [])


def test_few_buyers_left_are_too_few(ledger: Ledger) -> None:
    words = words_of(shop())
    for number, row in enumerate(words):
        row["buyer_key"] = f"buyer {min(number, 4)}"
    posted(ledger, shop(distinct_buyers=5), words=words)
    posted(ledger, judged=judged(5, 5), **approved(1))
    (told,) = stored(ledger, "reassessments")
    assert (told["outcome"], told["detail"]["held_back_by"]) == ("reversed", "few_buyers")


def test_an_appeal_about_an_order_takes_back_its_ticket(ledger: Ledger) -> None:
    who: dict[str, Any] = {"platform": "pinduoduo", "shop_key": "pinduoduo:s9"}
    event = appeal("a", 3, "approved", subject_type="order", subject_key="pinduoduo:o1", **who)
    out = upheld("a", 3, "pinduoduo:o1", platform="pinduoduo")
    days = judged(0, 3, "pinduoduo")
    posted(ledger, ticket(), ticket("o2"), judged=days, appeals=heard(event, out=out))
    assert statuses(ledger, "pinduoduo:s9").count(("reversed", 3)) == 1
    assert [entry[0] for entry in booked(ledger)].count("refund") == 1
    whole(ledger)


def test_an_appeal_about_a_decision_takes_all_of_it_back(ledger: Ledger) -> None:
    (name,) = posted(ledger, shop()).posted
    event = appeal("a", 2, "approved", subject_type="decision", subject_key=name, decision_id=name)
    posted(ledger, judged=judged(2, 2), appeals=heard(event))
    assert statuses(ledger) == [("noticed", 0), ("reversed", 2)]
    whole(ledger)


@pytest.mark.parametrize("state", ["rejected", "final_rejected", "withdrawn", "cancelled"])
def test_an_appeal_that_fails_changes_nothing(ledger: Ledger, state: str) -> None:
    before = posted(ledger, shop()) and whole(ledger)
    posted(ledger, judged=judged(5, 5), appeals=heard(appeal("a", 5, state, subject_key=order(0))))
    assert whole(ledger) == before


def test_a_ticket_settled_with_its_consumer_is_let_off_before_it_is_paid(ledger: Ledger) -> None:
    who: dict[str, Any] = {"platform": "pinduoduo", "shop_key": "pinduoduo:s9", "subject_key": "pinduoduo:o1"}
    report = posted(
        ledger, ticket(), judged=judged(0, 5, "pinduoduo"), appeals=heard(appeal("a", 1, "exempt", **who))
    )
    assert moved(report) == {"appeals_exempted": 1}
    assert statuses(ledger, "pinduoduo:s9") == [("noticed", 0), ("exempted_resolved", 1)]
    whole(ledger)


def test_a_shadow_has_nothing_to_give_back(ledger: Ledger) -> None:
    posted(ledger, shop(mode="shadow"))
    assert moved(posted(ledger, judged=judged(5, 5), **approved(9))) == {}
    assert stored(ledger, "reassessments") == []


def test_a_reversed_decision_is_never_in_force_again(ledger: Ledger) -> None:
    days = judged(0, 30)
    posted(ledger, shop(), judged=days, **approved(9))
    before = whole(ledger)
    for _ in range(2):
        posted(ledger, shop(), judged=days, **approved(9))
    assert whole(ledger) == before


def third(**given: Any) -> dict[str, Any]:
    """A third occurrence, ten weeks after the first, at the tier that asks for three."""
    return shop(
        weeks=10,
        tier="T3",
        rule_id="CCR-T3",
        severity=3,
        occurrences_90d=3,
        **(
            {name: value for name, value in T2.items() if name not in ("severity", "tier", "rule_id")} | given
        ),
    )


def test_a_reversal_takes_an_occurrence_from_later_decisions(ledger: Ledger) -> None:
    posted(ledger, shop(), shop(weeks=5), third())
    event = approved(9, 72)
    report = posted(ledger, judged=judged(71, 72), **event)
    assert moved(report)["appeals_reversed"] == moved(report)["appeals_lowered"] == 1
    told = [(row["cause"], row["outcome"], row["tier"]) for row in stored(ledger, "reassessments")]
    assert sorted(told) == [("appeal", "reversed", None), ("earlier_reversal", "lowered", "T2")]
    before = whole(ledger)
    posted(ledger, judged=judged(71, 72), **event)
    assert whole(ledger) == before


def test_a_merged_term_lasts_no_longer_than_its_own_once_the_other_is_taken_back(ledger: Ledger) -> None:
    rows = rules_without_exemptions()["ladder_measures"].to_pylist()
    short = [
        row | {"params_json": '{"days":10}'} if row["measure_code"] == "funds_freeze" else row for row in rows
    ]
    posted(ledger, shop(**T2, cooldown_days=0))
    posted(ledger, shop(weeks=1, **T2, cooldown_days=0), policies=rules_with(ladder_measures=short))
    posted(ledger, judged=judged(12, 12), **approved(24, 12))
    ends = {
        (row["starts_on"], row["change"]): row["ends_on"]
        for row in stored(ledger, "measure_terms")
        if row["measure_code"] == "funds_freeze"
    }
    assert ends == {
        (day(0), "started"): day(30),
        (day(0), "ended_early"): day(12),
        (day(7), "started"): day(30),
        (day(7), "ended_early"): day(17),
    }
