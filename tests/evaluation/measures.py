"""Makes the figures of the classifier from its public answers, as users get them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import FEEDBACK_SCHEMA, classify_feedback
from orchestration.classification.fitting import calibration_error
from orchestration.classification.prevalence import estimate, evidence_of, histogram
from orchestration.classification.taxonomy import taxonomy
from orchestration.classification.verdict import NATURAL_PRIOR
from tests.evaluation import sets
from tests.evaluation.bootstrap import (
    SEED,
    Figure,
    Numbers,
    accuracy,
    area_under_curve,
    f1,
    micro_f1,
    ratio_of_rates,
    share,
)

CODES = tuple(issue.code for issue in taxonomy().issues)
NATURAL_SHARES = (0.05, 0.1, 0.2, 0.5)
DRAWN = 20_000


class Measured(NamedTuple):
    """One figure, the least it should be, and on what it was made; a range where it has two ends."""

    name: str
    figure: Figure
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the value is where it should be."""
        value = self.figure.value
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


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
        answers = _answers(classifier, one.texts)
        truth = np.asarray(one.negative, dtype=np.float64)
        found[name] = Judged(_negative(answers), _probability(answers), truth)
    return found


def measures(data: Path, classifier: Classifier, reviews: dict[str, Judged]) -> Iterator[Measured]:
    """All figures that the labelled sets of a folder allow."""
    shopping, takeaway, natural = (reviews[name] for name in ("shopping", "takeaway", "natural"))
    yield Measured("online shopping, accuracy", accuracy(shopping.said, shopping.truth), 0.925)
    yield Measured("takeaway, accuracy", accuracy(takeaway.said, takeaway.truth), 0.87)
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
    yield from _issues(data, classifier)
    yield from _chats(data, classifier)


def calibration(reviews: dict[str, Judged]) -> list[tuple[str, float]]:
    """The expected calibration error of each set under its own share of negatives."""
    found = []
    for name, one in reviews.items():
        truth = one.truth
        odds = evidence_of(one.probability, NATURAL_PRIOR) + np.log(truth.mean() / (1 - truth.mean()))
        found.append((name, calibration_error(1 / (1 + np.exp(-odds)), truth)))
    return found


def _answers(classifier: Classifier, texts: Sequence[str | None]) -> pa.Table:
    rows = [{"id": str(number), "channel": "review", "text": text or ""} for number, text in enumerate(texts)]
    return classify_feedback(pa.Table.from_pylist(rows, FEEDBACK_SCHEMA), classifier)


def _negative(answers: pa.Table) -> Numbers:
    return np.asarray(
        [decision == "negative" for decision in answers["decision"].to_pylist()], dtype=np.float64
    )


def _probability(answers: pa.Table) -> Numbers:
    return answers["probability"].to_numpy().astype(np.float64)


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


def _issues(data: Path, classifier: Classifier) -> Iterator[Measured]:
    by_hand, cosmetics = sets.read_by_hand(data), sets.aspects(data)
    answers = _answers(classifier, [item.text for item in by_hand]).to_pylist()
    truth = _cells([item.issues for item in by_hand])
    said = _cells([_codes(row) for row in answers])
    negative = np.asarray([item.negative for item in by_hand], dtype=bool)
    both = negative & (said.sum(axis=1) > 0)
    yield Measured(
        "issue codes by hand, micro-F1 where both say negative", micro_f1(said[both], truth[both]), 0.70
    )
    yield Measured("issue codes by hand, micro-F1 end to end", micro_f1(said, truth))
    spans = [item.span for item in by_hand]
    shown = [
        float(_overlaps(row, span))
        for row, span, holds in zip(answers, spans, both.tolist(), strict=True)
        if span is not None and holds
    ]
    yield Measured("main words overlap those marked by hand", share(np.asarray(shown)), 0.80)
    answers = _answers(classifier, [item.text for item in cosmetics]).to_pylist()
    yield Measured(
        "cosmetics, negative issues end to end, micro-F1",
        micro_f1(_cells([_codes(row) for row in answers]), _cells([item.issues for item in cosmetics])),
        0.55,
    )


def _codes(row: dict[str, Any]) -> frozenset[str]:
    if row["decision"] != "negative":
        return frozenset()
    return frozenset(issue["code"] for issue in row["issues"])


def _cells(named: Sequence[frozenset[str]]) -> Numbers:
    return np.asarray([[float(code in codes) for code in CODES] for codes in named])


def _overlaps(row: dict[str, Any], span: tuple[int, int]) -> bool:
    """Whether the words of the main issue meet the words that a person marked."""
    return any(
        words["field"] == "text" and words["start"] < span[1] and words["end"] > span[0]
        for words in row["issues"][0]["spans"]
    )


def _chats(data: Path, classifier: Classifier) -> Iterator[Measured]:
    labels = sets.chat_labels()
    chats = sets.chats(data)
    turns = [
        (text, upset)
        for chat in chats
        for (role, text), upset in zip(chat.messages, chat.upset, strict=True)
        if role == "consumer" and upset is not None
    ]
    single = [
        {"id": str(number), "channel": "im_session", "messages": [{"role": "consumer", "text": text}]}
        for number, (text, _) in enumerate(turns)
    ]
    answers = classify_feedback(pa.Table.from_pylist(single, FEEDBACK_SCHEMA), classifier)
    truth = np.asarray([upset for _, upset in turns], dtype=np.float64)
    yield Measured("chat turns dissatisfied, AUC", area_under_curve(_probability(answers), truth), 0.83)
    known = [chat for chat in chats if chat.session_id in labels]
    whole = [
        {
            "id": chat.session_id,
            "channel": "im_session",
            "messages": [{"role": role, "text": text} for role, text in chat.messages],
        }
        for chat in known
    ]
    answers = classify_feedback(pa.Table.from_pylist(whole, FEEDBACK_SCHEMA), classifier)
    negative = np.asarray([labels[chat.session_id].negative for chat in known], dtype=np.float64)
    upset = np.asarray([labels[chat.session_id].dissatisfied for chat in known], dtype=np.float64)
    yield Measured("chats negative, F1", f1(_negative(answers), negative), 0.65)
    said = np.asarray([bool(held) for held in answers["dissatisfied"].to_pylist()], dtype=np.float64)
    yield Measured("chats dissatisfied, F1", f1(said, upset))
