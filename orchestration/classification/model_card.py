"""What a model is made of and how it did on texts it had not seen."""

from typing import Any, NamedTuple


class ScriptFigures(NamedTuple):
    """What a model of one script was trained on and how it did on folds it had not seen."""

    texts: int
    negatives: int
    own_texts: int
    accuracy: float
    precision: float
    recall: float
    calibration_error: float


class ModelCard(NamedTuple):
    """What the model is made of."""

    version: str
    lexicon_version: str
    chinese: ScriptFigures
    latin: ScriptFigures
    sources: tuple[dict[str, str | int], ...]

    def as_json(self) -> dict[str, Any]:
        """The card as it is written beside the weights."""
        return self._asdict() | {
            "chinese": self.chinese._asdict(),
            "latin": self.latin._asdict(),
            "sources": list(self.sources),
            "figures": "cross-fitted; prior as in the training texts",
        }
