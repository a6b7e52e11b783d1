"""A model is trained once for its inputs; a user's labels are inputs and are kept."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from orchestration.classification import trained
from orchestration.classification.labels import LabelsError
from orchestration.classification.model_card import CARD_FILE, WEIGHTS_FILE

HEADER = "id\ttext\tnegative\tissues\tguard\tchannel\tsource\n"


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts that each training was given beside those that ship; the training itself is not run."""
    given: list[list[str]] = []

    def note(model_dir: Path, *, labelled: list) -> None:
        given.append([item.text for item in labelled])
        model_dir.mkdir(parents=True, exist_ok=True)
        (model_dir / WEIGHTS_FILE).write_bytes(b"")
        (model_dir / CARD_FILE).write_text(json.dumps({"version": len(given)}), "utf-8")

    with patch("orchestration.classification.training.train", note):
        yield given


def test_a_model_is_trained_once_for_its_inputs(tmp_path: Path, trainings: list[list[str]]) -> None:
    assert trained.ensure_trained(tmp_path) == trained.ensure_trained(tmp_path) == {"version": 1}
    assert trainings == [[]]


def test_labels_are_taken_refused_by_place_and_kept_for_later(
    tmp_path: Path, trainings: list[list[str]]
) -> None:
    labels = tmp_path / "mine.tsv"
    labels.write_text(
        f"{HEADER}a\t盖子拧不开\t1\tquality_defect\t\treview\town\n"
        "b\t很好\t0\tno_such_issue\t\treview\town\n"
        "c\t就是贵了点\t0\t\tprice_only\treview\treview_decision\n",
        "utf-8",
    )
    model = tmp_path / "model"
    trained.ensure_trained(model)
    taken, refused = trained.keep_labels(model, [labels])
    assert taken == 2
    assert [(row.file, row.line) for row in refused] == [("mine.tsv", 3)]
    assert trained.ensure_trained(model) == trained.ensure_trained(model) == {"version": 2}
    assert trainings == [[], ["盖子拧不开", "就是贵了点"]]


def test_a_file_that_is_no_labels_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=r"mine\.txt"):
        trained.keep_labels(tmp_path, [tmp_path / "mine.txt"])
