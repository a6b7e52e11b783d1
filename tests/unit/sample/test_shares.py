"""A market made a share at a time is one market: nothing twice, what is planted once, days in order."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from orchestration.sample.market import MarketCounts, write_market
from orchestration.sample.planted import PLANTED_BAD_ROWS
from orchestration.sample.schedules import SHOP_PLANS
from orchestration.sample.shares import shares_of
from tests.unit.sample.naive_count import Reading, read_platform

ORDERS, AT_A_TIME = 9_000, 3_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MarketCounts]:
    folder = tmp_path_factory.mktemp("in_shares")
    return folder, write_market(folder, orders=ORDERS, days=40, seed=3, at_a_time=AT_A_TIME)


@pytest.fixture(scope="module")
def readings(whole: tuple[Path, MarketCounts]) -> list[Reading]:
    return [read_platform(whole[0], "douyin"), read_platform(whole[0], "pinduoduo")]


def test_shares_add_up_to_the_market_and_draw_each_for_itself() -> None:
    shares = shares_of(1_000_003, 7, 100_000)
    assert sum(share.orders for share in shares) == 1_000_003
    assert max(share.orders for share in shares) <= 100_000
    assert len({share.seed for share in shares}) == len(shares) == 11
    assert [share.is_first for share in shares] == [True] + [False] * 10
    assert shares_of(2_000, 7)[0].seed == 7


def test_every_order_and_every_feedback_has_an_id_of_its_own(
    whole: tuple[Path, MarketCounts], readings: list[Reading]
) -> None:
    bad = {row.key for row in PLANTED_BAD_ROWS}
    created = Counter(
        row["order_id"]
        for reading in readings
        for _, row in reading.orders
        if row["order_id"] not in bad and row["status"] == "created"
    )
    placed = {row["order_id"] for reading in readings for _, row in reading.orders} - bad
    assert len(placed) == whole[1].orders == pytest.approx(ORDERS, rel=0.05)
    # an order is told as created once, twice at most where a delivery is repeated
    assert max(created.values()) <= 2


def test_shares_trade_in_the_same_shops_with_the_same_buyers(readings: list[Reading]) -> None:
    orders = {row["order_id"]: row for reading in readings for _, row in reading.orders}
    buyers = Counter(row["buyer_id"] for row in orders.values())
    assert max(buyers.values()) >= 5
    of_shop = Counter(row["shop_id"] for row in orders.values())
    largest = of_shop.most_common(1)[0][1]
    assert largest > ORDERS // 60


def test_what_is_planted_is_there_once(whole: tuple[Path, MarketCounts], readings: list[Reading]) -> None:
    smaller = whole[0].with_name("one_share")
    write_market(smaller, orders=2_000, days=40, seed=3)
    alone = [read_platform(smaller, "douyin"), read_platform(smaller, "pinduoduo")]
    planted = {plan.shop_id for plan in SHOP_PLANS}

    def by_shop(found: list[Reading]) -> Counter[str]:
        orders = {row["order_id"]: row["shop_id"] for reading in found for _, row in reading.orders}
        return Counter(shop for shop in orders.values() if shop in planted)

    assert by_shop(readings) == by_shop(alone)


def test_rows_of_a_day_come_as_they_became_known(whole: tuple[Path, MarketCounts]) -> None:
    for file in sorted((whole[0] / "douyin" / "orders").iterdir()):
        known = [line.split('"updated_at":"')[1][:19] for line in file.read_text().splitlines()]
        assert known == sorted(known)
        assert {moment[:10] for moment in known} == {file.stem}


def test_the_same_shares_give_the_same_bytes(whole: tuple[Path, MarketCounts], tmp_path: Path) -> None:
    write_market(tmp_path, orders=ORDERS, days=40, seed=3, at_a_time=AT_A_TIME, first_day=date(2026, 9, 1))
    files = sorted(path for path in whole[0].rglob("*") if path.is_file())
    assert len(files) > 40 * 14
    for file in files:
        assert file.read_bytes() == (tmp_path / file.relative_to(whole[0])).read_bytes()
