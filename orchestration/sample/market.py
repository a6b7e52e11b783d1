"""Writes the sample market: orders with their lives, four channels of feedback, what was planted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from orchestration.sample.after_sales import write_after_sales
from orchestration.sample.amounts import price
from orchestration.sample.appeals import write_appeals
from orchestration.sample.catalogue import read_catalogue
from orchestration.sample.chats import write_chats
from orchestration.sample.columns import Feed
from orchestration.sample.complaints import write_complaints
from orchestration.sample.feedback import (
    AFTER_SALE,
    COMPLAINT,
    IM_SESSION,
    REVIEW,
    Events,
    speak,
    spoken_orders,
)
from orchestration.sample.landing_files import with_times, write_feed, write_snapshot
from orchestration.sample.lives import live
from orchestration.sample.market_keys import build_keys
from orchestration.sample.mishaps import with_bad_rows, with_duplicates
from orchestration.sample.opinions import form_opinions
from orchestration.sample.orders import DAY, FATE, place_orders
from orchestration.sample.phrases import Phrases
from orchestration.sample.reviews import write_reviews
from orchestration.sample.schedules import PLATFORMS
from orchestration.sample.shops import build_products, build_shops
from orchestration.sample.snapshots import category_rows, product_rows, shop_rows
from orchestration.sample.trade import write_lines, write_orders
from orchestration.sample.world import World

Progress = Callable[[str, int, int], None]

LEAST_ORDERS, LEAST_DAYS = 2_000, 40
_EFFECTIVE = tuple(FATE[name] for name in ("normal", "presale", "risk_cleared"))


@dataclass(frozen=True)
class MarketCounts:
    """What was made. `ordinary_*` are those of shops that were not planted, as they truly are."""

    orders: int
    shops: int
    products: int
    spoken_orders: int
    ordinary_effective_orders: int
    ordinary_negative_orders: int
    rows: dict[str, int]


def write_market(
    landing: Path,
    *,
    orders: int = 20_000,
    days: int = 45,
    seed: int = 7,
    first_day: date = date(2026, 9, 1),
    progress: Progress | None = None,
) -> MarketCounts:
    """Writes the landing files of a market; the same arguments give the same bytes.

    `progress` is told the source just written, how many are, and how many there will be.
    """
    if orders < LEAST_ORDERS or days < LEAST_DAYS:
        raise ValueError(
            f"a sample market of {orders} orders in {days} days is too small for what is planted "
            f"in it: ask for at least {LEAST_ORDERS} orders and {LEAST_DAYS} days"
        )
    start = (first_day - date(1970, 1, 1)).days * DAY
    world, channels = _imagine(orders, days, seed, first_day)
    sales = write_after_sales(channels[AFTER_SALE], world)
    lives = world.lives
    lives = lives._replace(refunded=np.minimum(lives.refunded, sales.refunded))
    world = world._replace(lives=lives)
    feeds: list[Feed] = [
        write_orders(world),
        write_lines(world),
        write_reviews(channels[REVIEW], world),
        sales.feed,
        write_complaints(channels[COMPLAINT], world),
        *write_chats(channels[IM_SESSION], world),
    ]
    rows: dict[str, int] = {}
    for done, feed in enumerate(feeds, start=1):
        delivered = with_bad_rows(with_duplicates(feed, seed), start)
        rows[feed.source] = write_feed(landing, delivered, first_day, days)
        if progress:
            progress(feed.source, done, len(feeds))
    rows["appeals"] = write_appeals(landing, world, channels, feeds, first_day)
    _write_snapshots(landing, world)
    return _counted(world, channels, rows)


def _imagine(orders: int, days: int, seed: int, first_day: date) -> tuple[World, dict[int, Events]]:
    catalogue = read_catalogue()
    shops = build_shops(catalogue, orders, seed, first_day)
    products = build_products(catalogue, shops, seed)
    placed = place_orders(shops, products, orders=orders, days=days, seed=seed, first_day=first_day)
    opinions = form_opinions(placed, shops, catalogue, seed)
    lives = live(placed, opinions, seed)
    world = World(
        shops=shops,
        products=products,
        orders=placed,
        opinions=opinions,
        lives=lives,
        amounts=price(placed, products, seed),
        keys=build_keys(placed, shops, products),
        phrases=Phrases(seed),
        noun=products.noun[placed.product],
        days=days,
        start=(first_day - date(1970, 1, 1)).days * DAY,
        seed=seed,
    )
    return world, speak(placed, opinions, lives, seed)


def _write_snapshots(landing: Path, world: World) -> None:
    catalogue = read_catalogue()
    for number, platform in enumerate(PLATFORMS):
        shops = with_times(shop_rows(catalogue, world.shops, world.keys, number), "local")
        products = product_rows(catalogue, world.products, world.shops, world.keys, number)
        write_snapshot(landing, platform, "shops", "jsonl", shops)
        write_snapshot(landing, platform, "products", "csv", products)
        write_snapshot(landing, platform, "categories", "csv", category_rows(catalogue))


def _counted(world: World, channels: dict[int, Events], rows: dict[str, int]) -> MarketCounts:
    placed, opinions = world.orders, world.opinions
    ordinary = (placed.plan < 0) & (placed.ring < 0) & np.isin(placed.fate, _EFFECTIVE)
    return MarketCounts(
        orders=len(placed.shop),
        shops=len(world.shops.shop_id),
        products=len(world.products.shop),
        spoken_orders=len(spoken_orders(channels)),
        ordinary_effective_orders=int(ordinary.sum()),
        ordinary_negative_orders=int((ordinary & (opinions.issue >= 0)).sum()),
        rows=rows,
    )
