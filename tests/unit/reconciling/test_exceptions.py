"""A ledger of a few decisions against bills, tickets and figures with every fault planted once."""

from datetime import date
from typing import Any

import duckdb
import pytest

from orchestration.reconciling.exceptions import EXCEPTIONS, MEANINGS, exceptions, first_claimed_day

DAY = date(2026, 10, 31)
SHOP = "pinduoduo:s1"
TABLES = """
create schema penalties; create schema staging; create schema ccr;
create table penalties.decisions (
    decision_id varchar, platform varchar, shop_key varchar, subject_type varchar, subject_key varchar,
    mode varchar, business_day date, execute_after date
);
create table penalties.measures (
    decision_id varchar, measure_no integer, measure_code varchar, amount_fen bigint
);
create table penalties.decision_events (
    decision_id varchar, seq integer, status varchar, business_day date
);
create table penalties.entries (
    decision_id varchar, measure_no integer, entry_type varchar, amount_fen bigint, business_day date
);
create table staging.stg_bills (
    business_day date, platform varchar, bill_key varchar, shop_key varchar, order_key varchar,
    ticket_key varchar, kind varchar, account_name varchar, amount_fen bigint, billed_day date,
    row_sha256 varchar
);
create table staging.stg_platform_tickets (
    business_day date, platform varchar, ticket_key varchar, shop_key varchar, order_key varchar,
    ticket_type varchar, amount_fen bigint, created_at timestamptz, updated_at timestamptz,
    row_sha256 varchar
);
create table staging.stg_platform_figures (
    business_day date, platform varchar, shop_key varchar, metric varchar, period_start date,
    period_end date, num bigint, den bigint, rate_as_written varchar, updated_at timestamptz,
    row_sha256 varchar
);
create table ccr.fct_ccr (
    business_day date, subject_type varchar, subject_id varchar, window_days integer, dimension varchar,
    num_effective bigint, den_effective bigint
);
"""


class Books:
    """Two sides to set against each other."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute(TABLES)
        self._bills = self._tickets = 0

    def decided(self, order: str, fen: int, status: str = "executed", day: int = 1) -> str:
        """An order's ticket in force."""
        name = f"d-{order}"
        self._insert(
            "penalties.decisions",
            name, "pinduoduo", SHOP, "order", f"pinduoduo:{order}", "enforce", date(2026, 10, day),
            date(2026, 10, day),
        )  # fmt: skip
        self._insert("penalties.measures", name, 1, "consumer_compensation", fen)
        self._insert("penalties.entries", name, 1, "issue", fen, date(2026, 10, day))
        if status == "reversed":
            self._insert("penalties.entries", name, 1, "refund", fen, date(2026, 10, day))
        self._insert("penalties.decision_events", name, 1, "noticed", date(2026, 10, day))
        self._insert("penalties.decision_events", name, 2, status, date(2026, 10, day))
        return name

    def give_back(self, decision: str, fen: int) -> None:
        """A part of a decision's money, on its day."""
        self._insert("penalties.entries", decision, 1, "refund", fen, date(2026, 10, 1))

    def fined(self, name: str, fen: int, day: int) -> str:
        """A Douyin shop's fine that was carried out."""
        self._insert(
            "penalties.decisions",
            name, "douyin", "douyin:s9", "shop", "douyin:s9", "enforce", date(2026, 10, day),
            date(2026, 10, day),
        )  # fmt: skip
        self._insert("penalties.measures", name, 1, "fine", fen)
        self._insert("penalties.entries", name, 1, "issue", fen, date(2026, 10, day))
        self._insert("penalties.decision_events", name, 1, "executed", date(2026, 10, day))
        return name

    def billed(
        self,
        order: str | None,
        fen: int,
        *,
        kind: str = "deduction",
        account: str = "消费者负向体验_扣款",
        day: int = 2,
        shop: str = SHOP,
        known: int | None = None,
    ) -> str:
        """A line of a bill."""
        self._bills += 1
        platform = shop.split(":", maxsplit=1)[0]
        key = f"{platform}:bill:{self._bills}"
        self._insert(
            "staging.stg_bills",
            date(2026, 10, known or day), platform, key, shop, order and f"{platform}:{order}", None, kind,
            account, fen, date(2026, 10, day), "x",
        )  # fmt: skip
        return key

    def ticketed(self, order: str, fen: int, *, version: int = 1, number: int | None = None) -> str:
        """A version of a ticket."""
        if number is None:
            self._tickets += 1
            number = self._tickets
        key = f"pinduoduo:ticket:{number}"
        at = f"2026-10-0{version + 1} 01:00:00+00"
        self._insert(
            "staging.stg_platform_tickets",
            date(2026, 10, version + 1), "pinduoduo", key, SHOP, f"pinduoduo:{order}", "6", fen, at, at,
            f"v{version}",
        )  # fmt: skip
        return key

    def published(self, num: int | None, den: int | None, rate: str | None, metric: str = "m") -> None:
        """A figure of October."""
        self._insert(
            "staging.stg_platform_figures",
            DAY, "douyin", "douyin:s9", metric, date(2026, 10, 2), DAY, num, den, rate,
            "2026-10-31 01:00:00+00", "x",
        )  # fmt: skip

    def scored(self, num: int, den: int) -> None:
        """Our count of the same shop and days."""
        self._insert("ccr.fct_ccr", DAY, "shop", "douyin:s9", 30, "overall", num, den)

    def found(
        self, day: date = DAY, claim_type: str | None = None
    ) -> list[tuple[str, str | None, str | None]]:
        """Exceptions as (exception, claim, decision)."""
        rows = exceptions(self.connection, day).to_pylist()
        return sorted(
            (row["exception"], row["claim_key"], row["decision_id"])
            for row in rows
            if claim_type in (None, row["claim_type"])
        )

    def _insert(self, table: str, *values: Any) -> None:
        marks = ", ".join("?" * len(values))
        self.connection.execute(f"insert into {table} values ({marks})", values)


@pytest.fixture
def books() -> Books:
    return Books()


def test_what_agrees_is_no_exception(books: Books) -> None:
    books.decided("o1", 500)
    books.billed("o1", 500)
    assert books.found() == []


def test_a_bill_file_with_every_fault_gives_exactly_these_exceptions(books: Books) -> None:
    books.decided("agrees", 500)
    books.billed("agrees", 500)
    twice = books.decided("twice", 500)
    books.billed("twice", 500)
    again = books.billed("twice", 500, day=3)
    over = books.decided("over", 500)
    too_much = books.billed("over", 800)
    under = books.decided("under", 500)
    too_little = books.billed("under", 300)
    missing = books.decided("missing", 500)
    baseless = books.billed("baseless", 500)
    reversed_ = books.decided("reversed", 500, status="reversed")
    kept = books.billed("reversed", 500)
    books.decided("returned", 500, status="reversed")
    books.billed("returned", 500)
    books.billed("returned", 500, kind="refund", day=9)
    unnamed = books.billed("agrees", 100, account="神秘扣款")
    books.billed("agrees", 100, account="延迟发货_扣款")
    assert twice != missing
    assert books.found(claim_type="bill") == sorted(
        [
            ("duplicate", again, None),
            ("over_amount", too_much, over),
            ("under_amount", too_little, under),
            ("missing", None, missing),
            ("without_basis", baseless, None),
            ("refund_due", kept, reversed_),
            ("unknown_account", unnamed, None),
        ],
        key=lambda each: (each[0], each[1] or "", each[2] or ""),
    )


def test_a_bill_is_not_missing_before_it_may_be_late(books: Books) -> None:
    books.decided("due", 500, day=20)
    books.billed("other", 1, account="延迟发货_扣款")
    assert books.found(date(2026, 10, 26)) == []
    assert books.found(date(2026, 10, 27)) == [("missing", None, "d-due")]


def test_a_platform_that_delivers_no_bill_misses_none(books: Books) -> None:
    books.decided("o1", 500)
    assert books.found() == []


def test_what_is_not_carried_out_yet_is_not_missing(books: Books) -> None:
    books.decided("o1", 500, status="noticed")
    books.billed("other", 1, account="延迟发货_扣款")
    assert books.found() == []


def test_a_decision_that_was_lowered_takes_what_is_left_of_it(books: Books) -> None:
    decision = books.decided("o1", 500)
    books.give_back(decision, 200)
    claim = books.billed("o1", 500)
    assert books.found() == [("over_amount", claim, decision)]
    books.billed("o1", 200, kind="refund", day=9)
    assert books.found() == []


def test_before_the_first_claim_nothing_can_disagree(books: Books) -> None:
    books.decided("o1", 500)
    assert first_claimed_day(books.connection) is None
    books.billed("o1", 900, day=20)
    books.ticketed("o1", 900)
    assert first_claimed_day(books.connection) == date(2026, 10, 2)
    assert books.found(date(2026, 10, 1)) == []


def test_a_bill_of_later_is_not_known_yet(books: Books) -> None:
    books.billed("o1", 500, day=2, known=20)
    assert books.found(date(2026, 10, 19)) == []
    assert [name for name, _, _ in books.found(date(2026, 10, 20))] == ["without_basis"]


def test_fines_of_a_shop_meet_by_their_amount_before_their_day(books: Books) -> None:
    books.fined("first", 200_000, day=1)
    books.fined("second", 700_000, day=8)
    books.billed(None, 700_000, account="CCR 违规罚款", day=2, shop="douyin:s9")
    books.billed(None, 200_000, account="CCR 违规罚款", day=9, shop="douyin:s9")
    assert books.found() == []


def test_fines_of_a_shop_that_differ_meet_in_the_order_of_their_days(books: Books) -> None:
    books.fined("first", 200_000, day=1)
    books.fined("second", 700_000, day=8)
    books.billed(None, 700_000, account="违规罚款", day=2, shop="douyin:s9")
    late = books.billed(None, 300_000, account="违规罚款", day=9, shop="douyin:s9")
    assert books.found() == [("over_amount", late, "first")]


def test_of_a_ticket_the_latest_version_speaks(books: Books) -> None:
    decision = books.decided("o1", 500)
    ticket = books.ticketed("o1", 900)
    assert books.found() == [("over_amount", ticket, decision)]
    books.ticketed("o1", 500, version=2, number=1)
    assert books.found() == []


def test_two_tickets_for_one_order_are_one_too_many(books: Books) -> None:
    books.decided("o1", 500)
    books.ticketed("o1", 500)
    second = books.ticketed("o1", 500)
    assert books.found() == [("duplicate", second, None)]


@pytest.mark.parametrize(
    ("num", "den", "rate", "expected"),
    [
        (10, 1000, "0.01", []),
        (10, 1000, "1%", []),
        (10, 3000, "0.0033", []),  # four digits are what a page shows
        (1001, 1000, None, ["num_above_den"]),
        (10, 1000, "0.011", ["rate_not_quotient"]),
        (1078, 539_000, "0.009", ["rate_not_quotient"]),
        (10, 1000, "1.0", ["rate_is_percent"]),
        (None, None, "1.7", ["rate_out_of_range"]),
        (None, None, "-0.1", ["rate_out_of_range"]),
        (None, None, "n/a", ["rate_unreadable"]),
        (0, 0, None, []),
    ],
)
def test_a_published_figure_must_agree_with_itself(
    books: Books, num: int | None, den: int | None, rate: str | None, expected: list[str]
) -> None:
    books.published(num, den, rate)
    assert [name for name, _, _ in books.found()] == expected


def test_a_published_figure_is_held_against_the_scores(books: Books) -> None:
    books.scored(10, 1000)
    books.published(10, 1000, "0.01", "ccr_rate")
    assert books.found() == []
    books.connection.execute("delete from staging.stg_platform_figures")
    books.published(12, 1000, "0.012", "ccr_rate")
    assert [name for name, _, _ in books.found()] == ["figure_differs"]


def test_every_exception_is_explained(books: Books) -> None:
    test_a_bill_file_with_every_fault_gives_exactly_these_exceptions(books)
    table = exceptions(books.connection, DAY)
    assert table.schema == EXCEPTIONS
    assert set(table["exception"].to_pylist()) <= set(MEANINGS)
    assert all(table["detail"].to_pylist())
