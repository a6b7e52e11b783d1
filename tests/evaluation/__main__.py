"""`python -m tests.evaluation --data DIR`: measures the classifier and writes docs/classification.md."""

import argparse
import tempfile
from pathlib import Path

from orchestration.classification.classifier import Classifier
from orchestration.classification.training import train
from tests.evaluation.lift import lift
from tests.evaluation.page import PAGE, page


def main() -> None:
    """Trains on what ships, measures on the folder, and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--out", type=Path, default=PAGE, help="page to write")
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        parser.error(f"{chosen.data} is no folder: name the one that holds the labelled sets")
    with tempfile.TemporaryDirectory() as home:
        card = train(Path(home) / "shipped")
        classifier = Classifier.load(Path(home) / "shipped")
        lifted = lift(chosen.data, classifier, Path(home))
        chosen.out.write_text(page(chosen.data, card, classifier, lifted), "utf-8")
    print(f"{chosen.out} written")


if __name__ == "__main__":
    main()
