"""A large market is made a share of its orders at a time, so that memory does not grow with it."""

from typing import NamedTuple

from orchestration.sample.dice import Dice

# about 4 kB of memory an order; smaller markets are one share and so the same as if there were no shares
ORDERS_OF_A_SHARE = 100_000


class Share(NamedTuple):
    """So many of a market's orders. The first share also holds all that is planted."""

    first_order: int  # how many orders the shares before have at most: orders and chats are numbered on
    orders: int
    of_market: int
    seed: int

    @property
    def is_first(self) -> bool:
        """Whether planted shops, rings, cases and bad rows are in it."""
        return self.first_order == 0


def shares_of(orders: int, seed: int, at_a_time: int = ORDERS_OF_A_SHARE) -> list[Share]:
    """The shares of a market, each with draws of its own; the first draws as the market's seed says."""
    count = max(1, -(-orders // at_a_time))
    # what is planted makes a small share larger than asked, so numbers are left free
    stride = 2 * at_a_time
    return [
        Share(
            first_order=number * stride,
            orders=orders * (number + 1) // count - orders * number // count,
            of_market=orders,
            seed=seed if number == 0 else int(Dice(seed, f"share {number}").words(1)[0]),
        )
        for number in range(count)
    ]
