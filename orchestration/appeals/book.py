"""The book of `ccr appeal`: lines appended to landing files, numbered per appeal, never rewritten.

It is a file of its own beside what a platform delivers, `<platform>/appeals/<day>/ccr.jsonl`.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from orchestration.appeals.filing import AppealEvent

SOURCE = "appeals"
FILE = "ccr.jsonl"


class BookError(ValueError):
    """A file of the book cannot be read; says which, where and what to do."""


class Line(NamedTuple):
    """One event as it is written down, in the columns of the landed source."""

    platform: str
    day: date  # from which it is known
    appeal_id: str
    event_no: int
    event: str
    shop_id: str
    actor: str
    happened_at: datetime
    subject_type: str | None = None
    subject_id: str | None = None
    channel: str | None = None
    decision_id: str | None = None
    reason_code: str | None = None
    statement: str | None = None
    evidence: str | None = None
    noticed_at: datetime | None = None
    result_reason: str | None = None
    reviewer_kind: str | None = None
    note: str | None = None

    def as_event(self) -> AppealEvent:
        """The event as staging will show it, but for what staging masks."""
        pieces = dict.fromkeys(piece.strip() for piece in (self.evidence or "").split(";") if piece.strip())
        return AppealEvent(
            business_day=self.day,
            platform=self.platform,
            appeal_key=f"{self.platform}:appeal:{self.appeal_id}",
            appeal_id=self.appeal_id,
            event_no=self.event_no,
            event=self.event,
            shop_key=f"{self.platform}:{self.shop_id}",
            actor=self.actor,
            happened_at=self.happened_at,
            subject_type=self.subject_type,
            subject_key=self._subject_key(),
            decision_id=self.decision_id,
            reason_code=self.reason_code,
            statement=self.statement,
            statement_length=None if self.statement is None else len(self.statement),
            evidence=tuple(pieces),
            noticed_at=self.noticed_at,
            result_reason=self.result_reason,
            reviewer_kind=self.reviewer_kind,
            note=self.note,
            row_sha256=hashlib.sha256(_line(self).encode("utf-8")).hexdigest(),
        )

    def _subject_key(self) -> str | None:
        if self.subject_id is None:
            return self.decision_id if self.subject_type == "decision" else None
        before = {
            "feedback": f"{self.platform}:{self.channel}:",
            "session": f"{self.platform}:im_session:",
            "order": f"{self.platform}:",
            "bill": f"{self.platform}:bill:",
        }
        return before.get(self.subject_type or "", "") + self.subject_id


class Book:
    """What was written down below a landing folder."""

    def __init__(self, landing: Path) -> None:
        self._landing = landing

    def lines(self) -> list[Line]:
        """Every line, by platform, day and place in its file."""
        files = sorted(self._landing.glob(f"*/{SOURCE}/*/{FILE}"))
        return [line for path in files for line in _read(path)]

    @contextmanager
    def alone(self) -> Iterator["Book"]:
        """Nobody else writes while the block lasts: what was checked in it still holds when it is written."""
        self._landing.mkdir(parents=True, exist_ok=True)
        with (self._landing / f".{SOURCE}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self

    def append(self, line: Line) -> None:
        """Writes a line down; it is on disk when this returns. To be called in `alone`."""
        path = self._landing / line.platform / SOURCE / line.day.isoformat() / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as file:
            # one write: a command that is killed leaves its line whole or not there
            file.write(_line(line).encode("utf-8"))
            os.fsync(file.fileno())


def _line(line: Line) -> str:
    row = line._asdict()
    del row["platform"], row["day"]
    for name in ("happened_at", "noticed_at"):
        if row[name] is not None:
            row[name] = row[name].astimezone(UTC).isoformat(timespec="microseconds")
    return (
        json.dumps({name: value for name, value in row.items() if value is not None}, ensure_ascii=False)
        + "\n"
    )


def _read(path: Path) -> Iterator[Line]:
    folder = path.parent
    try:
        day = date.fromisoformat(folder.name)
    except ValueError:
        raise BookError(f"{path}: name its folder YYYY-MM-DD, by the day from which it is known") from None
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        raise BookError(f"{path}: the last line is cut off: mend or remove it")
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        try:
            yield _parsed(folder.parent.parent.name, day, json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise BookError(
                f"{path}:{number}: no event of an appeal ({error}): mend or remove the line"
            ) from None


def _parsed(platform: str, day: date, row: dict[str, Any]) -> Line:
    for name in ("happened_at", "noticed_at"):
        if row.get(name) is not None:
            row[name] = datetime.fromisoformat(row[name])
    return Line(**{**row, "platform": platform, "day": day})
