"""What orders cost, in agreement with their fate."""

from typing import NamedTuple

import numpy as np

from orchestration.sample.dice import Dice, Flags, Ints
from orchestration.sample.orders import FATE, Orders
from orchestration.sample.shops import Products


class Amounts(NamedTuple):
    """Money of each order in fen: the main line, the second line, the whole, and at list prices."""

    line: Ints
    extra: Ints
    paid: Ints
    listed: Ints


def price(orders: Orders, products: Products, seed: int) -> Amounts:
    """Amounts that agree with the fate of each order."""
    dice = Dice(seed, "amounts")
    count = len(orders.shop)
    fate = orders.fate

    def is_fate(*names: str) -> Flags:
        return np.isin(fate, [FATE[name] for name in names])

    listed = products.list_price_fen[orders.product] * orders.quantity
    per_cent = dice.between(62, 100, count)
    per_cent = np.where(is_fate("under_thirty_percent"), dice.between(8, 24, count), per_cent)
    line = listed * per_cent // 100
    line = np.where(is_fate("zero_amount", "gift", "lottery", "sample"), 0, line)
    line = np.where(is_fate("lottery") & dice.chance(500_000, count), 1, line)
    line = np.where(is_fate("under_one_yuan"), dice.between(1, 99, count), line)
    topped_up = dice.between(1, 20, count) * 100
    line = np.where(is_fate("top_up"), topped_up, line)
    listed = np.where(is_fate("top_up"), topped_up, listed)
    has_extra = orders.extra_product >= 0
    extra_listed = products.list_price_fen[np.maximum(orders.extra_product, 0)]
    is_free = orders.extra_is_gift | (line < 100) | is_fate("under_thirty_percent")
    extra = np.where(has_extra & ~is_free, extra_listed * per_cent // 100, 0)
    whole = listed + np.where(has_extra & ~is_free, extra_listed, 0)
    return Amounts(line, extra, line + extra, whole)
