"""What `ccr appeal` works with: the subject that was named, who is speaking, and what the rules say of it."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.appeals.book import Book, Line
from orchestration.appeals.filing import AppealEvent
from orchestration.appeals.folding import Folded, Standing, Transition, fold
from orchestration.appeals.known import Known
from orchestration.cli.signing import Signed, signed
from orchestration.cli.terminal import stop
from orchestration.records.scope import Scope

CHANNELS = ("review", "after_sale", "complaint", "im_session")
_EVER = date(9999, 12, 31)
_KINDS = {
    "photo": ("jpg", "jpeg", "png", "webp", "gif", "bmp", "heic"),
    "video": ("mp4", "mov", "avi", "mkv", "webm"),
    "chat_record": ("txt", "json", "html"),
    "document": ("pdf", "doc", "docx", "xls", "xlsx", "csv"),
}
EVIDENCE = (*_KINDS, "logistics_record")


class Named(NamedTuple):
    """A subject as it was named: `platform:order`, `platform:channel:id`, `platform:bill:id`, a decision."""

    platform: str
    subject_type: str
    subject_id: str
    channel: str | None = None


class Heard(NamedTuple):
    """What the rules say of a line that is not written yet."""

    line: Line
    folded: Folded
    known: Known

    @property
    def transition(self) -> Transition | None:
        """What it would do; None where it is refused."""
        of_line = [
            each
            for each in self.folded.transitions
            if (each.appeal_key, each.event.event_no) == _place(self.line)
        ]
        return of_line[0] if of_line else None

    @property
    def refusals(self) -> list[str]:
        """Why it is refused."""
        return [
            f"{each.code}: {each.detail}"
            for each in self.folded.refusals
            if (each.event.appeal_key, each.event.event_no) == _place(self.line)
        ]


def named(subject: str, decisions: dict[str, str]) -> Named:
    """Reads a subject; `decisions` has the platform of each decision by its id."""
    if subject in decisions:
        return Named(decisions[subject], "decision", subject)
    platform, _, rest = subject.partition(":")
    second, _, last = rest.partition(":")
    if not rest:
        stop(
            f"{subject!r} is no subject: write platform:ORDER, platform:review:ID (or after_sale, complaint, "
            "im_session), platform:bill:ID, or the id of a posted decision"
        )
    if second in CHANNELS and last:
        is_session = second == "im_session"
        return Named(platform, "session" if is_session else "feedback", last, None if is_session else second)
    if second == "bill" and last:
        return Named(platform, "bill", last)
    return Named(platform, "order", rest)


def speaker(by: str, day: datetime | None) -> Signed:
    """Who speaks: asked before anything is looked up."""
    return signed(by, day, "who says so? Name them with --by or in CCR_REVIEWER")


def noon(day: date) -> datetime:
    """A moment of a business day."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def evidence_of(files: Sequence[str]) -> str | None:
    """`kind:sha256; …` of the files; the kind is written before the path, or read off its ending."""
    return ";".join(_piece(given) for given in files) or None


def decisions_of(connection: duckdb.DuckDBPyConnection, subject: str) -> dict[str, str]:
    """The platform of a posted decision, by its id; empty where the subject is none."""
    return dict(
        connection.execute(
            "select decision_id, platform from penalties.decisions where decision_id = ?", [subject]
        ).fetchall()
    )


def shop_of(connection: duckdb.DuckDBPyConnection, draft: AppealEvent, known: Known) -> str | None:
    """The key of the shop that a subject belongs to, where it is known."""
    if draft.subject_type == "decision":
        found = connection.execute(
            "select shop_key from penalties.decisions where decision_id = ?", [draft.subject_key]
        ).fetchone()
        return found[0] if found else None
    subject = known.case_of(draft, draft.business_day).subject
    return subject.shop_key if subject else None


def admit_subject(scope: Scope, about: Named, subject: str, owner: str | None) -> None:
    """Raises ScopeError where a subject is of a shop that the scope does not hold.

    Whoever has a scope is not told which other subjects exist. A bill's shop is not known here: whoever
    files about one names a shop of their own.
    """
    if about.subject_type != "bill":
        scope.admit([owner or ""], subject)


def same_shop(connection: duckdb.DuckDBPyConnection, decision_id: str, shop_key: str) -> None:
    """Stops where a decision that is named beside a subject is not one of the shop."""
    found = connection.execute(
        "select count(*) from penalties.decisions where decision_id = ? and shop_key = ?",
        [decision_id, shop_key],
    ).fetchone()
    if found == (0,):
        stop(
            f"refused: wrong_shop: {decision_id} is no decision against {shop_key}: name one of "
            f"`ccr penalties {shop_key}`, or leave --decision out"
        )


def known_about(
    connection: duckdb.DuckDBPyConnection, book: Book, draft: AppealEvent
) -> tuple[list[AppealEvent], Known]:
    """Every event about the draft's subject and appeal, landed or in the book, and what judges them."""
    from orchestration.wiring.appealed import events_about, events_of, known_of

    landed = events_of(connection, {draft.appeal_key}, _EVER)
    if draft.subject_key is not None:
        landed += [
            each
            for each in events_about(connection, draft.subject_key, _EVER)
            if each.appeal_key != draft.appeal_key
        ]
    places = {(each.appeal_key, each.event_no) for each in landed}
    subjects = {each.subject_key for each in (*landed, draft) if each.subject_key is not None}
    written = [line.as_event() for line in book.lines()]
    about = {each.appeal_key for each in written if each.subject_key in subjects} | {
        draft.appeal_key,
        *(each.appeal_key for each in landed),
    }
    events = landed + [
        each
        for each in written
        if each.appeal_key in about and (each.appeal_key, each.event_no) not in places
    ]
    return events, known_of(connection, [*events, draft])


def heard(line: Line, events: Sequence[AppealEvent], known: Known) -> Heard:
    """The line judged with all that is known of its appeal and its subject."""
    return Heard(line, fold([*events, line.as_event()], known.case_of), known)


def standing_of(events: Sequence[AppealEvent], known: Known, appeal_key: str) -> Standing:
    """Where an appeal stands, with what is only in the book."""
    return fold(events, known.case_of).standing(appeal_key)


def next_number(events: Sequence[AppealEvent], appeal_key: str) -> int:
    """The number of the next event of an appeal."""
    return 1 + max((each.event_no for each in events if each.appeal_key == appeal_key), default=0)


def new_appeal_id(subject: Named, events: Sequence[AppealEvent]) -> str:
    """An id that no appeal about the subject has: the same subject and history give the same one."""
    appeals = len({each.appeal_key for each in events})
    told = "|".join([*map(str, subject), str(appeals)])
    return f"ccr-{hashlib.sha256(told.encode('utf-8')).hexdigest()[:12]}"


def _place(line: Line) -> tuple[str, int]:
    return f"{line.platform}:appeal:{line.appeal_id}", line.event_no


def _piece(given: str) -> str:
    kind, _, rest = given.partition(":")
    path = Path(rest if kind in EVIDENCE and rest else given).expanduser()
    if kind not in EVIDENCE or not rest:
        ending = path.suffix.lower().removeprefix(".")
        kind = next((name for name, endings in _KINDS.items() if ending in endings), "")
        if not kind:
            stop(f"{given}: what kind of evidence is it? Write {', '.join(EVIDENCE)} and a colon before it")
    try:
        return f"{kind}:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    except OSError as error:
        stop(f"{path}: it cannot be read ({error.strerror}): name a file that is there")
