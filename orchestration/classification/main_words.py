"""Which clause of a complaint shows what it is about, learnt from the words marked in our own texts."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from orchestration.classification.compiled.letters import LATIN_PIECE_END, PIECE_END
from orchestration.classification.corpus import Labelled
from orchestration.classification.model import LATIN, Script
from orchestration.classification.normal import framed, normalise, traits

# The column beside the issues' models that points at a clause.
MAIN_WORDS = "main_words"


class Clause(NamedTuple):
    """A clause in normal form, and whether the main words stand in it."""

    text: str
    is_main: bool
    plain: bool


def clauses(texts: Sequence[Labelled], script: Script) -> Iterator[Clause]:
    """The clauses of complaints whose main words are marked, and those of texts without complaint."""
    ends = LATIN_PIECE_END if script is LATIN else PIECE_END
    for item in texts:
        if not item.own or (item.negative and item.main is None):
            continue
        normal = normalise(item.text)
        for start, end in _parts(normal.text, ends):
            first, last = normal.original_span(start, end)
            is_main = item.main is not None and first < item.main[1] and last > item.main[0]
            yield Clause(normal.text[start:end], is_main, item.plain)


def _parts(text: str, ends: int) -> Iterator[tuple[int, int]]:
    """The half-open spans between the marks that end a clause."""
    is_end = (traits()[framed([text])[1:-1]] & ends) != 0
    begin = 0
    for at in [*np.flatnonzero(is_end).tolist(), len(text)]:
        if at > begin:
            yield begin, at
        begin = at + 1
