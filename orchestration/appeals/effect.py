"""What an upheld appeal would do to the rate of a shop: with the order and without it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """What the figures are, what they would be, and whether that meets another tier.

    It is expected as far as the rate decides: what the rate does not move is taken as met, and left out.
    """

    num_now: int
    num_without: int
    den: int
    tier_now: str | None
    tier_without: str | None
    left_out: tuple[str, ...] = ()
    held_back_by: str | None = None  # what would keep the shop from every tier, or from all that cost

    @property
    def changes_tier(self) -> bool:
        """Whether another tier would be met, or none."""
        return self.tier_now != self.tier_without


# From the number of negative orders that an upheld appeal removes; the rules of penalties work it out.
EffectOf = Callable[[int], Effect]
