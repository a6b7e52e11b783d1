"""Turns an export of tickets, bills or figures into landing files, by a map of its columns.

Nothing is judged here: a value that cannot be turned is written as it came, and the gate refuses it
with its reason.
"""

import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.landing.platforms.column_map import ColumnMap, MadeOfTheRow, SignOf, Taken

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_SECONDS_OF_THIS_CENTURY = (946_684_800, 4_102_444_799)

Row = dict[str, Any]


class ExportError(ValueError):
    """An export cannot be read; says which file, where and what to do."""


@dataclass(frozen=True)
class Imported:
    """What was written."""

    rows: int
    files: tuple[Path, ...]
    lacking: tuple[str, ...]
    """Columns that the map names and the export has not."""
    left_out: tuple[str, ...]
    """Columns of the export that the map does not name."""


def import_export(
    export: Path, mapping: ColumnMap, landing: Path, *, shop: str | None = None, day: date | None = None
) -> Imported:
    """Write the rows of an export below <landing>/<platform>/<source>/<day>/.

    A row is known from its own day on, or from `day`. The same export writes the same files, so
    importing it again changes nothing. Raises ExportError.
    """
    by_day: dict[date | None, list[Row]] = defaultdict(list)
    seen: Counter[str] = Counter()
    met: set[str] = set()
    rows = 0
    for raw in _rows(export, mapping):
        rows += 1
        met |= raw.keys()
        row = _mapped(raw, mapping, seen)
        if not row.get("shop_id"):
            if shop is None:
                raise ExportError(f"{export}: names no shop: say with --shop whose export it is")
            row["shop_id"] = shop
        by_day[day or _day(row.get(mapping.day))].append(row)
    if rows == 0:
        raise ExportError(f"{export}: holds no row: export it again, or leave it out")
    known = [each for each in by_day if each is not None]
    if undated := by_day.pop(None, []):
        if not known:
            raise ExportError(
                f"{export}: no row has a readable {mapping.day}: mend the map, or name the day with --day"
            )
        # The gate refuses them with their reason, on a day that is looked at.
        by_day[max(known)].extend(undated)
    name = f"{hashlib.sha256(export.read_bytes()).hexdigest()[:16]}.jsonl"
    folder = landing / mapping.platform / mapping.source
    files = tuple(
        _write(folder / each.isoformat() / name, by_day[each]) for each in sorted(filter(None, by_day))
    )
    parts = [part for part in mapping.columns.values() if isinstance(part, Taken)]
    named = {part.taken_from for part in parts}
    used = named | {part.otherwise for part in parts} | {"shop_id"}
    return Imported(rows, files, tuple(sorted(named - met)), tuple(sorted(map(str, met - used))))


def _rows(export: Path, mapping: ColumnMap) -> Iterator[Row]:
    try:
        if export.suffix == ".csv":
            # utf-8-sig: spreadsheets write a byte order mark before the first heading
            with export.open(encoding="utf-8-sig", newline="") as file:
                yield from csv.DictReader(file)
        elif export.suffix == ".jsonl":
            with export.open(encoding="utf-8") as file:
                yield from (json.loads(line, parse_float=Decimal) for line in file if line.strip())
        elif export.suffix == ".json":
            text = export.read_text(encoding="utf-8")
            yield from _inside(json.loads(text, parse_float=Decimal), mapping, export)
        else:
            raise ExportError(f"{export}: exports are read as .csv, .json or .jsonl")
    except (OSError, UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise ExportError(f"{export}: cannot be read ({error})") from None


def _inside(document: Any, mapping: ColumnMap, export: Path) -> list[Row]:
    if isinstance(document, list):
        return document
    for path in mapping.rows:
        found: Any = document
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, list):
            return found
    raise ExportError(
        f"{export}: no list of rows is in it; the map looks for {', '.join(mapping.rows) or 'a list alone'}"
    )


def _mapped(raw: Row, mapping: ColumnMap, seen: Counter[str]) -> Row:
    row: Row = {}
    for column, part in mapping.columns.items():
        if isinstance(part, MadeOfTheRow):
            said = json.dumps(raw, sort_keys=True, ensure_ascii=False, default=str)
            seen[said] += 1
            digest = hashlib.sha256(said.encode()).hexdigest()[:24]
            row[column] = f"{digest}-{seen[said]}"
        elif isinstance(part, SignOf):
            row[column] = _word(raw, part)
        else:
            value = _said(raw, part.taken_from)
            if value is None and part.otherwise:
                value = _said(raw, part.otherwise)
            if value is not None:
                row[column] = _fen(value, part) if part.unit or part.unsigned else str(value)
    if "shop_id" in raw and "shop_id" not in row:
        row["shop_id"] = str(raw["shop_id"])
    return row


def _said(raw: Row, name: str) -> Any:
    value = raw.get(name)
    return None if value is None or (isinstance(value, str) and not value.strip()) else value


def _word(raw: Row, part: SignOf) -> str:
    text = str(_said(raw, part.looked_up_in) or "") if part.looked_up_in else ""
    for word, signs in part.words.items():
        if any(sign in text for sign in signs):
            return word
    amount = _decimal(_said(raw, part.sign_of))
    return part.negative if amount is None or amount < 0 else part.positive


def _fen(value: Any, part: Taken) -> str:
    amount = _decimal(value)
    if amount is None:
        return str(value)
    fen = amount * 100 if part.unit == "yuan" else amount
    if fen != fen.to_integral_value():
        return str(value)
    return str(abs(int(fen)) if part.unsigned else int(fen))


def _decimal(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value).replace(",", "").strip().lstrip("¥￥"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _day(written: Any) -> date | None:
    text = str(written or "").strip()
    try:
        if text.isdigit():
            number = int(text)
            first, last = _SECONDS_OF_THIS_CENTURY
            seconds = number if first <= number <= last else number / 1000
            return datetime.fromtimestamp(seconds, UTC).astimezone(_SHANGHAI).date()
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return (at if at.tzinfo is None else at.astimezone(_SHANGHAI)).date()


def _write(path: Path, rows: list[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.part")
    with staged.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    staged.replace(path)
    return path
