"""A changed rule book: runs again the days that other versions judge now, each change once."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import dagster as dg

from orchestration.defs.automation import close_business_day, range_tags
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyRefusedError
from orchestration.policy.stale import Stale, stale
from orchestration.settings import Settings
from orchestration.wiring.landed import unbroken
from orchestration.wiring.versions_used import versions_used


class Asked(NamedTuple):
    """Days that were asked for because of one change, by its hash."""

    first: date
    last: date
    change: str


def changes_by_day(found: list[Stale]) -> dict[date, str]:
    """By stale day, the hash of everything that changed for it."""
    words: dict[date, list[str]] = {}
    for each in found:
        words.setdefault(each.business_day, []).append(each.change())
    return {day: hashlib.sha256("\n".join(said).encode()).hexdigest()[:16] for day, said in words.items()}


@dg.sensor(
    name="changed_policies",
    job=close_business_day,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def changed_policies(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Runs again just the processed days that the rule book now judges by another version."""
    settings = Settings.from_environment()
    used = versions_used(settings.lake)
    try:
        library = PolicyLibrary.load(settings.policy_folders)
    except PolicyRefusedError as refused:
        yield dg.SkipReason(f"the rule book is refused, so no run could read it: {refused}")
        return
    changes = changes_by_day(stale(used, library))
    count, asked = _cursor(context)
    wanted = {day: change for day, change in changes.items() if not _is_among(asked, day, change)}
    if not wanted:
        days = len({day for day, _ in used})
        waiting = f"; {len(changes)} stale ones were asked for" if changes else ""
        yield dg.SkipReason(f"the rule book asks nothing new of {days} processed days{waiting}")
    for days in unbroken(wanted):
        digest = hashlib.sha256("".join(wanted[day] for day in days).encode()).hexdigest()[:16]
        # numbered, so that a change made, undone and made again is a change each time
        yield dg.RunRequest(run_key=f"{days} {digest} {count}", tags=range_tags(days))
    context.update_cursor(_written(count + bool(wanted), changes))


def _cursor(context: dg.SensorEvaluationContext) -> tuple[int, list[Asked]]:
    kept = json.loads(context.cursor or '{"count": 0, "asked": []}')
    asked = [
        Asked(date.fromisoformat(first), date.fromisoformat(last), change)
        for first, last, change in kept["asked"]
    ]
    return kept["count"], asked


def _is_among(asked: list[Asked], day: date, change: str) -> bool:
    return any(each.first <= day <= each.last and each.change == change for each in asked)


def _written(count: int, changes: Mapping[date, str]) -> str:
    """Only what is stale still: a day that was run again may be asked for again."""
    spans = [
        (str(days.first), str(days.last), change)
        for change in sorted(set(changes.values()))
        for days in unbroken(day for day in sorted(changes) if changes[day] == change)
    ]
    return json.dumps({"count": count, "asked": spans})
