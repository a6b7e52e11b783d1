"""The invented shelves: categories with their nouns and prices, read from texts/catalogue.yaml."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

TEXTS = Path(__file__).parent / "texts"

# A safe loader; the one written in C reads the texts ten times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Leaf(NamedTuple):
    """A leaf category."""

    category_id: str
    name: str
    parent_id: str
    parent: str
    per_mille: int
    price_fen: tuple[int, int]
    nouns: tuple[str, ...]
    controlled: bool


class Catalogue(NamedTuple):
    """All categories, and the words shops and products are named with."""

    parents: dict[str, str]
    leaves: tuple[Leaf, ...]
    nouns: tuple[str, ...]
    noun_leaf: tuple[int, ...]
    first_noun: tuple[int, ...]
    shop_first: tuple[str, ...]
    shop_second: tuple[str, ...]
    title_words: tuple[str, ...]
    title_specs: tuple[str, ...]

    def leaf_number(self, category_id: str) -> int:
        """Position of a leaf category."""
        return [leaf.category_id for leaf in self.leaves].index(category_id)


@cache
def read_texts(name: str) -> Any:
    """One file of texts."""
    return yaml.load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506


@cache
def read_catalogue() -> Catalogue:
    """The catalogue, with leaves in the order of the file."""
    raw = read_texts("catalogue")
    leaves = tuple(
        Leaf(
            category_id=entry["id"],
            name=entry["name"],
            parent_id=entry["parent"],
            parent=raw["parents"][entry["parent"]],
            per_mille=entry["per_mille"],
            price_fen=(entry["price"][0] * 100, entry["price"][1] * 100),
            nouns=tuple(entry["nouns"]),
            controlled=entry.get("controlled", False),
        )
        for entry in raw["leaves"]
    )
    first, nouns, noun_leaf = [], [], []
    for number, leaf in enumerate(leaves):
        first.append(len(nouns))
        nouns.extend(leaf.nouns)
        noun_leaf.extend([number] * len(leaf.nouns))
    return Catalogue(
        parents=raw["parents"],
        leaves=leaves,
        nouns=tuple(nouns),
        noun_leaf=tuple(noun_leaf),
        first_noun=tuple(first),
        shop_first=tuple(raw["shop_first"]),
        shop_second=tuple(raw["shop_second"]),
        title_words=tuple(raw["title_words"]),
        title_specs=tuple(raw["title_specs"]),
    )
