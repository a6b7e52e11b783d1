"""A trial as it is handed over: what was tried, a page of figures for machines, a folder of files."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from orchestration.lab.comparing import Comparison


@dataclass(frozen=True)
class Report:
    """A comparison with the names of what was compared."""

    policy_id: str
    version: str
    sha256: str
    mode: str
    written_from: date  # the day from which the document says it is in effect
    first: date
    last: date
    against: str
    comparison: Comparison

    @property
    def title(self) -> str:
        """What was tried, over which days, against what."""
        return f"{self.policy_id} {self.version} against {self.against}, {self.first}..{self.last}"

    def notes(self) -> list[str]:
        """What a reader must know of how the figures came about."""
        notes = [
            f"{self.policy_id} {self.version} is in force from {self.first} for the trial; its document says "
            f"{self.written_from}.",
            f"Occurrences and cooldowns begin on {self.first}, on both sides; what was known before that "
            "day stays as it was judged.",
        ]
        if self.mode != "enforce":
            notes.append(f"Its mode is {self.mode}: its tiers are shown and nobody is punished.")
        return notes

    def as_json(self) -> dict[str, Any]:
        """Sums, matrix and moves; the evaluations are in the files."""
        return {
            "policy_id": self.policy_id,
            "version": self.version,
            "sha256": self.sha256,
            "mode": self.mode,
            "against": self.against,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "notes": self.notes(),
            "summary": self.comparison.summary.to_pylist(),
            "matrix": self.comparison.matrix.to_pylist(),
            "moved": self.comparison.moved.to_pylist(),
        }

    def as_text(self) -> str:
        """`as_json`, written out; the same trial gives the same text."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2, default=str)


def write_report(report: Report, pictures: dict[str, bytes], folder: Path) -> list[Path]:
    """Writes `<table>.parquet`, `<picture>.png` and `simulation.json`; the same trial, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, table in report.comparison.tables().items():
        written.append(folder / f"{name}.parquet")
        pq.write_table(table.replace_schema_metadata(None), written[-1], compression="zstd")
    for name, picture in pictures.items():
        written.append(folder / f"{name}.png")
        written[-1].write_bytes(picture)
    written.append(folder / "simulation.json")
    written[-1].write_text(report.as_text() + "\n", encoding="utf-8")
    return written
