"""Fits one model per issue on what is negative, and how far each is believed beside the lexicon."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from orchestration.classification.compiled.issues import ISSUE_BITS
from orchestration.classification.corpus import SARCASM, Labelled
from orchestration.classification.fitting import FOLDS, fold_of, scaled_by_use
from orchestration.classification.main_words import MAIN_WORDS, clauses
from orchestration.classification.model import FEATURE_BITS, Floats, Script, features, rounded
from orchestration.classification.model_card import IssueFigures
from orchestration.classification.normal import normalise
from orchestration.classification.spans import SpanFinder, asserted_issues
from orchestration.classification.taxonomy import taxonomy

STRENGTH = 10.0
STRENGTH_OF_CLAUSES = 0.3
# Texts as most people word theirs count for more.
WEIGHT_OF_PLAIN = 3.0
# What nothing, the margin and the lexicon count for. Our texts were written so that few words of
# the lexicon stand in them: fitted on them it would count for less than it does elsewhere.
STACK = (-0.3, 0.5, 5.7)
# Most complaints are about a defect, whatever else they name.
STACKS = {"quality_defect": (0.4, 0.5, 5.0), SARCASM: (0.5, 1.0, 4.0), MAIN_WORDS: (0.0, 1.0, 0.0)}
# The log-odds of an issue that no model knows.
NEVER = -6.0
# An issue with fewer texts than this is left to the lexicon.
LEAST_TEXTS = 12


class FittedIssues(NamedTuple):
    """Weights of shape (2 ** ISSUE_BITS, issues), intercepts, and the stack of shape (issues, 3).

    The stack holds, for each issue, the intercept and what margin and lexicon count for.
    """

    codes: tuple[str, ...]
    weights: np.ndarray
    intercepts: np.ndarray
    stack: np.ndarray
    figures: IssueFigures


def fit_issues(texts: Sequence[Labelled], script: Script, finder: SpanFinder) -> FittedIssues:
    """One-vs-rest models over the texts whose issues are named.

    Two more follow them: one tells sarcasm, one the clause that shows the main issue.
    """
    codes = (*(issue.code for issue in taxonomy().issues), SARCASM)
    place = {code: number for number, code in enumerate(codes)}
    labelled = [item for item in texts if item.issues]
    normals = [normalise(item.text) for item in labelled]
    said, truth = np.zeros((len(labelled), len(codes))), np.zeros((len(labelled), len(codes)))
    for row, (item, normal) in enumerate(zip(labelled, normals, strict=True)):
        truth[row, [place[code] for code in item.issues]] = 1.0
        truth[row, place[SARCASM]] = float(item.guard == SARCASM)
        hits = finder.find_normal(normal)
        for hit in asserted_issues(hits):
            said[row, place[hit.entry.code or "other_negative"]] = 1.0
        said[row, place[SARCASM]] = float(any(hit.entry.role == "irony" for hit in hits))
    weight = np.where([item.plain for item in labelled], WEIGHT_OF_PLAIN, 1.0)
    matrix = _folded(features([normal.text for normal in normals], script))
    fold = np.asarray([fold_of(normal.text) for normal in normals])
    margins = np.zeros_like(truth)
    for held_out in range(FOLDS):
        train, test = np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)
        weights, intercepts = _fit(matrix[train], truth[train], weight[train])
        margins[test] = matrix[test] @ weights + intercepts
    weights, intercepts = _fit(matrix, truth, weight)
    stack = np.asarray([STACKS.get(code, STACK) for code in codes])
    issues = slice(place[SARCASM])
    figures = _figures(margins[:, issues], said[:, issues], truth[:, issues], stack[issues])
    pointing, base = _fit_main_words(texts, script)
    return FittedIssues(
        (*codes, MAIN_WORDS),
        np.hstack([weights, pointing]),
        np.append(intercepts, base),
        np.vstack([stack, STACKS[MAIN_WORDS]]),
        figures,
    )


def _fit_main_words(texts: Sequence[Labelled], script: Script) -> tuple[np.ndarray, float]:
    """Shape (2 ** ISSUE_BITS, 1), and the intercept; fitted loosely, as clauses are short."""
    found = list(clauses(texts, script))
    holds = np.asarray([clause.is_main for clause in found], dtype=np.int64)
    if holds.sum() < LEAST_TEXTS:
        return np.zeros((1 << ISSUE_BITS, 1), dtype=np.float32), NEVER
    weight = np.where([clause.plain for clause in found], WEIGHT_OF_PLAIN, 1.0)
    fitted = LogisticRegression(C=STRENGTH_OF_CLAUSES, solver="liblinear", max_iter=200).fit(
        _folded(features([clause.text for clause in found], script)), holds, sample_weight=weight
    )
    return rounded(fitted.coef_.T), round(float(np.asarray(fitted.intercept_)[0]), 4)


def _folded(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """The matrix with neighbouring columns added up, so that all issues' weights fit a cache."""
    folded = sparse.csr_matrix(
        (matrix.data.copy(), np.asarray(matrix.indices) >> (FEATURE_BITS - ISSUE_BITS), matrix.indptr),
        copy=True,
        shape=(len(matrix.indptr) - 1, 1 << ISSUE_BITS),
    )
    folded.sum_duplicates()
    return folded


def _fit(matrix: sparse.csr_matrix, truth: Floats, weight: Floats) -> tuple[np.ndarray, Floats]:
    weights = np.zeros((1 << ISSUE_BITS, truth.shape[1]))
    intercepts: Floats = np.full(truth.shape[1], NEVER, dtype=np.float64)
    columns = np.unique(np.asarray(matrix.indices))
    occurring = matrix[:, columns]
    for issue in range(truth.shape[1]):
        holds = truth[:, issue].astype(np.int64)
        if holds.sum() < LEAST_TEXTS:
            continue
        scale = scaled_by_use(occurring, holds, weight)
        fitted = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=200).fit(
            occurring @ sparse.diags(scale).tocsr(), holds, sample_weight=weight
        )
        weights[columns, issue] = fitted.coef_.ravel() * scale
        intercepts[issue] = float(np.asarray(fitted.intercept_)[0])
    return rounded(weights), np.round(intercepts, 4).astype(np.float64)


def _figures(margins: Floats, said: Floats, truth: Floats, stack: Floats) -> IssueFigures:
    """How well folds that were not seen are named: what is likelier than not, or else the likeliest."""
    log_odds = stack[:, 0] + stack[:, 1] * margins + stack[:, 2] * said
    named = log_odds >= 0
    nothing = ~named.any(axis=1)
    named[nothing, log_odds[nothing].argmax(axis=1)] = True
    both = float((named * truth).sum())
    return IssueFigures(
        labelled=len(truth),
        precision=round(both / max(float(named.sum()), 1.0), 4),
        recall=round(both / max(float(truth.sum()), 1.0), 4),
        f1=round(2 * both / max(float(named.sum() + truth.sum()), 1.0), 4),
    )
