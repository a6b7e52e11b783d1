"""Reads the trained text models back from the files that training wrote."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model import CHINESE, LATIN, Linear, Script
from orchestration.classification.spans import SpanFinder
from orchestration.classification.weighing import FACTS, TextModel, Weigher

WEIGHTS_FILE = "text_model.npz"
CARD_FILE = "model_card.json"


class ModelMissingError(FileNotFoundError):
    """There is no trained model where one was looked for."""


class TrainedModel(NamedTuple):
    """The text models with the version of their weights and of the lexicon beside them."""

    texts: TextModel
    version: str
    lexicon_version: str


def load_model(model_dir: Path) -> TrainedModel:
    """The model of a folder; a missing one, or one of another code version, is refused."""
    path = model_dir / WEIGHTS_FILE
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: train the classifier first")
    lexicon = shipped_lexicon()
    with np.load(path, allow_pickle=False) as stored:
        linear = [_linear(script, stored) for script in (CHINESE, LATIN)]
        weighers = [_weigher(script, stored, path) for script in (CHINESE, LATIN)]
        version = str(stored["version"])
    finder = SpanFinder(lexicon.consumer, lexicon.combinations)
    return TrainedModel(
        TextModel(finder, linear[0], weighers[0], linear[1], weighers[1]), version, lexicon.version
    )


def _linear(script: Script, stored: "np.lib.npyio.NpzFile") -> Linear:
    return Linear(script, stored[f"{script.name}_weights"], float(stored[f"{script.name}_intercept"][0]))


def _weigher(script: Script, stored: "np.lib.npyio.NpzFile", path: Path) -> Weigher:
    numbers = stored[f"{script.name}_weigher"]
    if len(numbers) != len(FACTS) + 1:
        raise ModelMissingError(f"{path} is of another version: train the classifier again")
    return Weigher(numbers[:-1], float(numbers[-1]))
