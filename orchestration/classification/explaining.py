"""Why a text is decided as it is: the answer, the phrases found in it, and the clause that weighs most."""

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import FEEDBACK_SCHEMA, classify_feedback
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import load_model
from orchestration.classification.normal import READ_AT_MOST
from orchestration.classification.spans import Hit
from orchestration.classification.weighing import Reading

ID = "text"


class Found(NamedTuple):
    """A phrase found; start and end are code points of the text. `kind` is what it counts as."""

    start: int
    end: int
    text: str
    entry: str
    kind: str
    reason: str


class Explanation(NamedTuple):
    """The answer as ANSWER_SCHEMA has it, what was found, and the half-open span of the heaviest clause."""

    text: str
    answer: dict[str, Any]
    found: tuple[Found, ...]
    heaviest: tuple[int, int]

    def as_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        start, end = self.heaviest
        clause = {"start": start, "end": end, "text": self.text[start:end]}
        return {
            **self.answer,
            "text": self.text,
            "found": [found._asdict() for found in self.found],
            "heaviest": clause if end > start else None,
        }


def explain(model_dir: Path, text: str, channel: str = "review", rating: int | None = None) -> Explanation:
    """The explanation of one text; in a chat it is the one turn of the consumer.

    Raises ValueError for a channel or stars that no row may have.
    """
    model = load_model(model_dir)
    is_chat = channel == "im_session"
    turn = {"role": "consumer", "text": text}
    row = {
        "id": ID,
        "channel": channel,
        "rating": rating,
        **({"messages": [turn]} if is_chat else {"text": text}),
    }
    table = pa.Table.from_pylist([row], FEEDBACK_SCHEMA)
    answer = classify_feedback(table, Classifier(model, shipped_lexicon())).to_pylist()[0]
    if answer["error"] is not None:
        raise ValueError(answer["error"])
    reading: Reading = model.texts.read([text])[0]
    return Explanation(
        text,
        {name: value for name, value in answer.items() if name not in ("id", "error")},
        tuple(_found(hit, text) for hit in reading.hits),
        reading.heaviest if text[:READ_AT_MOST].strip() else (0, 0),
    )


def _found(hit: Hit, text: str) -> Found:
    entry = hit.entry
    kind = entry.role if entry.role != "issue" or hit.state == "asserted" else hit.state
    return Found(hit.start, hit.end, text[hit.start : hit.end], entry.name, kind, entry.reason)
