"""The market before it is written: what every source of it reads."""

from typing import NamedTuple

from orchestration.sample.amounts import Amounts
from orchestration.sample.dice import Ints
from orchestration.sample.lives import Lives
from orchestration.sample.market_keys import Keys
from orchestration.sample.opinions import Opinions
from orchestration.sample.orders import Orders
from orchestration.sample.phrases import Phrases
from orchestration.sample.shops import Products, Shops


class World(NamedTuple):
    """Shops, orders and what became of them; `start` is the first second, in Shanghai clock time."""

    shops: Shops
    products: Products
    orders: Orders
    opinions: Opinions
    lives: Lives
    amounts: Amounts
    keys: Keys
    phrases: Phrases
    noun: Ints  # of each order's main product
    days: int
    start: int
    seed: int
