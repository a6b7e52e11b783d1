"""Times the classification of distinct Chinese reviews against SnowNLP and scikit-learn.

`make bench`, or `python -m tests.bench.classification --texts 200000 --json out.json`. Every rate
is in texts per CPU-second unless it says otherwise, the median of turns; ratios within one run compare
between machines.
"""

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any, NamedTuple

import pyarrow as pa
import typer

from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import Corpora, cut, read_corpora
from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA
from orchestration.classification.training import train
from tests.bench.measuring import tell

ORDINARY, BAD = 0.06, 0.5
_CLAUSES = re.compile("[，。！？,.!? ]+")
_LENGTH = 40
# What slower classifiers are timed on.
_FEW, _SOME = 100, 20_000
# How often they take turns with ours.
_ROUNDS = 15
_PART = 50_000

# Answers each list of texts with the seconds that they took.
_SNOWNLP = """
import json, sys, time
from snownlp import SnowNLP
SnowNLP("还可以").sentiments
for line in sys.stdin:
    texts = json.loads(line)
    began = time.process_time()
    for text in texts:
        SnowNLP(text).sentiments
    print(time.process_time() - began, flush=True)
"""


def composed(corpora: Corpora, count: int, negative: float, seed: int = 7) -> list[str]:
    """Distinct texts of about forty characters, put together from clauses of labelled ones."""
    dice = random.Random(seed)  # noqa: S311
    clauses: tuple[list[str], list[str]] = ([], [])
    for item in corpora.texts:
        if not item.own:
            clauses[item.negative].extend(part for part in _CLAUSES.split(item.text) if 3 <= len(part) <= 14)
    texts: dict[str, None] = {}
    while len(texts) < count:
        source = clauses[dice.random() < negative]
        parts: list[str] = []
        while sum(map(len, parts)) + len(parts) < _LENGTH - 4:
            parts.append(dice.choice(source))
        texts["，".join(parts) + "。"] = None
    return list(texts)


def table(texts: Sequence[str]) -> pa.Table:
    """The texts as reviews without stars."""
    count = len(texts)
    given = {
        "feedback_key": [f"bench:review:{number:09d}" for number in range(count)],
        "channel": ["review"] * count,
        "text": texts,
    }
    return pa.table(
        [pa.array(given[field.name], field.type) if field.name in given else pa.nulls(count, field.type)
         for field in EVENTS_SCHEMA],
        schema=EVENTS_SCHEMA,
    )  # fmt: skip


def best(what: Callable[[], object], clock: Callable[[], float], times: int = 3) -> float:
    """Seconds of the quickest of some runs."""
    seconds = []
    for _ in range(times):
        began = clock()
        what()
        seconds.append(clock() - began)
    return min(seconds)


class Turn(NamedTuple):
    """Texts per CPU-second of the three, timed one after another."""

    ours: float
    snownlp: float
    sklearn: float


def turns(ours: Callable[[], object], corpora: Corpora, texts: Sequence[str]) -> list[Turn]:
    """The three in turn, so that what else the machine does slows them alike.

    SnowNLP has a process of its own, without its import.
    """
    sklearn = of_sklearn(corpora)
    few, some = texts[:_FEW], texts[:_SOME]
    found: list[Turn] = []
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _SNOWNLP],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as snownlp:  # fmt: skip
        assert snownlp.stdin is not None
        assert snownlp.stdout is not None
        for _ in range(_ROUNDS):
            own = len(texts) / best(ours, time.process_time, 1)
            snownlp.stdin.write(json.dumps(few) + "\n")
            snownlp.stdin.flush()
            slow = _FEW / float(snownlp.stdout.readline())
            found.append(Turn(own, slow, _SOME / best(lambda: sklearn(some), time.process_time, 1)))
        snownlp.stdin.close()
    return found


def of_sklearn(corpora: Corpora) -> Callable[[Sequence[str]], object]:
    """Hashed character n-grams and a linear model of scikit-learn."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier

    hashing = HashingVectorizer(analyzer="char", ngram_range=(1, 3), n_features=1 << 18)
    labelled = corpora.texts[:4_000:2] + corpora.texts[-2_000:]
    model = SGDClassifier(loss="log_loss", random_state=7)
    model.fit(hashing.transform([item.text for item in labelled]), [item.negative for item in labelled])
    return lambda texts: model.predict_proba(hashing.transform(texts))


def peak_mb(model: Path, parts: int) -> float:
    """The most memory of a process that classifies so many tables of fifty thousand reviews."""
    command = [sys.executable, "-m", "tests.bench.classification", "--stream", str(model), str(parts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def stream(model: Path, parts: int) -> None:
    """Classifies table after table, keeps none, and prints the most memory used."""
    corpora, classifier = cut(read_corpora(), every=6), Classifier.load(model, 1)
    for part in range(parts):
        classifier.classify(table(composed(corpora, _PART, ORDINARY, part)), MESSAGES_SCHEMA.empty_table())
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}\n")


def main(
    texts: Annotated[int, typer.Option(help="Distinct reviews to classify.")] = 200_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
    streamed: Annotated[tuple[Path, int] | None, typer.Option("--stream", hidden=True)] = None,
) -> None:
    """Prints rates, ratios and memory as JSON."""
    if streamed is not None:
        stream(*streamed)
        return
    corpora = cut(read_corpora(), every=6)
    ordinary, bad = (composed(corpora, texts, share) for share in (ORDINARY, BAD))
    nobody = MESSAGES_SCHEMA.empty_table()
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder)
        train(model, corpora)
        one, two = Classifier.load(model, 1), Classifier.load(model, 2)
        events, bad_events = table(ordinary), table(bad)
        began = time.perf_counter()
        one.classify(events.slice(0, 10), nobody)
        first = time.perf_counter() - began
        taken = turns(lambda: one.classify(events, nobody), corpora, ordinary)
        figures: dict[str, Any] = {
            "texts": texts,
            "mean_length": round(sum(map(len, ordinary)) / texts, 1),
            "first_call_s": round(first, 2),
            "one_core": int(median(turn.ours for turn in taken)),
            "snownlp": round(median(turn.snownlp for turn in taken), 1),
            "sklearn": int(median(turn.sklearn for turn in taken)),
            "times_snownlp": round(median(turn.ours / turn.snownlp for turn in taken)),
            "times_sklearn": round(median(turn.ours / turn.sklearn for turn in taken), 1),
            "one_core_half_negative": int(
                texts / best(lambda: one.classify(bad_events, nobody), time.process_time)
            ),
            "one_thread_wall": int(texts / best(lambda: one.classify(events, nobody), time.perf_counter)),
            "two_threads_wall": int(texts / best(lambda: two.classify(events, nobody), time.perf_counter)),
            "is_equal_on_two_threads": one.classify(events, nobody) == two.classify(events, nobody),
            "peak_mb_1x": round(peak_mb(model, 1)),
            "peak_mb_8x": round(peak_mb(model, 8)),
        }
    figures["peak_8x_over_1x"] = round(figures["peak_mb_8x"] / figures["peak_mb_1x"], 2)
    tell(figures, json_file)


if __name__ == "__main__":
    typer.run(main)
