"""Judges reviews by words and stars, from Arrow columns to Arrow columns, without an object a text."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.compiled import evidence as columns
from orchestration.classification.compiled.evidence import DIMENSIONS, Verdicts
from orchestration.classification.compiled.issues import new_names
from orchestration.classification.compiled.judging import Rules, judge_each
from orchestration.classification.compiled.readings import new_page
from orchestration.classification.guards import DENIED, FEARED, tolerance
from orchestration.classification.issue_models import IssueModels
from orchestration.classification.review_columns import Judged, ReviewColumns, joined
from orchestration.classification.spans import number_of, taxonomy_codes
from orchestration.classification.taxonomy import taxonomy
from orchestration.classification.text_buffers import buffers_of
from orchestration.classification.verdict import NATURAL_PRIOR, NEGATIVE_FROM, UNCERTAIN_FROM, logit
from orchestration.classification.weighing import TextModel

# How often a review of so many stars is negative, before its words are read. Four and five
# stars are a higher bar for the words, not a veto.
PRIOR_OF_STARS = {1: 0.97, 2: 0.93, 3: 0.35, 4: 0.10, 5: 0.06}
LOW = 2
# One or two stars are negative feedback whatever the words say, unless a guard holds.
LEAST_OF_LOW_STARS = 0.6

# Reviews that one thread judges at a time.
BATCH = 16_384
_STARS = ("rating_overall", "rating_product", "rating_service", "rating_logistics")


class ReviewJudge:
    """Judges reviews with one text model; a verdict depends on its row alone."""

    def __init__(self, texts: TextModel, issues: IssueModels, written: ReviewColumns, threads: int) -> None:
        self._reader, self._rules = texts.reader, _rules(issues)
        self._codes, self._issues = len(taxonomy_codes()), len(issues.codes)
        self._written, self._threads = written, threads

    def judge(self, reviews: pa.Table) -> Judged:
        """Tags, evidence and queue of reviews, in their order; row numbers count from the first."""
        batches = [batch for batch in reviews.to_batches(max_chunksize=BATCH) if batch.num_rows]
        if self._threads == 1 or len(batches) < 2:
            parts = [self._judge_batch(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(self._threads) as threads:
                parts = list(threads.map(self._judge_batch, batches))
        return joined(parts, [batch.num_rows for batch in batches])

    def _judge_batch(self, batch: pa.RecordBatch) -> Judged:
        """The tables of one batch, made in as many pieces as the room for tags and spans asks for."""
        data, offsets = buffers_of(batch["text"])
        stars = np.column_stack([_filled(batch[name]) for name in _STARS])
        page, names = new_page(), new_names(self._codes, self._issues)
        room = batch.num_rows + (self._codes + 1) * columns.MOST_SPANS
        verdicts = Verdicts(
            decision=np.empty(batch.num_rows, dtype=np.int8),
            probability=np.empty(batch.num_rows),
            words=np.empty(batch.num_rows),
            guard=np.empty(batch.num_rows, dtype=np.int8),
            tags=np.empty((room, columns.TAG_COLUMNS), dtype=np.int32),
            spans=np.empty((room, columns.SPAN_COLUMNS), dtype=np.int32),
        )
        pieces: list[Judged] = []
        row = 0
        while row < batch.num_rows:
            done = judge_each(data, offsets, row, stars, self._reader, self._rules, page, names, verdicts)
            said = verdicts._replace(tags=verdicts.tags[: done.tags], spans=verdicts.spans[: done.spans])
            pieces.append(self._written.of(batch["feedback_key"], data, offsets, said, range(row, done.rows)))
            row = done.rows
        return pieces[0] if len(pieces) == 1 else joined(pieces, [0] * len(pieces))


def _rules(issues: IssueModels) -> Rules:
    dimension_of = {issue.code: DIMENSIONS.index(issue.dimension) for issue in taxonomy().issues}
    priors = [NATURAL_PRIOR, *(PRIOR_OF_STARS[stars] for stars in range(1, 6))]
    return Rules(
        # A review without stars and without words says nothing.
        priors=np.asarray([0.0, *priors[1:]]),
        odds=np.asarray([logit(prior) for prior in priors]),
        low=LOW,
        least_of_low=LEAST_OF_LOW_STARS,
        negative_from=NEGATIVE_FROM,
        uncertain_from=UNCERTAIN_FROM,
        tolerance=tolerance(),
        denied=number_of(DENIED),
        feared=number_of(FEARED),
        dimensions=np.asarray(
            [dimension_of.get(code, columns.NONE) for code in taxonomy_codes()], dtype=np.int32
        ),
        naming=issues.naming(),
    )


def _filled(stars: pa.Array) -> npt.NDArray[np.int16]:
    return pc.fill_null(stars, 0).to_numpy(zero_copy_only=False)
