"""Hashed character n-gram linear models over whole batches of texts, and how they score."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

FEATURE_BITS = 18
# Weights are multiples of this, and sums of such numbers are exact in float64: a score does
# not depend on the batch, the order or the thread that computes it.
WEIGHT_STEP = 2.0**-12

_BYTE_PRIME = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SPREAD_AGAIN = np.uint64(0xBF58476D1CE4E5B9)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Script(NamedTuple):
    """Which n-grams a writing system is read by."""

    name: str
    orders: tuple[int, ...]


CHINESE = Script("zh", (1, 2, 3))
LATIN = Script("latin", (2, 3, 4, 5))


class Texts(NamedTuple):
    """Texts laid end to end as code points."""

    codes: npt.NDArray[np.uint64]
    lengths: Integers
    starts: Integers


def lay_out(texts: Sequence[str]) -> Texts:
    """The texts as one run of code points, each between two line ends, never empty."""
    framed = [f"\n{text}\n" for text in texts]
    joined = "".join(framed).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32).astype(np.uint64)
    lengths = np.fromiter((len(text) for text in framed), np.int64, len(framed))
    return Texts(codes, lengths, np.concatenate(([0], np.cumsum(lengths)[:-1])))


def _grams(texts: Texts, orders: tuple[int, ...]) -> Iterator[tuple[npt.NDArray[np.bool_], Integers]]:
    """For each order: which positions begin an n-gram inside one text, and its feature."""
    documents = np.repeat(np.arange(len(texts.lengths)), texts.lengths)
    for order in orders:
        count = max(len(texts.codes) - order + 1, 0)
        hashed = np.full(count, order, dtype=np.uint64)
        for offset in range(order):
            hashed *= _BYTE_PRIME
            hashed += texts.codes[offset : offset + count]
        hashed *= _SPREAD
        hashed ^= hashed >> np.uint64(29)
        hashed *= _SPREAD_AGAIN
        hashed >>= np.uint64(64 - FEATURE_BITS)
        inside = documents[:count] == documents[order - 1 : order - 1 + count]
        yield inside, hashed.astype(np.int64)


def _gram_counts(lengths: Integers, orders: tuple[int, ...]) -> Floats:
    """How many n-grams each text has."""
    return sum((np.maximum(lengths - order + 1, 0) for order in orders), np.zeros(len(lengths)))


def features(texts: Sequence[str], script: Script) -> sparse.csr_matrix:
    """The matrix the models are fitted on: n-gram counts over the root of their number."""
    laid = lay_out(texts)
    documents = np.repeat(np.arange(len(texts)), laid.lengths)
    rows, columns = [], []
    for inside, feature in _grams(laid, script.orders):
        rows.append(documents[: len(feature)][inside])
        columns.append(feature[inside])
    row, column = np.concatenate(rows), np.concatenate(columns)
    norm = 1.0 / np.sqrt(np.maximum(_gram_counts(laid.lengths, script.orders), 1.0))
    matrix = sparse.csr_matrix(
        (norm[row], (row, column)), shape=(len(texts), 1 << FEATURE_BITS), dtype=np.float64
    )
    matrix.sum_duplicates()
    return matrix


class Linear(NamedTuple):
    """One linear model: a weight for each hashed n-gram, and an intercept."""

    script: Script
    weights: npt.NDArray[np.float32]
    intercept: float

    def read(self, texts: Sequence[str]) -> "Margins":
        """The weight that each character of each text carries, and the margin of each text."""
        laid = lay_out(texts)
        carried = np.zeros(len(laid.codes))
        for inside, feature in _grams(laid, self.script.orders):
            weight = self.weights[feature].astype(np.float64)
            weight[~inside] = 0.0
            carried[: len(weight)] += weight
        counts = np.maximum(_gram_counts(laid.lengths, self.script.orders), 1.0)
        total = np.add.reduceat(carried, laid.starts) if len(texts) else np.zeros(0)
        margin = total / np.sqrt(counts) + self.intercept
        return Margins(margin, carried, laid.starts, laid.lengths)


class Margins(NamedTuple):
    """Scores of a batch; `carried` holds the weight that begins at each character."""

    margin: Floats
    carried: Floats
    starts: Integers
    lengths: Integers

    def of_pieces(self, starts: Integers, ends: Integers) -> Floats:
        """The weight between positions of the batch, over the root of the distance."""
        cumulated = np.concatenate(([0.0], np.cumsum(self.carried)))
        return (cumulated[ends] - cumulated[starts]) / np.sqrt(np.maximum(ends - starts, 1))


def rounded(weights: Floats) -> npt.NDArray[np.float32]:
    """Weights as multiples of the step, so that any order of adding gives the same sum."""
    return (np.round(weights / WEIGHT_STEP) * WEIGHT_STEP).astype(np.float32)
