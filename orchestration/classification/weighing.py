"""Weighs the words found and the linear model into one log-odds per text."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.model import Floats, Linear
from orchestration.classification.normal import Normal, is_chinese, normalise
from orchestration.classification.spans import Hit, SpanFinder

BATCH = 4_096

FACTS = (
    "margin",
    "heaviest_clause",
    "lightest_clause",
    "minor_issue",
    "issue",
    "serious_issue",
    "concrete_issue",
    "last_issue_after_contrast",
    "dissatisfaction",
    "praise",
    "praise_after_contrast",
    "negated_issue",
    "unmet_issue",
    "guard",
    "praise_only",
    "issue_only",
    "neither",
)

# Told as a fact, these need no judgement of taste.
CONCRETE = frozenset(
    {
        "damaged_on_arrival", "wrong_item", "missing_item", "counterfeit", "safety_hazard",
        "misleading_listing", "live_display_mismatch", "content_promise_mismatch", "no_reply",
        "rude_or_mocking", "shirking", "unjustified_refusal", "promise_not_kept",
        "ticket_overdue_after_track_stall", "late_ship_false_voucher", "lost_or_stalled",
    }
)  # fmt: skip

_CLAUSE = re.compile(r"[^，。！？；,.!?;\n~… ]+")
_LATIN_CLAUSE = re.compile(r"[^,.!?;\n…]+")


class Reading(NamedTuple):
    """What one text says. `evidence` is the log-odds it adds to any prior; positive is negative."""

    hits: tuple[Hit, ...]
    evidence: float
    heaviest: tuple[int, int]


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


class TextModel(NamedTuple):
    """Reads texts: Chinese with one pair of models, Latin scripts with another."""

    finder: SpanFinder
    chinese: Linear
    chinese_weigher: Weigher
    latin: Linear
    latin_weigher: Weigher

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order; equal texts give equal readings in any batch."""
        readings: list[Reading] = []
        for first in range(0, len(texts), BATCH):
            readings.extend(self._read_batch(texts[first : first + BATCH]))
        return readings

    def _read_batch(self, texts: Sequence[str]) -> list[Reading]:
        normals = [normalise(text) for text in texts]
        chinese = [is_chinese(normal.text) for normal in normals]
        readings: list[Reading | None] = [None] * len(texts)
        for script, linear, weigher in (
            (True, self.chinese, self.chinese_weigher),
            (False, self.latin, self.latin_weigher),
        ):
            places = [place for place, is_so in enumerate(chinese) if is_so is script]
            if places:
                chosen = [normals[place] for place in places]
                for place, reading in zip(
                    places, _weighed(chosen, linear, weigher, self.finder), strict=True
                ):
                    readings[place] = reading
        return [reading for reading in readings if reading is not None]


def _weighed(
    normals: Sequence[Normal], linear: Linear, weigher: Weigher, finder: SpanFinder
) -> list[Reading]:
    hits = [finder.find_normal(normal) for normal in normals]
    facts, heaviest = facts_of(normals, hits, linear)
    log_odds = weigher.log_odds(facts)
    return [
        Reading(
            tuple(found),
            round(odds, 6),
            normal.original_span(*piece) if piece[1] > piece[0] else (0, 0),
        )
        for normal, found, odds, piece in zip(normals, hits, log_odds.tolist(), heaviest, strict=True)
    ]


def facts_of(
    normals: Sequence[Normal], hits: Sequence[Sequence[Hit]], linear: Linear
) -> tuple[Floats, list[tuple[int, int]]]:
    """The facts of each text as a matrix, and the clause that weighs most."""
    margins = linear.read([normal.text for normal in normals])
    clause = _CLAUSE if linear.script.name == "zh" else _LATIN_CLAUSE
    pieces: list[tuple[int, int]] = []
    counts: list[int] = []
    for normal in normals:
        found = [match.span() for match in clause.finditer(normal.text)]
        pieces.extend(found or [(0, len(normal.text))])
        counts.append(len(found) or 1)
    first_piece = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    # The frame puts one line end before each text.
    offset = np.repeat(margins.starts + 1, counts)
    bounds = np.asarray(pieces, dtype=np.int64).reshape(-1, 2)
    weights = margins.of_pieces(bounds[:, 0] + offset, bounds[:, 1] + offset)
    heaviest = np.maximum.reduceat(weights, first_piece)
    lightest = np.minimum.reduceat(weights, first_piece)
    is_heaviest = np.flatnonzero(weights == np.repeat(heaviest, counts))
    chosen = is_heaviest[np.searchsorted(is_heaviest, first_piece)]
    counted = np.asarray(
        [_counts(found) for found in hits],
        dtype=np.float64,
    )
    matrix = np.column_stack([margins.margin, heaviest, lightest, counted])
    return matrix, [pieces[place] for place in chosen.tolist()]


def _counts(hits: Sequence[Hit]) -> tuple[float, ...]:
    by_severity = [0, 0, 0, 0]
    concrete = praise = praise_late = late = upset = negated = unmet = guards = 0
    for hit in hits:
        role = hit.entry.role
        if role == "issue":
            if hit.state == "asserted":
                by_severity[hit.entry.severity] += 1
                concrete += hit.entry.code in CONCRETE
                late = int(hit.after_contrast)
            elif hit.state == "negated":
                negated += 1
            else:
                unmet += 1
        elif role == "praise":
            praise += 1
            praise_late += hit.after_contrast
        elif role == "dissatisfaction":
            upset += hit.state == "asserted"
        elif role == "guard":
            guards += 1
    issues = sum(by_severity)
    return (
        min(by_severity[1], 3),
        min(by_severity[2], 3),
        min(by_severity[3], 2),
        min(concrete, 2),
        late,
        min(upset, 2),
        min(praise, 4),
        min(praise_late, 2),
        min(negated, 2),
        min(unmet, 2),
        min(guards, 2),
        float(praise > 0 and not issues),
        float(issues > 0 and not praise),
        float(not issues and not praise),
    )
