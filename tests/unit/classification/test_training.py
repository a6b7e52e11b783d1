"""Training is deterministic, states what it was made of, and a text's score depends on it alone."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from orchestration.classification.corpus import Corpora, cut, read_corpora
from orchestration.classification.model import MOST_STEPS, WEIGHT_STEP, in_steps, rounded
from orchestration.classification.model_files import CARD_FILE, WEIGHTS_FILE, ModelMissingError, load_model
from orchestration.classification.training import train


@pytest.fixture(scope="module")
def small() -> Corpora:
    return cut(read_corpora(), every=200)


def _bytes(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (WEIGHTS_FILE, CARD_FILE)]


def test_two_trainings_give_the_same_bytes(tmp_path: Path, small: Corpora) -> None:
    cards = [train(tmp_path / name, small) for name in ("first", "second")]
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")
    assert cards[0] == cards[1]


def test_another_corpus_gives_another_version(tmp_path: Path, small: Corpora) -> None:
    first = train(tmp_path / "a", small)
    second = train(tmp_path / "b", small._replace(texts=small.texts[:-40]))
    assert first.version != second.version


def test_the_card_states_texts_figures_and_sources(model_dir: Path) -> None:
    card = json.loads((model_dir / CARD_FILE).read_text("utf-8"))
    assert card["chinese"]["texts"] > 3_000
    assert card["chinese"]["accuracy"] > 0.75
    assert card["chinese"]["calibration_error"] < 0.1
    for script in ("chinese", "latin", "chats"):
        assert {"texts", "negatives", "precision", "recall"} <= card[script].keys()
        assert 0 < card[script]["negatives"] < card[script]["texts"]
    assert set(card["issues"]) == {"zh", "latin"}
    assert all(0.3 < figures["f1"] < 1 for figures in card["issues"].values())
    assert {source["name"] for source in card["sources"]} >= {
        "corpus/pt.tsv", "plain/zh_mixed.tsv", "corpus/dialogues_shops.jsonl", "sentiment/neg.txt",
    }  # fmt: skip
    assert all(len(source["sha256"]) == 64 for source in card["sources"])


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="train the classifier"):
        load_model(tmp_path / "nowhere")


def test_weights_of_another_version_are_refused(tmp_path: Path, model_dir: Path) -> None:
    with np.load(model_dir / WEIGHTS_FILE) as stored:
        arrays = dict(stored)
    arrays["zh_weigher"] = arrays["zh_weigher"][:-1]
    np.savez(tmp_path / WEIGHTS_FILE, **arrays)
    with pytest.raises(ModelMissingError, match="train the classifier again"):
        load_model(tmp_path)


def test_a_reading_does_not_depend_on_the_batch(model_dir: Path) -> None:
    model = load_model(model_dir).texts
    texts = [
        "质量太差了",
        "很好，推荐",
        "não recebi o produto",
        "",
        "😀",
        "It works",
        "客服态度差，东西还行",
    ] * 3
    together = model.read(texts)
    assert [model.read([text])[0] for text in texts] == together
    assert model.read(texts[::-1])[::-1] == together


def test_weights_are_multiples_of_a_step_so_that_sums_are_exact(model_dir: Path) -> None:
    model = load_model(model_dir).texts
    for linear in (model.chinese, model.latin):
        steps = linear.weights.astype(np.float64) / WEIGHT_STEP
        assert np.array_equal(steps, np.round(steps))
        assert linear.weights.any()


def test_a_weight_beyond_what_two_bytes_hold_becomes_the_most_that_they_hold() -> None:
    assert in_steps(rounded(np.asarray([100.0, -100.0, 1 / 3]))).tolist() == [MOST_STEPS, -MOST_STEPS, 341]
    for weight in (32.0, 1 / 3):
        with pytest.raises(ValueError, match="round weights with `rounded`"):
            in_steps(np.asarray([weight], dtype=np.float32))


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("质量太差，用两天就坏了", "质量很好，用两年没坏"),
        ("发错货了", "没有发错货，很满意"),
        ("Péssimo, veio quebrado", "Ótimo, chegou inteiro"),
        ("terrible, it arrived broken", "great, it arrived on time"),
    ],
)
def test_complaints_weigh_more_than_praise(model_dir: Path, worse: str, better: str) -> None:
    first, second = load_model(model_dir).texts.read([worse, better])
    assert first.evidence > 0 > second.evidence


def test_the_heaviest_clause_is_the_bad_one(model_dir: Path) -> None:
    text = "颜色好看，物流很快，用了两天就开胶断底，客服不错"
    [reading] = load_model(model_dir).texts.read([text])
    assert text[slice(*reading.heaviest)] == "用了两天就开胶断底"
