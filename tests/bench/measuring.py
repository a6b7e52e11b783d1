"""Runs a command and says what it took: seconds, seconds of the processors, memory of the whole tree.

Figures are told the same way by each script: printed as JSON, and written where a file is named.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_EVERY_SECONDS = 0.2
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Taken(NamedTuple):
    """Seconds of the wall and of the processors, the most memory of the tree, and what was printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    said: str


def measured(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Taken:
    """Runs a command to its end; a failing one is an error that carries its last words."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with subprocess.Popen(
        arguments, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        memory = _Watch(process.pid)
        memory.start()
        said, _ = process.communicate()
        memory.over.set()
    memory.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {said[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(time.perf_counter() - started, cpu, memory.peak / 2**20, said)


def tell(figures: Mapping[str, Any], file: Path | None, *, quiet: bool = False) -> None:
    """Prints figures as JSON unless asked to be quiet, and writes them into a file where one is named."""
    written = json.dumps(figures, indent=2) + "\n"
    if not quiet:
        sys.stdout.write(written)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written, encoding="utf-8")


class _Watch(threading.Thread):
    """Sums the resident memory of a process and its descendants, several times a second."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.peak = 0
        self._root = root

    def run(self) -> None:
        while not self.over.wait(_EVERY_SECONDS):
            self.peak = max(self.peak, _resident(self._root))


def _resident(root: int) -> int:
    children: dict[int, list[int]] = {}
    pages: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except OSError:  # it has ended meanwhile
                continue
            children.setdefault(int(fields[1]), []).append(int(folder.name))
            pages[int(folder.name)] = int(fields[21])
    waiting, total = [root], 0
    while waiting:
        process = waiting.pop()
        total += pages.get(process, 0)
        waiting.extend(children.get(process, []))
    return total * _PAGE
