"""Who confirmed, decided, let off, exported: written once beside what was done, and read back."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from orchestration.penalties.append_only import insert_absent
from orchestration.penalties.tables import audit_log, canonical_json


class Act(NamedTuple):
    """Something that a person did."""

    happened_at: datetime  # UTC
    actor: str
    action: str
    object_type: str
    object_key: str
    detail: dict[str, Any]


class AuditError(ValueError):
    """An act that cannot be written down as given; says what is missing."""


def record(  # noqa: PLR0917 - told in the order of a sentence: who did what to what
    connection: Connection,
    actor: str,
    action: str,
    object_type: str,
    object_key: str,
    detail: Mapping[str, Any],
    happened_at: datetime,
) -> None:
    """Write an act into the transaction that does it: either both are there, or neither.

    The very same act again is the same row. AuditError where the actor or object has no name, or the time
    no zone.
    """
    named = {"actor": actor, "action": action, "object_type": object_type, "object_key": object_key}
    unnamed = [name for name, value in named.items() if not value.strip()]
    if unnamed:
        raise AuditError(
            f"an act without {', '.join(unnamed)} cannot be written down: say who did what to what"
        )
    if happened_at.tzinfo is None:
        raise AuditError(f"{happened_at} has no time zone: the audit log is kept in UTC")
    told = {**named, "happened_at": _text(happened_at), "detail": dict(detail)}
    audit_id = hashlib.sha256(canonical_json(told).encode()).hexdigest()
    insert_absent(connection, audit_log, [{"audit_id": audit_id, **told}])


def acts(
    connection: Connection,
    *,
    actor: str | None = None,
    object_type: str | None = None,
    object_key: str | None = None,
    latest: int | None = None,
) -> Iterator[Act]:
    """What was done, oldest first; of one actor, of one kind of object or to one object where asked.

    With `latest` only so many, the newest first.
    """
    wanted = {"actor": actor, "object_type": object_type, "object_key": object_key}
    asked = (
        select(*(audit_log.c[name] for name in Act._fields))
        .where(*(audit_log.c[name] == value for name, value in wanted.items() if value is not None))
        .order_by(audit_log.c.happened_at if latest is None else audit_log.c.happened_at.desc())
        .order_by(audit_log.c.audit_id)
        .limit(latest)
    )
    for happened_at, *rest in connection.execute(asked):
        yield Act(datetime.fromisoformat(happened_at), *rest)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
