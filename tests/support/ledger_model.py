"""A simple model of the ledger: its laws once more, in plain Python over plain objects, without a store.

It knows the rules of the walk only (`ledger_rules`): two rates and a ticket in one exclusive group, one cap,
one first-time exemption, escalation by severity and by failed appeals.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.support import ledger_rules as rules
from tests.support.ledger_rules import SEVERITY, tier_of

Row = dict[str, Any]
Listed = tuple[Row, Mapping[str, str]]  # a candidate, and the feedback of each order it counts

FREEZE_DAYS, HORIZON, OCCURRENCE_DAYS, FAILED_DAYS, WINDOW_DAYS = 15, 30, 90, 90, 7
COMPENSATION = 617
TAKEN_BACK = ("reversed", "void")
LET_OFF = ("exempted_study", "exempted_first", "exempted_resolved")
REMARKS = ("lowered", "suspended", "resumed")
TO_COME = ("noticed", "confirmed", "awaiting_review")
ONE_DAY = timedelta(days=1)


@dataclass
class Measure:
    """One consequence of a decision: what was imposed, and what is left of it."""

    code: str
    fen: int = 0
    points: int = 0
    days: int = 0
    added_by: str | None = None
    starts: date | None = None
    own_end: date = date.min  # by its own days
    ends: date = date.min  # with those of others that it overlaps

    def __post_init__(self) -> None:
        self.imposed = (self.code, self.fen, self.points, self.added_by)


@dataclass
class Case:
    """One decision of the model."""

    candidate: Row
    orders: dict[str, str]
    mode: str
    tier: str
    consumed: set[str]
    lost: int
    measures: list[Measure]
    suppressed_by: str | None = None
    stands_at: str = ""
    waits: bool = False  # for a person
    lies: str = "outstanding"
    events: list[tuple[str, date]] = field(default_factory=list)
    stops: dict[str, list[list[date | None]]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)

    @property
    def status(self) -> str:
        return next(status for status, _ in reversed(self.events) if status not in REMARKS)

    @property
    def is_in_force(self) -> bool:
        return self.status in (*TO_COME, "executed", "expired")

    @property
    def is_ticket(self) -> bool:
        return self.tier == "ticket"

    def first(self, *statuses: str) -> date | None:
        return next((day for status, day in self.events if status in statuses), None)

    def stands_on(self, day: date) -> bool:
        return not any(status in TAKEN_BACK and when <= day for status, when in self.events)

    def told(self) -> tuple[Any, ...]:
        """Everything that the ledger must say, too."""
        left = sum(each.fen for each in self.measures) if self.mode == "enforce" else 0
        issued = sum(each.imposed[1] for each in self.measures) if self.mode == "enforce" else 0
        points = sum(each.points for each in self.measures) if self.mode == "enforce" else 0
        lying = [left if self.lies == name else 0 for name in ("outstanding", "frozen", "paid")]
        money = (issued, issued - left, *lying, points)
        imposed = [each.imposed for each in self.measures]
        fixed = self.mode, self.tier, self.suppressed_by, sorted(self.consumed), imposed
        return *fixed, self.events, money


class Model:
    """What the ledger should hold after the same operations."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.declared: list[tuple[str, str, date, date]] = []  # stops: scope, key, first and last day

    def post(
        self, days: tuple[date, date], listed: Sequence[Listed], appeals: Iterable[Row], known: date
    ) -> None:
        """The days in turn: what appeals came to, what is due, candidates with the hardest first."""
        first, last = days
        told = list(appeals)
        words: defaultdict[tuple[date, str], dict[str, Row]] = defaultdict(dict)
        for appeal in told:
            words[appeal["business_day"], appeal["platform"]][appeal["appeal_key"]] = appeal
        of_day: defaultdict[tuple[date, str], list[Listed]] = defaultdict(list)
        for each in sorted(listed, key=_turn):
            of_day[each[0]["business_day"], each[0]["platform"]].append(each)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            for platform in ("douyin", "pinduoduo"):
                for _, word in sorted(words[day, platform].items()):
                    self._hear(word)
                self._carry_out(platform, day)
                for candidate, orders in of_day[day, platform]:
                    self._issue(candidate, dict(orders), told, known)

    def confirm(self, key: str, day: date) -> None:
        self.cases[key].events.append(("confirmed", day))
        self.cases[key].lies = "frozen"

    def take_back(self, key: str, day: date, status: str) -> None:
        """All of it goes back: a refusal, a correction, an exemption, a reversal."""
        case = self.cases[key]
        case.events.append((status, day))
        for measure in case.measures:
            measure.fen = measure.points = 0
            self._end(case, measure, day)

    def _issue(self, candidate: Row, orders: dict[str, str], appeals: Sequence[Row], known: date) -> None:
        key, day, is_ticket = candidate["key"], candidate["business_day"], candidate["tier"] == "ticket"
        if key in self.cases:
            return
        late = candidate["period_end"] < known - timedelta(days=HORIZON)
        mode = "shadow" if late else candidate["mode"]
        of_shop = [each for each in self.cases.values() if _shop(each) == candidate["shop_key"]]
        standing = [each for each in of_shop if each.stands_on(day)]
        of_family = [each for each in standing if _family(each) == candidate["rule_family"]]
        reach = candidate["cooldown_days"]
        if any(
            abs((each.candidate["period_end"] - candidate["period_end"]).days) < reach
            and (each.mode == "enforce" or mode == "shadow")
            for each in of_family
        ):
            return
        punished = {key for each in of_family if each.mode == "enforce" for key in each.orders}
        consumed = orders.keys() & punished
        tier: str | None = candidate["tier"]
        lost = self._lost(candidate, day) if tier == "T3" else 0
        if consumed or lost:
            tier = None if is_ticket else _left(candidate, tier, len(orders) - len(consumed), lost)
        if tier is None:
            return
        suppressed_by = _rival(candidate, orders, standing) if mode == "enforce" else None
        mode = "shadow" if suppressed_by else mode
        measures = self._priced(candidate, tier, _failed(appeals, candidate["shop_key"], day), of_shop)
        case = Case(candidate, orders, mode, tier, set(consumed), lost, measures, suppressed_by, tier)
        by_appeals = any(each.added_by == "failed_appeals_90d" for each in measures)
        case.waits = tier == "T3" or (by_appeals and candidate["policy_id"] == rules.RIVAL)
        self.cases[key] = case
        if mode == "shadow":
            case.events = [("suppressed" if suppressed_by else "shadow", day)]
            return
        if case.waits:
            case.events = [("awaiting_review", day)]
            return
        case.events, case.lies = [("noticed", day)], "frozen"
        costly = (
            _family(each) == candidate["rule_family"]
            and each.mode == "enforce"
            and each.status not in (*TAKEN_BACK, "exempted_study", "exempted_resolved")
            for each in of_shop
        )
        if is_ticket and not any(costly):
            self.take_back(key, day, "exempted_first")

    def _priced(self, candidate: Row, tier: str, failed: int, of_shop: Sequence[Case]) -> list[Measure]:
        """What the rule imposes, and after it what is added; fines as far as the cap leaves room."""
        is_ticket = tier == "ticket"
        found = _measures(candidate, tier)
        if is_ticket and candidate["severity"] >= rules.TICKET_SEVERITY:
            found.append(Measure("withdrawal_restrict", days=rules.RESTRICTED_DAYS, added_by="severity"))
        if not is_ticket and SEVERITY[tier] >= rules.RATE_SEVERITY:
            found.append(Measure("violation_points", points=rules.ADDED_POINTS, added_by="severity"))
        if failed >= rules.FAILED_AT_LEAST:
            found.append(Measure("fine", rules.ADDED_FINE, added_by="failed_appeals_90d"))
        if candidate["policy_id"] == rules.CCR:
            room = rules.CAP_FEN - sum(
                measure.fen
                for each in of_shop
                if _family(each) == candidate["rule_family"] and each.mode == "enforce"
                if abs((_day(each) - candidate["business_day"]).days) < rules.CAP_DAYS
                for measure in each.measures
            )
            for measure in found:
                measure.fen = min(measure.fen, max(room, 0)) // 100_000 * 100_000
                room -= measure.fen
                measure.__post_init__()
        return found

    def _hear(self, word: Row) -> None:
        day, key, state = word["business_day"], word["appeal_key"], word["to_state"]
        is_open, is_whole = state in ("submitted", "reconsidering"), word["subject_type"] == "decision"
        upheld = word["feedback"] if state == "approved" else frozenset()
        for name, case in sorted(self.cases.items(), key=lambda each: (_day(each[1]), each[0])):
            if case.mode != "enforce" or _day(case) >= day:
                continue
            named = {order for order, feedback in case.orders.items() if feedback in upheld}
            if not (_may_appeal(name, case, word) if is_whole else named or _lists(case, word)):
                continue
            spans = case.stops.setdefault(key, [])
            if is_open:
                told = any(first >= day or last is None for first, last in spans if first)
                may_stop = case.candidate["policy_id"] in rules.STOPPED_BY_APPEALS and not told
                if may_stop and case.status in TO_COME:
                    case.events.append(("suspended", day))
                    spans.append([day, None])
                continue
            begun = [span for span in spans if span[0] and span[0] <= day and span[1] is None]
            if begun and case.status in TO_COME:
                case.events.append(("resumed", day))
                begun[-1][1] = day
            if state == "exempt" and case.status in TO_COME and (is_whole or case.is_ticket):
                self.take_back(name, day, "exempted_resolved")
            if state == "approved":
                self._uphold(name, word, named, is_whole)

    def _uphold(self, name: str, word: Row, named: set[str], is_whole: bool) -> None:
        case, appeal_key, day = self.cases[name], word["appeal_key"], word["business_day"]
        if appeal_key not in case.heard and case.is_in_force:
            case.heard.add(appeal_key)
            case.removed |= named
            if is_whole or case.is_ticket:
                self.take_back(name, day, "reversed")
            else:
                self._look_again(name, day, 0)
        if case.status in TAKEN_BACK:
            self._without_occurrence(case, appeal_key, day)

    def _look_again(self, key: str, day: date, occurrences_lost: int) -> None:
        case = self.cases[key]
        left = len(case.orders) - len(case.removed | case.consumed)
        tier: str | None = case.tier
        if left < len(case.orders) or occurrences_lost:
            tier = _left(case.candidate, case.tier, left, occurrences_lost)
        if tier is None:
            self.take_back(key, day, "reversed")
        elif SEVERITY[tier] < SEVERITY[case.stands_at]:
            milder = {each.code: each for each in _measures(case.candidate, tier)}
            for measure in case.measures:
                # nothing that only the milder tier has is imposed, and no more than it says is kept
                said = milder.get(measure.code, Measure(""))
                if measure.added_by == "severity" or measure.added_by is None:
                    said = Measure("") if measure.added_by else said
                    measure.fen, measure.points = min(measure.fen, said.fen), min(measure.points, said.points)
                    if said.days < measure.days:
                        measure.days = said.days
                        self._end(case, measure, day)
            case.stands_at = tier
            case.events.append(("lowered", day))

    def _lost(self, candidate: Row, day: date) -> int:
        """Occurrences before a candidate that were reversed by a day."""
        return sum(
            (_shop(each), _family(each)) == (candidate["shop_key"], candidate["rule_family"])
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
            if (_shop(each), _family(each)) == (_shop(earlier), _family(earlier))
            if each.tier == "T3" and each.mode == "enforce"
        )
        for period_end, key in later:
            case, heard = self.cases[key], f"{appeal_key} earlier"
            if not end < period_end < end + timedelta(days=OCCURRENCE_DAYS) or _day(case) >= day:
                continue
            if heard in case.heard or not case.is_in_force:
                continue
            case.heard.add(heard)
            self._look_again(key, day, self._lost(case.candidate, day))
            if case.status == "reversed":
                self._without_occurrence(case, appeal_key, day)

    def _carry_out(self, platform: str, day: date) -> None:
        mine = [(key, case) for key, case in self.cases.items() if case.candidate["platform"] == platform]
        due = [(self._due(case), key, case) for key, case in mine if case.status in ("noticed", "confirmed")]
        for on, _, case in sorted((on, key, case) for on, key, case in due if on is not None and on <= day):
            case.events.append(("executed", on))
            case.lies = "paid"
            for measure in case.measures:
                self._begin(case, measure, on)
        for _, case in mine:
            ends = [each.ends for each in case.measures if each.starts is not None]
            executed = case.first("executed")
            if case.status == "executed" and ends and executed is not None and max(executed, *ends) <= day:
                case.events.append(("expired", max(executed, *ends)))

    def _due(self, case: Case) -> date | None:
        """The first day after the notice, and after the days of freezing, on which nothing stops it."""
        noticed = case.first("noticed", "confirmed") or date.max
        due = noticed + timedelta(days=1 if case.is_ticket else FREEZE_DAYS)
        spans = [span for stops in case.stops.values() for span in stops]
        mine = {*(case.candidate[name] for name in ("platform", "policy_id", "rule_family", "shop_key"))}
        spans += [[first, last] for _, key, first, last in self.declared if key in mine]
        while True:
            over = [last for first, last in spans if first and first <= due and (last is None or due <= last)]
            if not over:
                return due
            if over[0] is None:
                return None
            due = over[0] + ONE_DAY

    def _begin(self, case: Case, measure: Measure, day: date) -> None:
        """Days of one measure on one shop that overlap are one: the later end counts."""
        if not measure.days:
            return
        own = day + timedelta(days=measure.days)
        others = [
            each.ends
            for each in self._timed(case, measure)
            if each is not measure and each.starts and each.starts < own and day < each.ends
        ]
        measure.starts, measure.own_end, measure.ends = day, own, max([own, *others])

    def _end(self, case: Case, measure: Measure, day: date) -> None:
        if measure.starts is None or measure.ends <= day:
            return
        measure.ends = max(day, measure.starts)
        measure.own_end = min(measure.own_end, measure.ends)
        timed = self._timed(case, measure)
        for each in timed:
            reached = max(
                other.own_end
                for other in timed
                if other is each
                or (other.starts and each.starts and other.starts < each.ends and each.starts < other.own_end)
            )
            each.ends = min(each.ends, max(reached, min(day, each.ends)))

    def _timed(self, case: Case, measure: Measure) -> list[Measure]:
        return [
            each
            for other in self.cases.values()
            if _shop(other) == _shop(case)
            for each in other.measures
            if each.starts is not None and each.code == measure.code
        ]


def _turn(listed: Listed) -> tuple[Any, ...]:
    """Of one exclusive group the hardest comes first."""
    names = ("subject_type", "subject_id", "policy_id", "period_key")
    return -listed[0]["severity"], *(listed[0][name] for name in names)


def _rival(candidate: Row, orders: Mapping[str, str], standing: Sequence[Case]) -> str | None:
    """The first decision of another rule on the same conduct: an order of both, or rates of one period."""
    for case in sorted(standing, key=lambda each: (_day(each), each.candidate["key"])):
        if case.mode != "enforce" or _family(case) == candidate["rule_family"]:
            continue
        both_rates = not case.is_ticket and candidate["tier"] != "ticket"
        same_week = case.candidate["period_key"] == candidate["period_key"]
        if orders.keys() & case.orders.keys() or (both_rates and same_week):
            return case.candidate["key"]
    return None


def _failed(appeals: Iterable[Row], shop_key: str, day: date) -> int:
    """Appeals of a shop that were rejected in the last 90 days and have not passed since."""
    failed: set[str] = set()
    for each in appeals:
        if each["shop_key"] == shop_key and timedelta(0) <= day - each["business_day"] < timedelta(
            FAILED_DAYS
        ):
            if each["to_state"] in ("rejected", "final_rejected"):
                failed.add(each["appeal_key"])
            if each["to_state"] in ("approved", "exempt"):
                failed.discard(each["appeal_key"])
    return len(failed)


def _may_appeal(key: str, case: Case, word: Row) -> bool:
    """Whether an appeal is against this decision: by its shop, and in time where there is a deadline."""
    counted_from = case.first("confirmed") if case.waits else _day(case)
    in_time = (
        case.is_ticket or counted_from is None or word["filed_on"] <= counted_from + timedelta(WINDOW_DAYS)
    )
    return key == word["subject_key"] and _shop(case) == word["shop_key"] and in_time


def _lists(case: Case, word: Row) -> bool:
    return word["subject_key"] in case.orders.values()


def _left(candidate: Row, issued: str | None, num: int, occurrences_lost: int = 0) -> str | None:
    occurrences = candidate["occurrences_90d"] - occurrences_lost
    found = tier_of(num, candidate["den_effective"], occurrences)
    return None if found is None or issued is None else min(found, issued, key=SEVERITY.__getitem__)


def _measures(candidate: Row, tier: str) -> list[Measure]:
    """What the rule of a tier imposes."""
    if tier == "T1":
        return [
            Measure("violation_points", points=rules.T1_POINTS),
            Measure("fine", rules.FINES[candidate["policy_version"]]),
            Measure("withdrawal_restrict", days=rules.RESTRICTED_DAYS),
        ]
    plain = {"T0": ("warning",), "T3": ("deposit_deduct_all", "shop_clearance")}
    if tier in plain:
        return [Measure(code) for code in plain[tier]]
    return [
        Measure("fine", rules.T2_FINE) if tier == "T2" else Measure("consumer_compensation", COMPENSATION)
    ]


def _shop(case: Case) -> str:
    return case.candidate["shop_key"]


def _family(case: Case) -> str:
    return case.candidate["rule_family"]


def _day(case: Case) -> date:
    return case.candidate["business_day"]
