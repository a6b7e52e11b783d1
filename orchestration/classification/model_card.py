"""What a model is made of and how it did on texts it had not seen."""

from typing import Any, NamedTuple

WEIGHTS_FILE = "text_model.npz"
CARD_FILE = "model_card.json"


class TextFigures(NamedTuple):
    """What a model of one kind of text was trained on, and how it did on folds it had not seen."""

    texts: int
    negatives: int
    own_texts: int
    accuracy: float
    precision: float
    recall: float
    calibration_error: float


class IssueFigures(NamedTuple):
    """How well the issues of labelled negative texts are named, on folds not seen; micro averages."""

    labelled: int
    precision: float
    recall: float
    f1: float


class ModelCard(NamedTuple):
    """What the model is made of."""

    version: str
    lexicon_version: str
    chinese: TextFigures
    latin: TextFigures
    chats: TextFigures
    issues: dict[str, IssueFigures]
    sources: tuple[dict[str, str | int], ...]

    def as_json(self) -> dict[str, Any]:
        """The card as it is written beside the weights."""
        return self._asdict() | {
            "chinese": self.chinese._asdict(),
            "latin": self.latin._asdict(),
            "chats": self.chats._asdict(),
            "issues": {script: figures._asdict() for script, figures in sorted(self.issues.items())},
            "sources": list(self.sources),
            "figures": "cross-fitted; prior as in the training texts",
        }
