"""Fits the models of one kind of text: the linear one on n-grams, and the weigher of facts."""

import hashlib
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from orchestration.classification.model import (
    FEATURE_BITS,
    Floats,
    Integers,
    Linear,
    Script,
    features,
    rounded,
)
from orchestration.classification.model_card import TextFigures
from orchestration.classification.normal import Normal, normalise
from orchestration.classification.spans import SpanFinder
from orchestration.classification.weighing import BATCH, FACTS, Weigher, facts_of

FOLDS = 3
LINEAR_STRENGTH = 5.0
# How much the model of our own texts says beside that of the others.
SHARE_OF_OWN = 0.6


class Sample(NamedTuple):
    """One text to learn from: its label, and how much its facts weigh.

    Texts that are not our own are many and speak of other goods: they make a model apart.
    """

    text: str
    negative: int
    weight_of_facts: float
    own: bool


class Laid(NamedTuple):
    """Samples laid out for fitting: one row of the matrix for each."""

    normals: Sequence[Normal]
    negative: Integers
    own: npt.NDArray[np.bool_]
    matrix: sparse.csr_matrix

    def fit(self, rows: Integers, script: Script) -> Linear:
        """The linear model of some of the rows: one of our texts, added to one of the others.

        Fitted together, the many others would teach that our goods' words mean nothing.
        """
        own, others = rows[self.own[rows]], rows[~self.own[rows]]
        if len(np.unique(self.negative[others])) < 2:  # none, or too few to tell good from bad
            return _fit_linear(self.matrix[own], self.negative[own], script)
        first = _fit_linear(self.matrix[others], self.negative[others], script)
        if not len(own):
            return first
        second = _fit_linear(self.matrix[own], self.negative[own], script)
        weights = first.weights.astype(np.float64) + SHARE_OF_OWN * second.weights
        return Linear(script, rounded(weights), round(first.intercept + SHARE_OF_OWN * second.intercept, 4))


class Fitted(NamedTuple):
    """The two models of one kind of text, and how they did on folds they had not seen.

    `held_out` is the evidence of each sample, by models that had not seen it.
    """

    linear: Linear
    weigher: Weigher
    figures: TextFigures
    held_out: Floats


def fit_texts(samples: Sequence[Sample], script: Script, finder: SpanFinder, strength: float) -> Fitted:
    """The linear model on all texts, and a weigher fitted on what models of other folds said."""
    normals = [normalise(sample.text) for sample in samples]
    laid = Laid(
        normals,
        np.asarray([sample.negative for sample in samples], dtype=np.int64),
        np.asarray([sample.own for sample in samples]),
        features([normal.text for normal in normals], script),
    )
    facts = _facts_of_other_folds(laid, script, finder)
    of_facts = np.asarray([sample.weight_of_facts for sample in samples])
    weigher = _fit_weigher(facts, laid.negative, of_facts / of_facts.mean(), strength)
    prior = math.log(laid.negative.sum() / (1 - laid.negative).sum())
    held_out = weigher.log_odds(facts)
    figures = _figures(samples, laid.negative, held_out + prior)
    return Fitted(laid.fit(np.arange(len(samples)), script), weigher, figures, held_out)


def fold_of(text: str) -> int:
    """The fold of a text in normal form: by its content, so that equal texts share one."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4]) % FOLDS


def _facts_of_other_folds(laid: Laid, script: Script, finder: SpanFinder) -> Floats:
    fold = np.asarray([fold_of(normal.text) for normal in laid.normals])
    facts = np.zeros((len(fold), len(FACTS)))
    for held_out in range(FOLDS):
        linear = laid.fit(np.flatnonzero(fold != held_out), script)
        test_rows = np.flatnonzero(fold == held_out)
        for first in range(0, len(test_rows), BATCH):
            rows = test_rows[first : first + BATCH]
            chosen = [laid.normals[row] for row in rows]
            facts[rows], _ = facts_of(chosen, [finder.find_normal(normal) for normal in chosen], linear)
    return facts


def scaled_by_use(matrix: sparse.csr_matrix, negative: Integers, weight: Floats) -> Floats:
    """How unevenly the two classes use each column: the absolute log of the ratio."""
    present = matrix.copy()
    present.data = np.repeat(weight, np.diff(matrix.indptr))
    is_negative = negative == 1
    used = 1.0 + np.asarray(present[is_negative].sum(axis=0)).ravel()
    unused = 1.0 + np.asarray(present[~is_negative].sum(axis=0)).ravel()
    return np.abs(np.log(used / unused))


def _fit_linear(matrix: sparse.csr_matrix, negative: Integers, script: Script) -> Linear:
    """Logistic regression on n-grams scaled by how unevenly the two classes use them."""
    # Only the columns that occur: the rest would cost time in every step.
    columns = np.unique(matrix.indices)
    occurring = matrix[:, columns]
    scale = scaled_by_use(occurring, negative, np.ones(len(negative)))
    fitted = LogisticRegression(C=LINEAR_STRENGTH, solver="liblinear", max_iter=200).fit(
        occurring @ sparse.diags(scale).tocsr(), negative
    )
    weights = np.zeros(1 << FEATURE_BITS)
    weights[columns] = fitted.coef_.ravel() * scale
    return Linear(script, rounded(weights), float(round(fitted.intercept_[0], 4)))


def _fit_weigher(facts: Floats, negative: Integers, weight: Floats, strength: float) -> Weigher:
    """Logistic regression on the facts; its intercept leaves out the prior of the texts."""
    centre, spread = facts.mean(axis=0), np.maximum(facts.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=500).fit(
        (facts - centre) / spread, negative, sample_weight=weight
    )
    coefficients = fitted.coef_.ravel() / spread
    prior = math.log(weight[negative == 1].sum() / weight[negative == 0].sum())
    intercept = float(fitted.intercept_[0]) - float(coefficients @ centre) - prior
    return Weigher(np.round(coefficients, 6), round(intercept, 6))


def _figures(samples: Sequence[Sample], negative: Integers, log_odds: Floats) -> TextFigures:
    probability = 1.0 / (1.0 + np.exp(-log_odds))
    said = probability >= 0.5
    right = said == (negative == 1)
    both = int((said & (negative == 1)).sum())
    return TextFigures(
        texts=len(samples),
        negatives=int(negative.sum()),
        own_texts=sum(sample.own for sample in samples),
        accuracy=round(float(right.mean()), 4),
        precision=round(both / max(int(said.sum()), 1), 4),
        recall=round(both / max(int(negative.sum()), 1), 4),
        calibration_error=round(calibration_error(probability, negative), 4),
    )


def calibration_error(probability: Floats, negative: npt.NDArray[np.generic]) -> float:
    """The mean gap between the probability said and the share found, over ten bins of probability."""
    bins = np.minimum((probability * 10).astype(np.int64), 9)
    gaps = [
        abs(probability[bins == place].mean() - negative[bins == place].mean())
        * float((bins == place).mean())
        for place in range(10)
        if (bins == place).any()
    ]
    return float(sum(gaps))
