"""What a subject's peers say of its rate before its own orders are looked at."""

from typing import NamedTuple

import numpy as np

from orchestration.scoring.arrays import Codes, Numbers
from orchestration.scoring.statistics import Statistics

# A prior is never worth less than one order, however far apart the peers are.
WIDEST = 0.5
LEVELS = ("category", "parent", "platform")
NO_LEVEL = -1


class Priors(NamedTuple):
    """A beta distribution for each subject; NaN, level -1 and no peers where none can be had."""

    alpha: Numbers
    beta: Numbers
    level: Codes  # place in LEVELS
    peers: Codes


class Moments(NamedTuple):
    """Sums over the peers of a group that have enough orders."""

    peers: Numbers
    orders: Numbers
    negatives: Numbers
    orders_squared: Numbers
    negatives_squared_over_orders: Numbers


def priors(num: Numbers, den: Numbers, category: Codes, family: Codes, statistics: Statistics) -> Priors:
    """The prior of each subject of one platform, from its peers, the subject itself left out.

    `category` and `family` are codes from 0 on, negative where unknown. Peers are those of the category
    with at least `min_orders_for_prior` orders; where they are fewer than `min_peers`, those of the
    family, then those of the platform. With too few there too, there is no prior.
    """
    own = _own(num, den, statistics.min_orders_for_prior)
    alpha, beta = np.full(len(num), np.nan), np.full(len(num), np.nan)
    level, peers = np.full(len(num), NO_LEVEL), np.zeros(len(num), np.int64)
    groups = (category, family, np.zeros(len(num), np.int64))
    for place, group in enumerate(groups):
        others = _others(own, group, np.lexsort((num, den)))
        found_alpha, found_beta = fitted(others)
        speaks = (level == NO_LEVEL) & (others.peers >= statistics.min_peers) & ~np.isnan(found_alpha)
        alpha[speaks], beta[speaks] = found_alpha[speaks], found_beta[speaks]
        level[speaks], peers[speaks] = place, others.peers[speaks].astype(np.int64)
    return Priors(alpha, beta, level, peers)


def fitted(moments: Moments) -> tuple[Numbers, Numbers]:
    """Alpha and beta by the method of moments, with binomial noise taken off the peers' spread.

    The mean is the pooled rate with half a negative added, so that it is never 0. Rates that are as
    close together as chance alone would bring them, or closer, do not say that peers are equal: the
    overdispersion is then as large as one standard error of its own estimate. NaN where nothing can
    be told: with fewer than two peers, or peers of one order each.
    """
    peers, orders, negatives, orders_squared, spread_sum = moments
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (negatives + 0.5) / (orders + 1)
        spread = (spread_sum - negatives * negatives / orders) / (mean * (1 - mean))
        weight = orders - orders_squared / orders - (peers - 1)
        estimate = (spread - (peers - 1)) / weight
        noise = np.sqrt(2 * (peers - 1)) / weight
        overdispersion = np.minimum(np.maximum(estimate, noise), WIDEST)
        strength = np.where((peers >= 2) & (weight > 0), 1 / overdispersion - 1, np.nan)
    return mean * strength, (1 - mean) * strength


def _own(num: Numbers, den: Numbers, least: int) -> Moments:
    counts = den >= max(least, 1)
    orders, negatives = np.where(counts, den, 0.0), np.where(counts, num, 0.0)
    return Moments(
        counts.astype(np.float64),
        orders,
        negatives,
        orders * orders,
        negatives * negatives / np.maximum(orders, 1.0),
    )


def _others(own: Moments, group: Codes, order: Codes) -> Moments:
    """The group's sums without the subject's own share, zero where it has no group.

    Fractions are added in the given order of counts, so that the order of subjects cannot matter.
    """
    in_group = group >= 0
    size = int(group.max(initial=-1)) + 1
    placed = order[in_group[order]]
    at = np.where(in_group, group, 0)
    return Moments(
        *(
            np.where(in_group, np.bincount(group[placed], values[placed], max(size, 1))[at] - values, 0.0)
            for values in own
        )
    )
