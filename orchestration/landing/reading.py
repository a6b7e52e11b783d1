"""What every reader hands on: blocks of rows, and how to take a column's text out of a block."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa


class Fault(NamedTuple):
    """A reason for quarantine, and the SQL condition under which a row has it."""

    column: str | None
    reason: str
    condition: str


class Misfit(NamedTuple):
    """A row in quarantine that no SQL engine would parse."""

    line: int
    column: str | None
    value: str | None
    reason: str
    row: dict[str, Any]


class Layout(NamedTuple):
    """How rows lie in a block. The SQL sees the columns of the block, `_line` among them."""

    prepared: str
    """Select list made once a row for the expressions below; '*' where nothing need be made."""
    texts: dict[str, str]
    """Contract column to the SQL of its text, NULL where the row has none."""
    extra: str
    """SQL of a JSON object of what the contract does not name, '{}' or NULL if nothing."""
    faults: tuple[Fault, ...] = ()
    """Faults of the row's form, judged before any value."""
    counts: str = "true"
    """SQL condition: this is a row and not a blank line."""


@dataclass(frozen=True)
class Reading:
    """A delivered file being read, in file order."""

    layout: Layout
    blocks: Iterable[pa.Table]
    rescue: Callable[[pa.Table], tuple[pa.Table, list[Misfit]]] | None = None
    """Parts a block that the SQL engine cannot parse into rows and misfits, or refuses the file."""


def quoted(text: str) -> str:
    """The text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def json_of_rest(names: Iterable[tuple[str, str]]) -> str:
    """SQL of a JSON object of (name, column) pairs."""
    pairs = ", ".join(f"{quoted(name)}, {column}" for name, column in names)
    return f"json_object({pairs})" if pairs else "NULL"
