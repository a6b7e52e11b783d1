"""The lexicon of a folder, in which every phrase tells one thing; what breaks a rule is refused."""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from orchestration.classification.lexicon_checks import quick_findings, slow_findings
from orchestration.classification.lexicon_reading import Finding, Source, Written, read_lexicon
from orchestration.classification.normal import TRADITIONAL_FILE
from orchestration.classification.phrases import Entry, Lexicon, LexiconError
from orchestration.classification.spans import SpanFinder

LEXICON_FOLDER = TRADITIONAL_FILE.parent


def load_lexicon(folder: Path = LEXICON_FOLDER) -> Lexicon:
    """The lexicon of a folder; a file that breaks a rule is refused with its name and line.

    What takes a search of every phrase to find, `check_lexicon` finds.
    """
    with _without_collection():
        source = read_lexicon(folder)
        for finding in quick_findings(source):
            raise LexiconError(str(finding))
        return _lexicon(source)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Hundreds of thousands of objects are made and kept: to look for garbage among them is half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def check_lexicon(folder: Path = LEXICON_FOLDER) -> list[Finding]:
    """Everything that breaks a rule, in the order of the files; raises LexiconError for a broken file."""
    source = read_lexicon(folder)
    found = [*quick_findings(source), *slow_findings(source, _lexicon(source))]
    return sorted(found, key=_by_place)


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that ships with the project, read once."""
    return load_lexicon()


def consumer_finder(lexicon: Lexicon) -> SpanFinder:
    """What finds phrases in what consumers write; made once for the lexicon that ships."""
    if lexicon is shipped_lexicon():
        return _shipped_finder()
    return SpanFinder(lexicon.consumer, lexicon.combinations)


@cache
def _shipped_finder() -> SpanFinder:
    return SpanFinder(shipped_lexicon().consumer, shipped_lexicon().combinations)


def _lexicon(source: Source) -> Lexicon:
    return Lexicon(
        *(_entries(written) for written in source.written.values()),
        combinations=tuple(combination for combination, _ in source.combinations),
        version=hashlib.sha256("\n".join(sorted(source.parts)).encode()).hexdigest()[:12],
    )


def _entries(written: list[Written]) -> tuple[Entry, ...]:
    """One entry a phrase: of several the listed one, or else the first."""
    kept: dict[str, Written] = {}
    for item in written:
        first = kept.setdefault(item.entry.phrase, item)
        if item.rank < first.rank:
            kept[item.entry.phrase] = item
    return tuple(sorted(item.entry for item in kept.values()))


def _by_place(finding: Finding) -> tuple[str, int, str]:
    file, _, line = finding.place.rpartition(":")
    return file, int(line), finding.phrase
