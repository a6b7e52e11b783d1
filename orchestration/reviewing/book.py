"""The record of decisions: lines appended to landing files, numbered per feedback, never rewritten."""

import fcntl
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from orchestration.reviewing.decision import Decision

SOURCE = "review_decisions"
_OPTIONAL = frozenset(
    name for name, kind in Decision.__annotations__.items() if kind is not None and "None" in str(kind)
)


class BookError(ValueError):
    """A file of the record cannot be read; says which, where and what to do."""


class Book:
    """Decisions below a landing folder: <platform>/review_decisions/<day>.jsonl."""

    def __init__(self, landing: Path) -> None:
        self._landing = landing

    def decisions(self) -> dict[str, list[Decision]]:
        """Every decision by feedback, in the order of their numbers."""
        found: dict[str, list[Decision]] = defaultdict(list)
        for path in sorted(self._landing.glob(f"*/{SOURCE}/*")):
            if not path.name.startswith("."):
                for decision in _read(path):
                    found[decision.feedback_key].append(decision)
        return {key: sorted(of_key, key=lambda item: item.decision_no) for key, of_key in found.items()}

    def append(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Writes decisions down, each with the next number of its feedback, and gives them back.

        On disk when it returns. Two people who decide at once wait for each other.
        """
        if not decisions:
            return []
        with self._alone():
            last = {key: of_key[-1].decision_no for key, of_key in self.decisions().items()}
            numbered: list[Decision] = []
            for decision in decisions:
                number = last[decision.feedback_key] = last.get(decision.feedback_key, 0) + 1
                numbered.append(decision._replace(decision_no=number))
            by_file: dict[Path, list[Decision]] = defaultdict(list)
            for decision in numbered:
                by_file[self._file(decision.platform, decision.decided_day)].append(decision)
            for path, of_file in by_file.items():
                _append(path, "".join(map(_line, of_file)))
        return numbered

    def _file(self, platform: str, day: date) -> Path:
        return self._landing / platform / SOURCE / f"{day.isoformat()}.jsonl"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._landing.mkdir(parents=True, exist_ok=True)
        with (self._landing / f".{SOURCE}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _append(path: Path, lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        # one write: a command that is killed leaves its lines whole or not there
        file.write(lines.encode("utf-8"))
        os.fsync(file.fileno())


def _line(decision: Decision) -> str:
    row = decision._asdict()
    del row["platform"], row["decided_day"]
    row["decided_at"] = decision.decided_at.astimezone(UTC).isoformat(timespec="microseconds")
    present = {name: value for name, value in row.items() if value is not None}
    return json.dumps(present, ensure_ascii=False) + "\n"


def _read(path: Path) -> Iterable[Decision]:
    if path.suffix != ".jsonl":
        raise BookError(f"{path}: decisions are kept in .jsonl files that `ccr review` writes: move it away")
    platform, day = path.parent.parent.name, _day(path)
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        raise BookError(f"{path}: the last line is cut off: mend or remove it")
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        try:
            yield _decision(platform, day, json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise BookError(f"{path}:{number}: no decision ({error}): mend or remove the line") from None


def _day(path: Path) -> date:
    try:
        return date.fromisoformat(path.stem)
    except ValueError:
        raise BookError(f"{path}: name it YYYY-MM-DD.jsonl, by the day from which it is known") from None


def _decision(platform: str, day: date, row: dict[str, Any]) -> Decision:
    at = datetime.fromisoformat(row.pop("decided_at"))
    empty: dict[str, Any] = dict.fromkeys(_OPTIONAL)
    return Decision(**{**empty, **row, "platform": platform, "decided_at": at, "decided_day": day})
