"""Orders as delivered: a new version on each day on which an order's state changed, and its lines once."""

import numpy as np
import pyarrow as pa

from orchestration.sample.columns import (
    NEVER,
    Feed,
    choice,
    flag,
    joined,
    moment,
    number,
    padded,
    stacked,
    text_where,
)
from orchestration.sample.dice import Flags, Ints
from orchestration.sample.orders import DAY, FATE, FATES, THEMES
from orchestration.sample.world import World

STATUSES = ("created", "paid", "shipped", "signed", "finished", "cancelled", "closed")
KINDS = ("normal", "sample", "gift", "lottery", "top_up", "internal", "presale")
RISKS = ("none", "risk_review", "abnormal_cancel")
_KIND_OF_FATE = np.array([KINDS.index(kind) for _, kind in FATES.values()])
_CARRIERS = ("YT", "ZT", "SF", "JD", "YD")


def write_lines(world: World) -> Feed:
    """The lines of every order, delivered on the day it is placed."""
    orders, amounts, keys = world.orders, world.amounts, world.keys
    gift_only = orders.fate == FATE["gift"]
    everything = np.arange(len(orders.shop))
    extra = np.flatnonzero(orders.extra_product >= 0)

    def lines(rows: Ints, suffix: str, *, product: Ints, pieces: Ints, paid: Ints, gift: Flags) -> pa.Table:
        taken = pa.array(rows)
        creator = orders.creator[rows]
        is_live = orders.theme[rows] == THEMES.index("live")
        prefix = pa.array(["dy", "pdd"]).take(pa.array(keys.platform[rows]))
        creator_id = joined(prefix, "_c", padded(creator + 1, 4))
        day = padded((orders.created[rows] - world.start) // DAY + 1, 3)
        order_id = keys.order.take(taken)
        return pa.table(
            {
                "order_id": order_id,
                "line_id": joined(order_id, suffix),
                "product_id": keys.product.take(pa.array(product)),
                "quantity": number(pieces),
                "pay_amount_fen": number(paid),
                "is_gift": flag(gift),
                "theme": choice(THEMES, orders.theme[rows]),
                "creator_id": text_where(creator >= 0, creator_id),
                "room_id": text_where(is_live, joined("room_", creator_id, "_", day)),
            }
        )

    rows = np.concatenate([everything, extra])
    return Feed(
        "order_lines",
        stacked(
            [
                lines(
                    everything,
                    "-1",
                    product=orders.product,
                    pieces=orders.quantity,
                    paid=amounts.line,
                    gift=gift_only,
                ),
                lines(
                    extra,
                    "-2",
                    product=orders.extra_product[extra],
                    pieces=np.ones_like(extra),
                    paid=amounts.extra[extra],
                    gift=orders.extra_is_gift[extra],
                ),
            ]
        ),
        keys.platform[rows],
        orders.created[rows],
    )


def write_orders(world: World) -> Feed:
    """Every version of every order: its state at the end of each day on which it changed."""
    orders, lives = world.orders, world.lives
    moments = np.stack([orders.created, *lives._replace(promised=np.full_like(lives.paid, NEVER))])
    days = np.where(moments >= NEVER, NEVER, moments // DAY)
    parts, platforms, known = [], [], []
    for event in range(len(moments)):
        at = moments[event]
        same_day = days == days[event]
        last = np.where(same_day, moments, -1).max(axis=0)
        # several changes in one second, or earlier ones of the day, are told by the last
        first_of_equal = (same_day & (moments == at)).argmax(axis=0) == event
        rows = np.flatnonzero((at < NEVER) & (last == at) & first_of_equal)
        parts.append(_version(world, rows, at[rows]))
        platforms.append(world.keys.platform[rows])
        known.append(at[rows])
    return Feed("orders", stacked(parts), np.concatenate(platforms), np.concatenate(known))


def _version(world: World, rows: Ints, at: Ints) -> pa.Table:
    orders, lives, amounts, keys = world.orders, world.lives, world.amounts, world.keys
    taken = pa.array(rows)

    def seen(moments: Ints) -> Ints:
        return np.where(moments[rows] <= at, moments[rows], NEVER)

    paid, shipped, signed = seen(lives.paid), seen(lives.shipped), seen(lives.signed)
    finished, closed = seen(lives.finished), seen(lives.closed)
    status = np.zeros(len(rows), dtype=np.int64)
    for name, moments in (
        ("paid", paid),
        ("shipped", shipped),
        ("signed", signed),
        ("finished", finished),
    ):
        status = np.where(moments < NEVER, STATUSES.index(name), status)
    ended = np.where(paid < NEVER, STATUSES.index("cancelled"), STATUSES.index("closed"))
    status = np.where(closed < NEVER, ended, status)
    fate = orders.fate[rows]
    held = np.isin(fate, [FATE["risk_held"], FATE["risk_cleared"]])
    risk = np.where(held & (paid < NEVER) & (shipped >= NEVER), 1, 0)
    risk = np.where((fate == FATE["abnormal_cancel"]) & (closed < NEVER), 2, risk)
    # brushers send one parcel for many orders
    shares = (orders.ring >= 0) & (orders.ring % 2 == 1)
    parcel = np.where(shares, 900_000_000_000 + orders.ring, keys.number)[rows]
    carrier = choice(_CARRIERS, parcel % len(_CARRIERS))
    waybill = joined(carrier, padded(7_000_000_000_000 + parcel * 7, 13))
    return pa.table(
        {
            "order_id": keys.order.take(taken),
            "shop_id": keys.shop_of_order.take(taken),
            "buyer_id": keys.buyer.take(taken),
            "status": choice(STATUSES, status),
            "created_at": moment(orders.created[rows]),
            "paid_at": moment(paid),
            "shipped_at": moment(shipped),
            "signed_at": moment(signed),
            "closed_at": moment(closed),
            "refunded_at": moment(seen(lives.refunded)),
            "pay_amount_fen": number(amounts.paid[rows]),
            "list_amount_fen": number(amounts.listed[rows]),
            "order_kind": choice(KINDS, _KIND_OF_FATE[fate]),
            "risk_flag": choice(RISKS, risk),
            "waybill_no": text_where(shipped < NEVER, waybill),
            "promised_ship_by": moment(np.where(paid < NEVER, lives.promised[rows], NEVER)),
            "updated_at": moment(at),
        }
    )
