"""The ladder of a rate policy, condition by condition, and what keeps a shop off it."""

from itertools import groupby
from typing import Any

from orchestration.replaying.reading import Row
from orchestration.replaying.rules import Rules

OCCURRENCES = "occurrences_90d"


def tiers(rules: Rules, measured: Row, held_back_by: str | None) -> list[Row]:
    """Each tier, the most severe first, with its conditions and numbers and whether it is met.

    A measure that is unknown meets no condition. Where the shop is held back only as `improbable` it
    may be warned, which costs nothing; held back by anything else it meets no tier.
    """

    def rank(row: Row) -> tuple[Any, ...]:
        return row["tier_rank"], row["rule_id"], row["tier"], row["severity"]

    found: list[Row] = []
    conditions = sorted(rules.tables["ladder_conditions"], key=rank)
    for (tier_rank, rule_id, tier, severity), group in groupby(conditions, key=rank):
        of_tier = list(group)
        asked = [
            {
                "measure": each["measure"],
                "at_least": each["at_least"],
                "value": measured.get(each["measure"]),
                "met": _meets(measured.get(each["measure"]), each["at_least"]),
            }
            for each in of_tier
        ]
        may_be_held = held_back_by is None or (held_back_by == "improbable" and severity == 0)
        found.append(
            {
                "tier": tier,
                "rule_id": rule_id,
                "tier_rank": tier_rank,
                "severity": severity,
                "human_review": any(each["human_review"] for each in of_tier),
                "conditions": asked,
                "conditions_met": all(each["met"] for each in asked),
                "met": may_be_held and all(each["met"] for each in asked),
            }
        )
    return found


def is_occurrence(rules: Rules, measured: Row, held_back_by: str | None) -> bool:
    """Whether a day is an occurrence: a tier that costs money is met, earlier occurrences left aside."""
    if held_back_by is not None:
        return False
    for tier in tiers(rules, measured, None):
        asked = [each for each in tier["conditions"] if each["measure"] != OCCURRENCES]
        if tier["severity"] >= 1 and asked and all(each["met"] for each in asked):
            return True
    return False


def held_back_by(
    rules: Rules, figures: Row, guard_score: float | None, *, is_too_early: bool = False
) -> str | None:
    """The first thing that keeps a shop off the ladder; None where nothing does.

    `is_too_early`: days of an earlier version are in the window, and the policy asks for a whole one.
    """
    status = "straddles" if figures["status"] == "ok" and is_too_early else figures["status"]
    if status != "ok":
        return status
    # In the order in which the SQL asks.
    holds_back = {
        # The status speaks for the version of the last day; another may ask for more orders.
        "insufficient": _is_below(figures["den_effective"], rules.said("min_orders")),
        "few_buyers": _is_below(figures["distinct_buyers"], rules.said("min_distinct_buyers")),
        "small_n": guard_score is not None,
        "no_adjustment": figures["lacks_adjustment"],
        "improbable": _is_below(figures["prob_above_threshold"] or 0, rules.said("prob_above_threshold")),
    }
    return next((name for name, holds in holds_back.items() if holds), None)


def _is_below(value: float, least: float | None) -> bool:
    return least is not None and value < least


def _meets(value: float | None, at_least: float) -> bool:
    return value is not None and float(value) >= at_least
