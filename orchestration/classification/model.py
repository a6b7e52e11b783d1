"""Hashed character n-gram linear models: what they are fitted on, and how they score."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from orchestration.classification.compiled.grams import (
    FEATURE_BITS,
    MOST_STEPS,
    WEIGHT_STEP,
    Floats,
    Integers,
    Scorer,
    features_of,
    gram_count,
)
from orchestration.classification.normal import framed

__all__ = [
    "CHINESE", "FEATURE_BITS", "LATIN", "MOST_STEPS", "WEIGHT_STEP", "Floats", "Integers", "Linear", "Script",
    "features", "in_steps", "rounded",
]  # fmt: skip


class Script(NamedTuple):
    """Which n-grams a writing system is read by."""

    name: str
    orders: tuple[int, ...]


CHINESE = Script("zh", (1, 2, 3))
LATIN = Script("latin", (2, 3, 4, 5))


def features(texts: Sequence[str], script: Script) -> sparse.csr_matrix:
    """The matrix the models are fitted on: n-gram counts over the root of their number."""
    lengths = np.asarray([len(text) + 2 for text in texts], dtype=np.int64)
    shortest, longest = script.orders[0], script.orders[-1]
    counts = np.asarray(
        [gram_count(length, shortest, longest) for length in lengths.tolist()], dtype=np.int64
    )
    begins = np.concatenate(([0], np.cumsum(counts)))
    found = np.empty(begins[-1], dtype=np.int32)
    most = int(lengths.max(initial=0))
    rolling, rows = np.empty(most, dtype=np.uint64), np.empty((longest, most), dtype=np.int32)
    features_of(framed(texts), np.cumsum(lengths), shortest, longest, rolling, rows, found)
    norm = np.repeat(1.0 / np.sqrt(np.maximum(counts, 1)), counts)
    matrix = sparse.csr_matrix((norm, found, begins), shape=(len(texts), 1 << FEATURE_BITS), dtype=np.float64)
    matrix.sum_duplicates()
    return matrix


class Linear(NamedTuple):
    """One linear model: a weight for each hashed n-gram, and an intercept."""

    script: Script
    weights: npt.NDArray[np.float32]
    intercept: float

    def scorer(self, coefficients: Floats, base: float) -> Scorer:
        """The model as compiled code takes it, with what its facts are weighed by."""
        return Scorer(
            shortest=self.script.orders[0],
            longest=self.script.orders[-1],
            steps=in_steps(self.weights),
            intercept=self.intercept,
            coefficients=coefficients,
            base=base,
        )


def rounded(weights: Floats) -> npt.NDArray[np.float32]:
    """Weights as multiples of the step, so that any order of adding gives the same sum.

    A weight beyond 32, which no text needs to be decided, becomes that.
    """
    steps = np.clip(np.round(weights / WEIGHT_STEP), -MOST_STEPS, MOST_STEPS)
    return (steps * WEIGHT_STEP).astype(np.float32)


def in_steps(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    """Weights counted in steps; one that is no multiple of the step, or too many of them, is refused."""
    steps = weights.astype(np.float64) / WEIGHT_STEP
    if not np.array_equal(steps, np.rint(steps)) or np.abs(steps).max(initial=0.0) > MOST_STEPS:
        raise ValueError(f"a weight is no multiple of {WEIGHT_STEP} below 32: round weights with `rounded`")
    return steps.astype(np.int16)
