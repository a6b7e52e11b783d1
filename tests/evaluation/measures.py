"""Makes the figures of the classifier from its public answers, as users get them."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from orchestration.classification.classifier import Classifier
from orchestration.classification.fitting import calibration_error
from orchestration.classification.prevalence import estimate, evidence_of, histogram
from orchestration.classification.verdict import NATURAL_PRIOR
from tests.evaluation import sets
from tests.evaluation.bootstrap import SEED, Figure, Numbers, accuracy, f1, ratio_of_rates
from tests.evaluation.chats import chats
from tests.evaluation.issues import issues
from tests.evaluation.measured import Measured, answers_to, negative, negative_before_guards, probability

NATURAL_SHARES = (0.05, 0.1, 0.2, 0.5)
DRAWN = 20_000


class Judged(NamedTuple):
    """What the classifier said of a set: whether negative, how probable, and what is true."""

    said: Numbers
    probability: Numbers
    truth: Numbers


def judged(data: Path, classifier: Classifier) -> dict[str, Judged]:
    """The sets of reviews, each classified once."""
    known = {
        "shopping": sets.reviews(data, "online_shopping_10_cats"),
        "takeaway": sets.reviews(data, "waimai_10k"),
        "natural": sets.natural_traffic(data),
    }
    found = {}
    for name, one in known.items():
        answers = answers_to(classifier, one.texts)
        truth = np.asarray(one.negative, dtype=np.float64)
        found[name] = Judged(negative(answers), probability(answers), truth)
    return found


def measures(data: Path, classifier: Classifier, reviews: dict[str, Judged]) -> Iterator[Measured]:
    """All figures that the labelled sets of a folder allow."""
    shopping, takeaway, natural = (reviews[name] for name in ("shopping", "takeaway", "natural"))
    yield Measured("online shopping, accuracy", accuracy(shopping.said, shopping.truth), 0.925)
    yield Measured("takeaway, accuracy", accuracy(takeaway.said, takeaway.truth), 0.87)
    for name in ("shopping", "takeaway"):
        words = negative_before_guards(reviews[name].probability)
        yield Measured(f"{name}, accuracy of the words, before guards", accuracy(words, reviews[name].truth))
    yield Measured("natural traffic, F1 of negatives", f1(natural.said, natural.truth), 0.70)
    yield Measured(
        "natural traffic, rate over true rate, plain",
        ratio_of_rates(natural.said, natural.truth),
        1 / 1.4,
        1.4,
    )
    yield _adjusted("natural traffic", natural.probability, natural.truth)
    yield _adjusted("takeaway", takeaway.probability, takeaway.truth)
    for part in NATURAL_SHARES:
        rows = _drawn(shopping.truth, part)
        name = f"online shopping at {part:.0%}"
        yield _adjusted(name, shopping.probability[rows], shopping.truth[rows])
    yield from issues(data, classifier)
    yield from chats(data, classifier)


def calibration(reviews: dict[str, Judged]) -> list[tuple[str, float]]:
    """The expected calibration error of each set under its own share of negatives."""
    found = []
    for name, one in reviews.items():
        truth = one.truth
        odds = evidence_of(one.probability, NATURAL_PRIOR) + np.log(truth.mean() / (1 - truth.mean()))
        found.append((name, calibration_error(1 / (1 + np.exp(-odds)), truth)))
    return found


def _drawn(truth: Numbers, part: float) -> np.ndarray:
    drawn = np.random.default_rng(SEED)
    negatives = round(DRAWN * part)
    return np.concatenate(
        [
            drawn.choice(np.flatnonzero(truth == 1), negatives, replace=False),
            drawn.choice(np.flatnonzero(truth == 0), DRAWN - negatives, replace=False),
        ]
    )


def _adjusted(name: str, probability: Numbers, truth: Numbers) -> Measured:
    found = estimate(histogram(evidence_of(probability, NATURAL_PRIOR)))
    rate = float(truth.mean())
    shares = [
        part / rate if part is not None else float("nan") for part in (found.share, found.low, found.high)
    ]
    return Measured(
        f"{name}, rate over true rate, adjusted",
        Figure(shares[0], shares[1], shares[2], len(truth)),
        0.85,
        1.15,
    )
