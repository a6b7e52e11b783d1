"""A simple model of the ledger: its laws once more, in plain Python over plain objects, without a store.

It knows the rules of the walk only: one ladder, one ticket rule, one cap, one first-time exemption.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
Listed = tuple[Row, Mapping[str, str]]  # a candidate, and the feedback of each order it counts

FREEZE_DAYS, HORIZON, CAP_DAYS, CAP_FEN, OCCURRENCE_DAYS = 15, 30, 30, 900_000, 90
BENCHMARK, FEW_BUYERS = 0.02, 5
FINES = {"2026-07-14": 200_000, "2027-03-01": 300_000}  # of T1, by version
T2_FINE, T1_POINTS, RESTRICTED_DAYS, COMPENSATION = 700_000, 4, 7, 617
SEVERITY = {"T0": 0, "T1": 1, "T2": 2, "T3": 3, "ticket": 2}
GONE = ("reversed", "void", "exempted_study", "exempted_first")


def lower_bound(num: int, den: int) -> float:
    """Wilson's lower bound, by its usual formula."""
    z, share = 1.959963984540054, num / den
    middle = share + z * z / (2 * den)
    return (middle - z * math.sqrt(share * (1 - share) / den + z * z / (4 * den * den))) / (1 + z * z / den)


def tier_of(num: int, den: int, occurrences: int) -> str | None:
    """The tier that so many negative orders, each of another buyer, meet."""
    low = lower_bound(num, den) / BENCHMARK if num else 0.0
    if num < FEW_BUYERS:
        return None
    if low >= 3.0 and occurrences >= 3:
        return "T3"
    if low >= 1.3:
        return "T2" if low >= 2.0 else "T1"
    return "T0" if num / den / BENCHMARK >= 1.3 else None


@dataclass
class Case:
    """One decision of the model."""

    candidate: Row
    orders: dict[str, str]
    mode: str
    tier: str
    consumed: set[str]
    imposed: int
    points: int
    stands_at: str = ""
    taken: int = 0
    lies: str = "outstanding"
    events: list[tuple[str, date]] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    restricted_until: date | None = None

    @property
    def status(self) -> str:
        return next(status for status, _ in reversed(self.events) if status != "lowered")

    def first(self, *statuses: str) -> date | None:
        return next((day for status, day in self.events if status in statuses), None)

    def stands_on(self, day: date) -> bool:
        return not any(status in ("reversed", "void") and when <= day for status, when in self.events)

    def told(self) -> tuple[Any, ...]:
        """Everything that the ledger must say, too."""
        lying = [self.taken if self.lies == name else 0 for name in ("outstanding", "frozen", "paid")]
        money = (self.imposed, self.imposed - self.taken, *lying, self.points)
        return self.mode, self.tier, self.events, money, sorted(self.consumed)


class Model:
    """What the ledger should hold after the same operations."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}

    def post(
        self, days: tuple[date, date], listed: Sequence[Listed], appeals: Iterable[Row], known: date
    ) -> None:
        """The days in turn: what appeals came to, what is due, candidates by platform and subject."""
        first, last = days
        in_turn = sorted(listed, key=lambda each: (each[0]["subject_id"], each[0]["period_key"]))
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            for platform in ("douyin", "pinduoduo"):
                for appeal in sorted(appeals, key=lambda each: each["appeal_key"]):
                    if (appeal["business_day"], appeal["platform"]) == (day, platform):
                        self._hear(appeal)
                for case in self.cases.values():
                    if case.candidate["platform"] == platform:
                        _carry_out(case, day)
                for candidate, orders in in_turn:
                    if (candidate["business_day"], candidate["platform"]) == (day, platform):
                        self._issue(candidate, dict(orders), known)

    def confirm(self, key: str, day: date) -> None:
        self.cases[key].events.append(("confirmed", day))
        self.cases[key].lies = "frozen"

    def take_back(self, key: str, day: date, status: str) -> None:
        """All of it goes back: a refusal, a correction, an exemption, a reversal."""
        case = self.cases[key]
        case.events.append((status, day))
        case.taken = case.points = 0

    def _issue(self, candidate: Row, orders: dict[str, str], known: date) -> None:
        key, day, is_ticket = candidate["key"], candidate["business_day"], candidate["tier"] == "ticket"
        if key in self.cases:
            return
        late = candidate["period_end"] < known - timedelta(days=HORIZON)
        mode = "shadow" if late else candidate["mode"]
        of_shop = [each for each in self.cases.values() if _shop(each) == candidate["shop_key"]]
        standing = [each for each in of_shop if each.stands_on(day)]
        reach = candidate["cooldown_days"]
        if any(
            abs((each.candidate["period_end"] - candidate["period_end"]).days) < reach
            and (each.mode == "enforce" or mode == "shadow")
            for each in standing
        ):
            return
        consumed = orders.keys() & {key for each in standing if each.mode == "enforce" for key in each.orders}
        tier: str | None = candidate["tier"]
        lost = self._lost(candidate, day) if tier == "T3" else 0
        if consumed or lost:
            tier = None if is_ticket else _left(candidate, tier, len(orders) - len(consumed), lost)
        if tier is None:
            return
        fine, points = _price(candidate, tier)
        if not is_ticket:
            near = [each.taken for each in of_shop if abs((_day(each) - day).days) < CAP_DAYS]
            fine = min(fine, max(CAP_FEN - sum(near), 0)) // 100_000 * 100_000
        case = self.cases[key] = Case(candidate, orders, mode, tier, set(consumed), 0, 0, stands_at=tier)
        if mode == "shadow":
            case.events = [("shadow", day)]
            return
        case.imposed = case.taken = fine
        case.points = points
        if tier == "T3":
            case.events = [("awaiting_review", day)]
            return
        case.events, case.lies = [("noticed", day)], "frozen"
        has_cost = (each.imposed and each.status not in GONE[:3] for each in of_shop)
        if is_ticket and not any(has_cost):
            self.take_back(key, day, "exempted_first")

    def _hear(self, appeal: Row) -> None:
        day = appeal["business_day"]
        if appeal["to_state"] != "approved":
            return
        for key, case in sorted(self.cases.items(), key=lambda each: (_day(each[1]), each[0])):
            if case.mode != "enforce" or _day(case) >= day:
                continue
            is_whole = appeal["subject_type"] == "decision"
            named = {order for order, feedback in case.orders.items() if feedback in appeal["feedback"]}
            is_own = case.candidate["shop_key"] == appeal["shop_key"]
            if not (key == appeal["subject_key"] and is_own if is_whole else named):
                continue
            if appeal["appeal_key"] not in case.heard and case.status not in GONE:
                case.heard.add(appeal["appeal_key"])
                case.removed |= named
                if is_whole or case.tier == "ticket":
                    self.take_back(key, day, "reversed")
                else:
                    self._look_again(key, day, 0)
            if case.status in ("reversed", "void"):
                self._without_occurrence(case, appeal["appeal_key"], day)

    def _look_again(self, key: str, day: date, occurrences_lost: int) -> None:
        case = self.cases[key]
        left = len(case.orders) - len(case.removed | case.consumed)
        tier: str | None = case.tier
        if left < len(case.orders) or occurrences_lost:
            tier = _left(case.candidate, case.tier, left, occurrences_lost)
        if tier is None:
            self.take_back(key, day, "reversed")
        elif SEVERITY[tier] < SEVERITY[case.stands_at]:
            fine, points = _price(case.candidate, tier)
            before = _price(case.candidate, case.stands_at)
            # nothing that only the milder tier has is imposed
            case.taken = min(case.taken, fine if before[0] else 0)
            case.points = min(case.points, points if before[1] else 0)
            if case.restricted_until is not None:
                case.restricted_until = min(case.restricted_until, day)
            case.stands_at = tier
            case.events.append(("lowered", day))

    def _lost(self, candidate: Row, day: date) -> int:
        """Occurrences before a candidate that were reversed by a day."""
        return sum(
            _shop(each) == candidate["shop_key"]
            and ("reversed", True) in [(status, when <= day) for status, when in each.events]
            and timedelta(0)
            < candidate["period_end"] - each.candidate["period_end"]
            < timedelta(days=OCCURRENCE_DAYS)
            for each in self.cases.values()
        )

    def _without_occurrence(self, earlier: Case, appeal_key: str, day: date) -> None:
        """Later decisions that ask for occurrences lose those that were reversed."""
        end = earlier.candidate["period_end"]
        later = sorted(
            (each.candidate["period_end"], key)
            for key, each in self.cases.items()
            if _shop(each) == _shop(earlier) and each.tier == "T3" and each.mode == "enforce"
        )
        for period_end, key in later:
            case, heard = self.cases[key], f"{appeal_key} earlier"
            if not end < period_end < end + timedelta(days=OCCURRENCE_DAYS) or _day(case) >= day:
                continue
            if heard in case.heard or case.status in GONE:
                continue
            case.heard.add(heard)
            self._look_again(key, day, self._lost(case.candidate, day))
            if case.status == "reversed":
                self._without_occurrence(case, appeal_key, day)


def _carry_out(case: Case, day: date) -> None:
    noticed = case.first("noticed", "confirmed")
    if case.status in ("noticed", "confirmed") and noticed is not None:
        due = noticed + timedelta(days=1 if case.tier == "ticket" else FREEZE_DAYS)
        if due <= day:
            case.events.append(("executed", due))
            case.lies = "paid"
            if case.tier == case.stands_at == "T1":
                case.restricted_until = due + timedelta(days=RESTRICTED_DAYS)
    executed = case.first("executed")
    if case.status == "executed" and case.restricted_until is not None and executed is not None:
        end = max(case.restricted_until, executed)
        if end <= day:
            case.events.append(("expired", end))


def _left(candidate: Row, issued: str | None, num: int, occurrences_lost: int = 0) -> str | None:
    occurrences = candidate["occurrences_90d"] - occurrences_lost
    found = tier_of(num, candidate["den_effective"], occurrences)
    return None if found is None or issued is None else min(found, issued, key=SEVERITY.__getitem__)


def _price(candidate: Row, tier: str) -> tuple[int, int]:
    """Fen and points of a tier."""
    if tier == "ticket":
        return COMPENSATION, 0
    if tier == "T1":
        return FINES[candidate["policy_version"]], T1_POINTS
    return (T2_FINE if tier == "T2" else 0), 0


def _shop(case: Case) -> str:
    return case.candidate["shop_key"]


def _day(case: Case) -> date:
    return case.candidate["business_day"]
