"""All policy versions together: which one is in force, and no day with two."""

import dataclasses
import difflib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Self

from orchestration.policy.loading import Fault, PolicyRefusedError, PolicyVersion, read_policy
from orchestration.policy.model import RatePolicy

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
        versions: list[PolicyVersion] = []
        for path in _policy_files(folders, faults):
            try:
                versions.append(read_policy(path))
            except PolicyRefusedError as refused:
                faults.extend(refused.faults)
        faults.extend(_read_twice(versions))
        if not faults:
            versions = _dated(versions, faults)
            faults.extend(_rivals(versions))
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

    def for_platform(self, platform: str, day: date) -> tuple[PolicyVersion, ...]:
        """What holds for a platform on a day: its own, and for a kind it has none of, the common.

        A platform whose own rule has not begun yet is judged by the common one.
        """
        holding = [version for version in self.versions if version.holds_on(day)]
        own = [version for version in holding if version.document.platform == platform]
        kinds = {version.document.kind for version in own}
        common = [
            version
            for version in holding
            if version.document.platform == ANY_PLATFORM and version.document.kind not in kinds
        ]
        return (*own, *common)

    def appeal_terms(self) -> dict[tuple[str, str], tuple[bool | None, int | None]]:
        """By policy and version: whether decisions can be appealed (None: rule by rule), and days."""
        return {
            (version.policy_id, version.version): (
                getattr(version.document.appeals, "appealable", None),
                version.document.appeals.window_days,
            )
            for version in self.versions
        }


def _policy_files(folders: Sequence[Path], faults: list[Fault]) -> list[Path]:
    files: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            faults.append(Fault(str(folder), 0, "no_such_folder", "this is no folder", "Correct its name."))
            continue
        found = sorted(path for path in folder.glob("*/*") if path.is_file())
        stray = [*found, *sorted(path for path in folder.glob("*.y*ml"))]
        faults.extend(
            Fault(
                str(path),
                0,
                "wrong_place",
                "this policy would not be read",
                "A policy lies at <policy_id>/<version>.yaml.",
            )
            for path in stray
            if path.suffix == ".yml" or (path.suffix == ".yaml" and path.parent == folder)
        )
        files.extend(path for path in found if path.suffix == ".yaml")
        if not any(path.suffix == ".yaml" for path in found):
            faults.append(
                Fault(
                    str(folder),
                    0,
                    "empty_folder",
                    "no policy lies here",
                    "Put one at <policy_id>/<version>.yaml, or leave the folder out.",
                )
            )
    return files


def _read_twice(versions: Sequence[PolicyVersion]) -> list[Fault]:
    seen: dict[tuple[str, str], PolicyVersion] = {}
    faults: list[Fault] = []
    for version in versions:
        key = (version.policy_id, version.version)
        if key in seen:
            faults.append(
                version.fault(
                    ("version",),
                    "duplicate_version",
                    f"version '{version.version}' of '{version.policy_id}' also lies at {seen[key].file}",
                    "A published version is never replaced: give this one a version of its own.",
                )
            )
        seen.setdefault(key, version)
    return faults


def _dated(versions: Sequence[PolicyVersion], faults: list[Fault]) -> list[PolicyVersion]:
    """Each version with its real last day, in order; overlaps and gaps go to the faults."""
    by_policy: defaultdict[str, list[PolicyVersion]] = defaultdict(list)
    for version in versions:
        by_policy[version.policy_id].append(version)
    dated: list[PolicyVersion] = []
    for policy_id in sorted(by_policy):
        line = sorted(
            by_policy[policy_id], key=lambda each: (each.document.dates.effective_from, each.version)
        )
        successors: list[PolicyVersion | None] = [*line[1:], None]
        if line[0].document.supersedes is not None:
            faults.append(_no_such_elder(line[0], "nothing"))
        for version, successor in zip(line, successors, strict=True):
            if successor is None:
                dated.append(version)
                continue
            until, fault = _handed_over(version, successor)
            if fault is not None:
                faults.append(fault)
            dated.append(dataclasses.replace(version, effective_to=until))
    return dated


def _handed_over(version: PolicyVersion, successor: PolicyVersion) -> tuple[date | None, Fault | None]:
    begins, ends = successor.document.dates.effective_from, version.effective_to
    supersedes = successor.document.supersedes
    place = ("dates", "effective_from")
    if supersedes is not None and supersedes != version.version:
        return ends, _no_such_elder(successor, f"'{version.version}'")
    # A published file is not edited: an open one ends where its successor says that it does.
    if ends is None and supersedes == version.version:
        ends = begins
    if ends is None or begins < ends or begins == version.document.dates.effective_from:
        return ends, successor.fault(
            place,
            "versions_overlap",
            f"'{version.version}' and '{successor.version}' of '{version.policy_id}' are both in "
            f"force on {begins}",
            f"Write `supersedes: {version.version}` here, or end the earlier one on that day.",
        )
    if begins > ends:
        return ends, successor.fault(
            place,
            "versions_leave_a_gap",
            f"no version of '{version.policy_id}' is in force from {ends} to {begins}",
            f"Let this one begin on {ends}, or add one between.",
        )
    return ends, None


def _no_such_elder(version: PolicyVersion, before: str) -> Fault:
    return version.fault(
        ("supersedes",),
        "supersedes_unknown",
        f"it supersedes '{version.document.supersedes}', but comes after {before}",
        "Name the version just before this one, or leave the key out.",
    )


def _rivals(versions: Sequence[PolicyVersion]) -> list[Fault]:
    """Two policies that would judge the same thing of the same platform on the same day."""
    return [
        later.fault(
            ("rule_family",),
            "policies_overlap",
            f"'{later.policy_id}' and '{earlier.policy_id}' both judge {_judged(later)} of "
            f"platform '{later.document.platform}' from {later.document.dates.effective_from}",
            "End one before the other begins, or put the change in a new version of one policy.",
        )
        for earlier, later in combinations(
            sorted(versions, key=lambda each: each.document.dates.effective_from), 2
        )
        if earlier.policy_id != later.policy_id
        and earlier.document.platform == later.document.platform
        and _judged(earlier) == _judged(later)
        and earlier.holds_on(later.document.dates.effective_from)
    ]


def _judged(version: PolicyVersion) -> str:
    document = version.document
    return document.metric.id if isinstance(document, RatePolicy) else document.rule_family
