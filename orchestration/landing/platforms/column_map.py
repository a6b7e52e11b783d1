"""How the columns of an export become those of a landed source: a document per platform and source."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.landing.contract import SOURCES

SHIPPED = Path(__file__).parent / "column_maps"


class ColumnMapError(ValueError):
    """A map cannot be used; says which file, where and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Taken(_Part):
    """A column of the export, as it is or with its unit changed."""

    taken_from: Annotated[str, Field(alias="from")]
    otherwise: str | None = None
    """The column that stands in where this one is empty."""
    unit: Literal["yuan"] | None = None
    """Yuan become fen, in decimal; what is no whole number of fen stays as it is, for the gate to refuse."""
    unsigned: bool = False
    """The sign is told by another column."""


class MadeOfTheRow(_Part):
    """An id made of the row, for exports that have none: a repeated row gets an id of its own."""

    made_of_the_row: Literal[True]


class SignOf(_Part):
    """A word by the sign of an amount; words in another column go before it."""

    sign_of: str
    negative: str
    positive: str
    words: dict[str, tuple[str, ...]] = {}
    looked_up_in: Annotated[str | None, Field(alias="in")] = None


class ColumnMap(_Part):
    """An export's columns by those of the source."""

    platform: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    source: Literal["bills", "platform_tickets", "platform_figures"]
    rows: tuple[str, ...] = ()
    """Where a JSON document keeps its rows; the first path that is there."""
    columns: dict[str, Taken | MadeOfTheRow | SignOf]
    day: str
    """The column whose Shanghai day is the day of the delivery."""

    @model_validator(mode="after")
    def _fits_the_source(self) -> "ColumnMap":
        known = SOURCES[self.source].names
        if strange := sorted(set(self.columns) - set(known)):
            raise ValueError(f"{self.source} has no column {strange[0]}; it has {', '.join(known)}")
        needed = set(SOURCES[self.source].required) - {"shop_id"}
        if lacking := sorted(needed - set(self.columns)):
            raise ValueError(f"{self.source} needs the column {lacking[0]}: say where it comes from")
        if self.day not in self.columns:
            raise ValueError(f"day names {self.day}, which is not among the columns")
        return self


def column_map(path: Path) -> ColumnMap:
    """Read a map. Raises ColumnMapError."""
    try:
        return ColumnMap.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ColumnMapError(f"{path}: cannot be read ({str(error).splitlines()[0]})") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ColumnMapError(f"{path}: {place}: {first['msg']}") from None


def shipped_map(platform: str, source: str) -> ColumnMap:
    """The map that ships for a platform. Raises ColumnMapError where none does."""
    path = SHIPPED / f"{platform}_{source}.yaml"
    if not path.exists():
        there = sorted(each.stem.removesuffix(f"_{source}") for each in SHIPPED.glob(f"*_{source}.yaml"))
        raise ColumnMapError(
            f"no map of {source} ships for '{platform}', only for {', '.join(there)}: "
            "write one like those and give it with --map"
        )
    return column_map(path)
