"""Puts texts together from their parts: an opening, what is said, an ending, and the names of things."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.sample.catalogue import Catalogue, read_catalogue, read_texts
from orchestration.sample.columns import joined
from orchestration.sample.dice import Dice, Flags, Ints, running_number
from orchestration.sample.issues import CALM, ISSUES, TOPIC, TOPICS
from orchestration.sample.opinions import planted_words

_ISSUE_FILES = ("negative_product", "negative_content", "negative_logistics", "negative_service")
_FOOD = "食品生鲜"
_NUMBERS = 64
_FAULTS = 8
_STRIDE = 7919  # a prime, so that a shop runs through every combination before one comes again
_PERSONAL_PER_MILLION = 30_000

# What stands around the core of a text, by the manner in which it is said.
_MANNERS: dict[str, tuple[str, str]] = {
    "angry": ("wording.openings", "wording.endings"),
    "ironic": ("", "wording.ironic_endings"),
    "glad": ("praise.openings", "praise.endings"),
    "relieved": ("", "praise.endings"),
    "calm": ("", "wording.calm_endings"),
    "bare": ("", ""),
    "complaint": ("wording.complaint_openings", "wording.demands"),
    "remark": ("", "wording.remark_endings"),
}
MANNER = {name: number for number, name in enumerate(_MANNERS)}
_MANNER_OF_CALM = {
    "praise": "glad",
    "negation": "relieved",
    "meaningless": "bare",
    "default": "bare",
    "brushing": "bare",
}
# A review's manner by its topic.
REVIEW_MANNER = np.array(
    [MANNER["angry"]] * len(ISSUES) + [MANNER[_MANNER_OF_CALM.get(name, "calm")] for name in CALM]
)


class Pieces(NamedTuple):
    """Runs of a flat list: where each starts and how long it is."""

    items: Ints
    start: Ints
    size: Ints


def _pieces(runs: list[list[int]]) -> Pieces:
    size = np.array([len(run) for run in runs], dtype=np.int64)
    items = np.array([item for run in runs for item in run], dtype=np.int64)
    return Pieces(items, np.cumsum(size) - size, size)


def _listed(path: str) -> list[str]:
    if not path:
        return [""]
    name, key = path.split(".")
    return list(read_texts(name)[key])


class Phrases:
    """All cores, openings and endings, ready to be taken by number."""

    def __init__(self, seed: int) -> None:
        self.catalogue: Catalogue = read_catalogue()
        self._seed = seed
        self._templates: list[str] = []
        self._runs: list[list[int]] = []
        leaves = self.catalogue.leaves
        cores = {issue: pools for name in _ISSUE_FILES for issue, pools in read_texts(name).items()}
        self._topic_pool = np.zeros((len(TOPICS), len(leaves)), dtype=np.int64)
        self._ironic_pool = np.full(len(TOPICS), -1, dtype=np.int64)
        parents = {leaf.parent: i for i, leaf in enumerate(leaves)}
        for issue in ISSUES:
            by_parent = {parent: self._pool(_fitting(cores[issue], parent)) for parent in parents}
            self._topic_pool[TOPIC[issue]] = [by_parent[leaf.parent] for leaf in leaves]
        for topic in CALM[1:]:
            self._topic_pool[TOPIC[topic]] = self._pool(read_texts("neutral")[topic])
        for number, leaf in enumerate(leaves):
            middles = read_texts("praise")["middles"][leaf.name]
            self._topic_pool[TOPIC["praise"], number] = self._pool(middles)
        for issue, texts in read_texts("sarcasm").items():
            self._ironic_pool[TOPIC[issue]] = self._pool(texts)
        self._planted_pool = np.array([self._pool([text]) for _, _, text in planted_words()])
        self._personal = self.learn(read_texts("wording")["personal"])
        self._pools = _pieces(self._runs)
        self._faults = [_fitting(cores["quality_defect"], leaf.parent) for leaf in leaves]
        around: list[str] = []
        runs: list[list[int]] = []
        for paths in _MANNERS.values():
            for path in paths:
                texts = _listed(path)
                runs.append(list(range(len(around), len(around) + len(texts))))
                around.extend(texts)
        self._around = pa.array(around, pa.string())
        self._around_pieces = _pieces(runs)

    def _pool(self, texts: list[str]) -> int:
        self._runs.append(list(self.learn(texts)))
        return len(self._runs) - 1

    def learn(self, texts: list[str]) -> Ints:
        """Takes texts in, as templates of `fill`; returns their numbers."""
        first = len(self._templates)
        self._templates.extend(texts)
        return np.arange(first, len(self._templates))

    def fill(self, template: Ints, noun: Ints, number: Ints) -> pa.Array:
        """Templates with their placeholders replaced; each different one is made once."""
        has_noun = self._holds("<货>", "<问>", "<答>", "<事>")
        has_number = self._holds("<电话>", "<号>", "<事>")
        nouns = len(self.catalogue.nouns)
        keys = (template * nouns + noun * has_noun[template]) * _NUMBERS
        keys += number % _NUMBERS * has_number[template]
        distinct, position = np.unique(keys, return_inverse=True)
        made = [
            self._filled(int(key) // _NUMBERS // nouns, int(key) // _NUMBERS % nouns, int(key) % _NUMBERS)
            for key in distinct
        ]
        return pa.array(made, pa.string()).take(pa.array(position))

    def _holds(self, *placeholders: str) -> Flags:
        return np.array([any(name in text for name in placeholders) for text in self._templates])

    def _filled(self, template: int, noun: int, number: int) -> str:
        text = self._templates[template]
        if "<" not in text:
            return text
        leaf = self.catalogue.noun_leaf[noun]
        how_to = read_texts("dialogues_calm")["how_to"][self.catalogue.leaves[leaf].name]
        faults = self._faults[leaf]
        text = text.replace("<事>", faults[number % _FAULTS * 3 % len(faults)])
        text = text.replace("<问>", how_to["问"]).replace("<答>", how_to["答"])
        text = text.replace("<货>", self.catalogue.nouns[noun])
        return text.replace("<电话>", f"1380000{number + 11:04d}").replace("<号>", str(number + 7))

    def compose(
        self,
        *,
        subject: str,
        topic: Ints,
        manner: Ints,
        words: Ints,
        is_ironic: Flags,
        shop: Ints,
        noun: Ints,
    ) -> pa.Array:
        """One text for each event; within a shop no combination comes twice before all were used."""
        dice = Dice(self._seed, f"phrases {subject}")
        count = len(topic)
        pool = self._topic_pool[topic, np.array(self.catalogue.noun_leaf)[noun]]
        pool = np.where(is_ironic, self._ironic_pool[topic], pool)
        pool = np.where(words >= 0, self._planted_pool[words], pool)
        offset = dice.below(1 << 40, int(shop.max()) + 1 if count else 0)
        serial = offset[shop] + running_number(shop) * _STRIDE
        sizes, around = self._pools.size[pool], self._around_pieces
        core = self._pools.items[self._pools.start[pool] + serial % sizes]
        rest = serial // sizes
        opening, ending = manner * 2, manner * 2 + 1
        before = around.items[around.start[opening] + rest % around.size[opening]]
        rest //= around.size[opening]
        after = around.items[around.start[ending] + rest % around.size[ending]]
        said = joined(
            self._around.take(pa.array(before)),
            self.fill(core, noun, serial),
            self._around.take(pa.array(after)),
        )
        return self._with_personal(said, dice, manner)

    def _with_personal(self, texts: pa.Array, dice: Dice, manner: Ints) -> pa.Array:
        count = len(texts)
        tells = dice.chance(_PERSONAL_PER_MILLION, count) & (manner != MANNER["bare"])
        which = self._personal[dice.below(len(self._personal), count)]
        silent = self.learn([""])[0]
        added = self.fill(np.where(tells, which, silent), np.zeros_like(which), dice.below(64, count))
        return joined(texts, added)


def _fitting(pools: dict[str, list[str]], parent: str) -> list[str]:
    """The texts of an issue that fit the goods of a parent category."""
    goods = [] if parent == _FOOD else pools.get("goods", [])
    return [*pools["any"], *goods, *pools.get(parent, [])]
