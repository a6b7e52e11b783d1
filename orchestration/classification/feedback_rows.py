"""One row of feedback as somebody wrote it: what it may hold, and what is said of one that may not."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from orchestration.classification.clock import SHANGHAI

Row = dict[str, Any]

# From so many on, a number is milliseconds: as seconds it would be the year 5138.
MILLISECONDS_FROM = 100_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SHOWN = 40


class RowError(ValueError):
    """A row that cannot be read: the field, what is wrong with it, the rule and the remedy."""

    def __init__(self, message: str, identity: str | None = None) -> None:
        super().__init__(message)
        self.identity = identity


def row_of_json(line: bytes) -> Row:
    """The row of one line of JSON; raises RowError."""
    try:
        given = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise RowError(
            f"row: is not JSON ({brief(problem)}); a line is one object; write the object on one line"
        ) from problem
    if not isinstance(given, dict):
        raise RowError(f"row: is {_kind(given)}; a line is one object; write {{...}} with an id and a text")
    return checked(given)


def checked(given: Mapping[str, Any]) -> Row:
    """The row with the types that FEEDBACK_SCHEMA has; raises RowError with the id where there is one."""
    identity = _identity(given.get("id"))
    try:
        return {
            "id": identity,
            "channel": _text("channel", given.get("channel")),
            "text": _text("text", given.get("text")),
            "messages": _messages(given.get("messages")),
            "rating": _rating(given.get("rating")),
            "reason_text": _text("reason_text", given.get("reason_text")),
        }
    except RowError as error:
        raise RowError(str(error), identity) from error


def moment(value: object) -> datetime | None:
    """A moment from ISO 8601 or from seconds or milliseconds since 1970; raises ValueError.

    Without an offset the time is Shanghai's.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, str):
        if len(value.strip()) < len("2026-01-01T00"):
            raise ValueError("has no time of day")
        found = datetime.fromisoformat(value.strip())
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1_000 if abs(value) >= MILLISECONDS_FROM else value
        found = EPOCH + timedelta(seconds=seconds)
    else:
        raise ValueError(f"is {_kind(value)}")
    if found.tzinfo is None:
        found = found.replace(tzinfo=SHANGHAI)
    if not FIRST <= found < LAST:
        raise ValueError(f"is not between {FIRST.year} and {LAST.year}")
    return found.astimezone(UTC)


def _identity(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise RowError(f"id: is {_kind(value)}; an id is text or a whole number; write it as text")
    try:
        return _text("id", value)
    except RowError as error:
        raise RowError(str(error), value.encode("utf-8", "replace").decode()) from error


def _text(field: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RowError(f"{field}: is {_kind(value)}; it is text; put it in quotes or leave it out")
    try:
        value.encode()
    except UnicodeEncodeError as problem:
        half = f"\\u{ord(value[problem.start]):04x}"
        raise RowError(
            f"{field}: character {problem.start} is {half}, half of a pair; text is whole characters; "
            "write both halves or remove it"
        ) from problem
    return value


def _rating(value: object) -> int | None:
    if value is None or value != value:  # noqa: PLR0124 (a missing number of a table is not a number)
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RowError(f"rating: is {_kind(value)}; stars are 1 to 5; write a number or leave it out")
    if value not in (1, 2, 3, 4, 5):
        raise RowError(
            f"rating: {brief(value)} is no number of stars; stars are 1 to 5; correct it or leave it out"
        )
    return int(value)


def _messages(value: object) -> list[Row] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise RowError(f"messages: is {_kind(value)}; it is a list of turns; write [{{...}}, ...]")
    return [_message(number, item) for number, item in enumerate(value)]


def _message(number: int, given: object) -> Row:
    place = f"messages[{number}]"
    if not isinstance(given, dict):
        raise RowError(f"{place}: is {_kind(given)}; a turn is an object; write role and text")
    try:
        sent_at = moment(given.get("sent_at"))
    except (ValueError, OverflowError) as problem:
        raise RowError(
            f"{place}.sent_at: {brief(given['sent_at'])} is no moment ({brief(problem)}); it is ISO 8601 or "
            "seconds or milliseconds since 1970; write 2026-09-01T10:00:00+08:00 or leave it out"
        ) from problem
    return {
        "role": _text(f"{place}.role", given.get("role")),
        "text": _text(f"{place}.text", given.get("text")),
        "sent_at": sent_at,
    }


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return "null" if value is None else names.get(type(value), "an object")


def brief(value: object) -> str:
    """A value in few characters, every one of which can be written."""
    said = str(value) if isinstance(value, (Exception, int, float)) else repr(value)
    said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
    return said.encode("utf-8", "backslashreplace").decode()


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
