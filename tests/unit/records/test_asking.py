"""Which shops and days are meant, and who may ask for them."""

from datetime import date

import pytest

from orchestration.records.asking import ask
from orchestration.records.reading import RecordsError
from orchestration.records.scope import Scope, ScopeError, scope_of
from tests.unit.records.market import TODAY, Market


def test_the_last_seven_processed_days_are_meant(market: Market) -> None:
    asked = ask(market.connection, "s1", Scope())
    assert (asked.first, asked.last, asked.known_on) == (date(2026, 10, 9), TODAY, TODAY)
    assert (asked.subject, asked.shops) == ("douyin:s1", ("douyin:s1",))


def test_ninety_days_are_shown_and_ninety_one_refused(market: Market) -> None:
    assert ask(market.connection, "s1", Scope(), days=90).days == 90
    with pytest.raises(RecordsError, match=r"91 days; .*at most 90 days.*Begin on 2026-07-18"):
        ask(market.connection, "s1", Scope(), days=91)
    with pytest.raises(RecordsError, match="at most 90 days"):
        ask(market.connection, "s1", Scope(), first=date(2026, 1, 1), last=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"last": date(2026, 10, 16)}, "2026-10-16 was not processed yet"),
        ({"first": date(2026, 10, 9), "last": date(2026, 10, 8)}, "turn it round"),
        ({"first": date(2026, 10, 9), "days": 3}, "leave one of them out"),
        ({"days": 0}, "ask for 1 to 90"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused(market: Market, days: dict[str, date], said: str) -> None:
    with pytest.raises(RecordsError, match=said):
        ask(market.connection, "s1", Scope(), **days)  # pyright: ignore[reportArgumentType]


def test_a_merchant_group_is_all_its_shops(market: Market) -> None:
    assert ask(market.connection, "group:g1", Scope()).shops == ("douyin:s1", "douyin:s2")
    assert ask(market.connection, "g1", Scope()).subject == "douyin:g1"


def test_an_unknown_shop_is_told_with_the_nearest(market: Market) -> None:
    with pytest.raises(RecordsError, match="the nearest are douyin:s1"):
        ask(market.connection, "s11", Scope())


def test_a_key_on_two_platforms_must_say_which(market: Market) -> None:
    market.insert("ccr.dim_shops", shop_key="pinduoduo:s1")
    with pytest.raises(RecordsError, match="say douyin:s1 or pinduoduo:s1"):
        ask(market.connection, "s1", Scope())


def test_a_scope_holds_its_shops_and_groups_and_refuses_the_rest(market: Market) -> None:
    scope = scope_of(market.connection, "shop:s3, group:douyin:g1")
    assert scope.shops == {"douyin:s1", "douyin:s2", "douyin:s3"}
    alone = scope_of(market.connection, "shop:douyin:s3")
    assert ask(market.connection, "s3", alone).shops == ("douyin:s3",)
    for other in ("s1", "g1", "group:g1", "shop:douyin:s2"):
        with pytest.raises(ScopeError, match="outside the scope 'shop:douyin:s3'"):
            ask(market.connection, other, alone)


def test_a_scope_does_not_tell_which_other_shops_exist(market: Market) -> None:
    scope = scope_of(market.connection, "shop:douyin:s3")
    said = []
    for asked in ("s1", "no-such-shop"):
        with pytest.raises(ScopeError) as refused:
            ask(market.connection, asked, scope)
        said.append(str(refused.value).replace(asked, "").replace("shop ''", "''"))
    assert said[0] == said[1]


def test_a_group_half_of_which_is_outside_is_refused(market: Market) -> None:
    with pytest.raises(ScopeError, match="group 'g1' is outside"):
        ask(market.connection, "g1", scope_of(market.connection, "shop:s1"))


def test_as_narrows_and_never_widens(market: Market) -> None:
    group = "group:g1"
    assert scope_of(market.connection, group, "shop:s2").shops == {"douyin:s2"}
    assert scope_of(market.connection, "", "shop:s2").shops == {"douyin:s2"}
    assert scope_of(market.connection, group).shops == {"douyin:s1", "douyin:s2"}
    with pytest.raises(ScopeError, match="--as 'shop:s3' is outside the scope 'group:g1'"):
        scope_of(market.connection, group, "shop:s3")


@pytest.mark.parametrize(
    "text", ["s1", "shop:", "shops:s1", "shop:nobody", "group:nobody", "shop:s1,,shop:s2"]
)
def test_a_scope_that_cannot_be_read_opens_nothing(market: Market, text: str) -> None:
    with pytest.raises(ScopeError):
        scope_of(market.connection, text)


def test_a_name_that_is_sql_finds_nothing_and_harms_nothing(market: Market) -> None:
    for asked in ("s1' or '1'='1", "'; drop table ccr.dim_shops; --"):
        with pytest.raises(RecordsError, match="no shop or merchant group"):
            ask(market.connection, asked, Scope())
    assert market.connection.execute("select count(*) from ccr.dim_shops").fetchall() == [(3,)]
