"""Arrow columns from integer arrays: moments, numbers, flags, choices; and the feeds they make up."""

# pyright: reportAttributeAccessIssue=false
# pyarrow makes its compute functions when it is imported; a type checker cannot see them.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sample.dice import Flags, Ints

NEVER = 1 << 40  # later than any moment of the run: it does not happen


class Feed(NamedTuple):
    """Rows of one source, with the platform and the moment each became known."""

    source: str
    rows: pa.Table
    platform: Ints
    known: Ints


def moment(seconds: Ints) -> pa.Array:
    """Shanghai clock times; null when they never happen."""
    values = np.asarray(seconds, dtype=np.int64)
    return pa.array(values, mask=values >= NEVER).cast(pa.timestamp("s"))


def number(values: Ints, missing: int = -1) -> pa.Array:
    """Integers, null where `missing`."""
    values = np.asarray(values, dtype=np.int64)
    return pa.array(values, mask=values == missing)


def flag(values: Flags, known: Flags | None = None) -> pa.Array:
    """Booleans, null where not known."""
    return pa.array(values, mask=None if known is None else ~known)


def choice(names: Sequence[str], codes: Ints) -> pa.Array:
    """Names by position; null for -1."""
    codes = np.asarray(codes, dtype=np.int64)
    return pa.array(names, pa.string()).take(pa.array(codes, mask=codes < 0))


def nothing(count: int) -> pa.Array:
    """A text column without a value."""
    return pa.nulls(count, pa.string())


def either(condition: Flags, here: pa.Array | str, otherwise: pa.Array | str | None) -> pa.Array:
    """Texts of the first where the condition holds, else of the second; None stands for null."""
    other = pa.scalar(None, pa.string()) if otherwise is None else otherwise
    return pc.if_else(pa.array(condition), here, other)


def text_where(condition: Flags, values: pa.Array) -> pa.Array:
    """The texts where the condition holds, else null."""
    return either(condition, values, None)


def padded(values: Ints, width: int) -> pa.Array:
    """Decimal digits with zeros in front."""
    return pc.utf8_lpad(pc.cast(pa.array(values), pa.string()), width, "0")


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts side by side; null where a part is null."""
    return pc.binary_join_element_wise(*parts, "")


def stacked(versions: Sequence[pa.Table]) -> pa.Table:
    """Tables of the same columns one below the other."""
    return pa.concat_tables(versions).combine_chunks()
