"""A shop's window held against each version that is asked, and the outcome that is taken: the mildest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from orchestration.replaying.ladder import held_back_by, is_occurrence, tiers
from orchestration.replaying.reading import Row
from orchestration.replaying.rules import Rules, stored_rules, versions_in_window

# Milder than a warning, which has severity 0.
_NO_TIER = -1


@dataclass(frozen=True)
class Judging:
    """What one version makes of a window: what holds the shop back, and the ladder, tier by tier.

    The version looks at the figures of the version of the window's last day; its minima, guards and
    ladder are its own. `days`: of how many days of the window it was in force.
    """

    rules: Rules
    days: int
    is_of_last_day: bool
    guard_score: float | None
    held_back_by: str | None
    is_occurrence: bool
    tiers: Sequence[Row] = ()

    @property
    def name(self) -> str:
        """The version, for a reader."""
        return f"{self.rules.policy_id} {self.rules.version}"

    @property
    def tier(self) -> Row | None:
        """The tier that is met: the most severe."""
        return next((tier for tier in self.tiers if tier["met"]), None)

    @property
    def severity(self) -> int:
        """How severe the outcome is; no tier is milder than any."""
        return self.tier["severity"] if self.tier else _NO_TIER

    @property
    def outcome(self) -> str:
        """The outcome, for a reader."""
        if self.tier:
            return f"{self.tier['tier']} (severity {self.severity})"
        return f"no tier (held back: {self.held_back_by})" if self.held_back_by else "no tier"


@dataclass(frozen=True)
class Judgement:
    """A window that ends on a day, judged by every version asked, earliest first.

    `because` says how it came that just these are asked.
    """

    day: date
    judgings: Sequence[Judging]
    because: str

    @property
    def taken(self) -> Judging:
        """The judging whose outcome counts: the mildest, of equals that of the last day's version."""

        def order(each: Judging) -> tuple[int, bool, str, str]:
            return each.severity, not each.is_of_last_day, each.rules.policy_id, each.rules.version

        return min(self.judgings, key=order)

    @property
    def held_back_by(self) -> str | None:
        """What keeps the shop off the ladder of the version of the last day."""
        return next(each.held_back_by for each in self.judgings if each.is_of_last_day)

    @property
    def may_be_held(self) -> bool:
        """Whether a tier of any version may be met, if only one that warns."""
        return any(each.held_back_by in (None, "improbable") for each in self.judgings)

    @property
    def is_occurrence(self) -> bool:
        """Whether every version says so; one that does not makes the milder outcome."""
        return all(each.is_occurrence for each in self.judgings)

    @property
    def mode(self) -> str:
        """A shadow where any version would make it one."""
        return "shadow" if self._shadows() else "enforce"

    @property
    def why(self) -> str:
        """Why the outcome that is taken is the one, beside those that are not."""
        taken = self.taken
        if len(self.judgings) == 1:
            return self.because
        others = [each for each in self.judgings if each is not taken]
        equals = [each for each in others if each.severity == taken.severity]
        compared = [
            f"{how} {' and '.join(f'{each.outcome} by {each.name}' for each in group)}"
            for how, group in (
                ("as mild as", equals),
                ("milder than", [each for each in others if each.severity > taken.severity]),
            )
            if group
        ]
        why = f"its outcome, {taken.outcome}, is {' and '.join(compared)}"
        if equals:
            which = "of the window's last day" if taken.is_of_last_day else "whose name comes first"
            why += f", and of equals the version {which} is taken"
        shadows = self._shadows()
        if taken.tier and shadows and taken.name not in shadows:
            why += f"; a shadow, which it would be by {' and '.join(shadows)}"
        return f"{why}; {self.because}"

    def on_ladder(self, figures: Row) -> "Judgement":
        """The same with the tiers of each version, once earlier occurrences are counted."""
        climbed = [
            replace(each, tiers=tiers(each.rules, figures, each.held_back_by)) for each in self.judgings
        ]
        return replace(self, judgings=climbed)

    def _shadows(self) -> list[str]:
        return [each.name for each in self.judgings if each.rules.mode_on(self.day) == "shadow"]


def judged(
    connection: duckdb.DuckDBPyConnection,
    platform: str,
    day: date,
    of_last_day: Rules,
    *,
    figures: Row,
    shop_type: str | None,
) -> Judgement:
    """A window that ends on a day, judged as its last day's version says; earlier occurrences left aside."""
    window_days = of_last_day.said("window_days")
    found = versions_in_window(connection, platform, day, window_days)
    straddle = of_last_day.said("straddle") if len(found) > 1 else None
    if of_last_day.would_be:
        asked, because = [(of_last_day, window_days)], "it is the only version asked"
    elif straddle == "lenient":
        asked = [(_rules(connection, row, of_last_day), row["days"]) for row in found]
        because = "the policy is lenient where versions change within a window"
    else:
        asked = [(of_last_day, row["days"]) for row in found if _is_of(row, of_last_day)]
        because = _BECAUSE_ALONE.get(straddle, "the version of the window's last day judges all of it")
    is_too_early = not of_last_day.would_be and straddle == "full_window_only"
    judgings: list[Judging] = []
    for rules, days in asked:
        guard = guard_score(rules, shop_type, figures["num_effective"], figures["den_effective"])
        held = held_back_by(rules, figures, guard, is_too_early=is_too_early)
        occurs = is_occurrence(rules, figures, held)
        judgings.append(Judging(rules, days, rules is of_last_day, guard, held, occurs))
    return Judgement(day, judgings, because)


def guard_score(rules: Rules, shop_type: str | None, num: int, den: int) -> float | None:
    """The score a version fixes for numbers so small; None where they are not."""
    guard = rules.guard(shop_type)
    return guard["score"] if guard and den < guard["den_lt"] and num <= guard["num_le"] else None


# By straddle rule, why only the version of the last day is asked; None: no other version is there.
_BECAUSE_ALONE = {
    None: "no other version was in force in the window",
    "full_window_only": "the policy holds nobody until a window lies in one version whole",
}


def _is_of(row: Row, rules: Rules) -> bool:
    return (row["policy_id"], row["policy_version"]) == (rules.policy_id, rules.version)


def _rules(connection: duckdb.DuckDBPyConnection, row: Row, of_last_day: Rules) -> Rules:
    if _is_of(row, of_last_day):
        return of_last_day
    return stored_rules(connection, row["policy_id"], row["policy_version"])
