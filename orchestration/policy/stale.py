"""Which processed days the rule book now judges by another version than they were judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyVersion
from orchestration.policy.model import RatePolicy

# one row per platform, day and metric (or per_order_ticket); where none was in force, one of NULLs
VERSIONS_USED_TABLES: dict[str, pa.Schema] = {
    "versions_used": pa.schema(
        [
            ("platform", pa.string()),
            ("judges", pa.string()),
            ("policy_id", pa.string()),
            ("policy_version", pa.string()),
            ("policy_sha256", pa.string()),
        ]
    )
}


class Used(NamedTuple):
    """A version by its name and by the hash of its document."""

    policy_id: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.policy_id} {self.version} ({self.sha256[:8]})"


# by day and platform: what is judged, and by which version
VersionsUsed = Mapping[tuple[date, str], Mapping[str, Used]]


@dataclass(frozen=True, order=True)
class Stale:
    """A day, a platform and what is judged there: the version it was judged by, and the one of now."""

    business_day: date
    platform: str
    judges: str
    before: Used | None
    now: Used | None

    def change(self) -> str:
        """The change in words, the same for every day that it concerns."""
        before, now = self.before or "no version", self.now or "no version"
        return f"{self.judges} of {self.platform}: {before} -> {now}"


def stale(used: VersionsUsed, library: PolicyLibrary) -> list[Stale]:
    """What was judged by a version that is not the one of now, by day; the effect of each change alone.

    Policies of metrics that are not counted judge nothing, so a change of theirs concerns no day.
    """
    found: list[Stale] = []
    for (day, platform), before in used.items():
        now = {
            version.judges: Used(version.policy_id, version.version, version.sha256)
            for version in library.for_platform(platform, day)
            if _judges_anything(version)
        }
        found.extend(
            Stale(day, platform, judges, before.get(judges), now.get(judges))
            for judges in {*before, *now}
            if before.get(judges) != now.get(judges)
        )
    return sorted(found, key=lambda each: (each.business_day, each.platform, each.judges))


def _judges_anything(version: PolicyVersion) -> bool:
    document = version.document
    return not isinstance(document, RatePolicy) or document.metric.is_counted
