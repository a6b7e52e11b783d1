"""One linear model per issue: which problems a negative text tells, beyond what the lexicon knows."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.grams import Floats, hashed
from orchestration.classification.compiled.issues import (
    ISSUE_BITS,
    IssueScorer,
    Naming,
    heaviest_of_issue,
    in_lines,
    issue_margins,
    line_room,
    named_issues,
    new_names,
    severity_of,
)
from orchestration.classification.compiled.letters import LAST_OF_PLANE
from orchestration.classification.compiled.readings import Page, new_page
from orchestration.classification.corpus import SARCASM
from orchestration.classification.main_words import MAIN_WORDS
from orchestration.classification.model import CHINESE, LATIN, Script, in_steps
from orchestration.classification.normal import is_chinese, normalise, sheet_of
from orchestration.classification.spans import Hit, as_rows, number_of, taxonomy_codes
from orchestration.classification.taxonomy import taxonomy
from orchestration.classification.verdict import OTHER

__all__ = ["ISSUE_BITS", "IssueModel", "IssueModels", "Named"]

_UNMODELLED = -1


class IssueModel(NamedTuple):
    """The models of one script: weights by folded n-gram and issue, intercepts, and by issue the
    three numbers that weigh nothing, the margin, and whether the lexicon found the issue.
    """

    weights: npt.NDArray[np.float32]
    intercepts: Floats
    stack: Floats

    def scorer(self, script: Script) -> IssueScorer:
        """The models as compiled code takes them."""
        return IssueScorer(
            shortest=script.orders[0],
            longest=script.orders[-1],
            steps=in_lines(in_steps(self.weights)),
            intercepts=self.intercepts.astype(np.float64),
            stack=np.ascontiguousarray(self.stack, dtype=np.float64),
        )


class Named(NamedTuple):
    """An issue of a text; `clause` is the evidence where no hit shows it, else None."""

    issue: str
    severity: int
    chance: float
    clause: tuple[int, int] | None


class IssueModels(NamedTuple):
    """The models of both scripts; column i is of issue `codes[i]`, of sarcasm, or of main words."""

    codes: tuple[str, ...]
    chinese: IssueModel
    latin: IssueModel

    def naming(self) -> Naming:
        """The models as compiled code takes them."""
        numbers = taxonomy_codes()
        columns = np.full(len(numbers), _UNMODELLED, dtype=np.int32)
        for column, code in enumerate(self.codes):
            if code != MAIN_WORDS:
                columns[number_of(code)] = column
        return Naming(
            chinese=self.chinese.scorer(CHINESE),
            latin=self.latin.scorer(LATIN),
            columns=columns,
            severities=_severities(),
            other=number_of(OTHER),
            sarcasm=number_of(SARCASM),
            main_words=self.codes.index(MAIN_WORDS) if MAIN_WORDS in self.codes else _UNMODELLED,
        )

    def margins(self, texts: Sequence[str]) -> Floats:
        """The log-odds of each issue by the n-grams alone, a row a text and a column a code."""
        naming, page = self.naming(), new_page()
        found = np.zeros((len(texts), len(self.codes)))
        sums = np.zeros(line_room(len(self.codes)), dtype=np.int32)
        for text, row in zip(texts, found, strict=True):
            of_text, count, scorer, _ = _on_page(page, text, naming)
            issue_margins(of_text.features, count + 2, scorer, sums, row)
        return found

    def named(self, texts: Sequence[str], hits: Sequence[Sequence[Hit]]) -> list[tuple[Named, ...]]:
        """The issues of each text that is known to be negative, as told, then the likeliest."""
        naming, page = self.naming(), new_page()
        names = new_names(len(taxonomy_codes()), len(self.codes))
        each: list[tuple[Named, ...]] = []
        for text, found in zip(texts, hits, strict=True):
            of_text, count, scorer, is_latin = _on_page(page, text, naming)
            rows = as_rows(found)
            number = named_issues(of_text.features, count + 2, scorer, naming, rows, len(rows), names)
            said: list[Named] = []
            for code in names.order[:number].tolist():
                clause = None
                if names.told[code] == 0:
                    column = int(naming.columns[code])
                    heaviest_of_issue(of_text, of_text.sheet.marks, count, is_latin, scorer, column)
                    places = of_text.sheet.places
                    clause = (int(places[page.clause[0]]), int(places[page.clause[1] - 1]) + 1)
                said.append(
                    Named(
                        taxonomy_codes()[code],
                        int(severity_of(naming, names, code)),
                        float(names.chances[code]),
                        clause,
                    )
                )
            each.append(tuple(said))
        return each


def _on_page(page: Page, text: str, naming: Naming) -> tuple[Page, int, IssueScorer, bool]:
    """The text hashed on a page, its length, the models of its script, and whether that is Latin."""
    normal = normalise(text)
    sheet, count = sheet_of(normal, _no_classes())
    is_latin = not is_chinese(normal.text)
    scorer = naming.latin if is_latin else naming.chinese
    hashed(sheet.codes, count + 2, scorer.shortest, scorer.longest, page.rolling, page.features)
    return page._replace(sheet=sheet), count, scorer, is_latin


@cache
def _no_classes() -> npt.NDArray[np.uint16]:
    return np.zeros(LAST_OF_PLANE + 1, dtype=np.uint16)


@cache
def _severities() -> npt.NDArray[np.int32]:
    """By code; guards have none."""
    of_issue = {issue.code: issue.severity for issue in taxonomy().issues}
    return np.asarray([of_issue.get(code, 0) for code in taxonomy_codes()], dtype=np.int32)
