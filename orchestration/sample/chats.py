"""Conversations with the shop: sessions and their messages, before, during and after the order."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.sample.columns import (
    NEVER,
    Feed,
    choice,
    joined,
    moment,
    number,
    padded,
    stacked,
    text_where,
)
from orchestration.sample.dialogues import ROLES, STAGES, Dialogue, read_dialogues
from orchestration.sample.dice import Dice, Flags, Ints
from orchestration.sample.feedback import Events
from orchestration.sample.lives import HOUR
from orchestration.sample.market_keys import buyer_ids, feedback_ids, scrambled
from orchestration.sample.orders import DAY, Orders
from orchestration.sample.schedules import CASES, SHOP_PLANS
from orchestration.sample.world import World

SCOPES = ("human", "bot")
_WITHOUT_ORDER_PER_MILLION = 350_000
_RATED_LATER_PER_MILLION = 60_000
_STRANGERS_PER_MILLION = 3_000  # of the orders: buyers who ask and never order
_STRANGER_BUYERS = 800_000_000
_OPENING, _OPEN_FOR = 8 * HOUR + HOUR // 2, 12 * HOUR + HOUR // 2  # a session begins 8:30 to 21:00
_NIGHT, _NIGHT_FOR = 23 * HOUR + 600, 8 * HOUR
_GUARDED = (
    "usage_taught_accepted",
    "usage_fault_feared_accepted",
    "misunderstanding_missing_found",
    "misunderstanding_defect_cleared",
    "usage_patiently_answered",
)


class Sessions(NamedTuple):
    """One entry a session, before its messages."""

    identity: pa.Array
    platform: Ints
    shop: Ints
    noun: Ints
    buyer: pa.Array
    order: pa.Array
    shape: Ints
    started: Ints


def _shapes(events: Events, orders: Orders, shapes: tuple[Dialogue, ...], dice: Dice) -> Ints:
    names = [shape.name for shape in shapes]
    count = len(events.order)
    shares = [shape.share if shape.issue < 0 else 0 for shape in shapes]
    chosen = dice.pick(shares, count)
    turn = dice.below(1 << 20, count)
    for issue in sorted({shape.issue for shape in shapes} - {-1}):
        ways = np.array([i for i, shape in enumerate(shapes) if shape.issue == issue])
        chosen = np.where(events.topic == issue, ways[turn % len(ways)], chosen)
    guarded = [plan.words for plan in SHOP_PLANS].index("guarded")
    ways = np.array([names.index(name) for name in _GUARDED])
    nth = orders.nth[events.order]
    chosen = np.where(orders.plan[events.order] == guarded, ways[nth % len(ways)], chosen)
    for position, case in enumerate(CASES):
        if case.dialogue:
            is_case = orders.case[events.order] == position
            chosen = np.where(is_case, names.index(case.dialogue), chosen)
    return chosen


def _starts(events: Events, world: World, shape: Ints, dice: Dice) -> Ints:
    orders, lives, shapes = world.orders, world.lives, read_dialogues()
    order, count = events.order, len(events.order)
    stage = np.array([STAGES.index(entry.stage) for entry in shapes])[shape]
    is_night = np.array([entry.is_at_night for entry in shapes])[shape]
    planted = orders.plan[order] >= 0
    created, shipped, signed = orders.created[order], lives.shipped[order], lives.signed[order]
    late = lives.promised[order] < shipped
    waiting = np.where(late, lives.promised[order], shipped + 20 * HOUR)
    lost = np.where(signed - shipped > 7 * DAY, 6 * DAY, 0)
    waiting += lost + dice.between(HOUR, 16 * HOUR, count)
    after = signed + np.where(planted, HOUR, dice.lag((HOUR, 8 * HOUR, DAY, 3 * DAY, 9 * DAY), count))
    moment_of = np.stack(
        [
            created - dice.lag((300, 1200, 2 * HOUR, DAY, 3 * DAY), count),
            lives.paid[order] + dice.between(300, 3000, count),
            waiting,
            np.where(signed >= NEVER, waiting, after),
        ]
    )
    wanted = moment_of[stage, np.arange(count)]
    day = wanted // DAY * DAY
    open_at = day + _OPENING + (wanted - day) * _OPEN_FOR // DAY
    # put into opening hours, but neither before what it is about nor, before the sale, after the order
    is_presale = stage == STAGES.index("presale")
    open_at = np.where(~is_presale & (open_at < wanted), open_at + DAY, open_at)
    open_at = np.where(is_presale & (open_at >= created), open_at - DAY, open_at)
    return np.where(is_night, day + _NIGHT + (wanted - day) * _NIGHT_FOR // DAY, open_at)


def _of_orders(events: Events, world: World) -> Sessions:
    orders, keys = world.orders, world.keys
    dice = Dice(world.seed, "chats")
    shapes = read_dialogues()
    count = len(events.order)
    order = events.order
    shape = _shapes(events, orders, shapes, dice)
    presale = np.array([entry.stage == "presale" for entry in shapes])[shape]
    planted = orders.plan[order] >= 0
    names_order = ~presale & (planted | ~dice.chance(_WITHOUT_ORDER_PER_MILLION, count))
    taken = pa.array(order)
    return Sessions(
        identity=feedback_ids("s", world.keys, order),
        platform=keys.platform[order],
        shop=orders.shop[order],
        noun=world.noun[order],
        buyer=keys.buyer.take(taken),
        order=text_where(names_order, keys.order.take(taken)),
        shape=shape,
        started=_starts(events, world, shape, dice),
    )


def _of_strangers(world: World) -> Sessions:
    shops, products = world.shops, world.products
    dice = Dice(world.seed, "strangers")
    count = len(world.orders.shop) * _STRANGERS_PER_MILLION // 1_000_000 + 1
    shapes = read_dialogues()
    ways = np.array([i for i, shape in enumerate(shapes) if shape.stage == "presale"])
    shop = dice.pick(shops.weight, count)
    product = products.first_of_shop[shop] + dice.below(products.count_of_shop[shop], count)
    stranger = world.keys.number[:count]
    return Sessions(
        identity=joined("sx", padded(scrambled(stranger), 12)),
        platform=shops.platform[shop],
        shop=shop,
        noun=products.noun[product],
        buyer=buyer_ids(shops.platform[shop], _STRANGER_BUYERS + stranger),
        order=pa.nulls(count, pa.string()),
        shape=ways[dice.below(len(ways), count)],
        started=world.start + dice.below(world.days, count) * DAY + _OPENING + dice.below(_OPEN_FOR, count),
    )


def _messages(sessions: Sessions, world: World) -> tuple[Feed, Ints]:
    """All messages, and when each session ended."""
    phrases, dice = world.phrases, Dice(world.seed, "messages")
    ended = sessions.started.copy()
    parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []
    for position, shape in enumerate(read_dialogues()):
        rows = np.flatnonzero(sessions.shape == position)
        at = sessions.started[rows]
        for seq, turn in enumerate(shape.turns, start=1):
            templates = phrases.learn(list(turn.wordings))
            wording = templates[dice.below(len(templates), len(rows))]
            at = at + dice.between(turn.least_seconds, turn.most_seconds, len(rows))
            role = np.full(len(rows), ROLES.index(turn.role))
            parts.append((rows, np.full(len(rows), seq), role, at, wording))
        ended[rows] = at
    row, seq, role, sent, wording = (np.concatenate(column) for column in zip(*parts, strict=True))
    taken = pa.array(row)
    session_id = sessions.identity.take(taken)
    rows_table = pa.table(
        {
            "session_id": session_id,
            "message_id": joined(session_id, "-", padded(seq, 2)),
            "seq": number(seq),
            "role": choice(ROLES, role),
            "sent_at": moment(sent),
            "text": phrases.fill(wording, sessions.noun[row], row),
        }
    )
    return Feed("im_messages", rows_table, sessions.platform[row], sent), ended


def write_chats(events: Events, world: World) -> tuple[Feed, Feed]:
    """Sessions, some of them rated a day later, and their messages."""
    dice = Dice(world.seed, "sessions")
    sessions = _joined_sessions(_of_orders(events, world), _of_strangers(world), world.start)
    messages, last_message = _messages(sessions, world)
    count = len(sessions.shape)
    shapes = read_dialogues()
    longest = max(len(shape.ratings) for shape in shapes)
    stars = np.array([np.resize(shape.ratings, longest * 6) for shape in shapes])
    rating = stars[sessions.shape, dice.below(longest * 6, count)]
    scope = np.array([SCOPES.index(shape.rated_scope) for shape in shapes])[sessions.shape]
    ended = last_message + dice.between(20, 90, count)
    rates_later = (rating > 0) & dice.chance(_RATED_LATER_PER_MILLION, count)
    later = np.flatnonzero(rates_later)
    rated_at = ended + dice.between(HOUR, DAY, count)

    def version(rows: Ints, is_rated: Flags, updated: Ints) -> pa.Table:
        taken = pa.array(rows)
        return pa.table(
            {
                "session_id": sessions.identity.take(taken),
                "shop_id": world.keys.shop.take(pa.array(sessions.shop[rows])),
                "buyer_id": sessions.buyer.take(taken),
                "order_id": sessions.order.take(taken),
                "started_at": moment(sessions.started[rows]),
                "ended_at": moment(ended[rows]),
                "rating": number(np.where(is_rated, rating[rows], 0), missing=0),
                "rated_scope": choice(SCOPES, np.where(is_rated & (rating[rows] > 0), scope[rows], -1)),
                "updated_at": moment(updated),
            }
        )

    everything = np.arange(count)
    return (
        Feed(
            "im_sessions",
            stacked(
                [
                    version(everything, ~rates_later, ended),
                    version(later, np.ones(len(later), dtype=np.bool_), rated_at[later]),
                ]
            ),
            sessions.platform[np.concatenate([everything, later])],
            np.concatenate([ended, rated_at[later]]),
        ),
        messages,
    )


def _joined_sessions(known: Sessions, strangers: Sessions, start: int) -> Sessions:
    """Both kinds; without those that began before the run."""
    both = [
        pa.concat_arrays([a, b]) if isinstance(a, pa.Array) else np.concatenate([a, b])
        for a, b in zip(known, strangers, strict=True)
    ]
    sessions = Sessions(*both)
    kept = np.flatnonzero(sessions.started >= start)
    return Sessions(
        *(
            column.take(pa.array(kept)) if isinstance(column, pa.Array) else column[kept]
            for column in sessions
        )
    )
