"""Writes the sample market: orders with their lives, four channels of feedback, what was planted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from orchestration.sample.after_sales import write_after_sales
from orchestration.sample.amounts import price
from orchestration.sample.appeals import write_appeals
from orchestration.sample.catalogue import Catalogue, read_catalogue
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
from orchestration.sample.landing_files import SOURCES, LandingFiles, with_times, write_snapshot
from orchestration.sample.lives import live
from orchestration.sample.market_keys import build_keys
from orchestration.sample.mishaps import with_bad_rows, with_duplicates
from orchestration.sample.opinions import form_opinions
from orchestration.sample.orders import DAY, FATE, place_orders
from orchestration.sample.phrases import Phrases
from orchestration.sample.reviews import write_reviews
from orchestration.sample.schedules import PLATFORMS
from orchestration.sample.shares import ORDERS_OF_A_SHARE, Share, shares_of
from orchestration.sample.shops import Products, Shops, build_products, build_shops
from orchestration.sample.snapshots import category_rows, product_rows, shop_rows
from orchestration.sample.trade import write_lines, write_orders
from orchestration.sample.world import World

Progress = Callable[[str, int, int], None]

LEAST_ORDERS, LEAST_DAYS = 2_000, 40
_EFFECTIVE = tuple(FATE[name] for name in ("normal", "presale", "risk_cleared"))


@dataclass(frozen=True)
class MarketCounts:
    """What was made. `ordinary_*` are those of shops that were not planted, as they truly are."""

    shops: int
    products: int
    orders: int
    spoken_orders: int
    ordinary_effective_orders: int
    ordinary_negative_orders: int
    rows: dict[str, int]


class _Place(NamedTuple):
    """Where all shares of a market trade."""

    catalogue: Catalogue
    shops: Shops
    products: Products


def write_market(
    landing: Path,
    *,
    orders: int = 20_000,
    days: int = 45,
    seed: int = 7,
    first_day: date = date(2026, 9, 1),
    at_a_time: int = ORDERS_OF_A_SHARE,
    progress: Progress | None = None,
) -> MarketCounts:
    """Writes the landing files of a market; the same arguments give the same bytes.

    About `at_a_time` orders are held in memory. `progress` is told what was just done, how many steps
    are done, and how many there will be.
    """
    if orders < LEAST_ORDERS or days < LEAST_DAYS:
        raise ValueError(
            f"a sample market of {orders} orders in {days} days is too small for what is planted "
            f"in it: ask for at least {LEAST_ORDERS} orders and {LEAST_DAYS} days"
        )
    catalogue = read_catalogue()
    shops = build_shops(catalogue, orders, seed, first_day)
    place = _Place(catalogue, shops, build_products(catalogue, shops, seed))
    shares = shares_of(orders, seed, at_a_time)
    tally: Counter[str] = Counter()
    rows: dict[str, int] = {}
    steps = len(shares) + len(SOURCES)
    with TemporaryDirectory(prefix="sample-market-") as waiting:
        files = LandingFiles(landing, Path(waiting), first_day, days)
        for done, share in enumerate(shares, start=1):
            world, channels = _imagine(place, share, days, first_day)
            world, feeds = _in_feeds(world, channels)
            for feed in feeds:
                delivered = with_duplicates(feed, share.seed)
                files.add(with_bad_rows(delivered, world.start) if share.is_first else delivered)
            if share.is_first:
                rows["appeals"] = write_appeals(landing, world, channels, feeds, first_day)
                _write_snapshots(landing, world)
            tally.update(_tallied(world, channels))
            if progress:
                progress("orders made", done, steps)
        for done, source in enumerate(SOURCES, start=len(shares) + 1):
            rows[source] = files.write(source)
            if progress:
                progress(source, done, steps)
    return MarketCounts(shops=len(shops.shop_id), products=len(place.products.shop), rows=rows, **tally)


def _imagine(place: _Place, share: Share, days: int, first_day: date) -> tuple[World, dict[int, Events]]:
    catalogue, shops, products = place
    placed = place_orders(shops, products, share, days=days, first_day=first_day)
    opinions = form_opinions(placed, shops, catalogue, share.seed)
    lives = live(placed, opinions, share.seed)
    world = World(
        shops=shops,
        products=products,
        orders=placed,
        opinions=opinions,
        lives=lives,
        amounts=price(placed, products, share.seed),
        keys=build_keys(placed, share.first_order, shops, products),
        phrases=Phrases(share.seed),
        noun=products.noun[placed.product],
        days=days,
        start=(first_day - date(1970, 1, 1)).days * DAY,
        seed=share.seed,
    )
    return world, speak(placed, opinions, lives, share.seed)


def _in_feeds(world: World, channels: dict[int, Events]) -> tuple[World, list[Feed]]:
    """The rows of every source, and the world with the refunds that after-sales brought."""
    sales = write_after_sales(channels[AFTER_SALE], world)
    lives = world.lives
    world = world._replace(lives=lives._replace(refunded=np.minimum(lives.refunded, sales.refunded)))
    return world, [
        write_orders(world),
        write_lines(world),
        write_reviews(channels[REVIEW], world),
        sales.feed,
        write_complaints(channels[COMPLAINT], world),
        *write_chats(channels[IM_SESSION], world),
    ]


def _write_snapshots(landing: Path, world: World) -> None:
    catalogue = read_catalogue()
    for number, platform in enumerate(PLATFORMS):
        shops = with_times(shop_rows(catalogue, world.shops, world.keys, number), "local")
        products = product_rows(catalogue, world.products, world.shops, world.keys, number)
        write_snapshot(landing, platform, "shops", "jsonl", shops)
        write_snapshot(landing, platform, "products", "csv", products)
        write_snapshot(landing, platform, "categories", "csv", category_rows(catalogue))


def _tallied(world: World, channels: dict[int, Events]) -> dict[str, int]:
    placed, opinions = world.orders, world.opinions
    ordinary = (placed.plan < 0) & (placed.ring < 0) & np.isin(placed.fate, _EFFECTIVE)
    return {
        "orders": len(placed.shop),
        "spoken_orders": len(spoken_orders(channels)),
        "ordinary_effective_orders": int(ordinary.sum()),
        "ordinary_negative_orders": int((ordinary & (opinions.issue >= 0)).sum()),
    }
