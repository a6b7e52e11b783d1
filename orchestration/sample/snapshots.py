"""The snapshots of shops, products and categories."""

import numpy as np
import pyarrow as pa

from orchestration.sample.catalogue import Catalogue
from orchestration.sample.columns import choice, joined, moment, number, padded, text_where
from orchestration.sample.dice import Ints
from orchestration.sample.market_keys import Keys
from orchestration.sample.orders import DAY
from orchestration.sample.shops import SHOP_TYPES, Products, Shops


def _leaf_ids(catalogue: Catalogue, leaf: Ints) -> pa.Array:
    return choice([entry.category_id for entry in catalogue.leaves], leaf)


def shop_rows(catalogue: Catalogue, shops: Shops, keys: Keys, platform: int) -> pa.Table:
    """The shops of a platform."""
    rows = np.flatnonzero(shops.platform == platform)
    group = shops.group[rows]
    return pa.table(
        {
            "shop_id": keys.shop.take(pa.array(rows)),
            "name": pa.array([shops.name[row] for row in rows], pa.string()),
            "shop_type": choice(SHOP_TYPES, shops.shop_type[rows]),
            "main_category_id": _leaf_ids(catalogue, shops.leaf[rows]),
            "opened_at": moment(shops.opened_day[rows] * DAY + 36_000),
            "merchant_group_id": text_where(group >= 0, joined("group_", padded(group, 3))),
        }
    )


def product_rows(
    catalogue: Catalogue, products: Products, shops: Shops, keys: Keys, platform: int
) -> pa.Table:
    """The products of a platform's shops."""
    rows = np.flatnonzero(shops.platform[products.shop] == platform)
    shop = products.shop[rows]
    return pa.table(
        {
            "product_id": keys.product.take(pa.array(rows)),
            "shop_id": keys.shop.take(pa.array(shop)),
            "title": joined(
                choice(catalogue.title_words, products.word[rows]),
                choice(catalogue.nouns, products.noun[rows]),
                " ",
                choice(catalogue.title_specs, products.spec[rows]),
            ),
            "category_id": _leaf_ids(catalogue, shops.leaf[shop]),
            "list_price_fen": number(products.list_price_fen[rows]),
        }
    )


def category_rows(catalogue: Catalogue) -> pa.Table:
    """Parents, then leaves."""
    parents = pa.table(
        {
            "category_id": pa.array(list(catalogue.parents), pa.string()),
            "parent_id": pa.nulls(len(catalogue.parents), pa.string()),
            "name": pa.array(list(catalogue.parents.values()), pa.string()),
        }
    )
    leaves = pa.table(
        {
            "category_id": pa.array([leaf.category_id for leaf in catalogue.leaves], pa.string()),
            "parent_id": pa.array([leaf.parent_id for leaf in catalogue.leaves], pa.string()),
            "name": pa.array([leaf.name for leaf in catalogue.leaves], pa.string()),
        }
    )
    return pa.concat_tables([parents, leaves]).sort_by([("category_id", "ascending")])
