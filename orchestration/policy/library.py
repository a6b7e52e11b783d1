"""All policy versions together: which one is in force, and no day with two."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from orchestration.policy.dating import dated, read_twice, rivals
from orchestration.policy.files import named_files, policy_files
from orchestration.policy.loading import Fault, PolicyRefusedError, PolicyVersion, read_policy
from orchestration.policy.metric import CCR

ANY_PLATFORM = "*"


class NoPolicyInForceError(LookupError):
    """A day, or an id, that no version covers. There is no default."""


@dataclass(frozen=True)
class PolicyLibrary:
    """Every version of every policy, in the order of policy and first day."""

    versions: tuple[PolicyVersion, ...]

    @classmethod
    def load(cls, folders: Sequence[Path]) -> Self:
        """Read `<folder>/<policy_id>/<version>.yaml` of all folders, or refuse them together."""
        faults: list[Fault] = []
        versions = _read(policy_files(folders, faults), faults)
        return cls._of(versions, faults)

    @classmethod
    def trying(cls, folders: Sequence[Path], paths: Sequence[Path]) -> Self:
        """The library as it would be with the documents of some paths in it, or all their faults.

        A document of the folders gives way to one of the paths that has its policy and version.
        """
        faults: list[Fault] = []
        tried = _read(named_files(paths, faults), faults)
        if faults:
            raise PolicyRefusedError(faults)
        names = {(version.policy_id, version.version) for version in tried}
        # A document that a path names and a folder holds is one document.
        others = [
            path for path in policy_files(folders, faults) if (path.parent.name, path.stem) not in names
        ]
        return cls._of([*tried, *_read(others, faults)], faults)

    @classmethod
    def _of(cls, versions: list[PolicyVersion], faults: list[Fault]) -> Self:
        faults.extend(read_twice(versions))
        if not faults:
            versions = dated(versions, faults)
            faults.extend(rivals(versions))
        if faults:
            raise PolicyRefusedError(faults)
        return cls(tuple(versions))

    def of(self, policy_id: str) -> tuple[PolicyVersion, ...]:
        """The versions of one policy, oldest first."""
        found = tuple(version for version in self.versions if version.policy_id == policy_id)
        if not found:
            known = sorted({version.policy_id for version in self.versions})
            near = difflib.get_close_matches(policy_id, known, n=1) or known
            raise NoPolicyInForceError(f"no policy '{policy_id}'; did you mean {' or '.join(near)}?")
        return found

    def in_force(self, policy_id: str, day: date) -> PolicyVersion:
        """The one version that holds on a business day."""
        versions = self.of(policy_id)
        for version in versions:
            if version.holds_on(day):
                return version
        first, last = versions[0].document.dates.effective_from, versions[-1].effective_to
        raise NoPolicyInForceError(
            f"no version of '{policy_id}' is in force on {day}: they cover {first} to "
            f"{last or 'now'}; add a version for that day"
        )

    def version(self, policy_id: str, version: str) -> PolicyVersion:
        """One version of a policy by its name."""
        versions = self.of(policy_id)
        for found in versions:
            if found.version == version:
                return found
        names = " or ".join(found.version for found in versions)
        raise NoPolicyInForceError(f"'{policy_id}' has no version '{version}'; it has {names}")

    def for_platform(self, platform: str, day: date) -> tuple[PolicyVersion, ...]:
        """What holds for a platform on a day: its own, and for what none of them judges, the common.

        A platform whose own rule has not begun yet is judged by the common one.
        """
        holding = [version for version in self.versions if version.holds_on(day)]
        own = [version for version in holding if version.document.platform == platform]
        judged = {version.judges for version in own}
        common = [
            version
            for version in holding
            if version.document.platform == ANY_PLATFORM and version.judges not in judged
        ]
        return (*own, *common)

    def day_by_day(
        self, platform: str, first: date, last: date, judges: str = CCR
    ) -> dict[date, PolicyVersion]:
        """For each day of a range the version then in force, by which conduct of that day is judged.

        `judges` is a metric's id or `per_order_ticket`. Days without a version are an error that
        names them all: no later version is stretched over them.
        """
        covered: dict[date, PolicyVersion] = {}
        missing: list[date] = []
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            found = next((each for each in self.for_platform(platform, day) if each.judges == judges), None)
            if found is None:
                missing.append(day)
            else:
                covered[day] = found
        if missing:
            raise NoPolicyInForceError(
                f"no version judges {judges} of platform '{platform}' {_spans(missing)}; "
                "add a version for those days"
            )
        return covered


def _read(paths: Sequence[Path], faults: list[Fault]) -> list[PolicyVersion]:
    versions: list[PolicyVersion] = []
    for path in paths:
        try:
            versions.append(read_policy(path))
        except PolicyRefusedError as refused:
            faults.extend(refused.faults)
    return versions


def _spans(days: Sequence[date]) -> str:
    """Days in order as `from A to B, from C to D`; a day alone as `on A`."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1][1:] = [day]
        else:
            spans.append([day])
    return ", ".join(f"from {span[0]} to {span[-1]}" if len(span) > 1 else f"on {span[0]}" for span in spans)
