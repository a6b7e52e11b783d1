"""Who orders what, where and when: ordinary demand, planted schedules, brushing rings and planted cases."""

from datetime import date
from typing import NamedTuple

import numpy as np

from orchestration.sample.dice import Dice, Flags, Ints
from orchestration.sample.schedules import (
    BURST_EVERY_DAYS,
    BURST_ORDERS,
    BURST_SHOP,
    CASE_SHOP,
    CASES,
    DOUYIN,
    PINDUODUO,
    SHOP_PLANS,
    is_negative,
    placed_on,
)
from orchestration.sample.shares import Share
from orchestration.sample.shops import Products, Shops

DAY = 86_400

# What becomes of an order, how often in a thousand, and the kind it is delivered as.
FATES: dict[str, tuple[int, str]] = {
    "normal": (855, "normal"),
    "unpaid_closed": (38, "normal"),
    "unpaid_open": (4, "normal"),
    "cancelled": (28, "normal"),
    "instant_refund": (5, "normal"),
    "risk_held": (3, "normal"),
    "risk_cleared": (4, "normal"),
    "abnormal_cancel": (3, "normal"),
    "sample": (6, "sample"),
    "lottery": (10, "lottery"),
    "gift": (5, "gift"),
    "top_up": (5, "top_up"),
    "internal": (3, "internal"),
    "presale": (21, "presale"),
    "zero_amount": (3, "normal"),
    "under_one_yuan": (3, "normal"),
    "under_thirty_percent": (4, "normal"),
}
FATE = {name: number for number, name in enumerate(FATES)}

THEMES = ("search", "shop", "live", "short_video", "other")
CONTENT_THEMES = (THEMES.index("live"), THEMES.index("short_video"))
_THEME_WEIGHTS = {DOUYIN: (20, 17, 38, 20, 5), PINDUODUO: (52, 24, 10, 6, 8)}

_HOUR_WEIGHTS = (9, 5, 3, 2, 2, 4, 10, 20, 32, 46, 54, 52, 48, 44, 44, 46, 48, 50, 56, 72, 92, 96, 70, 30)
_WEEKDAY_WEIGHTS = (96, 95, 96, 98, 106, 122, 118)  # Monday first

_PLANTED_BUYERS = 500_000_000
_RETURNING_BUYERS = 600_000_000
_RING_BUYERS = 700_000_000


class Orders(NamedTuple):
    """One entry an order. -1 stands for none."""

    shop: Ints
    created: Ints  # seconds of Shanghai clock time since 1970
    buyer: Ints
    product: Ints
    quantity: Ints
    fate: Ints
    theme: Ints
    creator: Ints
    extra_product: Ints
    extra_is_gift: Flags
    plan: Ints
    nth: Ints  # how many orders of the plan came before
    ring: Ints  # even: one buyer's burst; odd: one waybill for several orders
    case: Ints


class _Rows(NamedTuple):
    shop: Ints
    created: Ints
    buyer: Ints
    plan: Ints
    nth: Ints
    ring: Ints
    case: Ints


def _rows(shop: Ints, created: Ints, buyer: Ints, **marks: Ints) -> _Rows:
    none = np.full(len(shop), -1, dtype=np.int64)
    return _Rows(shop, created, buyer, **{name: marks.get(name, none) for name in _Rows._fields[3:]})


def _planted(days: int, start: int, seed: int) -> _Rows:
    dice = Dice(seed, "planted orders")
    shop, day, nth, buyer = [], [], [], []
    for number, plan in enumerate(SHOP_PLANS):
        count = 0
        negatives = 0
        for today in range(days):
            for _ in range(placed_on(today, plan.orders)):
                code = _PLANTED_BUYERS + len(shop)
                if is_negative(count, plan.orders, plan.negatives, plan.phase):
                    if plan.buyers:
                        code = _RETURNING_BUYERS + number * 10 + negatives % plan.buyers
                    negatives += 1
                shop.append(number)
                day.append(today)
                nth.append(count)
                buyer.append(code)
                count += 1
    at = np.array(shop, dtype=np.int64)
    seconds = dice.between(9 * 3600, 20 * 3600, len(shop))
    return _rows(
        at,
        start + np.array(day) * DAY + seconds,
        np.array(buyer, dtype=np.int64),
        plan=at,
        nth=np.array(nth, dtype=np.int64),
    )


def _bursts(shops: Shops, days: int, start: int, seed: int) -> _Rows:
    dice = Dice(seed, "planted bursts")
    victim = shops.shop_id.index(BURST_SHOP)
    ring = np.repeat(np.arange(-(-days // BURST_EVERY_DAYS)), BURST_ORDERS)
    member = np.tile(np.arange(BURST_ORDERS), len(ring) // BURST_ORDERS)
    created = start + ring * BURST_EVERY_DAYS * DAY + dice.between(36_000, 39_000, len(ring))
    buyer = _RING_BUYERS + np.where(ring % 2 == 0, ring * 100, ring * 100 + member)
    plan = np.full(len(ring), victim)
    return _rows(plan, created, buyer, plan=plan, ring=ring)


def _rings(shops: Shops, orders: int, days: int, start: int, seed: int) -> _Rows:
    dice = Dice(seed, "rings")
    rings = 2 + orders // 1500
    size = dice.between(5, 8, rings)
    shop = dice.pick(shops.weight, rings)
    day = dice.below(days, rings)
    hour = dice.between(9, 21, rings)
    number = np.repeat(np.arange(rings), size)
    member = np.arange(len(number)) - np.repeat(np.cumsum(size) - size, size)
    code = 1000 + number  # beyond the numbers of the planted bursts
    buyer = _RING_BUYERS + np.where(code % 2 == 0, code * 100, code * 100 + member)
    created = start + day[number] * DAY + hour[number] * 3600 + dice.below(3000, len(number))
    return _rows(shop[number], created, buyer, ring=code)


def _cases(shops: Shops, start: int) -> _Rows:
    shop = np.full(len(CASES), shops.shop_id.index(CASE_SHOP))
    day = np.array([case.day for case in CASES])
    number = np.arange(len(CASES))
    created = start + day * DAY + 36_000 + number * 600
    return _rows(shop, created, _PLANTED_BUYERS + 90_000_000 + number, plan=shop, case=number)


def _ordinary(shops: Shops, wanted: dict[int, int], *, pool: int, days: int, start: int, seed: int) -> _Rows:
    dice = Dice(seed, "ordinary orders")
    weekday = (start // DAY + np.arange(days) + 3) % 7  # 1970 began on a Thursday
    day_weights = np.array(_WEEKDAY_WEIGHTS)[weekday]
    parts = []
    for platform, count in wanted.items():
        shop = dice.pick(np.where(shops.platform == platform, shops.weight, 0), count)
        day = dice.pick(day_weights, count)
        seconds = dice.pick(_HOUR_WEIGHTS, count) * 3600 + dice.below(3600, count)
        # three in ten orders come from the one buyer in twenty who buys often
        often = dice.chance(300_000, count)
        buyer = dice.below(np.where(often, pool // 20, pool), count)
        parts.append(_rows(shop, start + day * DAY + seconds, buyer))
    return _Rows(*map(np.concatenate, zip(*parts, strict=True)))


def place_orders(shops: Shops, products: Products, share: Share, *, days: int, first_day: date) -> Orders:
    """The orders of a share of the market: planted ones first. Planted shops are never smaller, so that
    a small market is a little larger than asked."""
    start = (first_day - date(1970, 1, 1)).days * DAY
    fixed = _fixed(shops, share, days, start) if share.is_first else []
    taken = np.concatenate([np.empty(0), *(shops.platform[rows.shop] for rows in fixed)])
    least = share.orders // 20
    wanted = {
        DOUYIN: max(share.orders * 3 // 4 - int((taken == DOUYIN).sum()), least),
        PINDUODUO: max(share.orders // 4 - int((taken == PINDUODUO).sum()), least),
    }
    # buyers come back in every share
    pool = 10 + (share.of_market - share.orders + sum(wanted.values())) * 3 // 5
    parts = [*fixed, _ordinary(shops, wanted, pool=pool, days=days, start=start, seed=share.seed)]
    return _detailed(_Rows(*map(np.concatenate, zip(*parts, strict=True))), shops, products, share)


def _fixed(shops: Shops, share: Share, days: int, start: int) -> list[_Rows]:
    return [
        _planted(days, start, share.seed),
        _bursts(shops, days, start, share.seed),
        _cases(shops, start),
        _rings(shops, share.of_market, days, start, share.seed),
    ]


def _detailed(rows: _Rows, shops: Shops, products: Products, share: Share) -> Orders:
    dice = Dice(share.seed, "order details")
    count = len(rows.shop)
    is_ordinary = (rows.plan < 0) & (rows.ring < 0)
    sizes = products.count_of_shop[rows.shop]
    first = products.first_of_shop[rows.shop]
    # the smaller of two draws: the first products of a shop sell best
    product = first + np.minimum(dice.below(sizes, count), dice.below(sizes, count))
    product = np.where(rows.ring >= 0, first + rows.ring % 3, product)
    fate = dice.pick([weight for weight, _ in FATES.values()], count)
    theme = np.where(
        shops.platform[rows.shop] == DOUYIN,
        dice.pick(_THEME_WEIGHTS[DOUYIN], count),
        dice.pick(_THEME_WEIGHTS[PINDUODUO], count),
    )
    creators = 12 + (share.of_market - share.orders + count) // 400
    has_creator = np.isin(theme, CONTENT_THEMES)
    creator = np.minimum(dice.below(creators, count), dice.below(creators, count))
    has_extra = is_ordinary & dice.chance(130_000, count)
    extra = first + dice.below(sizes, count)
    several = is_ordinary & dice.chance(90_000, count)
    return Orders(
        shop=rows.shop,
        created=rows.created,
        buyer=rows.buyer,
        product=product,
        quantity=np.where(several, dice.between(2, 3, count), 1),
        fate=np.where(is_ordinary, fate, FATE["normal"]),
        theme=theme,
        creator=np.where(has_creator, creator, -1),
        extra_product=np.where(has_extra, extra, -1),
        extra_is_gift=has_extra & dice.chance(150_000, count),
        plan=rows.plan,
        nth=rows.nth,
        ring=rows.ring,
        case=rows.case,
    )
