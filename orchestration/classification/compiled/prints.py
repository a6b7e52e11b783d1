"""MinHash of the pairs of neighbouring letters of many texts."""

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.grams import Integers
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import Codes

Hashes = npt.NDArray[np.uint64]
Table = npt.NDArray[np.uint32]

_PRIME = np.uint64((1 << 61) - 1)
_MOST = np.uint64((1 << 32) - 1)
_ALL = np.uint32(0xFFFFFFFF)
_BYTE = np.uint32(0xFF)


@kernel
def least_hashes(
    codes: Codes, ends: Integers, checksums: Table, factors: Hashes, summands: Hashes, least: Hashes
) -> None:
    """Writes the least hash of each permutation over the pairs of each text, texts laid end to end.

    A pair is hashed by the CRC-32 of its UTF-8; a pair that stands twice changes no least hash.
    """
    begin = 0
    for text in range(len(ends)):
        row = least[text]
        for number in range(len(row)):
            row[number] = _MOST
        for at in range(begin, ends[text] - 1):
            checksum = _letter(_letter(_ALL, codes[at], checksums), codes[at + 1], checksums) ^ _ALL
            for number in range(len(row)):
                hashed = (np.uint64(checksum) * factors[number] + summands[number]) % _PRIME & _MOST
                row[number] = min(row[number], hashed)
        begin = ends[text]


@inlined
def _letter(checksum: np.uint32, code: np.uint32, checksums: Table) -> np.uint32:
    """The checksum after the UTF-8 of one more letter."""
    if code < 0x80:
        return _byte(checksum, code, checksums)
    if code < 0x800:
        checksum = _byte(checksum, np.uint32(0xC0) | code >> np.uint32(6), checksums)
    else:
        if code < 0x10000:
            checksum = _byte(checksum, np.uint32(0xE0) | code >> np.uint32(12), checksums)
        else:
            checksum = _byte(checksum, np.uint32(0xF0) | code >> np.uint32(18), checksums)
            checksum = _byte(checksum, _tail(code >> np.uint32(12)), checksums)
        checksum = _byte(checksum, _tail(code >> np.uint32(6)), checksums)
    return _byte(checksum, _tail(code), checksums)


@inlined
def _tail(bits: np.uint32) -> np.uint32:
    return np.uint32(0x80) | (bits & np.uint32(0x3F))


@inlined
def _byte(checksum: np.uint32, byte: np.uint32, checksums: Table) -> np.uint32:
    return checksums[(checksum ^ byte) & _BYTE] ^ (checksum >> np.uint32(8))
