"""Hashed character n-grams of a text and the weight that a linear model gives them.

Weights are whole steps of 2^-10: sums are sums of integers and the same in any order. A step takes
two bytes, so that all weights of a script stay in the cache next to the processor.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import LATIN_PIECE_END, PIECE_END, Codes, Marks, Places

FEATURE_BITS = 18
WEIGHT_STEP = 2.0**-10
MOST_STEPS = 2**15 - 1
MOST_ORDERS = 5

_BYTE_PRIME = np.uint64(0x100000001B3)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SPREAD_AGAIN = np.uint64(0xBF58476D1CE4E5B9)
_FOLD = np.uint64(29)
_UNUSED = np.uint64(64 - FEATURE_BITS)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Features = npt.NDArray[np.int32]
Steps = npt.NDArray[np.int16]
Carries = npt.NDArray[np.int32]
Rolling = npt.NDArray[np.uint64]


class Scorer(NamedTuple):
    """The models of one script: n-gram weights in steps, and the coefficients of the facts."""

    shortest: int
    longest: int
    steps: Steps
    intercept: float
    coefficients: Floats
    base: float


@kernel
def gram_count(length: int, shortest: int, longest: int) -> int:
    """How many n-grams a frame of so many characters has."""
    count = 0
    for order in range(shortest, longest + 1):
        count += max(length - order + 1, 0)
    return count


@kernel
def hashed(
    codes: Codes, length: int, shortest: int, longest: int, rolling: Rolling, features: Features
) -> None:
    """Writes the feature of each n-gram: row = order - 1, column = where it begins."""
    lead = np.uint64(1)
    for at in range(length):
        rolling[at] = np.uint64(0)
    for order in range(1, longest + 1):
        lead *= _BYTE_PRIME
        count = length - order + 1
        for at in range(count):
            rolling[at] = rolling[at] * _BYTE_PRIME + np.uint64(codes[at + order - 1])
        if order >= shortest:
            start = np.uint64(order) * lead
            row = features[order - 1]
            for at in range(count):
                mixed = (rolling[at] + start) * _SPREAD
                mixed ^= mixed >> _FOLD
                row[at] = np.int32((mixed * _SPREAD_AGAIN) >> _UNUSED)


@kernel
def carried(
    features: Features,
    length: int,
    shortest: int,
    longest: int,
    steps: Steps,
    carries: Carries,
    sums: Integers,
) -> int:
    """Writes the steps that begin before each character of a frame; returns those of all."""
    for at in range(length):
        carries[at] = 0
    for order in range(shortest, longest + 1):
        row = features[order - 1]
        for at in range(length - order + 1):
            carries[at] += steps[np.uint32(row[at])]
    return summed(carries, length, sums)


@kernel
def summed(carries: Carries, length: int, sums: Integers) -> int:
    """Writes the sum of all steps before each character of a frame; returns that of all."""
    total = 0
    for at in range(length):
        sums[at] = total
        total += carries[at]
    return total


@inlined
def margin_of(total: int, length: int, scorer: Scorer) -> float:
    """The log-odds that the n-grams of a frame come to."""
    count = max(gram_count(length, scorer.shortest, scorer.longest), 1)
    return total * WEIGHT_STEP / np.sqrt(float(count)) + scorer.intercept


@kernel
def clause_weights(
    marks: Marks, count: int, is_latin: bool, sums: Integers, stops: Places, heaviest: Places
) -> tuple[float, float]:
    """The weight over the root of the length of the heaviest and the lightest clause.

    `heaviest` takes where the heaviest begins and ends; a text without clauses is one.
    """
    ends = LATIN_PIECE_END if is_latin else PIECE_END
    found = 0
    for at in range(1, count + 1):
        stops[found] = at
        found += (marks[at] & ends) != 0
    stops[found] = count + 1
    most, least, begin = -np.inf, np.inf, 1
    for number in range(found + 1):
        stop = stops[number]
        if stop > begin:
            weight = _weight(sums, begin, stop)
            if weight > most:
                most, heaviest[0], heaviest[1] = weight, begin - 1, stop - 1
            least = min(least, weight)
        begin = stop + 1
    if most == -np.inf:
        most = least = _weight(sums, 1, count + 1)
        heaviest[0], heaviest[1] = 0, count
    return most, least


@kernel
def _weight(sums: Integers, begin: int, end: int) -> float:
    return (sums[end] - sums[begin]) * WEIGHT_STEP / np.sqrt(float(max(end - begin, 1)))


@kernel
def features_of(
    codes: Codes,
    ends: Integers,
    shortest: int,
    longest: int,
    rolling: Rolling,
    features: Features,
    found: Features,
) -> None:
    """Writes the features of frames laid end to end, one frame's after the other's."""
    at = 0
    for text in range(len(ends)):
        first = ends[text - 1] if text else 0
        length = ends[text] - first
        hashed(codes[first:], length, shortest, longest, rolling, features)
        for order in range(shortest, longest + 1):
            for begin in range(length - order + 1):
                found[at] = features[order - 1, begin]
                at += 1
