"""The life of an order: when it is paid, shipped, signed, finished, closed and refunded."""

from typing import NamedTuple

import numpy as np

from orchestration.sample.columns import NEVER
from orchestration.sample.dice import Dice, Ints
from orchestration.sample.issues import TOPIC
from orchestration.sample.opinions import Opinions
from orchestration.sample.orders import DAY, FATE, Orders

HOUR = 3600

_PAY = (6, 15, 28, 50, 90, 180, 420, 1500)
_SHIP = (6 * HOUR, 12 * HOUR, 18 * HOUR, 24 * HOUR, 28 * HOUR, 34 * HOUR, 40 * HOUR, 46 * HOUR)
_SHIP_PRESALE = (4 * DAY, 6 * DAY, 8 * DAY, 11 * DAY)
_SHIP_LATE = (75 * HOUR, 4 * DAY, 5 * DAY, 9 * DAY)
_SIGN = (40 * HOUR, 2 * DAY, 60 * HOUR, 3 * DAY, 84 * HOUR, 4 * DAY, 5 * DAY)
_SIGN_STALLED = (10 * DAY, 12 * DAY, 16 * DAY)
_FINISH = (5 * DAY, 7 * DAY, 7 * DAY + HOUR, 10 * DAY)


class Lives(NamedTuple):
    """Moments of each order; NEVER for what does not happen."""

    paid: Ints
    promised: Ints
    shipped: Ints
    signed: Ints
    finished: Ints
    closed: Ints
    refunded: Ints


def in_daylight(moments: Ints) -> Ints:
    """Moments moved into the day they fall on, between 8:00 and 21:30."""
    of_day = moments % DAY
    return np.where(moments >= NEVER, NEVER, moments - of_day + 8 * HOUR + of_day * 9 // 16)


def _after(moments: Ints, seconds: Ints) -> Ints:
    return np.where(moments >= NEVER, NEVER, moments + seconds)


def live(orders: Orders, opinions: Opinions, seed: int) -> Lives:
    """Lives that agree with the fate of each order and with what is wrong with it."""
    dice = Dice(seed, "lives")
    count = len(orders.shop)
    fate, issue = orders.fate, opinions.issue

    def is_fate(*names: str) -> np.ndarray:
        return np.isin(fate, [FATE[name] for name in names])

    is_planted = orders.plan >= 0
    midnight = orders.created // DAY * DAY
    unpaid = is_fate("unpaid_closed", "unpaid_open")
    paid = orders.created + np.where(is_planted, dice.between(20, 90, count), dice.lag(_PAY, count))
    paid = np.where(unpaid, NEVER, paid)

    closed = np.full(count, NEVER, dtype=np.int64)
    closed = np.where(is_fate("unpaid_closed"), orders.created + dice.between(1800, 20 * HOUR, count), closed)
    closed = np.where(is_fate("unpaid_open"), orders.created + DAY + 5 * HOUR, closed)
    closed = np.where(is_fate("cancelled"), paid + dice.between(2400, 20 * HOUR, count), closed)
    closed = np.where(is_fate("instant_refund"), paid + dice.between(60, 1600, count), closed)
    closed = np.where(is_fate("abnormal_cancel"), paid + dice.between(HOUR, DAY, count), closed)
    closed = np.where(is_fate("risk_held"), paid + dice.between(2 * DAY, 4 * DAY, count), closed)
    is_returned = (closed < NEVER) & (paid < NEVER)
    refunded = np.where(is_returned, closed + dice.between(10, 120, count), NEVER)

    wait = np.where(is_fate("presale"), dice.lag(_SHIP_PRESALE, count), dice.lag(_SHIP, count))
    wait = np.where(issue == TOPIC["late_ship"], dice.lag(_SHIP_LATE, count), wait)
    shipped = in_daylight(_after(paid, wait))
    shipped = np.where(is_planted, midnight + DAY + 10 * HOUR + dice.below(2 * HOUR, count), shipped)
    shipped = np.where((closed < NEVER) | is_fate("top_up"), NEVER, shipped)

    is_stalled = issue == TOPIC["lost_or_stalled"]
    way = np.where(is_stalled, dice.lag(_SIGN_STALLED, count), dice.lag(_SIGN, count))
    signed = in_daylight(_after(shipped, way))
    signed = np.where(is_planted, midnight + 2 * DAY + 14 * HOUR + dice.below(4 * HOUR, count), signed)
    is_lost = is_stalled & dice.chance(500_000, count)
    signed = np.where(is_lost, NEVER, signed)
    finished = _after(signed, dice.lag(_FINISH, count))
    finished = np.where(is_fate("top_up"), paid + HOUR, finished)
    promise = np.where(is_fate("presale"), 12 * DAY, 2 * DAY)
    return Lives(paid, _after(paid, promise), shipped, signed, finished, closed, refunded)
