"""Where policy documents lie: folders of `<policy_id>/<version>.yaml`, or single files."""

from collections.abc import Sequence
from pathlib import Path

from orchestration.policy.loading import Fault


def policy_files(folders: Sequence[Path], faults: list[Fault]) -> list[Path]:
    """The documents of all folders; what would not be read goes to the faults."""
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


def named_files(paths: Sequence[Path], faults: list[Fault]) -> list[Path]:
    """The documents that paths name, each once: a document, the folder of a policy, or of policies."""
    files: list[Path] = []
    folders: list[Path] = []
    for path in paths:
        if path.is_file():
            files.append(path)
        elif path.is_dir() and not any(path.glob("*/*.y*ml")) and any(path.glob("*.yaml")):
            files.extend(sorted(path.glob("*.yaml")))
        else:
            folders.append(path)
    found = [*files, *policy_files(folders, faults)]
    return list({path.resolve(): path for path in found}.values())
