"""Brings a store to the revision that this code knows, or refuses one that is ahead of it."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from orchestration.penalties.append_only import guard_statements, is_guarded

SCHEMA_LOCK = "ledger schema"  # held by whoever upgrades

_MIGRATIONS = Path(__file__).with_name("migrations")
REVISIONS = tuple(
    sorted(file.name[1:5] for file in (_MIGRATIONS / "versions").glob("r[0-9][0-9][0-9][0-9]_*.py"))
)
_BEFORE_ALEMBIC = "0001"


class LedgerTooNewError(RuntimeError):
    """The store has a revision that this code has never heard of."""


def is_up_to_date(connection: Connection) -> bool:
    """Whether there is nothing to do: the newest revision, with all its guards."""
    return revision_of(connection) == REVISIONS[-1] and is_guarded(connection)


def revision_of(connection: Connection) -> str | None:
    """The revision that the store says it has; None where it says none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Run what is missing, in the connection's own transaction, then put the guards up.

    A store with tables and no revision was made before there were any: it has the first.
    """
    if is_up_to_date(connection):  # another process did it while this one waited for the lock
        return
    there = revision_of(connection)
    if there is not None and there not in REVISIONS:
        raise LedgerTooNewError(
            f"the ledger {connection.engine.url.render_as_string(hide_password=True)} has revision {there}, "
            f"and this version of ccr knows none after {REVISIONS[-1]}: a newer version has opened it. "
            "Use that version, or a copy of the ledger from before"
        )
    _migrate(connection, stamp=there is None and inspect(connection).has_table("decisions"))
    for statement in guard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _migrate(connection: Connection, *, stamp: bool) -> None:
    from alembic import command  # noqa: PLC0415 - most openings have nothing to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if stamp:
        command.stamp(config, _BEFORE_ALEMBIC)
    command.upgrade(config, "head")
