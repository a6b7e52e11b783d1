"""What is said of one feedback: decision, probability, issues and the evidence for each."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from orchestration.classification.compiled.evidence import MOST_SPANS
from orchestration.classification.compiled.numbers import probability
from orchestration.classification.spans import Hit
from orchestration.classification.taxonomy import taxonomy
from orchestration.classification.weighing import Reading

Decision = Literal["negative", "guarded", "uncertain", "not_negative"]
Kind = Literal["keyword", "model", "rating", "reason_code", "wait_seconds"]

# The share of negatives among texts that come without stars; between balanced corpora and
# the one in twenty of natural traffic.
NATURAL_PRIOR = 0.45
NEGATIVE_FROM = 0.5
UNCERTAIN_FROM = 0.35

OTHER = "other_negative"


class Span(NamedTuple):
    """One piece of evidence; structured kinds stand at 0..0 and their text is the value."""

    field: str
    start: int
    end: int
    text: str
    kind: Kind
    entry: str | None


class Tag(NamedTuple):
    """One issue with its evidence; no issue where nothing was found."""

    issue: str | None
    dimension: str | None
    severity: int
    needs_content_theme: bool
    spans: tuple[Span, ...]


class Verdict(NamedTuple):
    """The answer for one feedback; the main issue is the first tag."""

    decision: Decision
    probability: float
    text_probability: float | None
    guard: str | None
    tags: tuple[Tag, ...]
    unclear: str | None = None
    # of chats alone: whether the consumer leaves dissatisfied
    is_dissatisfied: bool | None = None


NOTHING = Tag(None, None, 0, False, ())


def logit(probability: float) -> float:
    """The log-odds of a probability."""
    return math.log(probability / (1.0 - probability))


def probability_of(evidence: float, prior: float) -> float:
    """What a prior becomes by evidence, to six places so that equal input gives equal bytes."""
    return probability(evidence, logit(prior))


def text_probability(reading: Reading | None) -> float | None:
    """The probability of the words alone."""
    return None if reading is None else probability_of(reading.evidence, NATURAL_PRIOR)


def decide(probability: float) -> Decision:
    """The decision where no guard and no rule has spoken."""
    if probability >= NEGATIVE_FROM:
        return "negative"
    return "uncertain" if probability >= UNCERTAIN_FROM else "not_negative"


def cited(hit: Hit, text: str, field: str) -> Span:
    """A hit as evidence."""
    return Span(field, hit.start, hit.end, text[hit.start : hit.end], "keyword", hit.entry.name)


def valued(field: str, value: object, kind: Kind) -> Span:
    """A structured fact as evidence."""
    return Span(field, 0, 0, str(value), kind, None)


def heaviest(reading: Reading, text: str, field: str) -> Span | None:
    """The clause that made the model say negative."""
    start, end = reading.heaviest
    return Span(field, start, end, text[start:end], "model", None) if end > start else None


class Found(NamedTuple):
    """An issue with one piece of evidence, before equal issues are gathered."""

    issue: str
    severity: int
    span: Span


def tags_of(found: Iterable[Found], *, dimension_of_other: str | None = None) -> tuple[Tag, ...]:
    """One tag per issue, in the order in which they were found; a nameless one gives way to a named one."""
    gathered: dict[str, list[Found]] = {}
    for item in found:
        gathered.setdefault(item.issue, []).append(item)
    if len(gathered) > 1:
        gathered.pop(OTHER, None)
    return tuple(_tag(items, dimension_of_other) for items in gathered.values())


def _tag(items: Sequence[Found], dimension_of_other: str | None) -> Tag:
    issue = taxonomy().issue(items[0].issue)
    dimension = issue.dimension
    if issue.code == OTHER and dimension_of_other is not None:
        dimension = dimension_of_other
    spans = tuple(dict.fromkeys(item.span for item in items))[:MOST_SPANS]
    severity = max(item.severity for item in items)
    return Tag(issue.code, dimension, severity, issue.needs_content_theme, spans)
