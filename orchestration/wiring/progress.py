"""Says how far a long step has come, through Dagster's own log."""

from collections.abc import Iterable, Iterator, Sized
from typing import Protocol, TypeVar

import dagster as dg

Item_co = TypeVar("Item_co", covariant=True)


class SizedIterable(Sized, Iterable[Item_co], Protocol[Item_co]):
    """Something that can be walked and knows its length."""


def counted(
    context: dg.AssetExecutionContext, what: str, items: SizedIterable[Item_co], steps: int = 10
) -> Iterator[Item_co]:
    """Yields the items and logs about `steps` times on the way."""
    total = len(items)
    every = max(1, total // steps)
    for number, item in enumerate(items, start=1):
        yield item
        if total > 1 and (number % every == 0 or number == total):
            context.log.info(f"{number} of {total} {what}")
