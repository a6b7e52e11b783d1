"""Classifies a file of feedback into a file of answers, chunk by chunk; the answers appear whole or not."""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

import contextlib
import gzip
import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol, cast

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import ANSWER_SCHEMA, FEEDBACK_SCHEMA, classify_feedback
from orchestration.classification.feedback_reading import Chunk, read_batch, read_lines

CHUNK_ROWS = 20_000
# Long texts make smaller chunks.
CHUNK_BYTES = 32_000_000
STANDARD = "-"
SUFFIXES = (".jsonl", ".jsonl.gz", ".parquet")
_SHOWN_ERRORS = 3
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class FeedbackFileError(ValueError):
    """A file that cannot be read or written; names it, the rule and the remedy."""


@dataclass
class Summary:
    """What a file came to; `examples` are the first rows that could not be read, by number from 1."""

    rows: int = 0
    errors: int = 0
    decisions: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[int, str]] = field(default_factory=list)

    def add(self, answers: pa.Table) -> None:
        """Counts one chunk of answers."""
        failed = answers["error"].is_valid()
        for place in pc.indices_nonzero(failed).to_pylist()[: _SHOWN_ERRORS - len(self.examples)]:
            self.examples.append((self.rows + place + 1, answers["error"][place].as_py()))
        self.rows += answers.num_rows
        self.errors += pc.sum(failed).as_py() or 0
        for pair in pc.value_counts(answers["decision"].drop_null()):
            self.decisions[pair["values"].as_py()] += pair["counts"].as_py()


class _Sink(Protocol):
    def write(self, answers: pa.Table) -> None: ...
    def close(self) -> None: ...


def classify_file(
    source: str, target: str, classifier: Classifier, done: Callable[[Summary], None] = lambda _: None
) -> Summary:
    """Answers every row of `source` in `target`; `done` hears of every chunk. Raises FeedbackFileError."""
    refuse_files(source, target)
    summary = Summary()
    with _writing(target) as sink:
        for chunk in _chunks(source):
            answers = _answered(chunk, classifier)
            sink.write(answers)
            summary.add(answers)
            done(summary)
    return summary


def refuse_files(source: str, target: str) -> None:
    """Refuses what could only fail later: a missing file, an unknown suffix, one file for both."""
    for name in (source, target):
        if name != STANDARD and not name.endswith(SUFFIXES):
            raise FeedbackFileError(
                f"{name}: the suffix is unknown; files are {', '.join(SUFFIXES)}, or - for stdin and "
                "stdout; rename it or convert it"
            )
    if source != STANDARD and not Path(source).is_file():
        raise FeedbackFileError(f"{source}: there is no such file; check the name")
    if target == STANDARD:
        return
    if source != STANDARD and Path(source).resolve() == Path(target).resolve():
        raise FeedbackFileError(f"{target}: is the input too; answers go to another file; name another")
    if Path(target).is_dir():
        raise FeedbackFileError(f"{target}: is a folder; answers go to a file; name a file in it")
    if not Path(target).absolute().parent.is_dir():
        raise FeedbackFileError(f"{Path(target).absolute().parent}: there is no such folder; make it first")


def _answered(chunk: Chunk, classifier: Classifier) -> pa.Table:
    answers = classify_feedback(chunk.table, classifier)
    if not chunk.errors:
        return answers
    errors = [chunk.errors.get(place, said) for place, said in enumerate(answers["error"].to_pylist())]
    place = answers.column_names.index("error")
    return answers.set_column(place, ANSWER_SCHEMA.field("error"), pa.array(errors, pa.string()))


def _chunks(source: str) -> Iterator[Chunk]:
    if source.endswith(".parquet"):
        yield from _parquet_chunks(source)
        return
    for lines in _lines(source):
        yield read_lines(lines)


def _parquet_chunks(source: str) -> Iterator[Chunk]:
    try:
        with pq.ParquetFile(source) as file:
            there = set(file.schema_arrow.names)
            if "id" not in there:
                raise FeedbackFileError(f"{source}: has no column id; answers are found by it; add one")
            columns = [name for name in FEEDBACK_SCHEMA.names if name in there]
            for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=columns):
                yield read_batch(batch)
    except (pa.ArrowException, OSError) as problem:
        raise FeedbackFileError(f"{source}: is not whole Parquet ({problem}); write it again") from problem


def _lines(source: str) -> Iterator[list[bytes]]:
    """Lines that are not blank, so many at a time."""
    first = True
    try:
        with _opened(source) as file:
            while lines := file.readlines(CHUNK_BYTES):
                if first:
                    lines[0], first = lines[0].removeprefix(_BYTE_ORDER_MARK), False
                kept = [line for line in lines if not line.isspace() and line]
                for start in range(0, len(kept), CHUNK_ROWS):
                    yield kept[start : start + CHUNK_ROWS]
    except (OSError, EOFError) as problem:
        raise FeedbackFileError(
            f"{source}: cannot be read to its end ({problem}); write it again"
        ) from problem


def _opened(source: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    if source == STANDARD:
        return contextlib.nullcontext(sys.stdin.buffer)
    if source.endswith(".gz"):
        return cast("IO[bytes]", gzip.open(source, "rb"))
    return Path(source).open("rb")


@contextlib.contextmanager
def _writing(target: str) -> Iterator[_Sink]:
    """A sink whose file takes its name when all is written, and leaves nothing when it is not."""
    if target == STANDARD:
        yield _JsonLines(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    path = Path(target).absolute()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            sink = _sink(target, file)
            yield sink
            sink.close()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _sink(target: str, file: IO[bytes]) -> _Sink:
    if target.endswith(".parquet"):
        return _Parquet(file)
    if target.endswith(".gz"):
        # No name and no time inside: the same answers are the same bytes.
        packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
        return _JsonLines(cast("IO[bytes]", packed), owned=True)
    return _JsonLines(file)


class _Parquet:
    def __init__(self, file: IO[bytes]) -> None:
        self._writer = pq.ParquetWriter(file, ANSWER_SCHEMA)

    def write(self, answers: pa.Table) -> None:
        self._writer.write_table(answers)

    def close(self) -> None:
        self._writer.close()


def _objects(column: pa.Array) -> list[Any]:
    """The values of a column; like `to_pylist`, several times as quick on lists of structs."""
    if isinstance(column, pa.ListArray):
        items = _objects(column.values)
        bounds = itertools.pairwise(column.offsets.to_pylist())
        valid = column.is_valid().to_pylist()
        return [
            items[first:last] if known else None for (first, last), known in zip(bounds, valid, strict=True)
        ]
    if isinstance(column, pa.StructArray):
        names = [field.name for field in column.type]
        fields = (_objects(column.field(name)) for name in names)
        return [dict(zip(names, values, strict=True)) for values in zip(*fields, strict=True)]
    return column.to_pylist()


class _JsonLines:
    def __init__(self, file: IO[bytes], *, owned: bool = False) -> None:
        self._file = file
        self._owned = owned

    def write(self, answers: pa.Table) -> None:
        names = ANSWER_SCHEMA.names
        columns = [_objects(column.combine_chunks()) for column in answers.columns]
        dumps = orjson.dumps
        lines = [
            dumps({"id": row[0], "error": row[-1]})
            if row[-1] is not None
            else dumps(dict(zip(names[:-1], row[:-1], strict=True)))
            for row in zip(*columns, strict=True)
        ]
        if lines:
            self._file.write(b"\n".join(lines) + b"\n")

    def close(self) -> None:
        if self._owned:
            self._file.close()
