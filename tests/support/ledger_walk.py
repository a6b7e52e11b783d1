"""A walk at random over everything that is done to a ledger, beside the model of it."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import event, select

from orchestration.penalties import by_hand
from orchestration.penalties.accounts import Balance, balances, imbalances
from orchestration.penalties.appeals import APPEAL_EVENTS, UPHELD_FEEDBACK, Appeals
from orchestration.penalties.by_hand import Signature
from orchestration.penalties.candidates import CANDIDATE_ORDERS, CANDIDATES
from orchestration.penalties.identity import decision_id
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.posting import post
from orchestration.penalties.retest import wilson_low
from orchestration.penalties.rulebook import Rulebook
from orchestration.penalties.tables import decision_events, decision_orders, decisions
from tests.support.ledger_model import BENCHMARK, SEVERITY, Model, tier_of
from tests.unit.penalties.bench import (
    Row,
    library,
    rules_with,
    rules_without_exemptions,
    shop,
    ticket,
    words_of,
)
from tests.unit.penalties.told import day

VERSIONS = ("2026-07-14", "2027-03-01")
DEN, SHOPS = 200, 6
LONG_AGO = 14  # days that a run goes back at most, but for some backfills


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


def walked_rules() -> dict[str, pa.Table]:
    """The shipped rules, one ladder in two versions, with few measures, a cap, a first-time exemption."""
    shipped = rules_without_exemptions()
    ladder = [
        ("T3", 1, "deposit_deduct_all", "{}"),
        ("T3", 2, "shop_clearance", "{}"),
        ("T2", 1, "fine", '{"amount_fen":700000}'),
        ("T1", 1, "violation_points", '{"points":4}'),
        ("T1", 2, "fine", '{"amount_fen":FINE}'),
        ("T1", 3, "withdrawal_restrict", '{"days":7}'),
        ("T0", 1, "warning", "{}"),
    ]
    rows: dict[str, list[Row]] = {}
    for name in ("policy_versions", "ladder_conditions", "policy_appeals", "ladder_measures"):
        found = shipped[name].to_pylist()
        first = [row for row in found if (row["policy_id"], row["version"]) == ("douyin_ccr", VERSIONS[0])]
        others = [row for row in found if row["policy_id"] != "douyin_ccr"]
        rows[name] = others + [row | {"version": version} for row in first for version in VERSIONS]
    rows["ladder_measures"] = [row for row in rows["ladder_measures"] if row["policy_id"] != "douyin_ccr"]
    for version, fine in zip(VERSIONS, ("200000", "300000"), strict=True):
        rows["ladder_measures"] += [
            {"policy_id": "douyin_ccr", "version": version, "tier": tier, "measure_no": number}
            | {"measure_code": code, "params_json": params.replace("FINE", fine)}
            for tier, number, code, params in ladder
        ]
    cap = {"measure_code": "fine", "within_days": 30, "max_fen": 900_000, "max_points": None}
    pdd = {"policy_id": "pinduoduo_negative_experience", "version": "2026-01-01", "within_days": None}
    return rules_with(
        **rows,
        policy_caps=[{"policy_id": "douyin_ccr", "version": version} | cap for version in VERSIONS],
        policy_exemptions=[pdd | {"exemption": name} for name in ("first_time", "study")],
        policy_escalations=[],
    )


class Walk:
    """Does one thing after the other to a ledger and to the model, and counts what it did."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.ledger, self.model = ledger, Model()
        self.tables, self.today, self.version = walked_rules(), 0, VERSIONS[0]
        self.rules = Rulebook.of(self.tables)
        # both versions of the walk have the document of the first
        self.sha256 = library().in_force("douyin_ccr", day(0)).sha256
        self.cooldown = self.chance.choice([0, 30])
        self.listed: dict[str, tuple[Row, dict[str, str]]] = {}
        self.appeals: list[Row] = []
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        """One thing, chosen at random, and the ledger brought up to date after it."""
        things = {
            self.next_day: 10,
            self.rerun: 3,
            self.backfill: 2,
            self.decide: 4,
            self.change_version: 1,
            self.restate: 1,
            self.kill: 3,
        }
        (thing,) = self.chance.choices(list(things), list(things.values()))
        thing()
        self.check()

    def next_day(self, killed: bool = False) -> None:
        since = self.today + 1
        # to the next Sunday at once, every other time: most days hold little
        self.today += 1 if self.chance.random() < 0.5 else 7 - self.today % 7
        for platform in ("douyin", "douyin", "pinduoduo", "pinduoduo"):
            self._appeal(platform)
        if self.today % 7 == 0:
            for number in range(SHOPS):
                self._list_shop(f"s{number}", self.today)
        for _ in range(self.chance.choice([0, 2, 4, 8])):
            self._list_ticket(self.today)
        self._post(since, killed)

    def rerun(self) -> None:
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
        tickets = [key for key in noticed if self.model.cases[key].tier == "ticket"]
        in_force = [key for key, status in open_ones if status in ("noticed", "executed", "expired")]
        tomorrow, number = day(self.today + 1), sum(self.done.values())
        who = Signature("a person", "so decided", tomorrow, f"2026-10-11T00:00:00.{number:06}+00:00")
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
            case = self.model.cases[key]
            if case.restricted_until is not None:
                case.restricted_until = min(case.restricted_until, tomorrow)
        else:
            return
        self.done["by_hand"] += 1

    def change_version(self) -> None:
        self.done["version"] += 1
        self.version = self.chance.choice(VERSIONS)

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

    def check(self) -> None:
        """The ledger balances, says why of each decision, punishes no order twice, and is the model's."""
        with self.ledger.reading() as connection:
            assert list(imbalances(connection)) == []
            money = {each.decision_id: each for each in balances(connection, with_entries=True)}
            rows = connection.execute(
                select(decisions.c.decision_id, decisions.c.mode, decisions.c.tier, decisions.c.reasons)
            ).all()
            events: dict[str, list[tuple[str, date]]] = {row.decision_id: [] for row in rows}
            columns = decision_events.c
            for key, status, when in connection.execute(
                select(columns.decision_id, columns.status, columns.business_day).order_by(
                    columns.decision_id, columns.seq
                )
            ):
                events[key].append((status, when))
            listed: dict[str, dict[str, str | None]] = {row.decision_id: {} for row in rows}
            for key, order, text, by in connection.execute(
                select(
                    *(decision_orders.c[name] for name in ("decision_id", "order_key", "span_text")),
                    decision_orders.c.consumed_by,
                )
            ):
                assert text
                listed[key][order] = by
        found = {}
        for key, mode, tier, reasons in rows:
            assert listed[key]
            assert reasons["calculation"]["zh"]
            assert reasons["calculation"]["en"]
            account = money.get(key)
            sums = _sums(account) if account else (0,) * 6
            consumed = sorted(order for order, by in listed[key].items() if by)
            found[key] = (mode, tier, events[key], sums, consumed)
        assert found == {key: case.told() for key, case in self.model.cases.items()}
        punished = Counter(
            order
            for key, (mode, _, happened, *_) in found.items()
            if mode == "enforce" and not {"reversed", "void"} & {status for status, _ in happened}
            for order, by in listed[key].items()
            if by is None
        )
        assert max(punished.values(), default=1) == 1

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
            with killed_at(self.ledger, self.chance.randrange(1, 60)):
                run()
        run()
        self.done["run"] += 1
        self.model.post(days, span, self.appeals, days[1])

    def _list_shop(self, name: str, number: int) -> None:
        pool = [f"{name}-w{number // 7 - back}-o{each}" for back in range(4) for each in range(9)]
        orders = {
            f"douyin:{order}": f"review:{order}"
            for order in self.chance.sample(pool, self.chance.randrange(3, 31))
        }
        base = shop(
            name,
            weeks=number // 7,
            policy_version=self.version,
            policy_sha256=self.sha256,
            cooldown_days=self.cooldown,
            occurrences_90d=self.chance.randrange(1, 5),
            mode="shadow" if self.chance.random() < 0.1 else "enforce",
        )
        row = self._shop_row(base, orders)
        if row is not None and row["key"] not in self.listed:
            self.listed[row["key"]] = (row, orders)
            self.done["candidate"] += 1

    def _shop_row(self, base: Row, orders: dict[str, str]) -> Row | None:
        num = len(orders)
        tier = tier_of(num, DEN, base["occurrences_90d"])
        if tier is None:
            return None
        low = wilson_low(num, DEN) or 0.0
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
        name = f"t{len(self.listed)}-{self.done['candidate']}"
        days: dict[str, Any] = dict.fromkeys(("business_day", "period_start", "period_end"), day(number))
        row = ticket(name, shop_key=f"pinduoduo:s{self.chance.randrange(3)}", **days)
        row["key"] = _id(row)
        self.listed[row["key"]] = (row, {row["subject_id"]: f"review:{name}"})
        self.done["candidate"] += 1

    def _appeal(self, platform: str) -> None:
        """Perhaps one appeal that ends today: about a decision, or about feedback that one lists."""
        cases = [
            (key, case)
            for key, case in self.model.cases.items()
            if case.candidate["platform"] == platform and case.mode == "enforce"
        ]
        if not cases or self.chance.random() > 0.35:
            return
        key, case = self.chance.choice(cases[-12:])
        feedback = sorted(case.orders.values())
        taken = self.chance.sample(feedback, self.chance.randrange(1, len(feedback) + 1))
        whole = self.chance.random() < 0.2
        # of another shop's decision the appeal of a shop changes nothing
        own = not whole or self.chance.random() < 0.7
        self.done["appeal"] += 1
        self.appeals.append(
            {
                "business_day": day(self.today),
                "platform": platform,
                "appeal_key": f"{platform}:appeal:{self.done['appeal']}",
                "seq": 1,
                "to_state": self.chance.choice(["approved", "approved", "rejected"]),
                "shop_key": case.candidate["shop_key"] if own else f"{platform}:another",
                "subject_type": "decision" if whole else "feedback",
                "subject_key": key if whole else taken[0],
                "decision_id": key if whole else None,
                "filed_on": case.candidate["business_day"],
                "feedback": frozenset() if whole else frozenset(taken),
            }
        )


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


def _sums(account: Balance) -> tuple[int, ...]:
    given_back = account.reversed + account.refunded + account.exempted
    return account.issued, given_back, account.outstanding, account.frozen, account.paid, account.points
