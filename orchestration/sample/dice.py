"""Random draws that are the same on every machine: raw PCG64 words, integers and exact divisions only."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MILLION = 1_000_000


class Dice:
    """One stream of draws for one subject, so that a change in one part moves no other."""

    def __init__(self, seed: int, subject: str) -> None:
        digest = hashlib.sha256(f"{seed}|{subject}".encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "big"))

    def words(self, count: int) -> npt.NDArray[np.uint64]:
        """The next `count` words of 64 bits."""
        # numpy promises the words of a bit generator for ever, but not what its distributions make of them
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def below(self, limit: int | Ints, count: int) -> Ints:
        """Integers from 0 up to, not including, `limit` (one for all, or one each)."""
        fractions = (self.words(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return (fractions * limit).astype(np.int64)

    def between(self, least: int | Ints, most: int | Ints, count: int) -> Ints:
        """Integers from `least` to `most`, both included."""
        return least + self.below(most - least + 1, count)

    def chance(self, per_million: int | Ints, count: int) -> Flags:
        """True that often in a million."""
        return self.below(MILLION, count) < per_million

    def pick(self, weights: Sequence[int] | Ints, count: int) -> Ints:
        """Positions, each as often as its integer weight says."""
        steps = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(steps, self.below(int(steps[-1]), count), side="right")

    def lag(self, quantiles: Sequence[int], count: int) -> Ints:
        """Seconds spread evenly between neighbouring quantiles, each gap equally often."""
        edges = np.asarray(quantiles, dtype=np.int64)
        gap = self.below(len(edges) - 1, count)
        return edges[gap] + self.below(edges[gap + 1] - edges[gap] + 1, count)


def running_number(groups: Ints) -> Ints:
    """For each row, how many rows of the same group stand before it."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else order
    sizes = np.diff(np.r_[starts, len(groups)])
    numbers = np.empty(len(groups), dtype=np.int64)
    numbers[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return numbers
