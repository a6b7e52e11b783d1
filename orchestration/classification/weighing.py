"""Weighs the words found and the linear model into one log-odds per text."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.facts import FACTS, counted
from orchestration.classification.compiled.hits import HIT_COLUMNS
from orchestration.classification.compiled.letters import LAST_OF_PLANE
from orchestration.classification.compiled.readings import Reader, new_page, read_each, weighed
from orchestration.classification.model import CHINESE, Floats, Linear
from orchestration.classification.normal import Normal, alphabet, sheet_of
from orchestration.classification.spans import ROOM, Hit, SpanFinder, as_rows, taxonomy_codes
from orchestration.classification.text_buffers import laid_out

__all__ = ["BATCH", "CONCRETE", "FACTS", "Reading", "TextModel", "Weigher", "facts_of"]

BATCH = 4_096

# Told as a fact, these need no judgement of taste.
CONCRETE = frozenset(
    {
        "damaged_on_arrival", "wrong_item", "missing_item", "counterfeit", "safety_hazard",
        "misleading_listing", "live_display_mismatch", "content_promise_mismatch", "no_reply",
        "rude_or_mocking", "shirking", "unjustified_refusal", "promise_not_kept",
        "ticket_overdue_after_track_stall", "late_ship_false_voucher", "lost_or_stalled",
    }
)  # fmt: skip


class Reading(NamedTuple):
    """What one text says. `evidence` is the log-odds it adds to any prior; positive is negative."""

    hits: tuple[Hit, ...]
    evidence: float
    heaviest: tuple[int, int]


class _Said(NamedTuple):
    reading: Reading
    has_letters: bool
    other_evidence: float


class Weigher(NamedTuple):
    """The coefficients that combine the facts of one script."""

    coefficients: npt.NDArray[np.float64]
    intercept: float

    def log_odds(self, facts: Floats) -> Floats:
        """One number per row, added column by column so that a row never depends on another."""
        total = np.full(len(facts), self.intercept)
        for column, coefficient in enumerate(self.coefficients.tolist()):
            total += facts[:, column] * coefficient
        return total


class TextModel:
    """Reads texts: Chinese with one pair of models, Latin scripts with another."""

    def __init__(
        self,
        finder: SpanFinder,
        chinese: Linear,
        chinese_weigher: Weigher,
        latin: Linear,
        latin_weigher: Weigher,
    ) -> None:
        self.finder = finder
        self.chinese, self.chinese_weigher = chinese, chinese_weigher
        self.latin, self.latin_weigher = latin, latin_weigher

    @cached_property
    def reader(self) -> Reader:
        """The model as compiled code takes it."""
        return Reader(
            alphabet=alphabet(self.finder.compiled.automaton.classes),
            finder=self.finder.compiled,
            chinese=self.chinese.scorer(*self.chinese_weigher),
            latin=self.latin.scorer(*self.latin_weigher),
            is_concrete=_is_concrete(),
        )

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order; equal texts give equal readings in any batch."""
        return [said.reading for said in self._read(texts, None)]

    def readings(self, texts: Sequence[str]) -> dict[str, Reading]:
        """The readings of those texts that have letters to read."""
        return {
            text: said.reading
            for text, said in zip(texts, self._read(texts, None), strict=True)
            if said.has_letters
        }

    def readings_with(self, other: "TextModel", texts: Sequence[str]) -> dict[str, tuple[Reading, float]]:
        """As `readings`, with the evidence of another model of the same phrases."""
        if other.finder is not self.finder:
            raise ValueError("two models read together search one set of phrases: give them one finder")
        return {
            text: (said.reading, said.other_evidence)
            for text, said in zip(texts, self._read(texts, other), strict=True)
            if said.has_letters
        }

    def _read(self, texts: Sequence[str], other: "TextModel | None") -> Iterator[_Said]:
        for first in range(0, len(texts), BATCH):
            yield from self._read_batch(texts[first : first + BATCH], other)

    def _read_batch(self, texts: Sequence[str], other: "TextModel | None") -> Iterator[_Said]:
        data, offsets = laid_out(texts)
        count = len(texts)
        rows = np.empty((ROOM, HIT_COLUMNS), dtype=np.int32)
        hit_ends = np.zeros(count, dtype=np.int64)
        evidence, heaviest = np.zeros(count), np.zeros((count, 2), dtype=np.int32)
        has_letters, others = np.zeros(count, dtype=np.bool_), np.zeros(0 if other is None else count)
        reader, page = (other or self).reader, new_page()
        until = 0
        while until < count:
            first = until
            until = read_each(
                data, offsets, first, self.reader, page, rows, hit_ends, evidence, heaviest,
                has_letters, reader, others,
            )  # fmt: skip
            found = self.finder.hits_from(rows[: hit_ends[until - 1]])
            begin = 0
            for text in range(first, until):
                end = int(hit_ends[text])
                clause = int(heaviest[text, 0]), int(heaviest[text, 1])
                reading = Reading(tuple(found[begin:end]), float(evidence[text]), clause)
                yield _Said(reading, bool(has_letters[text]), float(others[text]) if other else 0.0)
                begin = end


def facts_of(
    normals: Sequence[Normal], hits: Sequence[Sequence[Hit]], linear: Linear
) -> tuple[Floats, list[tuple[int, int]]]:
    """The facts of each text as a matrix, and the clause that weighs most."""
    facts = np.zeros((len(normals), len(FACTS)))
    heaviest: list[tuple[int, int]] = []
    scorer = linear.scorer(np.zeros(len(FACTS)), 0.0)
    no_classes = np.zeros(LAST_OF_PLANE + 1, dtype=np.uint16)
    page, is_concrete = new_page(), _is_concrete()
    for normal, found, row in zip(normals, hits, facts, strict=True):
        sheet, count = sheet_of(normal, no_classes)
        weighed(page._replace(sheet=sheet), count, scorer, linear.script is not CHINESE)
        rows = as_rows(found)
        counted(rows, 0, len(rows), is_concrete, page.facts)
        row[:] = page.facts
        heaviest.append((int(page.heaviest[0]), int(page.heaviest[1])))
    return facts, heaviest


def _is_concrete() -> npt.NDArray[np.bool_]:
    return np.asarray([code in CONCRETE for code in taxonomy_codes()])
