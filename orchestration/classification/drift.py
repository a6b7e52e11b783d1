"""Compares a day's profile with the days before it, and says what moved.

How negative texts are is compared by the population stability index and a chi-square test; how
often a phrase occurs, by a chi-square test of the texts that hold it. Neither alone is believed:
the index is noise where texts are few, and the test finds trifles where they are many.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from orchestration.classification.profile import HITS, PROBABILITY

TRAILING_DAYS = 28
LEAST_DAYS = 7
LEAST_TEXTS = 200
# 0.25 is where the index is commonly called a major shift; below 0.1 it is called none.
MOVED_PSI = 0.25
# Chance alone: one false alarm in a thousand days and channels.
CHANCE = 0.001
# A rate that has doubled or halved; less is worth no one's morning.
MOVED_RATIO = 2.0
# An item in fewer texts than this, today and as expected, is too rare to say anything about.
LEAST_HOLDING = 10

Row = Mapping[str, Any]


class Judged(NamedTuple):
    """What is said of one day: what moved, and which channels have too little to compare."""

    moved: tuple[str, ...]
    unjudged: tuple[str, ...]
    judged_count: int


def judge_day(rows: Iterable[Row], day: date) -> Judged:
    """Judges a day by the trailing days; `rows` are profile rows with their `business_day`."""
    first = day - timedelta(days=TRAILING_DAYS)
    today: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    before: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["business_day"] == day:
            today[row["channel"]][row["measure"]].append(row)
        elif first <= row["business_day"] < day:
            before[row["channel"]][row["measure"]].append(row)
    moved: list[str] = []
    unjudged: list[str] = []
    judged = 0
    for channel in sorted(today):
        for measure, compare in ((PROBABILITY, _moved_probability), (HITS, _moved_hits)):
            of_day, of_before = today[channel][measure], before[channel][measure]
            if _is_enough(of_day, of_before):
                judged += 1
                moved += [f"{channel}: {what}" for what in compare(of_day, of_before)]
            elif of_day:
                unjudged.append(f"{channel} {measure}")
    return Judged(tuple(moved), tuple(unjudged), judged)


def psi(expected: Sequence[int], found: Sequence[int]) -> float:
    """The population stability index of two histograms; half a text is added to every bin."""
    before = np.asarray(expected, dtype=np.float64) + 0.5
    after = np.asarray(found, dtype=np.float64) + 0.5
    before, after = before / before.sum(), after / after.sum()
    return float(((after - before) * np.log(after / before)).sum())


def _is_enough(of_day: Sequence[Row], before: Sequence[Row]) -> bool:
    days = {row["business_day"] for row in before if row["text_count"] > 0}
    return bool(of_day) and of_day[0]["text_count"] >= LEAST_TEXTS and len(days) >= LEAST_DAYS


def _moved_probability(of_day: Sequence[Row], before: Sequence[Row]) -> Iterable[str]:
    bins = sorted({row["item"] for row in (*of_day, *before)})
    found = _sums(of_day, bins)
    expected = _sums(before, bins)
    index = psi(expected, found)
    if index >= MOVED_PSI and _chance_of(np.asarray([expected, found])) < CHANCE:
        yield f"PSI {_short(index)}"


def _moved_hits(of_day: Sequence[Row], before: Sequence[Row]) -> Iterable[str]:
    by_item: dict[str, list[Row]] = defaultdict(list)
    for row in before:
        by_item[row["item"]].append(row)
    for row in sorted(of_day, key=lambda row: row["item"]):
        earlier = by_item[row["item"]]
        texts = sum(day["text_count"] for day in earlier)
        holding = sum(day["texts_with_item"] for day in earlier)
        if not texts or max(row["texts_with_item"], holding / texts * row["text_count"]) < LEAST_HOLDING:
            continue
        rate, usual = row["texts_with_item"] / row["text_count"], holding / texts
        is_other = rate >= usual * MOVED_RATIO or rate <= usual / MOVED_RATIO
        # days differ more than chance: a rate that one of them had is an ordinary one
        rates = [day["texts_with_item"] / day["text_count"] for day in earlier if day["text_count"]]
        if not is_other or min(rates) <= rate <= max(rates):
            continue
        counts = np.asarray(
            [
                [row["texts_with_item"], row["text_count"] - row["texts_with_item"]],
                [holding, texts - holding],
            ]
        )
        if _chance_of(counts) < CHANCE / len(of_day):
            hits, usual_hits = (
                row["item_count"] / row["text_count"],
                sum(day["item_count"] for day in earlier) / texts,
            )
            yield f"{row['item'].partition(':')[2]} hits {_short(usual_hits)} -> {_short(hits)}"


def _sums(rows: Sequence[Row], items: Sequence[str]) -> list[int]:
    summed = dict.fromkeys(items, 0)
    for row in rows:
        summed[row["item"]] += row["item_count"]
    return [summed[item] for item in items]


def _chance_of(counts: np.ndarray) -> float:
    """The p-value of a chi-square test; columns without a text say nothing."""
    filled = counts[:, counts.sum(axis=0) > 0]
    if filled.shape[1] < 2:
        return 1.0
    _, chance, *_ = stats.chi2_contingency(filled)
    return float(chance)  # pyright: ignore[reportArgumentType]


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
