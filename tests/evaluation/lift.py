"""How much text of the domain would lift the figures: half of it is trained on, the other measured."""

from pathlib import Path

import numpy as np

from orchestration.classification.corpus import Labelled
from orchestration.classification.fitting import fold_of
from orchestration.classification.model_files import load_model
from orchestration.classification.training import train
from tests.evaluation import sets
from tests.evaluation.bootstrap import Figure, area_under_curve, f1

# One text in so many of the other half is trained on.
EVERY = 4


def lift(data: Path, home: Path) -> list[tuple[str, Figure]]:
    """Accuracy and F1 of reviews, and the AUC of chat turns, with text of the domain in the training."""
    shopping = sets.reviews(data, "online_shopping_10_cats")
    takeaway = sets.reviews(data, "waimai_10k")
    learnt, held = [], {}
    for name, one in (("online shopping", shopping), ("takeaway", takeaway)):
        rows = [
            (text, negative, fold_of(text))
            for text, negative in zip(one.texts, one.negative, strict=True)
            if text
        ]
        learnt += [Labelled(text, negative, True, plain=True) for text, negative, fold in rows if fold == 0][
            ::EVERY
        ]
        held[name] = [(text, negative) for text, negative, fold in rows if fold]
    train(home / "lifted", labelled=learnt)
    model = load_model(home / "lifted").texts
    found = []
    for name, rows in held.items():
        evidence = np.asarray([reading.evidence for reading in model.read([text for text, _ in rows])])
        truth = np.asarray([negative for _, negative in rows], dtype=np.float64)
        found.append(
            (f"{name}, AUC with {len(learnt):,} texts of the domain", area_under_curve(evidence, truth))
        )
        found.append((f"{name}, F1 with them", f1((evidence >= 0).astype(np.float64), truth)))
    return found
