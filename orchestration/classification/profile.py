"""Counts what a day's feedback looks like to the classifier: how negative, and which phrases it holds.

Counts only: no word and no key of a feedback is in it.
"""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator
from hashlib import md5
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.compiled.counting import (
    FIRST_ISSUE,
    TEXTS,
    count_each,
    new_counts,
)
from orchestration.classification.compiled.counting import (
    HITS as HIT_COUNT,
)
from orchestration.classification.compiled.hits import ROLES
from orchestration.classification.compiled.readings import new_page
from orchestration.classification.keyed import in_turn, turns_of_chats
from orchestration.classification.lexicon_files import consumer_finder
from orchestration.classification.normal import alphabet
from orchestration.classification.phrases import Lexicon
from orchestration.classification.schemas import PROFILE_SCHEMA
from orchestration.classification.spans import number_of, taxonomy_codes
from orchestration.classification.text_buffers import buffers_of

PROBABILITY = "text_probability"
HITS = "lexicon_hits"
BINS = 20

# Phrases are counted in so many texts of a channel and day: rates of a percent are known to a
# fifth of a percent.
MOST_TEXTS = 2_000


class Profiler:
    """Counts with the lexicon that reads consumers."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._finder = consumer_finder(lexicon).compiled
        self._alphabet = alphabet(self._finder.automaton.classes)
        self._version = lexicon.version
        rows = {
            f"issue:{entry.code}": FIRST_ISSUE + number_of(entry.code)
            for entry in lexicon.consumer
            if entry.role == "issue" and entry.code
        }
        rows |= {f"role:{entry.role}": ROLES.index(entry.role) for entry in lexicon.consumer}
        self._items = dict(sorted(rows.items()))

    def profile(self, tags: pa.Table, events: pa.Table, messages: pa.Table) -> pa.Table:
        """The day's counts, sorted; an item that occurs in no text has a row of zeros."""
        rows = [*self._probabilities(tags), *self._hits(events, messages)]
        return pa.Table.from_pylist(rows, PROFILE_SCHEMA).sort_by(
            [(name, "ascending") for name in ("channel", "measure", "item")]
        )

    def _probabilities(self, tags: pa.Table) -> Iterator[dict[str, Any]]:
        counted = tags.filter(pc.and_(pc.equal(tags["tag_no"], 1), pc.is_valid(tags["text_probability"])))
        for channel in pc.unique(counted["channel"]).to_pylist():
            of_channel = counted.filter(pc.equal(counted["channel"], channel))["text_probability"].to_numpy()
            bins = np.minimum(np.floor(of_channel * BINS).astype(np.int64), BINS - 1)
            for bin_no, count in enumerate(np.bincount(bins, minlength=BINS).tolist()):
                item = f"{bin_no / BINS:.2f}"
                yield self._row(channel, PROBABILITY, item, texts=len(of_channel), holding=count, hits=count)

    def _hits(self, events: pa.Table, messages: pa.Table) -> Iterator[dict[str, Any]]:
        words = _words(events, messages)
        page = new_page()
        for channel in pc.unique(words["channel"]).to_pylist():
            texts = _drawn(words.filter(pc.equal(words["channel"], channel)))
            counts = new_counts(len(taxonomy_codes()))
            count_each(*buffers_of(texts), self._alphabet, self._finder, page, counts)
            for item, row in self._items.items():
                yield self._row(
                    channel,
                    HITS,
                    item,
                    texts=len(texts),
                    holding=int(counts[row, TEXTS]),
                    hits=int(counts[row, HIT_COUNT]),
                )

    def _row(
        self, channel: str, measure: str, item: str, *, texts: int, holding: int, hits: int
    ) -> dict[str, Any]:
        return {
            "channel": channel,
            "measure": measure,
            "item": item,
            "text_count": texts,
            "texts_with_item": holding,
            "item_count": hits,
            "lexicon_version": self._version,
        }


def _words(events: pa.Table, messages: pa.Table) -> pa.Table:
    """Key, channel and words of each feedback that has any; those of a chat are its consumer's turns."""
    said = messages.filter(
        pc.and_(pc.equal(messages["role"], "consumer"), pc.greater(pc.binary_length(messages["text"]), 0))
    )
    said = in_turn(said)
    keys, turns = turns_of_chats(said["feedback_key"])
    spoken = pc.binary_join(pa.ListArray.from_arrays(turns, said["text"].combine_chunks()), "\n")
    own, of_chats = events["text"].combine_chunks(), events["feedback_key"].combine_chunks()
    own = pc.if_else(pc.equal(pc.binary_length(own), 0), pa.scalar(None, pa.string()), own)
    words = pc.coalesce(own, spoken.take(pc.index_in(of_chats, value_set=keys)))
    named = {"feedback_key": events["feedback_key"], "channel": events["channel"], "words": words}
    return pa.table(named).filter(pc.is_valid(words))


def _drawn(words: pa.Table) -> pa.StringArray:
    """The texts, of too many always the same: those whose keys have the lowest hashes."""
    if words.num_rows > MOST_TEXTS:
        keys = words["feedback_key"].cast(pa.binary()).to_pylist()
        hashed = b"".join([md5(key, usedforsecurity=False).digest() for key in keys])
        high, low = np.frombuffer(hashed, dtype=">u8").reshape(-1, 2).T
        words = words.take(pa.array(np.lexsort((low, high))[:MOST_TEXTS]))
    return words["words"].combine_chunks()
