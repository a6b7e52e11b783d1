"""What a published folder holds, so that anyone can check that it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

MANIFEST = "manifest.json"


class PublishedFile(NamedTuple):
    """One file by name, content and size."""

    name: str
    sha256: str
    bytes: int
    rows: int


class PublishedList(NamedTuple):
    """One list in figures."""

    name: str
    line_count: int
    amount_fen: int
    tiers: Mapping[str, int]


@dataclass(frozen=True)
class Manifest:
    """Names are relative and no clock is read: the same content gives the same manifest."""

    business_day: date
    files: tuple[PublishedFile, ...]
    lists: tuple[PublishedList, ...]
    policies: tuple[tuple[str, str, str], ...]  # policy, version, SHA-256 of its document
    versions: Mapping[str, str]

    @property
    def line_count(self) -> int:
        """Lines of all lists."""
        return sum(each.line_count for each in self.lists)

    def to_json(self) -> str:
        """The text of manifest.json."""
        content: dict[str, Any] = {
            "schema": "ccr-manifest/1",
            "business_day": self.business_day.isoformat(),
            "files": [file._asdict() for file in self.files],
            "lists": {
                each.name: {
                    "line_count": each.line_count,
                    "amount_fen": each.amount_fen,
                    "tiers": dict(each.tiers),
                }
                for each in self.lists
            },
            "policies": [
                {"policy_id": policy, "version": version, "sha256": sha256}
                for policy, version, sha256 in self.policies
            ],
            "versions": dict(self.versions),
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=2) + "\n"


def describe(path: Path, rows: int) -> PublishedFile:
    """A file as the manifest lists it."""
    content = path.read_bytes()
    return PublishedFile(path.name, hashlib.sha256(content).hexdigest(), len(content), rows)
