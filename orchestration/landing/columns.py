"""What a column of a delivery may be: its kind, and with the kind its type and its rules."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Kind(StrEnum):
    """How a value is written in a delivery and what it becomes in the lake."""

    ID = "id"
    BUYER = "buyer"
    TEXT = "text"
    CODE = "code"
    FEN = "fen"
    COUNT = "count"
    RATING = "rating"
    FLAG = "flag"
    TIME = "time"

    @property
    def is_text(self) -> bool:
        """True where the value is kept letter by letter."""
        return self in {Kind.ID, Kind.BUYER, Kind.TEXT}

    @property
    def sql_type(self) -> str:
        """The type in DuckDB."""
        return _TYPES[self][0] if self in _TYPES else "VARCHAR"

    @property
    def arrow_type(self) -> pa.DataType:
        """The type in the lake's Parquet files."""
        return _TYPES[self][1] if self in _TYPES else pa.string()


TIMESTAMP = pa.timestamp("us", tz="UTC")
_TYPES: dict[Kind, tuple[str, pa.DataType]] = {
    Kind.FEN: ("BIGINT", pa.int64()),
    Kind.COUNT: ("INTEGER", pa.int32()),
    Kind.RATING: ("SMALLINT", pa.int16()),
    Kind.FLAG: ("BOOLEAN", pa.bool_()),
    Kind.TIME: ("TIMESTAMPTZ", TIMESTAMP),
}


@dataclass(frozen=True)
class Column:
    """One column of a delivered table."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    vocabulary: tuple[str, ...] = ()
    not_before: str = ""
    """The column whose time this one may not precede."""
    may_be_ahead: bool = False
    """A promise: its time may lie after the delivery day."""
    written_by_people: bool = False
    """Free text: it may hold phone numbers and addresses until staging masks them."""
    day_alone: bool = False
    """A date without a time of day is accepted, as midnight in Shanghai."""

    @property
    def unit(self) -> str:
        """How the value is counted, or '' where it is not."""
        return _UNITS.get(self.kind, "")


_UNITS = {
    Kind.FEN: "fen",
    Kind.COUNT: "count",
    Kind.RATING: "1-5",
    Kind.FLAG: "true/false",
    Kind.TIME: "UTC",
    Kind.BUYER: "keyed hash",
}


@dataclass(frozen=True)
class Source:
    """One delivered table."""

    name: str
    description: str
    """The grain, in a sentence."""
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_snapshot: bool = False
    """One file that replaces the one before, not one a day."""
    is_occasional: bool = False
    """A day without a file is a day on which there was nothing to deliver, and no delivery."""

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in contract order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The names without which a row means nothing."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def has_personal_data(self) -> bool:
        """True where a buyer is named, even as a hash, or may have written a phone number."""
        return any(
            column.kind is Kind.BUYER or (column.kind is Kind.TEXT and column.written_by_people)
            for column in self.columns
        )

    def column(self, name: str) -> Column:
        """The column of that name."""
        return self.columns[self.names.index(name)]
