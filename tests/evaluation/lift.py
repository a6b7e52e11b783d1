"""How much text of the domain would lift the figures: some of one part is trained on, the rest measured."""

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
from tests.evaluation.measured import (
    answers_to,
    answers_to_chats,
    negative,
    negative_before_guards,
    probability,
)

# Of the reviews that may be learnt, one in so many is; of the other sets, all of that part.
EVERY = (4, 1)
_SOURCES = (("online shopping", "online_shopping_10_cats"), ("takeaway", "waimai_10k"))


class Lifted(NamedTuple):
    """Figures by name, each of the model that ships and of those that saw ever more text of the domain.

    `reviews` is how many reviews each model saw; all are measured on the same texts, which none saw.
    """

    reviews: tuple[int, ...]
    figures: dict[str, tuple[Figure, ...]]


def lift(data: Path, shipped: Classifier, home: Path) -> Lifted:
    """The figures that text of the domain would lift, without and with it."""
    models, seen = [shipped], [0]
    for every in EVERY:
        reviews = _reviews(data)[::every]
        folder = home / f"lifted_{every}"
        train(folder, labelled=[*reviews, *_others(data)])
        models.append(Classifier.load(folder))
        seen.append(len(reviews))
    each = zip(*(list(_figures(data, model)) for model in models), strict=True)
    return Lifted(tuple(seen), {found[0][0]: tuple(figure for _, figure in found) for found in each})


def _reviews(data: Path) -> list[Labelled]:
    return [
        Labelled(text, truth, True, plain=True)
        for _, source in _SOURCES
        for text, truth in _rows(data, source)
        if _is_learnt(text)
    ]


def _others(data: Path) -> list[Labelled]:
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
    return [*cosmetics, *turns]


def _figures(data: Path, model: Classifier) -> Iterator[tuple[str, Figure]]:
    for name, source in _SOURCES:
        rows = [(text, truth) for text, truth in _rows(data, source) if not _is_learnt(text)]
        answers = answers_to(model, [text for text, _ in rows])
        truth = np.asarray([truth for _, truth in rows], dtype=np.float64)
        yield f"{name}, accuracy", accuracy(negative(answers), truth)
        words = negative_before_guards(probability(answers))
        yield f"{name}, accuracy of the words, before guards", accuracy(words, truth)
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
