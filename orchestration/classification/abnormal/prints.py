"""Prints of texts: small numbers by which equal and near-equal texts of many days are found.

MinHash over pairs of letters, with seeded permutations, cut into bands: the same text gives the
same print on every machine.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pyarrow as pa
from datasketch import MinHash

from orchestration.classification.abnormal.finding import letters_of
from orchestration.classification.abnormal.schemas import PRINTS_SCHEMA
from orchestration.classification.compiled.prints import Hashes, least_hashes

# Shorter texts are common speech: two families who write 很好 have nothing to do with each other.
FEWEST_LETTERS = 12

# Eight bands of four: of texts that share 80 % of their pairs 98 in 100 share a band, at 50 % 4 in 10.
PERMUTATIONS, BANDS, SEED = 32, 8, 20_260_901
_CHECKSUMS = np.array([crc32(bytes([byte]), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256)], dtype=np.uint32)
_BAND_MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], "u8"
)


class Print(NamedTuple):
    """What is kept of one text."""

    letter_count: int
    skeleton: int
    bands: tuple[int, ...]


def pairs_of(letters: str) -> set[str]:
    """The pairs of neighbouring letters."""
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def resemblance(letters: str, others: str) -> float:
    """The share of their pairs that two texts have in common, 0 to 1."""
    mine, theirs = pairs_of(letters), pairs_of(others)
    together = len(mine | theirs)
    return len(mine & theirs) / together if together else 0.0


def print_of(letters: str) -> Print:
    """The print of the letters of a text."""
    return prints_of_letters([letters])[0]


def prints_of_letters(texts: Sequence[str]) -> list[Print]:
    """The prints of the letters of many texts."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    ends = np.cumsum([len(letters) for letters in texts], dtype=np.int64)
    least = np.empty((len(texts), PERMUTATIONS), dtype=np.uint64)
    # Kernels are compiled for arrays that can be written.
    least_hashes(codes.copy(), ends, _CHECKSUMS, *_permutations(), least)
    rows = least.reshape(-1, BANDS, PERMUTATIONS // BANDS)
    mixed = (rows * _BAND_MULTIPLIERS).sum(axis=2, dtype=np.uint64).view(np.int64)
    return [
        Print(len(letters), _skeleton(letters), tuple(bands))
        for letters, bands in zip(texts, mixed.tolist(), strict=True)
    ]


def prints_of(reviews: pa.Table) -> pa.Table:
    """A print for each review of a known buyer that is long enough to be compared."""
    columns: Sequence[str] = ("feedback_key", "shop_key", "buyer_key", "text")
    letters_of_text: dict[str, str] = {}
    compared: list[tuple[str, str, str, str]] = []
    for key, shop, buyer, text in zip(*(reviews.column(name).to_pylist() for name in columns), strict=True):
        if buyer is None or text is None or len(text) < FEWEST_LETTERS:
            continue
        letters = letters_of_text.get(text)
        if letters is None:
            letters = letters_of_text[text] = letters_of(text)
        if len(letters) >= FEWEST_LETTERS:
            compared.append((key, shop, buyer, letters))
    if not compared:
        return PRINTS_SCHEMA.empty_table()
    keys, shops, buyers, each = zip(*compared, strict=True)
    distinct = list(dict.fromkeys(each))
    known = dict(zip(distinct, prints_of_letters(distinct), strict=True))
    prints = [known[letters] for letters in each]
    return pa.table(
        [keys, shops, buyers, *(list(column) for column in zip(*prints, strict=True))], schema=PRINTS_SCHEMA
    )


def _skeleton(letters: str) -> int:
    return int.from_bytes(blake2b(letters.encode(), digest_size=8).digest(), "little", signed=True)


@cache
def _permutations() -> tuple[Hashes, Hashes]:
    """The factors and summands of the permutations."""
    factors, summands = np.array(MinHash(num_perm=PERMUTATIONS, seed=SEED).permutations, dtype=np.uint64)
    return factors.copy(), summands.copy()
