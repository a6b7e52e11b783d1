"""Compares the compiled search for phrases with a plain one on a million distinct texts.

`python -m tests.bench.equal --texts 1000000 --json out.json`: minutes, so it is no test that runs each
time; tests/unit/classification/test_compiled.py compares the two on few texts, always.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from orchestration.classification.corpus import read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.normal import normalise
from orchestration.classification.phrases import Entry
from orchestration.classification.spans import SpanFinder
from tests.bench.classification import BAD, composed
from tests.bench.measuring import tell

Found = list[tuple[int, int, str]]


class PlainFinder:
    """Of the phrases that start at a place the longest, and the search goes on behind it."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = set(phrases)
        lengths: dict[str, set[int]] = defaultdict(set)
        for phrase in self._phrases:
            lengths[phrase[0]].add(len(phrase))
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}

    def find(self, text: str) -> Found:
        """First and last place of each phrase, and the phrase."""
        found: Found = []
        place = 0
        while place < len(text):
            for length in self._lengths.get(text[place], ()):
                phrase = text[place : place + length]
                if phrase in self._phrases:
                    found.append((place, place + len(phrase), phrase))
                    place += length
                    break
            else:
                place += 1
        return found


def differences(texts: Iterable[str]) -> tuple[int, list[str]]:
    """How many texts both searches answered alike, and the first few that they did not."""
    phrases = sorted({entry.phrase for entry in shipped_lexicon().consumer})
    compiled = SpanFinder([Entry(each, "neutral", None, 0, 0, False, "", False, "") for each in phrases])
    plain = PlainFinder(phrases)
    equal, different = 0, []
    for text in texts:
        normal = normalise(text)
        hits = compiled.find_normal(normal)
        at = [(hit.start, hit.end, hit.entry.phrase) for hit in hits]
        asked = [
            (*normal.original_span(first, last), phrase) for first, last, phrase in plain.find(normal.text)
        ]
        if at == asked:
            equal += 1
        elif len(different) < 5:
            different.append(text)
    return equal, different


def main(
    texts: Annotated[int, typer.Option(help="Distinct texts.")] = 1_000_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Prints in how many texts both found the same; fails where they did not."""
    equal, different = differences(composed(read_corpora(), texts, BAD))
    # figures of searches that differ are told, and never kept
    tell({"texts": texts, "equal": equal}, None if different else json_file)
    if different:
        raise AssertionError(f"the searches differ on {texts - equal} texts, such as {different}")


if __name__ == "__main__":
    typer.run(main)
