"""Which orders go wrong and in what way, decided before they are shipped so that their lives agree."""

from functools import cache
from typing import NamedTuple

import numpy as np

from orchestration.sample.catalogue import Catalogue, read_texts
from orchestration.sample.dice import MILLION, Dice, Flags, Ints, running_number
from orchestration.sample.issues import TOPIC, issue_weights
from orchestration.sample.orders import CONTENT_THEMES, FATE, Orders
from orchestration.sample.schedules import (
    ABNORMAL_REVIEWS,
    BURST_SHOP,
    CASES,
    SHOP_PLANS,
    is_negative,
)
from orchestration.sample.shops import Shops

_NOT_SHIPPED = tuple(
    FATE[name]
    for name in (
        "unpaid_closed",
        "unpaid_open",
        "cancelled",
        "instant_refund",
        "risk_held",
        "abnormal_cancel",
        "top_up",
    )
)


class Opinions(NamedTuple):
    """What is wrong with each order: -1 nothing. The rest holds for planted shops."""

    issue: Ints
    words: Ints  # position in planted_words()
    rank: Ints  # which negative of its plan it is
    is_abnormal: Flags  # the negative review that the platform itself marks


@cache
def planted_words() -> tuple[tuple[str, str, str], ...]:
    """All (role, topic, text) of the planted shops."""
    return tuple(
        (role, topic, text)
        for role, topics in read_texts("planted").items()
        for topic, texts in topics.items()
        for text in texts
    )


def words_of(role: str) -> Ints:
    """Positions of a role's texts in planted_words()."""
    return np.array([i for i, (owner, _, _) in enumerate(planted_words()) if owner == role])


def is_delivered(orders: Orders) -> Flags:
    """Orders that are paid and sent out."""
    return ~np.isin(orders.fate, _NOT_SHIPPED)


def form_opinions(orders: Orders, shops: Shops, catalogue: Catalogue, seed: int) -> Opinions:
    """Ordinary orders by chance, planted ones by schedule."""
    count = len(orders.shop)
    issue = _ordinary_issues(orders, shops, catalogue, seed)
    words = np.full(count, -1, dtype=np.int64)
    rank = np.full(count, -1, dtype=np.int64)
    is_abnormal = np.zeros(count, dtype=np.bool_)
    topics = np.array([TOPIC[topic] for _, topic, _ in planted_words()])
    for number, plan in enumerate(SHOP_PLANS):
        placed = np.flatnonzero((orders.plan == number) & (orders.nth >= 0))
        chosen = _every(placed, orders.nth, plan.orders, plan.negatives, plan.phase)
        rank[chosen] = np.arange(len(chosen))
        words[chosen] = np.resize(words_of(plan.words), len(chosen))
        if plan.shop_id == BURST_SHOP:
            # three away from the honest negative, which is the last of every forty
            abnormal = _every(placed, orders.nth, plan.orders, ABNORMAL_REVIEWS, 3)
            is_abnormal[abnormal] = True
            words[abnormal] = np.resize(words_of("victim"), len(abnormal))
    burst = np.flatnonzero((orders.plan >= 0) & (orders.ring >= 0))
    rank[burst] = running_number(orders.ring[burst])
    words[burst] = np.resize(words_of("victim"), len(burst))
    issue = np.where((words >= 0) & ~is_abnormal, topics[words], issue)
    for number, case in enumerate(CASES):
        issue[orders.case == number] = TOPIC[case.issue] if case.issue else -1
    return Opinions(issue, words, rank, is_abnormal)


def _every(placed: Ints, nth: Ints, orders: int, negatives: int, phase: int) -> Ints:
    chosen = [is_negative(int(n), orders, negatives, phase) for n in nth[placed]]
    return placed[np.array(chosen, dtype=np.bool_)]


def _ordinary_issues(orders: Orders, shops: Shops, catalogue: Catalogue, seed: int) -> Ints:
    dice = Dice(seed, "issues")
    count = len(orders.shop)
    is_ordinary = (orders.plan < 0) & (orders.ring < 0) & is_delivered(orders)
    per_million = np.minimum(shops.negative_per_million[orders.shop], MILLION // 3)
    is_wrong = dice.chance(per_million, count) & is_ordinary
    has_content = np.isin(orders.theme, CONTENT_THEMES)
    leaf = shops.leaf[orders.shop]
    parents = sorted({entry.parent for entry in catalogue.leaves})
    parent = np.array([parents.index(entry.parent) for entry in catalogue.leaves])[leaf]
    issue = np.full(count, -1, dtype=np.int64)
    for number, name in enumerate(parents):
        for content in (False, True):
            chosen = np.flatnonzero(is_wrong & (parent == number) & (has_content == content))
            issue[chosen] = dice.pick(issue_weights(name, content), len(chosen))
    return issue
