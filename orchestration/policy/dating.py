"""The versions of a policy one after another: overlaps, gaps, and policies that rival each other."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import combinations

from orchestration.policy.loading import Fault, PolicyVersion


def read_twice(versions: Sequence[PolicyVersion]) -> list[Fault]:
    """A fault for every version that was also read from another file."""
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


def dated(versions: Sequence[PolicyVersion], faults: list[Fault]) -> list[PolicyVersion]:
    """Each version with its real last day, in order; overlaps and gaps go to the faults."""
    by_policy: defaultdict[str, list[PolicyVersion]] = defaultdict(list)
    for version in versions:
        by_policy[version.policy_id].append(version)
    in_order: list[PolicyVersion] = []
    for policy_id in sorted(by_policy):
        line = sorted(
            by_policy[policy_id], key=lambda each: (each.document.dates.effective_from, each.version)
        )
        successors: list[PolicyVersion | None] = [*line[1:], None]
        if line[0].document.supersedes is not None:
            faults.append(_no_such_elder(line[0], "nothing"))
        for version, successor in zip(line, successors, strict=True):
            if successor is None:
                in_order.append(version)
                continue
            until, fault = _handed_over(version, successor)
            if fault is not None:
                faults.append(fault)
            in_order.append(dataclasses.replace(version, effective_to=until))
    return in_order


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


def rivals(versions: Sequence[PolicyVersion]) -> list[Fault]:
    """Two policies that would judge the same thing of the same platform on the same day."""
    return [
        later.fault(
            ("rule_family",),
            "policies_overlap",
            f"'{later.policy_id}' and '{earlier.policy_id}' both judge {later.judges} of "
            f"platform '{later.document.platform}' from {later.document.dates.effective_from}",
            "End one before the other begins, or put the change in a new version of one policy.",
        )
        for earlier, later in combinations(
            sorted(versions, key=lambda each: each.document.dates.effective_from), 2
        )
        if earlier.policy_id != later.policy_id
        and earlier.document.platform == later.document.platform
        and earlier.judges == later.judges
        and earlier.holds_on(later.document.dates.effective_from)
    ]
