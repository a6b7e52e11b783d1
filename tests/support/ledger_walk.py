"""A walk at random over everything that is done to a ledger, beside the model of it."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import event

from orchestration.penalties import by_hand
from orchestration.penalties.appeals import APPEAL_EVENTS, UPHELD_FEEDBACK, Appeals
from orchestration.penalties.by_hand import Signature
from orchestration.penalties.candidates import CANDIDATE_ORDERS, CANDIDATES
from orchestration.penalties.identity import decision_id
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import post
from orchestration.penalties.rulebook import Rulebook
from tests.support import ledger_rules as rules
from tests.support.ledger_model import TO_COME, Model
from tests.support.ledger_rules import BENCHMARK, SEVERITY, lower_bound, tier_of
from tests.support.ledger_told import Told
from tests.unit.penalties.bench import Row, library, shop, ticket, words_of
from tests.unit.penalties.told import day

DEN, SHOPS = 200, 5
LONG_AGO = 14  # days that a run goes back at most, but for some backfills
# By the state of an appeal, what may become of it.
NEXT = {
    "submitted": ("approved", "approved", "rejected", "rejected", "withdrawn", "exempt"),
    "rejected": ("reconsidering",),
    "reconsidering": ("approved", "final_rejected"),
}


class KilledError(RuntimeError):
    """The process ends here."""


@contextmanager
def killed_at(ledger: Ledger, statement: int) -> Iterator[Callable[[], int]]:
    """Ends whatever runs at its nth statement, where it has so many; gives back how many there were."""
    seen = 0

    def cut(*_args: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise KilledError

    event.listen(ledger.engine, "before_cursor_execute", cut)
    try:
        yield lambda: seen
    except KilledError:
        pass
    finally:
        event.remove(ledger.engine, "before_cursor_execute", cut)


class Walk:
    """Does one thing after the other to a ledger and to the model, and counts what it did."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.ledger, self.model, self.told = ledger, Model(), Told(ledger)
        self.tables, self.today, self.version = rules.walked_rules(), 0, rules.VERSIONS[0]
        self.rules = Rulebook.of(self.tables)
        # all rates of the walk have the document of the first
        self.sha256 = library().in_force(rules.CCR, day(0)).sha256
        self.cooldown = self.chance.choice([0, 0, 30])
        self.listed: dict[str, tuple[Row, dict[str, str]]] = {}
        self.appeals: list[Row] = []
        self.open: dict[str, Row] = {}  # the last event of each appeal that can go on
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        """One thing, chosen at random, and the ledger brought up to date after it."""
        things = {
            self.next_day: 10,
            self.rerun: 3,
            self.backfill: 2,
            self.decide: 6,
            self.suspend: 2,
            self.change_version: 1,
            self.restate: 1,
            self.kill: 3,
        }
        (thing,) = self.chance.choices(list(things), list(things.values()))
        try:
            thing()
            self.told.compare(self.model, self.appeals)
        except Exception as error:
            error.add_note(f"{thing.__name__} on day {self.today}, after {dict(self.done)}")
            raise

    def next_day(self, killed: bool = False) -> None:
        """Appeals are filed and decided, shops evaluated, tickets found, and all of it posted."""
        since = self.today + 1
        # to the next Sunday at once, every other time: most days hold little
        self.today += 1 if self.chance.random() < 0.5 else 7 - self.today % 7
        for _ in range(4):
            self._file(self.chance.choice(["douyin", "pinduoduo"]))
        for key in sorted(self.open):
            self._hear(key)
        if self.today % 7 == 0:
            for number in range(SHOPS):
                self._list_shop(f"s{number}", self.today)
        for _ in range(self.chance.choice([0, 2, 4, 8])):
            self._list_ticket(self.today)
        self._post(since, killed)

    def rerun(self) -> None:
        """Some days once more."""
        self.done["rerun"] += 1
        back = self.chance.choice([1, 3, 7, LONG_AGO])
        self._post(max(self.today - back, 0))

    def backfill(self) -> None:
        """Candidates of a past day become known late; past the horizon they are shadow."""
        self.done["backfill"] += 1
        back = self.chance.choice([2, 5, LONG_AGO, 45])
        past = max(self.today - back, 0)
        self._list_ticket(past)
        sunday = past - past % 7
        self._list_shop(f"s{self.chance.randrange(SHOPS)}", sunday)
        self._post(sunday)

    def decide(self) -> None:
        """A person confirms, refuses, lets off or takes back; it counts from the next day on."""
        open_ones = [(key, case.status) for key, case in self.model.cases.items()]
        awaiting = [key for key, status in open_ones if status == "awaiting_review"]
        noticed = [key for key, status in open_ones if status == "noticed"]
        tickets = [key for key in noticed if self.model.cases[key].is_ticket]
        in_force = [key for key, status in open_ones if status in ("noticed", "executed", "expired")]
        tomorrow, who = day(self.today + 1), self._who()
        if awaiting:
            key = self.chance.choice(awaiting)
            if self.chance.random() < 0.6:
                by_hand.confirm(self.ledger, key, who, self.rules)
                self.model.confirm(key, tomorrow)
            else:
                by_hand.refuse(self.ledger, key[:20], who)
                self.model.take_back(key, tomorrow, "void")
        elif tickets and self.chance.random() < 0.5:
            key = self.chance.choice(tickets)
            by_hand.exempt(self.ledger, key, who, self.rules, "study")
            self.model.take_back(key, tomorrow, "exempted_study")
        elif in_force and self.chance.random() < 0.3:
            key = self.chance.choice(in_force)
            by_hand.correct(self.ledger, key, who, "the board")
            self.model.take_back(key, tomorrow, "void")
        else:
            return
        self.done["by_hand"] += 1

    def suspend(self) -> None:
        """Someone declares that nothing of a scope is carried out on some days."""
        self.done["suspension"] += 1
        scope = self.chance.choice(
            [
                ("platform", self.chance.choice(["douyin", "pinduoduo"])),
                ("policy", self.chance.choice([rules.CCR, rules.RIVAL, rules.TICKETS])),
                ("rule_family", self.chance.choice(["ccr", "other", "negative_experience"])),
                ("shop", f"douyin:s{self.chance.randrange(SHOPS)}"),
            ]
        )
        first = day(self.today + self.chance.randrange(-3, 12))
        days = first, first + timedelta(self.chance.randrange(8))
        by_hand.suspend(self.ledger, scope, "penalties_off", days, "a notice", who=self._who())
        self.model.declared.append((*scope, *days))

    def change_version(self) -> None:
        """Candidates from now on are of another version, or of the same."""
        self.done["version"] += 1
        self.version = self.chance.choice(rules.VERSIONS)

    def restate(self) -> None:
        """Later numbers of a decision that was issued: others, or none. It stands."""
        known = [key for key in self.listed if key in self.model.cases and "-W" in key_of(self.listed[key])]
        if not known:
            return
        self.done["restated"] += 1
        key = self.chance.choice(known)
        row, orders = self.listed.pop(key)
        kept = dict(list(orders.items())[: self.chance.randrange(len(orders) + 1)])
        again = self._shop_row(row, kept)
        if again is not None:
            self.listed[key] = (again, kept)
        self._post((row["business_day"] - day(0)).days)

    def kill(self) -> None:
        """The process ends in the middle of a day, or of an older range, and is run again."""
        self.done["kill"] += 1
        self.next_day(killed=True)

    def _who(self) -> Signature:
        number = sum(self.done.values())
        at = f"2026-10-11T00:00:00.{number:06}+00:00"
        return Signature("a person", "so decided", day(self.today + 1), at)

    def _post(self, first: int, killed: bool = False) -> None:
        days = day(first), day(self.today)
        span = [row for row in self.listed.values() if days[0] <= row[0]["business_day"] <= days[1]]
        self.chance.shuffle(span)
        words = [word for row, orders in span for word in _words(row, orders)]
        judged = [
            (day(number), platform)
            for number in range(first, self.today + 1)
            for platform in ("douyin", "pinduoduo")
        ]
        upheld = [
            {name: each[name] for name in ("business_day", "platform", "appeal_key")}
            | {"feedback_key": feedback, "order_key": feedback}
            for each in self.appeals
            if each["to_state"] == "approved"
            for feedback in sorted(each["feedback"])
        ]

        def run() -> None:
            post(
                self.ledger,
                pa.Table.from_pylist([row for row, _ in span], schema=CANDIDATES),
                pa.Table.from_pylist(words, schema=CANDIDATE_ORDERS),
                self.tables,
                judged=judged,
                appeals=Appeals.of(
                    pa.Table.from_pylist(self.appeals, schema=APPEAL_EVENTS),
                    pa.Table.from_pylist(upheld, schema=UPHELD_FEEDBACK),
                ),
                known_through=days[1],
            )

        if killed:
            with killed_at(self.ledger, self.chance.choice([10, 60, 400]) + self.chance.randrange(60)):
                run()
        run()
        self.model.post(days, span, self.appeals, days[1])

    def _list_shop(self, name: str, number: int) -> None:
        """What evaluations of a shop find: orders of four weeks whose feedback was not taken out by then."""
        pool = [f"douyin:{name}-w{number // 7 - back}-o{each}" for back in range(4) for each in range(9)]
        gone = {
            feedback
            for each in self.appeals
            if each["to_state"] == "approved" and each["business_day"] <= day(number)
            for feedback in each["feedback"]
        }
        left = [order for order in pool if f"review:{order}" not in gone]
        found = self.chance.sample(left, min(len(left), self.chance.randrange(3, 31)))
        rates = [(rules.CCR, self.version, "ccr"), (rules.RIVAL, rules.RIVAL_VERSION, "other")]
        for policy_id, version, family in self.chance.choice([rates[:1], rates[1:], rates]):
            base = shop(
                name,
                weeks=number // 7,
                policy_id=policy_id,
                policy_version=version,
                rule_family=family,
                policy_sha256=self.sha256,
                cooldown_days=self.cooldown,
                occurrences_90d=self.chance.randrange(1, 5),
                mode="shadow" if self.chance.random() < 0.1 else "enforce",
            )
            orders = {order: f"review:{order}" for order in found[self.chance.randrange(3) :]}
            row = self._shop_row(base, orders)
            if row is not None and row["key"] not in self.listed:
                self.listed[row["key"]] = (row, orders)
                self.done["candidate"] += 1

    def _shop_row(self, base: Row, orders: dict[str, str]) -> Row | None:
        num = len(orders)
        tier = tier_of(num, DEN, base["occurrences_90d"])
        if tier is None:
            return None
        low = lower_bound(num, DEN)
        row = base | {
            "tier": tier,
            "rule_id": f"CCR-{tier}",
            "severity": SEVERITY[tier],
            "human_review": tier == "T3",
            "num_effective": num,
            "den_effective": DEN,
            "rate": num / DEN,
            "ci_low": low,
            "ratio_to_benchmark": num / DEN / BENCHMARK,
            "ratio_to_benchmark_low": low / BENCHMARK,
            "distinct_buyers": num,
            "threshold_rate": None,
        }
        return row | {"key": _id(row)}

    def _list_ticket(self, number: int) -> None:
        """An order of its own, or one that the rates of its shop may count, too."""
        days: dict[str, Any] = dict.fromkeys(("business_day", "period_start", "period_end"), day(number))
        days["severity"] = self.chance.randrange(1, 4)
        if self.chance.random() < 0.4:
            name = f"s{self.chance.randrange(SHOPS)}"
            order = f"douyin:{name}-w{number // 7 - self.chance.randrange(2)}-o{self.chance.randrange(9)}"
            days |= {"platform": "douyin", "shop_key": f"douyin:{name}"}
        else:
            order = f"pinduoduo:t{len(self.listed)}-{self.done['candidate']}"
            days["shop_key"] = f"pinduoduo:s{self.chance.randrange(3)}"
        row = ticket(subject_id=order, period_key=order, **days)
        row["key"] = _id(row)
        if row["key"] not in self.listed:
            self.listed[row["key"]] = (row, {order: f"review:{order}"})
            self.done["candidate"] += 1

    def _file(self, platform: str) -> None:
        """Perhaps an appeal about a decision, or about feedback that one lists."""
        cases = [
            (key, case)
            for key, case in self.model.cases.items()
            if case.candidate["platform"] == platform and case.mode == "enforce"
        ]
        if not cases or self.chance.random() > 0.4:
            return
        pending = [each for each in cases if each[1].status in TO_COME]
        key, case = self.chance.choice(self.chance.choice([pending, cases[-12:]]) or cases[-12:])
        feedback = sorted(case.orders.values())
        taken = self.chance.sample(feedback, self.chance.randrange(1, len(feedback) + 1))
        whole = self.chance.random() < 0.3
        # of another shop's decision the appeal of a shop changes nothing
        own = not whole or self.chance.random() < 0.7
        number = sum(each["seq"] == 1 for each in self.appeals)
        filed: Row = {
            "platform": platform,
            "appeal_key": f"{platform}:appeal:{number}",
            "seq": 0,
            "shop_key": case.candidate["shop_key"] if own else f"{platform}:another",
            "subject_type": "decision" if whole else "feedback",
            "subject_key": key if whole else taken[0],
            "decision_id": key if whole else None,
            "filed_on": day(self.today),
            "feedback": frozenset() if whole else frozenset(taken),
        }
        self._tell(filed, "submitted")

    def _hear(self, key: str) -> None:
        """Perhaps an appeal goes on: on the day it was filed, or later."""
        if self.chance.random() < 0.4:
            last = self.open.pop(key)
            self._tell(last, self.chance.choice(NEXT[last["to_state"]]))

    def _tell(self, before: Row, to_state: str) -> None:
        self.done["appeal"] += 1
        said = before | {"to_state": to_state, "business_day": day(self.today), "seq": before["seq"] + 1}
        self.appeals.append(said)
        if to_state in NEXT:
            self.open[said["appeal_key"]] = said


def key_of(listed: tuple[Row, dict[str, str]]) -> str:
    """The period that a candidate is about."""
    return listed[0]["period_key"]


def _words(row: Row, orders: dict[str, str]) -> list[Row]:
    if row["subject_type"] == "order":
        return words_of(row, feedback_key=orders[row["subject_id"]])
    spoken = words_of(row)
    for word, (order, feedback) in zip(spoken, orders.items(), strict=True):
        word |= {"order_key": order, "feedback_key": feedback, "buyer_key": f"buyer of {order}"}
    return spoken


def _id(row: Row) -> str:
    names = ("platform", "shop_key", "policy_id", "rule_family", "subject_type", "period_key")
    return decision_id(subject_key=row["subject_id"], **{name: row[name] for name in names})
