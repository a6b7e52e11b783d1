"""Decides a review from its words and its stars."""

from typing import NamedTuple

from orchestration.classification.guards import denied, guard_of
from orchestration.classification.spans import asserted_issues
from orchestration.classification.verdict import (
    NATURAL_PRIOR,
    NOTHING,
    OTHER,
    Found,
    Span,
    Tag,
    Verdict,
    cited,
    decide,
    heaviest,
    probability_of,
    tags_of,
    text_probability,
    valued,
)
from orchestration.classification.weighing import Reading

# How often a review of so many stars is negative, before its words are read. Four and five
# stars are a higher bar for the words, not a veto.
PRIOR_OF_STARS = {1: 0.97, 2: 0.93, 3: 0.35, 4: 0.10, 5: 0.06}
LOW = 2
# One or two stars are negative feedback whatever the words say, unless a guard holds.
LEAST_OF_LOW_STARS = 0.6


class Stars(NamedTuple):
    """The ratings of a review, any of them absent."""

    overall: int | None
    product: int | None
    service: int | None
    logistics: int | None

    def lowest(self) -> int | None:
        """The lower of the product's and the overall stars."""
        given = [stars for stars in (self.product, self.overall) if stars is not None]
        return min(given, default=None)


def judge_review(text: str | None, reading: Reading | None, stars: Stars) -> Verdict:
    """The verdict on one review; `reading` is None when there are no words to read."""
    lowest = stars.lowest()
    prior = NATURAL_PRIOR if lowest is None else PRIOR_OF_STARS[lowest]
    words = text_probability(reading)
    if reading is None or text is None:
        if lowest is not None and lowest <= LOW:
            return Verdict("negative", prior, None, None, _by_stars(stars))
        return Verdict("not_negative", prior if lowest is not None else 0.0, None, None, (NOTHING,))
    probability = probability_of(reading.evidence, prior)
    is_low = lowest is not None and lowest <= LOW
    if is_low:
        probability = max(probability, LEAST_OF_LOW_STARS)
    decision = decide(probability)
    guard = guard_of(reading.hits, text, "text") if decision != "not_negative" else None
    if guard is None and not is_low and decision != "negative":
        guard = denied(reading.hits, text, "text")
    if guard is not None:
        return Verdict("guarded", probability, words, guard[0], (_guarded(guard[1]),))
    if decision == "not_negative":
        return Verdict(decision, probability, words, None, (NOTHING,))
    tags = _tags(text, reading, stars, is_low=is_low)
    unclear = "probability_near_threshold" if decision == "uncertain" else None
    return Verdict(decision, probability, words, None, tags, unclear)


def _guarded(span: Span) -> Tag:
    return NOTHING._replace(spans=(span,))


def _tags(text: str, reading: Reading, stars: Stars, *, is_low: bool) -> tuple[Tag, ...]:
    found = [
        Found(hit.entry.code or OTHER, hit.entry.severity, cited(hit, text, "text"))
        for hit in asserted_issues(reading.hits)
    ]
    if found:
        return tags_of(found)
    # The words say nothing that is known: the clause that weighs most, or else the stars.
    span = heaviest(reading, text, "text")
    if span is not None and (not is_low or reading.evidence > 0):
        return tags_of([Found(OTHER, 1, span)])
    return _by_stars(stars)


def _by_stars(stars: Stars) -> tuple[Tag, ...]:
    """Tags that only the stars speak for: of the product, or of what else was starred low."""
    if stars.product is not None and stars.product <= LOW:
        return _starred("rating_product", stars.product, "product")
    others = (
        ("rating_service", stars.service, "service"),
        ("rating_logistics", stars.logistics, "logistics"),
    )
    for field, given, dimension in others:
        if given is not None and given <= LOW and stars.product is not None:
            return _starred(field, given, dimension)
    return _starred("rating_overall", stars.overall, "product")


def _starred(field: str, given: int | None, dimension: str) -> tuple[Tag, ...]:
    severity = 2 if given == 1 else 1
    found = Found(OTHER, severity, valued(field, given, "rating"))
    return tags_of([found], dimension_of_other=dimension)
