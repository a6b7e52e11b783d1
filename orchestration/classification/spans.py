"""Finds lexicon phrases in a text and says which of them the writer asserts."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple, cast

import numpy as np

from orchestration.classification.compiled.automaton import NONE, automaton_of
from orchestration.classification.compiled.finding import find_each
from orchestration.classification.compiled.hits import (
    HIT_COLUMNS,
    ROLES,
    Finder,
    Hits,
    hits_of,
    placed,
)
from orchestration.classification.compiled.letters import READ_AT_MOST
from orchestration.classification.compiled.readings import new_page
from orchestration.classification.compiled.states import OPEN_ROWS, STATES
from orchestration.classification.normal import Normal, alphabet, normalise, sheet_of
from orchestration.classification.phrases import Combination, Entry
from orchestration.classification.taxonomy import taxonomy
from orchestration.classification.text_buffers import laid_out

State = Literal["asserted", "negated", "hypothetical", "questioned"]

# The kind of praise that names a fault to deny it: 没有破损.
DENIAL = "denial"

NEGATED_PRAISE = Entry(
    "negated_praise", "issue", "other_negative", 1, 0, False, "bad", False, "praise that is denied"
)

# Room for the hits of many texts; where it may not do, the rest of the texts follows.
ROOM = 16 * READ_AT_MOST

_NUMBER_OF_ROLE = {role: number for number, role in enumerate(ROLES)}
_NUMBER_OF_STATE = {state: number for number, state in enumerate(STATES)}


class Hit(NamedTuple):
    """A phrase found; start and end are code points of the original text."""

    entry: Entry
    start: int
    end: int
    state: State
    after_contrast: bool


class SpanFinder:
    """Searches many phrases in one pass; of phrases that start together the longest wins."""

    def __init__(self, entries: Sequence[Entry], combinations: Sequence[Combination] = ()) -> None:
        self.entries = (*entries, NEGATED_PRAISE)
        # Of hundreds of thousands of entries few differ in more than the phrase, which stands first.
        numbers: dict[tuple[object, ...], int] = {}
        profiles = [numbers.setdefault(entry[1:], len(numbers)) for entry in self.entries]
        alike = [Entry._make(("", *rest)) for rest in numbers]
        kinds: dict[str, int] = {"": 0}
        for entry in alike:
            kinds.setdefault(entry.kind, len(kinds))
        combined = np.full((len(kinds), len(kinds), 2), NONE, dtype=np.int32)
        for pair in combinations:
            if pair.topic in kinds and pair.kind in kinds:
                combined[kinds[pair.topic], kinds[pair.kind]] = number_of(pair.issue), pair.severity
        self.compiled = Finder(
            automaton=automaton_of(
                [entry.phrase for entry in entries], np.asarray(profiles[:-1], dtype=np.int32)
            ),
            profiles=np.asarray([_profile(entry, kinds) for entry in alike], dtype=np.int32),
            combined=combined,
            negated_praise=np.asarray(
                [len(entries), number_of(NEGATED_PRAISE.code), NEGATED_PRAISE.severity], dtype=np.int32
            ),
        )

    def find(self, text: str) -> list[Hit]:
        """Hits in a text as written, in order, with their state."""
        return self.find_normal(normalise(text))

    def find_normal(self, normal: Normal) -> list[Hit]:
        """Hits in a text that is already in normal form."""
        sheet, count = sheet_of(normal, self.compiled.automaton.classes)
        rows = np.empty((count, HIT_COLUMNS), dtype=np.int32)
        scopes = np.empty((OPEN_ROWS, 3), dtype=np.int64)
        found = hits_of(sheet, count, self.compiled, np.empty(count + 1, dtype=np.int32), scopes, rows)
        placed(rows, found, sheet.places)
        return self.hits_from(rows[:found])

    def find_all(self, texts: Sequence[str]) -> list[tuple[Hit, ...]]:
        """The hits of each text, as `find` says them."""
        data, offsets = laid_out(texts)
        page, letters = new_page(), alphabet(self.compiled.automaton.classes)
        rows = np.empty((ROOM, HIT_COLUMNS), dtype=np.int32)
        ends = np.zeros(len(texts), dtype=np.int64)
        each: list[tuple[Hit, ...]] = []
        while len(each) < len(texts):
            first = len(each)
            until = find_each(data, offsets, first, letters, self.compiled, page, rows, ends)
            found, begin = self.hits_from(rows[: ends[until - 1]]), 0
            for end in ends[first:until].tolist():
                each.append(tuple(found[begin:end]))
                begin = end
        return each

    def hits_from(self, rows: Hits) -> list[Hit]:
        """Compiled hits as objects, for those who judge a text at a time."""
        return [
            Hit(self._entry(entry, code, severity), first, end, cast("State", STATES[state]), bool(late))
            for entry, _, code, severity, first, end, state, late, _ in rows.tolist()
        ]

    def _entry(self, number: int, code: int, severity: int) -> Entry:
        entry = self.entries[number]
        named = None if code == NONE else taxonomy_codes()[code]
        if (entry.code, entry.severity) == (named, severity):
            return entry
        return entry._replace(code=named, severity=severity)


@cache
def taxonomy_codes() -> tuple[str, ...]:
    """The codes of all issues and guards, by their number."""
    return taxonomy().codes


@cache
def number_of(code: str | None) -> int:
    """The number of an issue or guard code."""
    return NONE if code is None else taxonomy_codes().index(code)


def as_rows(hits: Sequence[Hit]) -> Hits:
    """Hits as the compiled rules take them; which entry each is of is left out."""
    rows = [
        (
            NONE, _NUMBER_OF_ROLE[hit.entry.role], number_of(hit.entry.code), hit.entry.severity,
            hit.start, hit.end, _NUMBER_OF_STATE[hit.state], hit.after_contrast, hit.entry.kind == DENIAL,
        )
        for hit in hits
    ]  # fmt: skip
    return np.asarray(rows, dtype=np.int32).reshape(-1, HIT_COLUMNS)


def asserted_issues(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that say a problem is there."""
    return [hit for hit in hits if hit.entry.role == "issue" and hit.state == "asserted"]


def _profile(entry: Entry, kinds: Mapping[str, int]) -> tuple[int, ...]:
    return (
        _NUMBER_OF_ROLE[entry.role], number_of(entry.code), entry.severity, entry.window,
        entry.latin, kinds[entry.kind], entry.bare, entry.kind == DENIAL,
    )  # fmt: skip
