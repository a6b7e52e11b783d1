"""The scores of one day's shops or products of one platform, laid out as rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.scoring.arrays import Codes, Numbers
from orchestration.scoring.funnel import adjusted_for_many, flagged, tail_probability
from orchestration.scoring.intervals import jeffreys
from orchestration.scoring.posterior import fewest_probable, probability_above, shrunk_rate
from orchestration.scoring.prior import LEVELS, priors
from orchestration.scoring.score import scores, statuses
from orchestration.scoring.statistics import Statistics

KEPT = ("platform", "subject_type", "subject_id", "window_days", "num", "den", "policy_id", "policy_version")

SHOP_SCORES_SCHEMA = pa.schema(
    [
        ("platform", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("window_days", pa.int32()),
        ("num", pa.int64()),
        ("den", pa.int64()),
        ("policy_id", pa.string()),
        ("policy_version", pa.string()),
        ("prior_alpha", pa.float64()),
        ("prior_beta", pa.float64()),
        ("prior_level", pa.string()),  # category, parent, platform; NULL without a prior
        ("prior_subjects", pa.int64()),
        ("rate_eb", pa.float64()),
        ("jeffreys_low", pa.float64()),
        ("jeffreys_high", pa.float64()),
        ("threshold", pa.float64()),
        ("prob_above_threshold", pa.float64()),
        ("num_probable", pa.int64()),  # so many make it as probable as asked; NULL: none does
        ("funnel_p", pa.float64()),
        ("funnel_q", pa.float64()),
        ("is_flagged", pa.bool_()),
        ("ratio_eb_to_benchmark", pa.float64()),
        ("score", pa.float64()),
        ("score_status", pa.string()),
    ]
)
SHOP_SCORES_TABLES: dict[str, pa.Schema] = {"shop_scores": SHOP_SCORES_SCHEMA}


def scored(subjects: pa.Table, statistics: Statistics) -> pa.Table:
    """A row for each subject of one platform, type and window, in the order given.

    `subjects` has the columns of `intermediate.int_subjects_to_score`. What cannot be known is NULL.
    """
    num, den = _numbers(subjects["num"]), _numbers(subjects["den"])
    benchmark = _numbers(subjects["benchmark_rate"])
    benchmark = np.where(benchmark > 0, benchmark, np.nan)  # a multiple of no rate is no threshold
    min_orders, guard = _numbers(subjects["min_orders"]), _numbers(subjects["guard_score"])
    least = _numbers(subjects["least_probability"])

    prior = priors(num, den, _codes(subjects["category_key"]), _codes(subjects["family_key"]), statistics)
    rate = np.where(den > 0, shrunk_rate(num, den, prior.alpha, prior.beta), np.nan)
    low, high = jeffreys(num, den, statistics.interval_level)
    threshold = statistics.threshold_ratio * benchmark
    above = probability_above(threshold, num, den, prior.alpha, prior.beta)
    fewest = fewest_probable(least, threshold, den, prior.alpha, prior.beta)
    tail = tail_probability(num, den, benchmark, prior.alpha + prior.beta)
    # too few orders to be scored are too few to be told apart from the others, and no test
    tail[(den == 0) | (den < min_orders)] = np.nan
    q_values = adjusted_for_many(tail)
    ratio = rate / benchmark
    said = statuses(den, min_orders, guard, benchmark, rate)

    unknown = np.isnan(q_values)
    named = np.array([*LEVELS, None], dtype=object)[prior.level]
    columns = {
        "prior_alpha": _known(prior.alpha),
        "prior_beta": _known(prior.beta),
        "prior_level": pa.array(named, pa.string()),
        "prior_subjects": pa.array(prior.peers),
        "rate_eb": _known(rate),
        "jeffreys_low": _known(low),
        "jeffreys_high": _known(high),
        "threshold": _known(threshold),
        "prob_above_threshold": _known(np.where(den > 0, above, np.nan)),
        "num_probable": _known(fewest),
        "funnel_p": _known(tail),
        "funnel_q": _known(q_values),
        "is_flagged": pa.array(flagged(q_values, statistics.fdr_q), mask=unknown),
        "ratio_eb_to_benchmark": _known(ratio),
        "score": _known(scores(said, guard, ratio, statistics.knots)),
        "score_status": pa.array(said.tolist(), pa.string()),
    }
    kept = {name: subjects[name] for name in KEPT}
    return pa.table({**kept, **columns}).cast(SHOP_SCORES_SCHEMA)


def _numbers(column: pa.ChunkedArray) -> Numbers:
    return pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy()


def _codes(column: pa.ChunkedArray) -> Codes:
    """A number for each value, -1 for NULL."""
    encoded = column.combine_chunks().dictionary_encode()
    return pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def _known(values: Numbers) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
