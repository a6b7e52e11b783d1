"""Keeps dbt's manifest as fresh as the dbt project it was parsed from."""

import hashlib
import shutil
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration.settings import PROJECT

DBT_FOLDER = PROJECT / "dbt_project"
MANIFEST = DBT_FOLDER / "target" / "manifest.json"
_PARSED_FROM = DBT_FOLDER / "target" / "parsed_from.sha256"
# What dbt needs to parse only what changed.
_PARTIAL = "partial_parse.msgpack"


class DbtProjectBrokenError(RuntimeError):
    """dbt could not parse the project; carries dbt's own words."""


def flags(target: Path, log_level: str = "none") -> list[str]:
    """What each of dbt's commands is told: the project, where its own files go, and to keep quiet."""
    return [
        "--project-dir", str(DBT_FOLDER),
        "--profiles-dir", str(DBT_FOLDER),
        "--target-path", str(target),
        "--log-level", log_level,
        "--log-level-file", "none",  # dbt never closes its log file
        "--quiet",
    ]  # fmt: skip


def parsed_manifest() -> Manifest:
    """Parses the project (dbt parses only what changed) and returns the manifest.

    Several processes may do so at once: each writes apart, and what it wrote takes its name when it is whole.
    """
    MANIFEST.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="parsing-", dir=MANIFEST.parent) as folder:
        if (MANIFEST.parent / _PARTIAL).exists():
            shutil.copy(MANIFEST.parent / _PARTIAL, folder)
        outcome = dbtRunner().invoke(["parse", *flags(Path(folder), log_level="error")])
        if not isinstance(outcome.result, Manifest):
            raise DbtProjectBrokenError(f"dbt could not parse {DBT_FOLDER.name}: {outcome.exception}")
        for name in (_PARTIAL, MANIFEST.name):
            (Path(folder) / name).replace(MANIFEST.parent / name)
    return outcome.result


def uncompiled(manifest: Manifest) -> Manifest:
    """A copy that no run has compiled into.

    dbt keeps the compiled text of ephemeral models in the manifest, dates of the window and
    all: the next run would compute the days of the one before.
    """
    kept = {field.name: getattr(manifest, field.name) for field in fields(manifest) if field.init}
    kept.update(nodes=deepcopy(manifest.nodes), sources=deepcopy(manifest.sources))
    return Manifest(**kept)


def fresh_manifest() -> Path:
    """The path of a manifest that matches the files as they are now."""
    wanted = _fingerprint()
    if not (MANIFEST.exists() and _PARSED_FROM.exists() and _PARSED_FROM.read_text() == wanted):
        parsed_manifest()
        # written after the manifest: who comes between parses once more
        _PARSED_FROM.write_text(wanted)
    return MANIFEST


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(DBT_FOLDER.rglob("*")):
        if path.suffix in {".sql", ".yml", ".md"} and "target" not in path.parts:
            digest.update(path.relative_to(DBT_FOLDER).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
