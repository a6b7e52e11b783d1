"""What a lexicon must not say: the same thing twice, two things at once, or what can never be read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from orchestration.classification.lexicon_reading import DERIVED, LISTED, Finding, Source, Written
from orchestration.classification.normal import normalise
from orchestration.classification.phrases import SCOPES, Combination, Entry, Lexicon
from orchestration.classification.spans import Hit, SpanFinder

# What the finder takes up and does not give back as a hit.
_SILENT = SCOPES | {"contrast", "topic"}
# A reading that says something else than the entry does.
_TURNED = {"negated": "denies itself", "hypothetical": "is its own condition", "questioned": "asks itself"}


def quick_findings(source: Source) -> Iterator[Finding]:
    """What is found by looking at each phrase once: run whenever a lexicon is loaded."""
    yield from source.unread
    for written in source.written.values():
        yield from _clashes(written)
    yield from _idle_combinations(source)


def slow_findings(source: Source, lexicon: Lexicon) -> Iterator[Finding]:
    """Phrases that the finder, given nothing but the phrase, does not read as they are meant."""
    finders = {
        "consumer": SpanFinder(lexicon.consumer, lexicon.combinations),
        "agent": SpanFinder(lexicon.agent),
        "reason": SpanFinder(lexicon.reason),
    }
    kept = {"consumer": lexicon.consumer, "agent": lexicon.agent, "reason": lexicon.reason}
    topics: dict[str, list[str]] = defaultdict(list)
    for entry in lexicon.consumer:
        if entry.role == "topic":
            topics[entry.kind].append(entry.phrase)
    for speaker, written in source.written.items():
        valid = set(kept[speaker])
        for item in written:
            if item.entry in valid and item.rank != DERIVED:
                rule = _misread(item.entry, finders[speaker], topics, lexicon.combinations)
                if rule is not None:
                    yield Finding(item.place, item.entry.phrase, *rule)


def _clashes(written: Sequence[Written]) -> Iterator[Finding]:
    """Equal phrases that are written twice or tell different things.

    A listed phrase may be the exception to a pattern; patterns that meet must tell the same.
    """
    kept: dict[tuple[str, int], Written] = {}
    for item in written:
        if item.rank == DERIVED:
            continue
        entry, phrase = item.entry, item.entry.phrase
        first = kept.setdefault((phrase, item.rank), item)
        if first is item:
            continue
        before = first.entry
        if (entry.role, entry.code) != (before.role, before.code):
            rule = f"is {entry.code or entry.role} but {before.code or before.role} at {first.place}"
            yield Finding(item.place, phrase, rule, "keep one")
        elif item.rank == LISTED:
            yield Finding(item.place, phrase, f"stands already at {first.place}", "remove one")
        elif (rule := _difference(entry, before)) is not None:
            yield Finding(item.place, phrase, f"{rule} at {first.place}", "keep one")
    for (phrase, rank), item in kept.items():
        pattern = kept.get((phrase, 1)) if rank == LISTED else None
        if pattern is not None and item.entry[:8] == pattern.entry[:8]:
            rule = f"is made by the pattern at {pattern.place} too"
            yield Finding(item.place, phrase, rule, "remove it from the list")


def _difference(entry: Entry, before: Entry) -> str | None:
    for name in ("severity", "window", "kind", "bare"):
        here, there = getattr(entry, name), getattr(before, name)
        if here != there:
            return f"has {name} {here!r} but {there!r}"
    return None


def _idle_combinations(source: Source) -> Iterator[Finding]:
    """Topics, kinds and combinations that nothing can bring together."""
    entries = [item for item in source.written["consumer"] if item.rank != DERIVED]
    topics = {item.entry.kind for item in entries if item.entry.role == "topic"}
    kinds = {item.entry.kind for item in entries if item.entry.role == "issue"}
    pairs: dict[tuple[str, str], str] = {}
    for combination, place in source.combinations:
        pair = (combination.topic, combination.kind)
        name = f"{combination.topic} and {combination.kind}"
        if pair in pairs:
            yield Finding(place, name, f"are combined already at {pairs[pair]}", "keep one")
        pairs.setdefault(pair, place)
        if combination.topic not in topics:
            yield Finding(
                place, name, f"need a topic {combination.topic!r}, which has no phrase", "write one"
            )
        if combination.kind not in kinds:
            yield Finding(place, name, f"need a kind {combination.kind!r}, which has no phrase", "write one")
    combined_topics, combined_kinds = {topic for topic, _ in pairs}, {kind for _, kind in pairs}
    for item in entries:
        entry = item.entry
        if entry.role == "topic" and entry.kind not in combined_topics:
            rule = f"is of topic {entry.kind!r}, which no combination names"
            yield Finding(item.place, entry.phrase, rule, "combine it or remove it")
        if entry.bare and entry.kind not in combined_kinds:
            rule = f"counts only after a topic, and no combination names its kind {entry.kind!r}"
            yield Finding(item.place, entry.phrase, rule, "combine it or remove it")


def _misread(
    entry: Entry, finder: SpanFinder, topics: dict[str, list[str]], combinations: Sequence[Combination]
) -> tuple[str, str] | None:
    """The rule that an entry breaks when it is read, and the remedy; None where it is read as meant."""
    normal = normalise(entry.phrase).text
    if normal != entry.phrase:
        return f"can never be found, for it is read as {normal!r}", "write that"
    if entry.role in _SILENT:
        return None
    if entry.bare:
        return _misread_bare(entry, finder, topics, combinations)
    hits = finder.find(entry.phrase)
    own = _own(hits, entry)
    if own is None:
        others = ", ".join(hit.entry.name for hit in hits) or "nothing"
        return f"can never be found, for {others} is found in its place", "remove it or what hides it"
    if own.state != "asserted":
        return f"{_TURNED[own.state]}, so that it tells nothing", "list the longer phrase with its role"
    return None


def _misread_bare(
    entry: Entry, finder: SpanFinder, topics: dict[str, list[str]], combinations: Sequence[Combination]
) -> tuple[str, str] | None:
    of_kind = [pair for pair in combinations if pair.kind == entry.kind]
    if any(
        _own(finder.find(topic + entry.phrase), entry) is not None
        for pair in of_kind
        for topic in topics[pair.topic]
    ):
        return None
    return "counts only after a topic, and after every topic another phrase is found", "remove it"


def _own(hits: Sequence[Hit], entry: Entry) -> Hit | None:
    """The hit of an entry; after a topic it has the code of the combination."""
    return next((hit for hit in hits if hit.entry.phrase == entry.phrase), None)
