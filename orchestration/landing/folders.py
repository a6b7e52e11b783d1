"""Where deliveries lie: the files of a platform, source and day, and none outside the folder.

Names and links only; what is inside a file is not looked at here.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.landing.contract import DAILY, SNAPSHOTS
from orchestration.landing.refusal import RefusalError, printable

FOLDER_NAME = re.compile(r"[a-z0-9_]+")
FORMATS = ("jsonl", "jsonl.gz", "csv", "csv.gz", "parquet")

# Left by editors, by Spark and Hadoop, and by uploads that are not finished.
_PASSED_OVER = re.compile(r"_SUCCESS|_metadata|_common_metadata|_(?:started|committed)_\d+")
_UNFINISHED = ("~", ".tmp", ".part", ".partial", ".crc")


@dataclass(frozen=True)
class DeliveredFile:
    """One file to read."""

    path: Path
    """Where the bytes are, links followed."""
    name: str
    """Its path as delivered, relative to the landing folder."""
    format: str


@dataclass(frozen=True)
class Found:
    """What lies in the landing folder for one platform and source, of one day or as a snapshot."""

    files: tuple[DeliveredFile, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def file_count(self) -> int:
        """Files and folders delivered, readable or not."""
        return len(self.files) + len(self.refusals)


def entries(folder: Path) -> list[str]:
    """The names in a folder that mean something, sorted; [] where it cannot be listed."""
    try:
        with os.scandir(folder) as scan:
            return sorted(entry.name for entry in scan if not _is_passed_over(entry.name))
    except OSError:
        return []


def require_landing(landing: Path) -> None:
    """Raise where there is no landing folder: an unmounted disk is not an empty day."""
    if not landing.is_dir():
        raise FileNotFoundError(f"there is no landing folder {landing}: create it, or name another")


def folder_names(landing: Path) -> list[str]:
    """The folders directly in the landing folder: the platforms, well named or not."""
    return [name for name in entries(landing) if _is_folder(landing / name)]


def is_well_named(name: str) -> bool:
    """True for a name that a platform or source folder may have."""
    return FOLDER_NAME.fullmatch(name) is not None


def day_of(name: str) -> date | None:
    """The day a file or folder name begins with, or None."""
    if name[4:5] + name[7:8] != "--":  # Python reads 20260901 and week dates as well
        return None
    try:
        return date.fromisoformat(name[:10])
    except ValueError:
        return None


def names_by_day(folder: Path) -> dict[date, list[str]]:
    """The names in a source folder by the day they claim, in order, whatever their ending.

    A folder without parts in it is no delivery and is left out.
    """
    days: dict[date, list[str]] = {}
    for name in entries(folder):
        if (day := day_of(name)) is not None and _holds_something(folder, name):
            days.setdefault(day, []).append(name)
    return days


def delivered_on(folder: Path, day: date) -> list[str]:
    """The same for one day."""
    return [
        name
        for name in entries(folder)
        if name.startswith(day.isoformat()) and _holds_something(folder, name)
    ]


def find_day(
    landing: Path, platform: str, source: str, day: date, names: list[str] | None = None
) -> Found | None:
    """The files of one platform, source and day, in name order; None without a source folder.

    Pass the day's `names` where the folder has been listed.
    """
    folder = landing / platform / source
    try:
        confined(landing, landing / platform)
        if not os.path.lexists(folder):
            return None
        confined(landing, folder)
        if not os.access(folder, os.R_OK | os.X_OK):
            raise RefusalError(relative(landing, folder), "", "it may not be read", "grant the right")
    except RefusalError as refusal:
        return Found(refusals=(str(refusal),))
    return _gather(
        part
        for name in (delivered_on(folder, day) if names is None else names)
        for part in _of_day(landing, folder / name)
    )


def find_snapshot(landing: Path, platform: str, source: str) -> Found:
    """The files of one snapshot, in name order."""
    folder = landing / platform
    return _gather(
        _file(landing, folder / name, name.removeprefix(f"{source}."))
        for name in entries(folder)
        if name.startswith(f"{source}.")
    )


def unrecognised(landing: Path) -> list[str]:
    """Names in the landing folder that no day and no snapshot picks up, each with its remedy."""
    return [
        f"{printable(path.relative_to(landing).as_posix())}: {remedy}"
        for platform in filter(is_well_named, folder_names(landing))
        for path, remedy in _unrecognised(landing / platform)
    ]


def _unrecognised(folder: Path) -> Iterator[tuple[Path, str]]:
    for name in entries(folder):
        path = folder / name
        if name in DAILY:
            for item in entries(path):
                if day_of(item) is None:
                    yield path / item, f"name it YYYY-MM-DD and one of {', '.join(FORMATS)}"
        elif name.split(".")[0] not in SNAPSHOTS or name in SNAPSHOTS:
            yield (
                path,
                f"rename it: a source folder is one of {', '.join(DAILY)}, "
                f"a snapshot is one file named {', '.join(SNAPSHOTS)} and the format",
            )


def confined(landing: Path, path: Path) -> Path:
    """The path with links followed. RefusalError where it leaves the landing folder or circles."""
    name = relative(landing, path)
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # Python 3.11 reports a loop as a RuntimeError
        raise RefusalError(
            name, "", f"the link cannot be followed ({_brief(error)})", "deliver the file itself"
        ) from None
    if not real.is_relative_to(landing.resolve()):
        raise RefusalError(
            name, "", "it leads outside the landing folder", "deliver the file itself, not a link"
        )
    if path.is_symlink() and path.parent.resolve().is_relative_to(real):
        raise RefusalError(name, "", "the link leads back to a folder above it", "remove the link")
    return real


def relative(landing: Path, path: Path) -> str:
    """The path below the landing folder, as messages and provenance write it."""
    return printable(path.relative_to(landing).as_posix())


def _of_day(landing: Path, path: Path) -> Iterator[DeliveredFile | RefusalError]:
    ending = path.name[10:]
    if ending:
        yield _file(landing, path, ending.removeprefix(".") if ending.startswith(".") else "")
        return
    try:
        real = confined(landing, path)
    except RefusalError as refusal:
        yield refusal
        return
    if not real.is_dir():
        yield _unread(landing, path)
        return
    for name in entries(path):
        known = next((known for known in FORMATS if name.endswith(f".{known}")), "")
        yield _file(landing, path / name, known)


def _file(landing: Path, path: Path, ending: str) -> DeliveredFile | RefusalError:
    if ending not in FORMATS:
        return _unread(landing, path)
    try:
        real = confined(landing, path)
    except RefusalError as refusal:
        return refusal
    # A named pipe would block the reader for ever.
    if not stat.S_ISREG(real.stat().st_mode):
        return RefusalError(relative(landing, path), "", "it is not a file", "deliver a plain file")
    return DeliveredFile(real, relative(landing, path), ending)


def _unread(landing: Path, path: Path) -> RefusalError:
    return RefusalError(
        relative(landing, path),
        "",
        "this name is not read",
        f"end it in one of {', '.join(FORMATS)}, or put parts in a folder named YYYY-MM-DD",
    )


def _gather(parts: Iterator[DeliveredFile | RefusalError]) -> Found:
    files: list[DeliveredFile] = []
    refusals: list[str] = []
    for part in parts:
        if isinstance(part, RefusalError):
            refusals.append(str(part))
        else:
            files.append(part)
    return Found(tuple(sorted(files, key=lambda file: file.name)), tuple(refusals))


def _is_passed_over(name: str) -> bool:
    return (
        name.startswith(".")
        or name.endswith(_UNFINISHED)
        or (name.startswith("_") and _PASSED_OVER.fullmatch(name) is not None)
    )


def _holds_something(folder: Path, name: str) -> bool:
    """False only for a day folder without parts in it."""
    if len(name) > 10:
        return True
    path = folder / name
    return not path.is_dir() or bool(entries(path)) or not os.access(path, os.R_OK)


def _is_folder(path: Path) -> bool:
    """True for folders and for links, which may hide one."""
    return path.is_symlink() or path.is_dir()


def _brief(error: Exception) -> str:
    return "symlink loop" if "loop" in str(error).lower() else "it leads nowhere"
