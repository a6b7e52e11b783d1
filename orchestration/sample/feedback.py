"""Who speaks through which channel, about what, and when."""

from typing import NamedTuple

import numpy as np

from orchestration.sample.catalogue import read_texts
from orchestration.sample.columns import NEVER
from orchestration.sample.dice import Dice, Flags, Ints
from orchestration.sample.issues import DIMENSION_OF, DIMENSIONS, TOPIC
from orchestration.sample.lives import HOUR, Lives, in_daylight
from orchestration.sample.opinions import Opinions, is_delivered, words_of
from orchestration.sample.orders import DAY, Orders
from orchestration.sample.schedules import SHOP_PLANS

CHANNELS = ("review", "after_sale", "complaint", "im_session")
REVIEW, AFTER_SALE, COMPLAINT, IM_SESSION = range(4)

# Where a complaint of each dimension is made, by channel.
_VENUES = {
    "product": (46, 38, 7, 9),
    "content": (58, 22, 14, 6),
    "service": (30, 0, 14, 56),
    "logistics": (46, 14, 10, 30),
}
_SECOND_VENUE_PER_MILLION = 250_000
_SARCASM_PER_MILLION = 60_000

# What calm reviews are about, and how often in a thousand delivered orders somebody writes one.
_CALM_REVIEWS = {
    "praise": 700,
    "negation": 95,
    "neutral": 85,
    "price_only": 40,
    "usage_question": 30,
    "remorse": 30,
    "mistaken_stars": 8,
    "meaningless": 12,
}
_CALM_REVIEW_PER_MILLION = 62_000
_DEFAULT_PER_MILLION = 150_000
_REMORSE_PER_MILLION = 17_000
_PRICE_PER_MILLION = 2_000
_INQUIRY_PER_MILLION = 900
_CALM_CHAT_PER_MILLION = 36_000

_REVIEW_LAG = (DAY, 30 * HOUR, 2 * DAY, 3 * DAY, 4 * DAY, 6 * DAY, 9 * DAY, 15 * DAY)
_AFTER_SALE_LAG = (HOUR, 10 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 10 * DAY)
_COMPLAINT_LAG = (10 * HOUR, 2 * DAY, 4 * DAY, 7 * DAY, 12 * DAY)


class Events(NamedTuple):
    """Feedback of one channel; `at` is NEVER where the channel finds its own moment."""

    order: Ints
    topic: Ints  # -1: a calm conversation
    at: Ints
    words: Ints  # position in planted_words(), or -1
    is_sarcastic: Flags


def _chosen(condition: Flags, topic: Ints | int, at: Ints, words: Ints) -> Events:
    order = np.flatnonzero(condition)
    topics = np.broadcast_to(topic, condition.shape)[order].astype(np.int64)
    return Events(order, topics, at[order], words[order], np.zeros(len(order), dtype=np.bool_))


def _together(parts: list[Events]) -> Events:
    topic = np.concatenate([part.topic for part in parts])
    order = np.concatenate([part.order for part in parts])
    by_order = np.lexsort((topic, order))
    return Events(
        order[by_order],
        topic[by_order],
        np.concatenate([part.at for part in parts])[by_order],
        np.concatenate([part.words for part in parts])[by_order],
        np.concatenate([part.is_sarcastic for part in parts])[by_order],
    )


def _venues(orders: Orders, opinions: Opinions, lives: Lives, seed: int) -> np.ndarray:
    """For each order and channel, whether its complaint is made there."""
    dice = Dice(seed, "venues")
    count = len(orders.shop)
    issue = opinions.issue
    said = np.zeros((count, len(CHANNELS)), dtype=np.bool_)
    ordinary = (issue >= 0) & (opinions.words < 0) & (orders.case < 0)
    for number, dimension in enumerate(DIMENSIONS):
        rows = np.flatnonzero(ordinary & (DIMENSION_OF[np.maximum(issue, 0)] == number))
        said[rows, dice.pick(_VENUES[dimension], len(rows))] = True
        again = rows[dice.chance(_SECOND_VENUE_PER_MILLION, len(rows))]
        said[again, dice.pick(_VENUES[dimension], len(again))] = True
    # nobody reviews what never came
    unsigned = ordinary & (lives.signed >= NEVER) & said[:, REVIEW]
    said[unsigned, REVIEW] = False
    said[unsigned, COMPLAINT] = True
    for number, plan in enumerate(SHOP_PLANS):
        rows = np.flatnonzero((orders.plan == number) & (opinions.rank >= 0) & (orders.ring < 0))
        venues = np.array([CHANNELS.index(name) for name in plan.channels])
        said[rows, venues[opinions.rank[rows] % len(venues)]] = True
    said[(orders.plan >= 0) & (orders.ring >= 0), REVIEW] = True
    said[(orders.case >= 0) & (issue >= 0), AFTER_SALE] = True
    return said


def speak(orders: Orders, opinions: Opinions, lives: Lives, seed: int) -> dict[int, Events]:
    """All feedback of the run by channel; what lies beyond its last day is cut when it is written."""
    dice = Dice(seed, "feedback")
    count = len(orders.shop)
    issue, nobody = opinions.issue, np.full(count, -1, dtype=np.int64)
    said = _venues(orders, opinions, lives, seed)
    planted = orders.plan >= 0
    ringed = orders.ring >= 0
    calm = (issue < 0) & is_delivered(orders) & ~planted & ~ringed & (lives.signed < NEVER)

    soon = lives.signed + dice.between(2 * HOUR, 20 * HOUR, count)

    def after_signing(lag: tuple[int, ...]) -> Ints:
        wanted = np.where(planted, soon, lives.signed + dice.lag(lag, count))
        return np.maximum(in_daylight(wanted), np.minimum(lives.signed, NEVER) + HOUR // 2)

    review_at = after_signing(_REVIEW_LAG)
    sale_at = after_signing(_AFTER_SALE_LAG)
    complaint_at = after_signing(_COMPLAINT_LAG)
    default_at = lives.signed + dice.between(7 * DAY, 15 * DAY, count)
    waiting = np.where(
        issue == TOPIC["late_ship"],
        lives.promised + dice.between(HOUR, DAY, count),
        lives.shipped + dice.between(6 * DAY, 9 * DAY, count),
    )
    impatient = (issue == TOPIC["late_ship"]) | (issue == TOPIC["lost_or_stalled"])
    sale_at = np.where(impatient, in_daylight(waiting), sale_at)
    complained = in_daylight(waiting + dice.between(HOUR, DAY, count))
    complaint_at = np.where(impatient, complained, complaint_at)

    speaks = calm & dice.chance(_CALM_REVIEW_PER_MILLION, count)
    about = dice.pick(tuple(_CALM_REVIEWS.values()), count)
    topics = np.array([TOPIC[name] for name in _CALM_REVIEWS])[about]
    silent = is_delivered(orders) & ~planted & ~ringed & ~speaks & ~said[:, REVIEW]
    silent &= dice.chance(_DEFAULT_PER_MILLION, count) & (lives.signed < NEVER)
    complaining = _together([_chosen(said[:, REVIEW], issue, review_at, opinions.words)])
    ironic = dice.chance(_SARCASM_PER_MILLION, len(complaining.order)) & (complaining.words < 0)
    ironic &= np.isin(complaining.topic, [TOPIC[name] for name in read_texts("sarcasm")])
    reviews = [
        complaining._replace(is_sarcastic=ironic),
        _chosen(speaks, topics, review_at, nobody),
        _chosen(silent, TOPIC["default"], default_at, nobody),
        _chosen(ringed & ~planted, TOPIC["brushing"], review_at, nobody),
        _chosen(opinions.is_abnormal, TOPIC["quality_defect"], review_at, opinions.words),
        *_planted_calm_reviews(orders, opinions, review_at),
    ]
    remorse = calm & dice.chance(_REMORSE_PER_MILLION, count)
    price = calm & ~remorse & dice.chance(_PRICE_PER_MILLION, count)
    inquiry = calm & dice.chance(_INQUIRY_PER_MILLION, count)
    chats = calm & dice.chance(_CALM_CHAT_PER_MILLION, count)
    chats |= (orders.case >= 0) & (issue < 0)
    guarded = [plan.words for plan in SHOP_PLANS].index("guarded")
    chats |= (orders.plan == guarded) & (orders.nth % 10 < 6)
    never = np.full(count, NEVER, dtype=np.int64)
    return {
        REVIEW: _together(reviews),
        AFTER_SALE: _together(
            [
                _chosen(said[:, AFTER_SALE], issue, sale_at, opinions.words),
                _chosen(remorse, TOPIC["remorse"], sale_at, nobody),
                _chosen(price, TOPIC["price_only"], sale_at, nobody),
            ]
        ),
        COMPLAINT: _together(
            [
                _chosen(said[:, COMPLAINT], issue, complaint_at, opinions.words),
                _chosen(inquiry, TOPIC["usage_question"], complaint_at, nobody),
            ]
        ),
        IM_SESSION: _together(
            [
                _chosen(said[:, IM_SESSION], issue, never, nobody),
                _chosen(chats, -1, never, nobody),
            ]
        ),
    }


def _in_turn(role: str, orders: Orders) -> Ints:
    words = words_of(role)
    return words[np.maximum(orders.nth, 0) % len(words)]


def _planted_calm_reviews(orders: Orders, opinions: Opinions, at: Ints) -> list[Events]:
    content = (orders.plan >= 0) & (orders.nth >= 0) & (opinions.words < 0)
    plans = [plan.shop_id for plan in SHOP_PLANS]
    guarded = content & (orders.plan == plans.index("planted_guarded"))
    default = content & (orders.plan == plans.index("planted_default_reviews"))
    other = content & ~guarded & ~default
    relieved = _in_turn("guarded", orders)
    satisfied = _in_turn("satisfied", orders)
    nobody = np.full(len(relieved), -1, dtype=np.int64)
    return [
        _chosen(guarded & (orders.nth % 10 >= 6), TOPIC["negation"], at, relieved),
        _chosen(default, TOPIC["default"], at, nobody),
        _chosen(other & (orders.nth % 6 == 3), TOPIC["praise"], at, satisfied),
        _chosen(other & (orders.nth % 6 == 1), TOPIC["default"], at, nobody),
    ]


def spoken_orders(channels: dict[int, Events]) -> Ints:
    """Orders with feedback that carries words."""
    default = TOPIC["default"]
    return np.unique(np.concatenate([events.order[events.topic != default] for events in channels.values()]))
