"""The ids under which shops, buyers, orders and lines appear in the delivered files."""

# pyright: reportAttributeAccessIssue=false
# pyarrow makes its compute functions when it is imported; a type checker cannot see them.

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sample.columns import either, joined, padded, text_where
from orchestration.sample.dice import Ints, running_number
from orchestration.sample.orders import Orders
from orchestration.sample.schedules import CASES, DOUYIN
from orchestration.sample.shops import Products, Shops

_SCRAMBLE, _RANGE = 2_654_435_761, 10**12  # coprime: every order keeps a number of its own


def scrambled(values: Ints) -> Ints:
    """Numbers that do not tell their order; different ones stay different."""
    return values * _SCRAMBLE % _RANGE


def by_platform(platform: Ints, douyin: pa.Array, pinduoduo: pa.Array) -> pa.Array:
    """Each platform writes ids in its own way."""
    return either(platform == DOUYIN, douyin, pinduoduo)


def buyer_ids(platform: Ints, buyer: Ints) -> pa.Array:
    """Ids of buyers."""
    digits = padded(buyer, 9)
    return by_platform(platform, joined("u", digits), joined("pdd", digits))


class Keys(NamedTuple):
    """Ids by position."""

    number: Ints  # of each order in the whole market
    platform: Ints  # of each order
    order: pa.Array
    line: pa.Array  # of the order's main line
    buyer: pa.Array
    shop_of_order: pa.Array
    shop: pa.Array
    product: pa.Array


def build_keys(orders: Orders, first_order: int, shops: Shops, products: Products) -> Keys:
    """Ids of everything in a share of the market, whose orders are numbered from `first_order`."""
    number = first_order + np.arange(len(orders.shop))
    platform = shops.platform[orders.shop]
    digits = padded(scrambled(number), 12)
    day = pc.strftime(pa.array(orders.created).cast(pa.timestamp("s")), format="%y%m%d")
    order = by_platform(platform, joined("6920", digits), joined(day, "-", digits))
    for position, case in enumerate(CASES):
        order = either(orders.case == position, case.order_id, order)
    shop = pa.array(shops.shop_id, pa.string())
    product_platform = shops.platform[products.shop]
    digits = padded(scrambled(np.arange(len(products.shop)) + 5_000_000), 12)
    return Keys(
        number=number,
        platform=platform,
        order=order,
        line=joined(order, "-1"),
        buyer=buyer_ids(platform, orders.buyer),
        shop_of_order=shop.take(pa.array(orders.shop)),
        shop=shop,
        product=by_platform(product_platform, joined("35", digits), joined("g", digits)),
    )


def feedback_ids(prefix: str, keys: Keys, order: Ints) -> pa.Array:
    """Ids of feedback on orders; several of one order are numbered on."""
    return joined(prefix, padded(scrambled(keys.number[order] * 16 + running_number(order)), 12))


def line_where(condition: np.ndarray, keys: Keys, order: Ints) -> pa.Array:
    """The main line of the orders where the condition holds."""
    return text_where(condition, keys.line.take(pa.array(order)))
