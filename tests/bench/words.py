"""Times the whole reading of reviews against pyahocorasick, which only finds the lexicon's phrases.

`make bench`, or `python -m tests.bench.words --model .ccr/model --json out.json`. Rates are in texts per
CPU-second of one thread; both are measured in turns, so that a busy machine slows both.
"""

import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import cut, read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.schemas import MESSAGES_SCHEMA
from orchestration.classification.training import train
from tests.bench.classification import ORDINARY, best, composed, table
from tests.bench.measuring import tell

_TURNS = 5


def finder(phrases: list[str], texts: list[str]) -> Callable[[], int]:
    """Finds every phrase in every text with pyahocorasick, and counts what it found."""
    import ahocorasick  # pyright: ignore[reportMissingImports]

    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    return lambda: sum(len(list(automaton.iter(text))) for text in texts)


def main(
    texts: Annotated[int, typer.Option(help="Distinct reviews.")] = 200_000,
    model: Annotated[Path | None, typer.Option(help="A trained model; trained anew without it.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Prints rates and their ratio as JSON."""
    corpora = cut(read_corpora(), every=6)
    given = composed(corpora, texts, ORDINARY)
    reviews, nobody = table(given), MESSAGES_SCHEMA.empty_table()
    with tempfile.TemporaryDirectory() as folder:
        if model is None:
            train(Path(folder), corpora)
        classifier = Classifier.load(model or Path(folder), 1)
    classifier.classify(reviews.slice(0, 10), nobody)
    phrases = sorted({entry.phrase for entry in shipped_lexicon().consumer})
    figures: dict[str, Any] = {"texts": texts, "phrases": len(phrases)}
    if importlib.util.find_spec("ahocorasick") is None:
        figures["pyahocorasick"] = None
    else:
        find = finder(phrases, given)
        figures["found"] = find()
        pairs = [
            (
                best(lambda: classifier.classify(reviews, nobody), time.process_time, 1),
                best(find, time.process_time, 1),
            )
            for _ in range(_TURNS)
        ]
        figures["classified_a_second"] = int(texts / median(ours for ours, _ in pairs))
        figures["pyahocorasick"] = int(texts / median(theirs for _, theirs in pairs))
        figures["times_pyahocorasick"] = round(median(theirs / ours for ours, theirs in pairs), 1)
    tell(figures, json_file)


if __name__ == "__main__":
    typer.run(main)
