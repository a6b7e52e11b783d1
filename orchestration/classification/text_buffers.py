"""Texts as compiled code takes them: their bytes, and where each begins."""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.normal import as_bytes


def buffers_of(texts: pa.StringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes of the texts and where each begins; a null is an empty text."""
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    _, offsets, data = texts.buffers()
    begins = np.zeros(len(texts) + 1, dtype=np.int64)
    if len(texts):
        begins[:] = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    # Kernels are compiled for bytes that cannot be written, whoever owns them.
    held = np.frombuffer(data or b"", dtype=np.uint8)
    held.flags.writeable = False
    return held, begins


def laid_out(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The same of texts that are objects; halves of surrogate pairs pass through."""
    each = [as_bytes(text) for text in texts]
    return np.frombuffer(b"".join(each), dtype=np.uint8), np.cumsum([0, *map(len, each)], dtype=np.int64)
