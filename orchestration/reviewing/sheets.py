"""The queue as a spreadsheet, and decisions read back from one."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from orchestration.reviewing.decision import (
    Asked,
    Choice,
    Codes,
    Decision,
    DecisionRefusedError,
    Signature,
    decided,
)

GIVEN = (
    "feedback_key", "platform", "shop", "order", "channel", "business_day", "rating", "probability",
    "suggested_issues", "suggested_words", "text", "words_sha256", "decision_no",
)  # fmt: skip
ANSWERED = ("decision", "issue_code", "guard_code", "words", "note")
# An editor may write these in place of the commas and UTF-8 that were exported.
_DELIMITERS = (",", ";", "\t")
_ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")

Guarded = Callable[[str], str]
"""A text as a cell that no spreadsheet takes for a formula."""


class SheetError(ValueError):
    """A sheet cannot be read at all; says why and what to do."""


class Refused(NamedTuple):
    """A row that was not taken."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


class SheetRead(NamedTuple):
    """What a sheet says: new decisions, rows that say nothing new, open ones, refused ones."""

    decisions: tuple[Decision, ...]
    unchanged_count: int
    open_count: int
    refused: tuple[Refused, ...]


def write_sheet(
    path: Path, asked: Iterable[Asked], decided_before: Mapping[str, list[Decision]], guarded: Guarded
) -> int:
    """Writes the feedback with empty columns to decide in; returns the rows. UTF-8 with a BOM."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow((*GIVEN, *ANSWERED))
        for item in asked:
            sheet.writerow([guarded(cell) for cell in _cells(item, decided_before)] + [""] * len(ANSWERED))
            count += 1
    return count


def read_sheet(
    path: Path,
    *,
    known: Mapping[str, Asked],
    decided_before: Mapping[str, list[Decision]],
    codes: Codes,
    signature: Signature,
    guarded: Guarded,
) -> SheetRead:
    """Judges each row by what is known of its feedback. A bad row is refused, the others are taken."""
    decisions: dict[str, Decision] = {}
    refused: list[Refused] = []
    unchanged = still_open = 0
    for line, row in rows_of(path):
        try:
            if not any(row[name].strip() for name in ANSWERED):
                still_open += 1
                continue
            asked = _asked(row, known, guarded)
            if asked.feedback_key in decisions:
                raise DecisionRefusedError("feedback_key", "stands in the file twice: keep one row")
            decision = decided(asked, _choice(row), codes, signature)
            if _is_known(decision, row, decided_before.get(asked.feedback_key, [])):
                unchanged += 1
            else:
                decisions[asked.feedback_key] = decision
        except DecisionRefusedError as error:
            refused.append(Refused(path.name, line, error.column, error.reason))
    return SheetRead(tuple(decisions.values()), unchanged, still_open, tuple(refused))


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a sheet with the line on which each begins."""
    text = _text(path)
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip() for name in next(reader, [])]
    missing = [name for name in (*GIVEN, *ANSWERED) if name not in names]
    if missing:
        raise SheetError(
            f"{path.name}:1: has no column {', '.join(missing)}: fill in what `ccr review export` wrote"
        )
    line = reader.line_num + 1
    for cells in reader:
        if any(cells):
            yield line, dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
        line = reader.line_num + 1


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SheetError(f"{path}: {error.strerror}: name a file that `ccr review export` wrote") from None
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise SheetError(f"{path.name}: is not UTF-8: save it as CSV UTF-8")


def _cells(item: Asked, decided_before: Mapping[str, list[Decision]]) -> list[str]:
    before = decided_before.get(item.feedback_key, [])
    return [
        item.feedback_key,
        item.platform,
        item.shop or "",
        item.order or "",
        item.channel,
        item.known_day.isoformat(),
        "" if item.rating is None else str(item.rating),
        f"{item.probability:.3f}",
        ";".join(item.issues),
        " · ".join(dict.fromkeys(words.evidence.text for words in item.words)),
        item.text,
        item.words_sha256,
        str(before[-1].decision_no if before else 0),
    ]


def _asked(row: Mapping[str, str], known: Mapping[str, Asked], guarded: Guarded) -> Asked:
    key = row["feedback_key"].strip()
    asked = known.get(key)
    if asked is None:
        raise DecisionRefusedError("feedback_key", f"{key!r} was never classified: keep it as exported")
    if row["words_sha256"].strip() != asked.words_sha256:
        raise DecisionRefusedError("words_sha256", "the feedback reads otherwise now: export it again")
    # a spreadsheet may write its own line ends, and drop spaces at the ends
    expected = {" ".join(text.split()) for text in (asked.text, guarded(asked.text))}
    if " ".join(row["text"].split()) not in expected:
        raise DecisionRefusedError("text", "is not the text that was exported: decide on the words as given")
    return asked


def _choice(row: Mapping[str, str]) -> Choice:
    return Choice(
        decision=row["decision"].strip(),
        issue=row["issue_code"].strip(),
        guard=row["guard_code"].strip(),
        words=row["words"].strip(),
        note=row["note"].strip(),
    )


def _is_known(decision: Decision, row: Mapping[str, str], before: list[Decision]) -> bool:
    """Whether the row was taken before. Refused where someone else decided since the export."""
    try:
        number = int(row["decision_no"] or 0)
    except ValueError:
        raise DecisionRefusedError("decision_no", "is no number: keep it as exported") from None
    since = [item for item in before if item.decision_no > number]
    if any(decision.says_the_same_as(item) for item in since):
        return True
    if since:
        raise DecisionRefusedError(
            "decision_no",
            f"{since[-1].decided_by} decided {since[-1].decision} meanwhile: export it again to decide anew",
        )
    return bool(before) and decision.says_the_same_as(before[-1])
