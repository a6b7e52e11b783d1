"""Lays out, for every platform, channel and window, the rate as decided beside the rate as estimated."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.classification.prevalence import BINS, HIGHEST, LOWEST, Prevalence, estimate
from orchestration.classification.verdict import NATURAL_PRIOR, logit

# Where words decide. Other channels are decided by reasons, categories and waiting times too.
TEXT_DECIDED = ("review",)
WINDOWS = (7, 30)

# An estimate that is so far from the count is a sign that texts are unlike those the model knows.
FACTOR_WITHIN = (1 / 3, 3.0)

RATE_ADJUSTMENT_SCHEMA = pa.schema(
    [
        ("platform", pa.string()),
        ("channel", pa.string()),
        ("window_days", pa.int32()),
        ("texts", pa.int64()),
        ("plain_negatives", pa.int64()),
        ("rate_plain", pa.float64()),
        ("rate_adjusted", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("factor", pa.float64()),  # rate_adjusted over rate_plain; NULL unless the status is ok
        ("status", pa.string()),  # ok, insufficient, no_negatives, implausible
        ("classifier_version", pa.string()),
    ]
)
RATE_ADJUSTMENT_TABLES: dict[str, pa.Schema] = {"rate_adjustment": RATE_ADJUSTMENT_SCHEMA}

# A text is settled where its words do not decide: a guard cleared it, or it has one or two stars.
HISTOGRAMS = f"""
with readings as (
    select
        events.platform,
        tags.channel,
        tags.business_day,
        tags.decision,
        tags.classifier_version,
        tags.decision = 'guarded'
            or coalesce(least(events.rating_overall, events.rating_product) <= 2, false) as is_settled,
        greatest(least(tags.text_probability, 1 - 1e-6), 1e-6) as probability
    from classified.feedback_tags as tags
    inner join intermediate.int_feedback_events as events
        on tags.feedback_key = events.feedback_key and events.is_first_version
    where tags.tag_no = 1
      and tags.text_probability is not null
      and tags.business_day between $first and $last
      and tags.channel in ({", ".join(f"'{channel}'" for channel in TEXT_DECIDED)})
),
binned as (
    select
        *,
        cast(greatest(0, least({BINS - 1}, floor(
            (ln(probability / (1 - probability)) - {logit(NATURAL_PRIOR)!r} - ({LOWEST!r}))
            * {BINS / (HIGHEST - LOWEST)!r}
        ))) as integer) as bin
    from readings
)
select
    platform,
    channel,
    business_day,
    is_settled,
    bin,
    max(classifier_version) as classifier_version,
    count(*) as texts,
    count(case when decision = 'negative' then 1 end) as negatives
from binned
group by platform, channel, business_day, is_settled, bin
order by platform, channel, business_day, is_settled, bin
"""

Row = dict[str, Any]


class DayCounts(NamedTuple):
    """The texts of one channel that became known on one day."""

    open_texts: np.ndarray
    settled: int
    settled_negatives: int
    negatives: int
    classifier_version: str


Counts = dict[tuple[str, str], dict[date, DayCounts]]


def days_counted(rows: Iterable[tuple[Any, ...]]) -> Counts:
    """The rows of `HISTOGRAMS` by platform and channel, then by day."""
    counts: Counts = {}
    for platform, channel, day, is_settled, place, version, texts, negatives in rows:
        days = counts.setdefault((platform, channel), {})
        known = days.get(day) or DayCounts(np.zeros(BINS, dtype=np.int64), 0, 0, 0, version)
        if not is_settled:
            known.open_texts[place] += texts
        days[day] = known._replace(
            settled=known.settled + texts * is_settled,
            settled_negatives=known.settled_negatives + negatives * is_settled,
            negatives=known.negatives + negatives,
            classifier_version=max(known.classifier_version, version),
        )
    return counts


def adjustment_of(counts: Counts, day: date) -> pa.Table:
    """The rows of a business day, from the texts of its trailing days."""
    rows = [
        _row(platform, channel, window_days, windowed)
        for (platform, channel), days in sorted(counts.items())
        for window_days in WINDOWS
        if (windowed := list(_within(days, day, window_days)))
    ]
    return pa.Table.from_pylist(rows, RATE_ADJUSTMENT_SCHEMA)


def _within(days: dict[date, DayCounts], last: date, window_days: int) -> Iterator[DayCounts]:
    first = last - timedelta(days=window_days - 1)
    return (days[day] for day in sorted(days) if first <= day <= last)


def _row(platform: str, channel: str, window_days: int, days: list[DayCounts]) -> Row:
    open_texts = np.sum([day.open_texts for day in days], axis=0)
    settled_negatives = sum(day.settled_negatives for day in days)
    negatives = sum(day.negatives for day in days)
    texts = int(open_texts.sum()) + sum(day.settled for day in days)
    row: Row = {
        "platform": platform,
        "channel": channel,
        "window_days": window_days,
        "texts": texts,
        "plain_negatives": negatives,
        "rate_plain": negatives / texts,
        "classifier_version": days[-1].classifier_version,
    }
    found = estimate(open_texts)
    return row | _adjusted(found, settled_negatives, texts, negatives)


def _adjusted(found: Prevalence, settled_negatives: int, texts: int, negatives: int) -> Row:
    if found.share is None or found.low is None or found.high is None:
        return {"status": "insufficient"}
    share, low, high = (
        round((settled_negatives + part * found.texts) / texts, 6)
        for part in (found.share, found.low, found.high)
    )
    row: Row = {"rate_adjusted": share, "ci_low": low, "ci_high": high}
    if negatives == 0:
        return row | {"status": "no_negatives"}
    factor = share * texts / negatives
    if not FACTOR_WITHIN[0] <= factor <= FACTOR_WITHIN[1]:
        return row | {"status": "implausible"}
    return row | {"factor": round(factor, 6), "status": "ok"}
