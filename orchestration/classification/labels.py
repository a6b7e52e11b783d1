"""Labelled texts in one form, whoever labelled them: own labels, decisions of people, upheld appeals.

Columns id, text, negative, issues (joined by ;), guard, channel, source; as TSV, CSV, JSON Lines or
Parquet. A row that breaks the form is refused with its line and column, and the others are read.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestration.classification.taxonomy import taxonomy

COLUMNS = ("id", "text", "negative", "issues", "guard", "channel", "source")
_REQUIRED = ("id", "text", "negative", "source")
_ENDINGS = (".tsv", ".csv", ".jsonl", ".parquet")


class LabelsError(ValueError):
    """A file of labels cannot be read at all; says which, why and what to do."""


class LabelledFeedback(BaseModel):
    """One text and what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    negative: bool
    issues: tuple[str, ...] = ()
    guard: str | None = None
    channel: Literal["review", "after_sale", "complaint", "im_session"] | None = None
    source: Literal["own", "review_decision", "upheld_appeal"]

    @field_validator("text")
    @classmethod
    def _text_is_no_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("is blank: write the words or leave the row out")
        return text

    @field_validator("issues", mode="before")
    @classmethod
    def _issues_are_a_list(cls, issues: object) -> object:
        return (
            tuple(code.strip() for code in issues.split(";") if code.strip())
            if isinstance(issues, str)
            else issues
        )

    @field_validator("issues")
    @classmethod
    def _issues_are_known(cls, issues: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(issues) - taxonomy().issue_codes):
            raise ValueError(f"unknown issue code {', '.join(unknown)}: use those of taxonomy.yaml")
        return issues

    @field_validator("guard")
    @classmethod
    def _guard_is_known(cls, guard: str | None) -> str | None:
        if guard is not None and guard not in taxonomy().guard_codes:
            raise ValueError(f"unknown guard code {guard!r}: use one of taxonomy.yaml")
        return guard


class RefusedLabel(NamedTuple):
    """A row that was not taken. The line is that of a text file, or the row of a Parquet file."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


def read_labels(paths: Sequence[Path]) -> tuple[list[LabelledFeedback], list[RefusedLabel]]:
    """The labels of all files in their order, and the rows refused.

    An id that stands twice with the same label is one label; with another it is refused.
    """
    labels: dict[str, LabelledFeedback] = {}
    refused: list[RefusedLabel] = []
    for path in paths:
        for line, row in _rows(path):
            if isinstance(row, str):
                refused.append(RefusedLabel(path.name, line, "", row))
                continue
            try:
                label = LabelledFeedback.model_validate(row)
            except ValidationError as problem:
                first = problem.errors(include_url=False)[0]
                column = str(first["loc"][0]) if first["loc"] else ""
                reason = first["msg"].removeprefix("Value error, ")
                refused.append(RefusedLabel(path.name, line, column, reason))
                continue
            earlier = labels.setdefault(label.id, label)
            if earlier != label:
                reason = f"{label.id!r} is labelled otherwise before: keep one label of it"
                refused.append(RefusedLabel(path.name, line, "id", reason))
    return list(labels.values()), refused


def write_labels(path: Path, labels: Iterable[LabelledFeedback]) -> int:
    """Writes labels in the form that `read_labels` reads, by the file's ending; returns the rows."""
    rows = [_written(label) for label in labels]
    match path.suffix:
        case ".tsv" | ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(
                    file, list[str](COLUMNS), delimiter=_delimiter(path), lineterminator="\n"
                )
                writer.writeheader()
                writer.writerows(rows)
        case ".jsonl":
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            path.write_text(lines, encoding="utf-8")
        case ".parquet":
            kinds = {"negative": pa.bool_()}
            schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
            table = pa.Table.from_pylist(
                [{**row, "negative": row["negative"] == "1"} for row in rows], schema
            )
            pq.write_table(table, path)
        case other:
            raise LabelsError(f"{path.name}: {other or 'no ending'}: end it in one of {', '.join(_ENDINGS)}")
    return len(rows)


def _written(label: LabelledFeedback) -> dict[str, Any]:
    return {
        "id": label.id,
        "text": label.text,
        "negative": "1" if label.negative else "0",
        "issues": ";".join(label.issues),
        "guard": label.guard or "",
        "channel": label.channel or "",
        "source": label.source,
    }


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Rows with their line, empty values left out; a line that is no row is its fault in words."""
    if path.suffix not in _ENDINGS:
        raise LabelsError(f"{path.name}: end it in one of {', '.join(_ENDINGS)}")
    try:
        found = _rows_of_parquet(path) if path.suffix == ".parquet" else _rows_of_text(path)
        for line, row in found:
            if isinstance(row, dict):
                yield line, {name: value for name, value in row.items() if value is not None and value != ""}
            else:
                yield line, row
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        raise LabelsError(f"{path.name}: cannot be read ({error}): write it anew, as UTF-8") from None


def _rows_of_parquet(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    table = pq.ParquetFile(path).read()
    _check(path, table.column_names)
    names = [name for name in COLUMNS if name in table.column_names]
    yield from enumerate(table.select(names).to_pylist(), start=1)


def _rows_of_text(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".jsonl":
        for line, written in enumerate(text.split("\n"), start=1):
            if written.strip():
                yield line, _object(written)
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(path))
    names = next(reader, [])
    _check(path, names)
    line = reader.line_num + 1
    for cells in reader:
        if len(cells) == len(names):
            row = dict(zip(names, cells, strict=True))
            yield line, {name: row[name] for name in COLUMNS if name in row}
        elif cells:
            yield (
                line,
                f"has {len(cells)} fields where the header has {len(names)}: quote what holds a separator",
            )
        line = reader.line_num + 1


def _object(written: str) -> dict[str, Any] | str:
    try:
        row = json.loads(written)
    except json.JSONDecodeError as error:
        return f"is not JSON ({error.msg}): write one object a line"
    return row if isinstance(row, dict) else "is no object: write one object a line"


def _check(path: Path, names: Sequence[str]) -> None:
    if missing := [name for name in _REQUIRED if name not in names]:
        raise LabelsError(f"{path.name}:1: has no column {', '.join(missing)}: write {', '.join(COLUMNS)}")


def _delimiter(path: Path) -> str:
    return "\t" if path.suffix == ".tsv" else ","
