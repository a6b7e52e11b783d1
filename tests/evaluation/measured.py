"""One figure beside what it should be, and how answers of the classifier become numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import FEEDBACK_SCHEMA, classify_feedback
from orchestration.classification.verdict import NEGATIVE_FROM
from tests.evaluation.bootstrap import Figure, Numbers


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


def answers_to(classifier: Classifier, texts: Sequence[str | None]) -> pa.Table:
    """The public answers to texts, as reviews without stars."""
    rows = [{"id": str(number), "channel": "review", "text": text or ""} for number, text in enumerate(texts)]
    return classify_feedback(pa.Table.from_pylist(rows, FEEDBACK_SCHEMA), classifier)


def answers_to_chats(classifier: Classifier, chats: Sequence[Sequence[tuple[str, str]]]) -> pa.Table:
    """The public answers to chats, each a list of who speaks and what is said."""
    rows = [
        {
            "id": str(number),
            "channel": "im_session",
            "messages": [{"role": role, "text": text} for role, text in chat],
        }
        for number, chat in enumerate(chats)
    ]
    return classify_feedback(pa.Table.from_pylist(rows, FEEDBACK_SCHEMA), classifier)


def negative(answers: pa.Table) -> Numbers:
    """1 where the decision is negative."""
    return np.asarray([said == "negative" for said in answers["decision"].to_pylist()], dtype=np.float64)


def probability(answers: pa.Table) -> Numbers:
    """The probability of each answer."""
    return answers["probability"].to_numpy().astype(np.float64)


def negative_before_guards(probabilities: Numbers) -> Numbers:
    """1 where the words alone say negative, whatever guard holds."""
    return (probabilities >= NEGATIVE_FROM).astype(np.float64)
