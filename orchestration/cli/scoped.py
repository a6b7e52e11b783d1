"""What commands that keep to a scope share: the warehouse, whose shops may be seen, and audited files."""

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from orchestration.cli.terminal import settings_of, stop

if TYPE_CHECKING:
    import duckdb

    from orchestration.records.scope import Scope
    from orchestration.settings import Settings


@dataclass(frozen=True)
class Opened:
    """A warehouse, and the scope that whoever asks must keep to."""

    settings: "Settings"
    connection: "duckdb.DuckDBPyConnection"
    scope: "Scope"


@contextmanager
def opened(home: Path | None, as_whom: str, landing: Path | None = None) -> Iterator[Opened]:
    """The warehouse as it is; what cannot be shown ends the command with its reason."""
    import duckdb

    from orchestration.publishing.row_files import ExportRefusedError
    from orchestration.records.reading import RecordsError
    from orchestration.records.scope import scope_of
    from orchestration.wiring.house import House

    settings = settings_of(home, landing, keeps_scope=True)
    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    house = House(home=str(settings.home), landing=str(settings.landing))
    try:
        with house.warehouse() as connection:
            yield Opened(settings, connection, scope_of(connection, settings.scope, as_whom))
    except (RecordsError, ExportRefusedError) as error:
        stop(str(error))
    except duckdb.IOException as error:
        stop(
            f"the warehouse cannot be opened, perhaps because a run is writing it; wait for its end: {error}"
        )
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        stop(
            "the warehouse lacks a table or a column, so no day was run whole by this version; "
            f"run its days: {error}"
        )


@dataclass(frozen=True)
class Export:
    """Who takes what out: `what` is the kind of view or table, `key` whose it is or its name."""

    by: str
    what: str
    key: str
    detail: Mapping[str, Any]


def write_file(found: Opened, rows: "duckdb.DuckDBPyRelation", path: Path, asked: Export) -> int:
    """Stream rows to a file and return how many; the file appears once the audit log has who asked for it."""
    from orchestration.publishing.row_files import ROWS_AT_ONCE, refuse_file, write_rows

    refuse_file(path)
    return write_rows(
        rows.to_arrow_reader(ROWS_AT_ONCE), path, lambda count: audit(found, path, asked, count)
    )


def audit(found: Opened, path: Path, asked: Export, rows: int) -> None:
    """Write into the audit log that a file was exported, by whom, in which scope."""
    said = {**asked.detail, "rows": rows, "file": path.name, "scope": found.scope.said}
    write_down(found, asked.by or getpass.getuser(), "export", (asked.what, asked.key), said)


def write_down(
    found: Opened, actor: str, action: str, what: tuple[str, str], detail: Mapping[str, Any]
) -> None:
    """Write into the audit log that somebody did something to an object, told as its type and key."""
    from orchestration.penalties.audit import record
    from orchestration.penalties.ledger import Ledger

    with closing(Ledger(found.settings.ledger_url)) as ledger, ledger.writing("audit") as connection:
        record(connection, actor, action, *what, detail, datetime.now(UTC))


def print_json(answer: Mapping[str, Any]) -> None:
    """The whole answer as one JSON object on standard output."""
    from orchestration.publishing.csv_cells import plain

    typer.echo(json.dumps(plain(dict(answer)), ensure_ascii=False, sort_keys=True, allow_nan=False))
