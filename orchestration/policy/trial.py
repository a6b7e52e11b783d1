"""A version on trial: put in force over days of the past, as if it had been the rule then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyRefusedError, PolicyVersion
from orchestration.policy.model import RatePolicy


class NotForTrialError(ValueError):
    """What was named cannot be tried, or not against the other; says which and what to do."""


@dataclass(frozen=True)
class Trial:
    """One version with the library that it was read in."""

    version: PolicyVersion
    library: PolicyLibrary

    @classmethod
    def of_file(cls, folders: Sequence[Path], path: Path) -> Self:
        """A document, held against the rule book as `ccr policy check` does, or all its faults."""
        library = PolicyLibrary.trying(folders, [path])
        named = next((version for version in library.versions if version.file == str(path)), None)
        if named is None:
            raise NotForTrialError(f"{path} is a folder: name one document in it")
        return cls(_simulated(named), library)

    @classmethod
    def of_version(cls, folders: Sequence[Path], policy_id: str, version: str) -> Self:
        """A version of the rule book by its name."""
        library = PolicyLibrary.load(folders)
        return cls(_simulated(library.version(policy_id, version)), library)

    def refuse_other_than(self, other: Self) -> None:
        """Two versions are compared only where both judge the same of the same platform."""
        mine, theirs = ((each.version.document.platform, each.version.judges) for each in (self, other))
        if mine != theirs:
            raise NotForTrialError(
                f"'{other.version.policy_id}' judges {theirs[1]} of platform '{theirs[0]}', but "
                f"'{self.version.policy_id}' judges {mine[1]} of '{mine[0]}': "
                "name two versions that judge the same"
            )

    def in_force(self, first: date) -> PolicyLibrary:
        """The library in which the version is enforced from a day on, without end.

        It is in effect a window earlier, so that no window straddles a change. Whatever would judge
        the same of the same platform gives way; the rest stays as it is.
        """
        document = self.version.document
        window_days = document.metric.window_days if isinstance(document, RatePolicy) else 0
        begins = first - timedelta(days=window_days)
        dates = document.dates.model_copy(
            update={"effective_from": begins, "enforced_from": first, "effective_to": None}
        )
        shifted = replace(
            self.version, document=document.model_copy(update={"dates": dates}), effective_to=None
        )
        others = [
            other
            for other in self.library.versions
            if (other.document.platform, other.judges) != (document.platform, self.version.judges)
        ]
        return PolicyLibrary((*others, shifted))


def _simulated(version: PolicyVersion) -> PolicyVersion:
    document = version.document
    if isinstance(document, RatePolicy) and document.metric.is_counted:
        return version
    place = ("metric", "id") if isinstance(document, RatePolicy) else ("kind",)
    raise PolicyRefusedError(
        [
            version.fault(
                place,
                "not_simulated",
                f"'{version.policy_id}' judges {version.judges}, which is not counted shop by shop here",
                "Name a version of a policy about ccr_rate.",
            )
        ]
    )
