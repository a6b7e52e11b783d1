"""Figures of issues and of the words that show them, against two readers and against marked aspects."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.classification.classifier import Classifier
from orchestration.classification.taxonomy import taxonomy
from tests.evaluation import sets
from tests.evaluation.bootstrap import Figure, Numbers, figure, micro_f1, share
from tests.evaluation.measured import Measured, answers_to

CODES = tuple(issue.code for issue in taxonomy().issues)


def issues(data: Path, classifier: Classifier) -> Iterator[Measured]:
    """Against two readers each, and how well these agree; then against the aspects of cosmetics."""
    first, second = sets.read_by_hand(data)
    answers = answers_to(classifier, [item.text for item in first]).to_pylist()
    said = _cells([_codes(row) for row in answers])
    truth = [_cells([item.issues for item in reader]) for reader in (first, second)]
    named = said.any(axis=1)
    both = [
        (np.asarray([item.negative for item in reader], dtype=bool) & named)[:, None]
        for reader in (first, second)
    ]
    yield Measured(
        "issue codes, micro-F1 where reader and classifier say negative",
        micro_f1(
            np.hstack([said * mask for mask in both]),
            np.hstack([each * mask for each, mask in zip(truth, both, strict=True)]),
        ),
        0.70,
    )
    yield Measured("issue codes, micro-F1 end to end", micro_f1(np.hstack([said, said]), np.hstack(truth)))
    yield Measured("issue codes, micro-F1 of one reader against the other", micro_f1(truth[0], truth[1]))
    yield Measured("main words overlap those marked by a reader", _words(answers, (first, second)), 0.80)
    yield Measured("main words of one reader overlap those of the other", _words_between(first, second))
    yield from _cosmetics(data, classifier)


def _cosmetics(data: Path, classifier: Classifier) -> Iterator[Measured]:
    cosmetics = sets.cosmetics(data)
    said = said_of_cosmetics(classifier, cosmetics)
    yield Measured("cosmetics, aspects and issues that fit each other, F1", fitting(said, cosmetics), 0.55)
    truth = [frozenset(sets.MAIN_ISSUE_OF_ASPECT[aspect] for aspect in item.aspects) for item in cosmetics]
    yield Measured("cosmetics, one issue code an aspect, micro-F1", micro_f1(_cells(said), _cells(truth)))


def said_of_cosmetics(classifier: Classifier, cosmetics: Sequence[sets.AspectReview]) -> list[frozenset[str]]:
    """The issue codes of each review that is negative."""
    answers = answers_to(classifier, [item.text for item in cosmetics]).to_pylist()
    return [_codes(row) for row in answers]


def fitting(said: Sequence[frozenset[str]], truth: Sequence[sets.AspectReview]) -> Figure:
    """F1 of codes that fit a marked aspect and of aspects that a code fits.

    An aspect has no code of its own: that a cream does not help is a defect, a flaw, or not what was
    promised. The codes that fit each aspect are `sets.ISSUES_OF_ASPECT`.
    """
    found = np.zeros((len(said), 4))
    for row, (codes, item) in zip(found, zip(said, truth, strict=True), strict=True):
        fit = [sets.ISSUES_OF_ASPECT[aspect] for aspect in item.aspects]
        row[:] = (
            sum(any(code in each for each in fit) for code in codes),
            len(codes),
            sum(bool(each & codes) for each in fit),
            len(fit),
        )

    def harmonic(weight: Numbers) -> float:
        right, named, met, marked = weight @ found
        precision, recall = right / named, met / marked
        return float(2 * precision * recall / (precision + recall))

    return figure(harmonic, len(found))


def _codes(row: dict[str, Any]) -> frozenset[str]:
    if row["decision"] != "negative":
        return frozenset()
    return frozenset(issue["code"] for issue in row["issues"])


def _cells(named: Sequence[frozenset[str]]) -> Numbers:
    return np.asarray([[float(code in codes) for code in CODES] for codes in named])


def _words(answers: Sequence[dict[str, Any]], readers: Sequence[Sequence[sets.Labelled]]) -> Figure:
    """The share of readings whose main words meet those of the main issue; a text has one or two."""
    shown = [
        [
            float(_meets(row, item.span))
            for item in items
            if item.span is not None and item.negative and row["decision"] == "negative"
        ]
        for row, items in zip(answers, zip(*readers, strict=True), strict=True)
    ]
    return share(np.asarray([np.mean(each) for each in shown if each]))


def _words_between(first: Sequence[sets.Labelled], second: Sequence[sets.Labelled]) -> Figure:
    pairs = [(one.span, other.span) for one, other in zip(first, second, strict=True)]
    return share(
        np.asarray([float(one[0] < other[1] and other[0] < one[1]) for one, other in pairs if one and other])
    )


def _meets(row: dict[str, Any], span: tuple[int, int]) -> bool:
    return any(
        words["field"] == "text" and words["start"] < span[1] and words["end"] > span[0]
        for words in row["issues"][0]["spans"]
    )
