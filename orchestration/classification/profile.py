"""Counts what a day's feedback looks like to the classifier: how negative, and which phrases it holds.

Counts only: no word and no key of a feedback is in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.classification.phrases import Lexicon
from orchestration.classification.schemas import PROFILE_SCHEMA
from orchestration.classification.spans import SpanFinder

PROBABILITY = "text_probability"
HITS = "lexicon_hits"
BINS = 20

# Phrases are counted in so many texts of a channel and day: rates of a percent are known to a
# fifth of a percent, and a day of a large market costs a second.
MOST_TEXTS = 2_000


class Profiler:
    """Counts with the lexicon that reads consumers."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._finder = SpanFinder(lexicon.consumer, lexicon.combinations)
        self._version = lexicon.version
        self._items = sorted(
            {f"issue:{entry.code}" for entry in lexicon.consumer if entry.role == "issue" and entry.code}
            | {f"role:{entry.role}" for entry in lexicon.consumer}
        )

    def profile(self, tags: pa.Table, events: pa.Table, messages: pa.Table) -> pa.Table:
        """The day's counts, sorted; an item that occurs in no text has a row of zeros."""
        with duckdb.connect() as connection:
            for name, table in (("tags", tags), ("events", events), ("messages", messages)):
                connection.register(name, table)
            rows = [*self._probabilities(connection), *self._hits(connection)]
        return pa.Table.from_pylist(rows, PROFILE_SCHEMA).sort_by(
            [(name, "ascending") for name in ("channel", "measure", "item")]
        )

    def _probabilities(self, connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
        counted = connection.execute(
            f"""
            select channel, least(cast(floor(text_probability * {BINS}) as integer), {BINS - 1}) as bin,
                   count(*) as texts
            from tags
            where tag_no = 1 and text_probability is not null
            group by all
            """
        ).fetchall()
        by_channel: dict[str, dict[int, int]] = defaultdict(dict)
        for channel, bin_no, texts in counted:
            by_channel[channel][bin_no] = texts
        for channel, bins in by_channel.items():
            for bin_no in range(BINS):
                count = bins.get(bin_no, 0)
                yield self._row(
                    channel,
                    PROBABILITY,
                    f"{bin_no / BINS:.2f}",
                    texts=sum(bins.values()),
                    holding=count,
                    hits=count,
                )

    def _hits(self, connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
        texts = connection.execute(
            f"""
            with spoken as (
                select feedback_key, string_agg(text, chr(10) order by seq, message_id) as text
                from messages
                where role = 'consumer' and text > ''
                group by feedback_key
            )
            select events.channel, coalesce(nullif(events.text, ''), spoken.text) as words
            from events
            left join spoken using (feedback_key)
            where words > ''
            -- the hash draws the same texts whenever the day is counted
            qualify row_number() over (
                partition by events.channel order by md5(events.feedback_key), events.feedback_key
            ) <= {MOST_TEXTS}
            """
        ).fetchall()
        by_channel: dict[str, list[str]] = defaultdict(list)
        for channel, words in texts:
            by_channel[channel].append(words)
        for channel, of_channel in by_channel.items():
            found = Counter[str]()
            holding = Counter[str]()
            for words in of_channel:
                of_text = Counter(self._items_of(words))
                found.update(of_text)
                holding.update(of_text.keys())
            for item in self._items:
                yield self._row(
                    channel, HITS, item, texts=len(of_channel), holding=holding[item], hits=found[item]
                )

    def _items_of(self, words: str) -> Iterable[str]:
        for hit in self._finder.find(words):
            yield f"role:{hit.entry.role}"
            if hit.entry.role == "issue" and hit.state == "asserted":
                yield f"issue:{hit.entry.code}"

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
