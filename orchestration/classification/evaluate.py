"""Measures the classifier on labelled files that are given; nothing is trained on them.

`python -m orchestration.classification.evaluate --model DIR --reviews FILE --truth is_negative=1`
"""

import argparse
import json
import operator
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA

_CONDITION = re.compile(r"^(\w+)(<=|>=|=)(.+)$")


class Figures(NamedTuple):
    """How decisions compare with labels; `rate_error` is the flagged rate over the true one."""

    rows: int
    true_rate: float
    flagged_rate: float
    rate_error: float
    precision: float
    recall: float
    f1: float
    uncertain_rate: float
    per_second: int


class ConditionError(ValueError):
    """A condition on the command line cannot be read."""


def holds(table: pa.Table, condition: str) -> list[bool]:
    """For each row whether `column=value`, `column<=value` or `column>=value` holds; null does not."""
    match = _CONDITION.match(condition)
    if match is None or match[1] not in table.column_names:
        raise ConditionError(f"condition {condition!r}: write column=value with one of {table.column_names}")
    column = table[match[1]]
    value = _value(match[3], column.type)
    compare = {"=": operator.eq, "<=": operator.le, ">=": operator.ge}[match[2]]
    return [given is not None and compare(given, value) for given in column.to_pylist()]


def _value(written: str, kind: pa.DataType) -> Any:
    if pa.types.is_boolean(kind):
        return written.lower() in ("true", "1")
    if pa.types.is_integer(kind):
        return int(written)
    return float(written) if pa.types.is_floating(kind) else written


def figures(truth: Sequence[bool], found: Classified, keys: Sequence[str], seconds: float) -> Figures:
    """Compares the decision of each key with the truth."""
    decision = dict(
        zip(found.tags["feedback_key"].to_pylist(), found.tags["decision"].to_pylist(), strict=True)
    )
    said = [decision[key] == "negative" for key in keys]
    both = sum(a and b for a, b in zip(truth, said, strict=True))
    precision, recall = both / max(sum(said), 1), both / max(sum(truth), 1)
    count = max(len(truth), 1)
    return Figures(
        rows=len(truth),
        true_rate=round(sum(truth) / count, 4),
        flagged_rate=round(sum(said) / count, 4),
        rate_error=round(sum(said) / max(sum(truth), 1), 3),
        precision=round(precision, 3),
        recall=round(recall, 3),
        f1=round(2 * precision * recall / max(precision + recall, 1e-9), 3),
        uncertain_rate=round(sum(decision[key] == "uncertain" for key in keys) / count, 4),
        per_second=int(count / max(seconds, 1e-9)),
    )


def measure_reviews(
    classifier: Classifier, table: pa.Table, truth: str, text_columns: Sequence[str]
) -> Figures:
    """Reviews with their stars hidden: only rows that have words."""
    parts = zip(*(table[name].to_pylist() for name in text_columns), strict=True)
    texts = ["。".join(part for part in row if part) for row in parts]
    labels = holds(table, truth)
    kept = [place for place, text in enumerate(texts) if text.strip()]
    keys = [f"{place:09d}" for place in kept]
    rows = [
        {"feedback_key": key, "channel": "review", "text": texts[place]}
        for key, place in zip(keys, kept, strict=True)
    ]
    return _measured(classifier, rows, [], [labels[place] for place in kept], keys)


def measure_sessions(classifier: Classifier, turns: pa.Table, sessions: pa.Table, truth: str) -> Figures:
    """Chats of `session_id`, `turn`, `user_text`, `agent_text`; stars hidden, no times."""
    keys = sessions["session_id"].to_pylist()
    rows = [{"feedback_key": key, "channel": "im_session"} for key in keys]
    messages = []
    for turn in turns.to_pylist():
        for place, (role, column) in enumerate((("consumer", "user_text"), ("agent", "agent_text"))):
            if turn[column]:
                messages.append(
                    {
                        "feedback_key": turn["session_id"],
                        "message_id": f"{turn['turn']}{role[0]}",
                        "seq": turn["turn"] * 2 + place,
                        "role": role,
                        "text": turn[column],
                    }
                )
    return _measured(classifier, rows, messages, holds(sessions, truth), keys)


def _measured(
    classifier: Classifier,
    rows: list[dict[str, Any]],
    messages: list[dict[str, Any]],
    truth: Sequence[bool],
    keys: Sequence[str],
) -> Figures:
    events = pa.Table.from_pylist(rows, EVENTS_SCHEMA)
    said = pa.Table.from_pylist(messages, MESSAGES_SCHEMA)
    began = time.process_time()
    found = classifier.classify(events, said)
    return figures(truth, found, keys, time.process_time() - began)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of the trained model")
    parser.add_argument("--reviews", type=Path, help="Parquet file of labelled reviews")
    parser.add_argument("--text", default="text", help="columns with the words, by comma")
    parser.add_argument("--sessions", type=Path, help="Parquet file of chat turns")
    parser.add_argument("--session-labels", type=Path, help="Parquet file with one row per chat")
    parser.add_argument("--truth", required=True, help="what makes a row negative: column=value")
    parser.add_argument("--where", help="rows to keep: column=value")
    parser.add_argument("--skip", help="rows to leave out: column=value")
    chosen = parser.parse_args(arguments)
    classifier = Classifier.load(chosen.model)
    if chosen.reviews is not None:
        table = pq.read_table(chosen.reviews)
        if chosen.where:
            table = table.filter(pa.array(holds(table, chosen.where)))
        if chosen.skip:
            table = table.filter(pa.array([not left_out for left_out in holds(table, chosen.skip)]))
        measured = measure_reviews(classifier, table, chosen.truth, chosen.text.split(","))
    elif chosen.sessions is not None and chosen.session_labels is not None:
        turns, labels = pq.read_table(chosen.sessions), pq.read_table(chosen.session_labels)
        measured = measure_sessions(classifier, turns, labels, chosen.truth)
    else:
        parser.error("give --reviews, or --sessions with --session-labels")
    sys.stdout.write(json.dumps(measured._asdict(), indent=2) + "\n")


if __name__ == "__main__":
    main()
