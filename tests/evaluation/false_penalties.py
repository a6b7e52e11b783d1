"""How often innocent shops would be punished, and guilty ones found, by three rules on a simulated market.

`python -m tests.evaluation.false_penalties` writes docs/false_penalties.md. Exit code 1 where the rule or
the funnel punishes a larger share of innocent shops than the policy's q.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.scoring.intervals import wilson
from orchestration.scoring.shop_scores import scored
from orchestration.scoring.statistics import Statistics

PAGE = Path(__file__).parents[2] / "docs" / "false_penalties.md"

SEED = 20_260_301
SHOPS = 5_000
SHOPS_OF_A_CATEGORY = 50
MEAN = 0.03
# 30 and 5,000 orders are two standard deviations below and above the median shop
LEAST, MOST = 30, 5_000
PROBABLE = 0.95
STATISTICS = Statistics()
# how much the peers' word is worth in orders: the fewer, the more their true rates differ
STRENGTHS = {"all shops alike": np.inf, "shops differ little": 1_000.0, "shops differ much": 100.0}
PLANTED_SHARE = 0.05
SIZES = ((30, 100), (100, 500), (500, 5_001))

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


class Market(NamedTuple):
    """Shops with their orders and negatives; which were planted, and whose true rate offends."""

    orders: Numbers
    negatives: Numbers
    category: npt.NDArray[np.int64]
    is_planted: Truths
    is_innocent: Truths


class Punished(NamedTuple):
    """Whom each rule would punish."""

    by_point: Truths
    by_rule: Truths
    by_funnel: Truths


RULES = {
    "by_point": "rate at least {times} times the benchmark",
    "by_rule": "lower bound at least {times} times the benchmark, and P at least {probable}",
    "by_funnel": "funnel flag at q = {q}",
}

_FIGURES = {
    "seed": SEED,
    "shops": f"{SHOPS:,}",
    "least": f"{LEAST:,}",
    "most": f"{MOST:,}",
    "of_category": SHOPS_OF_A_CATEGORY,
    "mean": f"{MEAN:.0%}",
    "times": STATISTICS.threshold_ratio,
    "q": f"{STATISTICS.fdr_q:.0%}",
    "level": f"{STATISTICS.interval_level:.0%}",
    "every": f"{1 / PLANTED_SHARE:.0f}",
}
_HEAD = """# How often an innocent shop would be punished

Written by `python -m tests.evaluation.false_penalties`, seed {seed}. Simulated shops of {least} to
{most} orders (log-normal), in categories of {of_category}, are judged by the functions that judge real ones.
True rates are drawn from a beta distribution around {mean}; how far they differ is said in orders that the
peers' word is worth (alpha + beta). A shop is innocent if its true rate is at most {times} times the true
rate of its peers together. Of {shops} innocent shops every rule should punish at most {q}. Intervals are
Wilson's at {level}. The rule's P is `prob_above_threshold`.

## Innocent shops punished

"""
_PLANTED = """
## Guilty shops found

One shop in {every} has a true rate of two or three times {mean}. The last line of each market is the share
of innocent shops among those punished. The funnel asks whether a shop is out of line with peers that
differ as these do: the more they differ, the less it can tell. It marks shops to look at; the rule decides.

"""


def market(shops: int, strength: float, seed: int, planted_times: float | None = None) -> Market:
    """True rates are drawn, and those of planted shops are set to a multiple of the average.

    A shop is innocent whose true rate is at most the threshold over that of its peers together.
    """
    drawn = np.random.default_rng(seed)
    middle, spread = np.log(LEAST * MOST) / 2, np.log(MOST / LEAST) / 4
    orders = np.clip(np.round(drawn.lognormal(middle, spread, shops)), LEAST, MOST)
    rates = np.full(shops, MEAN)
    if np.isfinite(strength):
        rates = drawn.beta(MEAN * strength, (1 - MEAN) * strength, shops)
    is_planted = np.zeros(shops, bool)
    if planted_times is not None:
        is_planted = drawn.random(shops) < PLANTED_SHARE
        rates = np.where(is_planted, planted_times * MEAN, rates)
    negatives = drawn.binomial(orders.astype(np.int64), rates).astype(np.float64)
    category = np.arange(shops) // SHOPS_OF_A_CATEGORY
    limit = STATISTICS.threshold_ratio * of_peers(category, orders * rates, orders)
    return Market(orders, negatives, category, is_planted, rates <= limit)


def of_peers(category: npt.NDArray[np.int64], negatives: Numbers, orders: Numbers) -> Numbers:
    """The pooled rate of a shop's category, the shop itself left out."""
    others = [np.bincount(category, values)[category] - values for values in (negatives, orders)]
    return others[0] / others[1]


def punished(sold: Market) -> Punished:
    """Judges the market as the pipeline does: benchmark and prior of the category, the shop left out."""
    benchmark = of_peers(sold.category, sold.negatives, sold.orders)
    size = len(sold.orders)
    names = [f"c{number}" for number in sold.category]
    subjects = pa.table(
        {
            "platform": ["p"] * size,
            "subject_type": ["shop"] * size,
            "subject_id": [f"s{number}" for number in range(size)],
            "window_days": [30] * size,
            "category_key": names,
            "family_key": names,
            "num": sold.negatives.astype(np.int64),
            "den": sold.orders.astype(np.int64),
            "benchmark_rate": benchmark,
            "min_orders": [LEAST] * size,
            "guard_score": pa.nulls(size, pa.float64()),
            "least_probability": pa.nulls(size, pa.float64()),
            "policy_id": ["simulated"] * size,
            "policy_version": ["1"] * size,
        }
    )
    found = scored(subjects, STATISTICS)
    threshold = STATISTICS.threshold_ratio * benchmark
    low, _ = wilson(sold.negatives, sold.orders, STATISTICS.interval_level)
    return Punished(
        sold.negatives / sold.orders >= threshold,
        (low >= threshold) & (found["prob_above_threshold"].to_numpy() >= PROBABLE),
        found["is_flagged"].to_numpy(),
    )


class Share(NamedTuple):
    """A share of shops with its Wilson interval."""

    found: int
    of: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.found / self.of

    def __str__(self) -> str:
        low, high = (float(end[0]) for end in wilson([self.found], [self.of], STATISTICS.interval_level))
        return f"{self.value:.2%} ({low:.2%} to {high:.2%})"


def share(holds: Truths, among: Truths) -> Share:
    """How many of the shops among which one looks."""
    return Share(int((holds & among).sum()), int(among.sum()))


def innocent_shares(innocent: int = SHOPS, seed: int = SEED) -> dict[str, dict[str, Share]]:
    """For each kind of market and each rule, how many of so many innocent shops would be punished."""
    shares = {}
    for name, strength in STRENGTHS.items():
        sold = market(2 * innocent, strength, seed)
        among = sold.is_innocent & (np.cumsum(sold.is_innocent) <= innocent)
        shares[name] = {rule: share(holds, among) for rule, holds in punished(sold)._asdict().items()}
    return shares


def planted_shares(times: float, strength: float) -> Iterator[tuple[str, dict[str, Share]]]:
    """The share of planted shops that is found, by size; then that of innocent ones among the punished."""
    sold = market(SHOPS, strength, SEED, times)
    found = punished(sold)._asdict()
    for least, below in SIZES:
        among = sold.is_planted & (sold.orders >= least) & (sold.orders < below)
        yield (
            f"{least:,} to {below - 1:,} orders",
            {rule: share(holds, among) for rule, holds in found.items()},
        )
    yield (
        "innocent among the punished",
        {rule: share(sold.is_innocent, holds) for rule, holds in found.items()},
    )


def page(innocent: dict[str, dict[str, Share]]) -> str:
    """docs/false_penalties.md as text."""
    said = {"times": STATISTICS.threshold_ratio, "probable": PROBABLE, "q": STATISTICS.fdr_q}
    titles = " | ".join(title.format(**said) for title in RULES.values())
    lines = [_HEAD.format(**_FIGURES), f"| market | {titles} |\n|---|---|---|---|\n"]
    for name, strength in STRENGTHS.items():
        worth = "" if np.isinf(strength) else f" ({strength:,.0f})"
        lines.append(f"| {name}{worth} | {' | '.join(map(str, innocent[name].values()))} |\n")
    lines += [_PLANTED.format(**_FIGURES), f"| market | shops | {titles} |\n|---|---|---|---|---|\n"]
    for name, strength in STRENGTHS.items():
        for times in (2.0, 3.0):
            for size, shares in planted_shares(times, strength):
                told = " | ".join(str(found) if found.of else "nobody" for found in shares.values())
                lines.append(f"| {name}, {times:g} times | {size} | {told} |\n")
    return "".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulates, prints and writes the page; 1 where too many innocent shops would be punished."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.false_penalties", description=__doc__)
    parser.add_argument("--out", type=Path, default=PAGE, help="page to write")
    out = parser.parse_args(arguments).out
    innocent = innocent_shares()
    text = page(innocent)
    out.write_text(text, "utf-8")
    print(text)
    worst = max(shares[rule].value for shares in innocent.values() for rule in ("by_rule", "by_funnel"))
    print(f"largest share of innocent shops punished: {worst:.2%}, at most {STATISTICS.fdr_q:.0%}")
    return int(worst > STATISTICS.fdr_q)


if __name__ == "__main__":
    sys.exit(main())
