"""A copy of the shipped rule book to break, and to add versions to."""

import shutil
from pathlib import Path

import pytest

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import Fault, PolicyRefusedError
from orchestration.settings import SHIPPED_POLICIES

DOUYIN = Path("douyin_ccr/2026-07-14.yaml")
LATER = Path("douyin_ccr/2027-03-01.yaml")
NCX = Path("amazon_ncx/2026-01-01.yaml")
ODR = Path("amazon_odr/2026-01-01.yaml")
CHATS = Path("douyin_experience_chat_dissatisfaction/2026-07-14.yaml")
PINDUODUO = Path("pinduoduo_negative_experience/2026-01-01.yaml")
REFERENCE = Path("reference_ccr/2016-01-01.yaml")


class Book:
    """One folder of policies: the shipped ones, CCR of Douyin with its first version only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(SHIPPED_POLICIES, folder)
        (folder / LATER).unlink()  # versions are added after the first

    def edit(self, file: Path, old: str, new: str) -> Path:
        """Replace the first `old` of a file, which must be there."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    def next_version(self, file: Path, version: str, **replaced: str) -> Path:
        """Add a version after a file, in effect from the day it is named for."""
        text = (self.folder / file).read_text(encoding="utf-8")
        dates = f"dates:\n  effective_from: {version}\n  enforced_from: {version}\n\n"
        start, end = text.index("dates:\n"), text.index("# grade:" if "# grade:" in text else "sources:\n")
        text = text[:start] + dates + text[end:]
        text = text.replace(f"version: {file.stem}", f"version: {version}", 1)
        for key, value in replaced.items():
            text = text.replace("rule_family:", f"{key}: {value}\nrule_family:", 1)
        path = self.folder / file.with_name(f"{version}.yaml")
        path.write_text(text, encoding="utf-8")
        return path

    def load(self) -> PolicyLibrary:
        """Read the folder."""
        return PolicyLibrary.load([self.folder])

    def faults(self) -> tuple[Fault, ...]:
        """Read the folder, which must be refused."""
        with pytest.raises(PolicyRefusedError) as refused:
            self.load()
        return refused.value.faults


def line_of(path: Path, sign: str) -> int:
    """The number of the first line that holds a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if sign in line)
