"""Reads the trained text models back from the files that training wrote."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from orchestration.classification.dissatisfaction import FACTS_OF_CHAT, Dissatisfaction
from orchestration.classification.issue_models import IssueModel, IssueModels
from orchestration.classification.lexicon_files import consumer_finder, shipped_lexicon
from orchestration.classification.model import CHINESE, LATIN, Linear, Script
from orchestration.classification.model_card import CARD_FILE, WEIGHTS_FILE
from orchestration.classification.weighing import FACTS, TextModel, Weigher

__all__ = ["CARD_FILE", "WEIGHTS_FILE", "ModelMissingError", "TrainedModel", "load_model"]


class ModelMissingError(FileNotFoundError):
    """There is no trained model where one was looked for."""


class TrainedModel(NamedTuple):
    """The models of reviews and of chat turns, with the versions of weights and lexicon."""

    texts: TextModel
    chats: TextModel
    issues: IssueModels
    dissatisfaction: Dissatisfaction
    version: str
    lexicon_version: str


def load_model(model_dir: Path) -> TrainedModel:
    """The model of a folder; a missing one, or one of another code version, is refused."""
    path = model_dir / WEIGHTS_FILE
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: train the classifier first")
    lexicon = shipped_lexicon()
    with np.load(path, allow_pickle=False) as stored:
        pairs = {
            name: (_linear(name, script, stored, path), _weigher(name, stored, path))
            for name, script in (("zh", CHINESE), ("latin", LATIN), ("chat", CHINESE))
        }
        issues = _issues(stored)
        dissatisfaction = _dissatisfaction(stored, path)
        version = str(stored["version"])
    finder = consumer_finder(lexicon)
    texts = TextModel(finder, *pairs["zh"], *pairs["latin"])
    chats = TextModel(finder, *pairs["chat"], *pairs["latin"])
    return TrainedModel(texts, chats, issues, dissatisfaction, version, lexicon.version)


def _linear(name: str, script: Script, stored: "np.lib.npyio.NpzFile", path: Path) -> Linear:
    if f"{name}_weights" not in stored:
        raise ModelMissingError(f"{path} is of another version: train the classifier again")
    return Linear(script, stored[f"{name}_weights"], float(stored[f"{name}_intercept"][0]))


def _issues(stored: "np.lib.npyio.NpzFile") -> IssueModels:
    chinese, latin = (
        IssueModel(*(stored[f"{script.name}_issue_{part}"] for part in ("weights", "intercepts", "stack")))
        for script in (CHINESE, LATIN)
    )
    return IssueModels(tuple(stored["issue_codes"].tolist()), chinese, latin)


def _weigher(name: str, stored: "np.lib.npyio.NpzFile", path: Path) -> Weigher:
    numbers = stored[f"{name}_weigher"]
    if len(numbers) != len(FACTS) + 1:
        raise ModelMissingError(f"{path} is of another version: train the classifier again")
    return Weigher(numbers[:-1], float(numbers[-1]))


def _dissatisfaction(stored: "np.lib.npyio.NpzFile", path: Path) -> Dissatisfaction:
    numbers = stored["dissatisfaction"]
    if len(numbers) != len(FACTS_OF_CHAT) + 1:
        raise ModelMissingError(f"{path} is of another version: train the classifier again")
    return Dissatisfaction(numbers[:-1], float(numbers[-1]))
