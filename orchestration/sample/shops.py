"""The shops and their products: ordinary ones with heavy-tailed sizes, planted ones as their plans say."""

import math
from datetime import date
from typing import NamedTuple

import numpy as np

from orchestration.sample.catalogue import Catalogue
from orchestration.sample.dice import Dice, Ints, running_number
from orchestration.sample.schedules import DOUYIN, PINDUODUO, SHOP_PLANS

SHOP_TYPES = ("flagship", "exclusive", "franchise", "enterprise", "individual", "personal")
_TYPE_WEIGHTS = (10, 10, 8, 38, 24, 10)
_TYPE_WORDS = ("旗舰店", "专卖店", "专营店", "企业店", "小店", "铺子")
_ENTERPRISE = SHOP_TYPES.index("enterprise")

# Per cent of the category's negative share; most shops are near it, a few far above.
_CONDUCT = (30, 50, 60, 80, 90, 95, 100, 110, 120, 130, 160, 220)
_TARGET_PER_MILLION = 33_000
_GROUP_PER_MILLION = 150_000
_PLANTED_PRODUCTS = 4


class Shops(NamedTuple):
    """One entry a shop; planted shops come first, in the order of their plans."""

    shop_id: list[str]
    name: list[str]
    platform: Ints
    leaf: Ints
    shop_type: Ints
    group: Ints  # -1: none
    opened_day: Ints  # days since 1970
    weight: Ints  # share of ordinary orders; 0 for planted shops
    negative_per_million: Ints


class Products(NamedTuple):
    """One entry a product, ordered by shop."""

    shop: Ints
    noun: Ints
    list_price_fen: Ints
    word: Ints
    spec: Ints
    first_of_shop: Ints
    count_of_shop: Ints


def ordinary_shop_count(orders: int) -> int:
    """150 shops at 20,000 orders; four times the orders, twice the shops."""
    return max(40, math.isqrt(orders * 9 // 8))


def build_shops(catalogue: Catalogue, orders: int, seed: int, first_day: date) -> Shops:
    """Planted and ordinary shops of both platforms."""
    dice = Dice(seed, "shops")
    count = ordinary_shop_count(orders)
    platform = np.where(np.arange(count) % 4 == 3, PINDUODUO, DOUYIN).astype(np.int64)
    number = running_number(platform) + 1
    open_leaves = np.array([i for i, leaf in enumerate(catalogue.leaves) if not leaf.controlled])
    # every category gets a shop before the rest fall where they fall
    leaf = open_leaves[
        np.where(number <= len(open_leaves), number % len(open_leaves), dice.below(len(open_leaves), count))
    ]
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(dice.words(count), kind="stable")] = np.arange(count)
    per_mille = np.array([leaf.per_mille for leaf in catalogue.leaves])
    conduct = np.array(_CONDUCT)[dice.below(len(_CONDUCT), count)]
    weight = 1_000_000 // (rank + 4)
    raw = per_mille[leaf] * conduct
    # scaled so that the market as a whole is as negative as intended, whichever shops drew what
    per_million = raw * _TARGET_PER_MILLION * int(weight.sum()) // int((raw * weight).sum())
    shop_type = dice.pick(_TYPE_WEIGHTS, count)
    group = np.where(dice.chance(_GROUP_PER_MILLION, count), number // 12, -1)
    opened = (first_day - date(1970, 1, 1)).days - dice.between(40, 2500, count)
    first, second = catalogue.shop_first, catalogue.shop_second
    words = (dice.below(len(first), count), dice.below(len(second), count))
    names = [
        first[a] + second[b] + catalogue.leaves[c].name + _TYPE_WORDS[d]
        for a, b, c, d in zip(*words, leaf, shop_type, strict=True)
    ]
    prefixes = ("dy_s", "pdd_s")
    plans = len(SHOP_PLANS)
    planted_leaf = [catalogue.leaf_number(plan.category_id) for plan in SHOP_PLANS]
    return Shops(
        shop_id=[plan.shop_id for plan in SHOP_PLANS]
        + [f"{prefixes[p]}{n:04d}" for p, n in zip(platform, number, strict=True)],
        name=[plan.name for plan in SHOP_PLANS] + names,
        platform=np.r_[[plan.platform for plan in SHOP_PLANS], platform],
        leaf=np.r_[planted_leaf, leaf],
        shop_type=np.r_[np.full(plans, _ENTERPRISE), shop_type],
        group=np.r_[np.full(plans, -1), group],
        opened_day=np.r_[np.full(plans, (first_day - date(1970, 1, 1)).days - 400), opened],
        weight=np.r_[np.zeros(plans, dtype=np.int64), weight],
        negative_per_million=np.r_[np.zeros(plans, dtype=np.int64), per_million],
    )


def build_products(catalogue: Catalogue, shops: Shops, seed: int) -> Products:
    """Products of every shop, from its own category."""
    dice = Dice(seed, "products")
    largest = int(shops.weight.max())
    count = np.where(
        shops.weight == 0, _PLANTED_PRODUCTS, 3 + dice.below(6, len(shops.leaf))
        + 30 * shops.weight // largest,
    )  # fmt: skip
    shop = np.repeat(np.arange(len(count)), count)
    leaf = shops.leaf[shop]
    first = np.array(catalogue.first_noun)
    kinds = np.array([len(entry.nouns) for entry in catalogue.leaves])
    least = np.array([entry.price_fen[0] for entry in catalogue.leaves])[leaf]
    most = np.array([entry.price_fen[1] for entry in catalogue.leaves])[leaf]
    # the smaller of two draws: cheap products are commoner
    spread = np.minimum(dice.below(most - least, len(shop)), dice.below(most - least, len(shop)))
    return Products(
        shop=shop,
        noun=first[leaf] + dice.below(kinds[leaf], len(shop)),
        list_price_fen=(least + spread) // 100 * 100 - 10,
        word=dice.below(len(catalogue.title_words), len(shop)),
        spec=dice.below(len(catalogue.title_specs), len(shop)),
        first_of_shop=np.cumsum(count) - count,
        count_of_shop=count,
    )
