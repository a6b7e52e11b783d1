"""Compares the compiled reading of texts with a plain one on a million distinct texts.

`python -m tests.bench.equal --texts 1000000 --json out.json`: minutes, so it is no test that runs each
time; tests/unit/classification/test_plain_reading.py compares the two on some thousands, always.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import read_corpora
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.model_files import load_model
from orchestration.classification.normal import normalise
from orchestration.classification.phrases import Entry
from orchestration.classification.schemas import MESSAGES_SCHEMA
from orchestration.classification.spans import SpanFinder
from orchestration.classification.training import train
from orchestration.classification.weighing import TextModel
from tests.bench.classification import BAD, composed, table
from tests.bench.measuring import tell
from tests.support.plain_reading import PlainFinder, PlainReader

_AT_A_TIME = 20_000


class Comparison:
    """Reads texts both ways, and keeps the first few that were answered otherwise."""

    def __init__(self, model: TextModel) -> None:
        phrases = sorted({entry.phrase for entry in shipped_lexicon().consumer})
        self._compiled = SpanFinder(
            [Entry(each, "neutral", None, 0, 0, False, "", False, "") for each in phrases]
        )
        self._plain = PlainFinder(phrases)
        self._model = model
        self._reader = PlainReader(model)
        self.equal = 0
        self.different: list[str] = []

    def read(self, texts: Sequence[str]) -> None:
        """Phrases with their places, log-odds, and the heaviest clause of each text."""
        for text, reading in zip(texts, self._model.read(texts), strict=True):
            normal = normalise(text)
            hits = self._compiled.find_normal(normal)
            asked = [
                (*normal.original_span(first, last), phrase)
                for first, last, phrase in self._plain.find(normal.text)
            ]
            weighed = self._reader.weigh(normal, reading.hits)
            if [(hit.start, hit.end, hit.entry.phrase) for hit in hits] == asked and weighed == (
                reading.evidence,
                reading.heaviest,
            ):
                self.equal += 1
            elif len(self.different) < 5:
                self.different.append(text)


def answers(model: Path, count: int) -> str:
    """A hash of all that the classifier says of so many texts: decisions, issues, guards, evidence."""
    said = Classifier.load(model, 1).classify(
        table(composed(read_corpora(), count, BAD, seed=11)), MESSAGES_SCHEMA.empty_table()
    )
    digest = hashlib.sha256()
    for part in said:
        digest.update(json.dumps(part.to_pylist(), ensure_ascii=False).encode())
    return digest.hexdigest()


def interpreted(model: Path, count: int) -> str:
    """The same hash from the same rules run as plain Python, with the compiler switched off."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.equal", "--answers", str(model), str(count)]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main(
    texts: Annotated[int, typer.Option(help="Distinct texts.")] = 1_000_000,
    judged: Annotated[int, typer.Option(help="Texts that are also judged by uncompiled rules.")] = 5_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
    asked: Annotated[tuple[Path, int] | None, typer.Option("--answers", hidden=True)] = None,
) -> None:
    """Prints how many texts both answered alike; fails where they did not."""
    if asked is not None:
        sys.stdout.write(answers(*asked) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder)
        train(model)
        comparison = Comparison(load_model(model).texts)
        each = composed(read_corpora(), texts, BAD)
        for first in range(0, texts, _AT_A_TIME):
            comparison.read(each[first : first + _AT_A_TIME])
        is_judged_alike = answers(model, judged) == interpreted(model, judged)
    figures = {"texts": texts, "equal": comparison.equal, "judged": judged if is_judged_alike else 0}
    # figures of readings that differ are told, and never kept
    is_equal = comparison.equal == texts and is_judged_alike
    tell(figures, json_file if is_equal else None)
    if not is_equal:
        raise AssertionError(
            f"{texts - comparison.equal} texts are read otherwise, such as {comparison.different}; "
            f"judged alike without the compiler: {is_judged_alike}"
        )


if __name__ == "__main__":
    typer.run(main)
