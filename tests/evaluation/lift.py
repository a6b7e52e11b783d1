"""How much text of the domain would lift the figures: a part of it is trained on, the rest measured."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import Labelled
from orchestration.classification.fitting import fold_of
from orchestration.classification.training import train
from tests.evaluation import sets
from tests.evaluation.bootstrap import Figure, accuracy, area_under_curve
from tests.evaluation.issues import fitting, said_of_cosmetics
from tests.evaluation.measured import answers_to, answers_to_chats, negative, probability

# One review in so many of the learnt part is trained on.
EVERY = 4
_SOURCES = (("online shopping", "online_shopping_10_cats"), ("takeaway", "waimai_10k"))


class Lifted(NamedTuple):
    """One figure of the model that ships, and of one that saw text of the domain; on the same texts."""

    name: str
    shipped: Figure
    lifted: Figure


def lift(data: Path, shipped: Classifier, home: Path) -> list[Lifted]:
    """The figures that text of the domain would lift, without and with it."""
    train(home / "lifted", labelled=_learnt(data))
    models = (shipped, Classifier.load(home / "lifted"))
    each = zip(*(list(_figures(data, model)) for model in models), strict=True)
    return [Lifted(before[0], before[1], after[1]) for before, after in each]


def _learnt(data: Path) -> list[Labelled]:
    reviews = [
        Labelled(text, truth, True, plain=True)
        for _, source in _SOURCES
        for text, truth in _rows(data, source)
        if _is_learnt(text)
    ][::EVERY]
    cosmetics = [
        Labelled(
            item.text,
            int(bool(item.aspects)),
            True,
            tuple(sorted({sets.MAIN_ISSUE_OF_ASPECT[aspect] for aspect in item.aspects})),
            plain=True,
        )
        for item in sets.cosmetics(data)
        if _is_learnt(item.text)
    ]
    turns = [
        Labelled(
            turn.text,
            int(turn.satisfaction == sets.DISSATISFIED),
            True,
            ("other_negative",) if turn.satisfaction == sets.DISSATISFIED else (),
            channel="im_session",
        )
        for turn in sets.rated_turns(sets.chats(data))
        if _is_learnt(turn.session_id)
    ]
    return [*reviews, *cosmetics, *turns]


def _figures(data: Path, model: Classifier) -> Iterator[tuple[str, Figure]]:
    for name, source in _SOURCES:
        rows = [(text, truth) for text, truth in _rows(data, source) if not _is_learnt(text)]
        answers = answers_to(model, [text for text, _ in rows])
        truth = np.asarray([truth for _, truth in rows], dtype=np.float64)
        yield f"{name}, accuracy", accuracy(negative(answers), truth)
        yield f"{name}, AUC", area_under_curve(probability(answers), truth)
    cosmetics = [item for item in sets.cosmetics(data) if not _is_learnt(item.text)]
    yield "cosmetics, aspects and issues, F1", fitting(said_of_cosmetics(model, cosmetics), cosmetics)
    turns = [turn for turn in sets.rated_turns(sets.chats(data)) if not _is_learnt(turn.session_id)]
    score = probability(answers_to_chats(model, [[("consumer", turn.text)] for turn in turns]))
    upset = np.asarray([float(turn.satisfaction == sets.DISSATISFIED) for turn in turns])
    yield "chat turns, dissatisfied against all others, AUC", area_under_curve(score, upset)


def _rows(data: Path, source: str) -> list[tuple[str, int]]:
    found = sets.reviews(data, source)
    return [(text, truth) for text, truth in zip(found.texts, found.negative, strict=True) if text]


def _is_learnt(text: str) -> bool:
    """Whether a text, or a chat by its id, is in the part that is trained on."""
    return fold_of(text) == 0
