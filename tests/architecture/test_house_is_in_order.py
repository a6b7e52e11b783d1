"""The house is in order: imports run one way, files are short, and the pages say what is there."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dbt.cli.main import dbtRunner

from orchestration.cli.data_dictionary import PAGE, page
from orchestration.defs import counting, intake, scores
from orchestration.landing.documentation import page as landing_page
from orchestration.wiring.dbt_manifest import DBT_FOLDER, MANIFEST, fresh_manifest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("orchestration", "expectations", "tests")
    for path in sorted((PROJECT / folder).rglob("*.py"))
]
ROOMS = ["staging", "trade", "feedback", "dimensions", "counting", "ccr", "penalties"]


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_file_has_one_subject_and_says_which(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    longest = 450 if "tests" in path.parts else 350
    assert len(text.splitlines()) <= longest, "a file this long has a second subject: split it"
    assert path.stem not in {"utils", "helpers", "common", "manager", "misc"}
    if text.strip() and "tests" not in path.parts:
        assert ast.get_docstring(ast.parse(text)), "the first line says what the file is for"


def room_of(node: dict[str, Any]) -> int:
    """Where a model stands on the way of the data; dimensions are ready before anything is counted."""
    if node["name"].startswith("dim_"):
        return ROOMS.index("dimensions")
    folder = Path(node["original_file_path"]).parent.name
    return ROOMS.index(folder)


def test_dbt_models_build_on_earlier_rooms_only() -> None:
    manifest = json.loads(fresh_manifest().read_text(encoding="utf-8"))
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert len(models) > 20
    upward = [
        f"{node['name']} reads {models[parent]['name']}"
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models and room_of(models[parent]) > room_of(node)
    ]
    assert upward == []


def test_only_staging_reads_raw_sources() -> None:
    manifest = json.loads(fresh_manifest().read_text(encoding="utf-8"))
    readers = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] != "staging"
        for parent in node["depends_on"]["nodes"]
        if parent.startswith("source.") and ".raw." in parent
    ]
    assert readers == []


def test_every_model_is_described_and_owned() -> None:
    manifest = json.loads(fresh_manifest().read_text(encoding="utf-8"))
    undescribed = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and not (node["description"].strip() and node["config"]["meta"]["dagster"]["owners"])
    ]
    assert undescribed == []


def selected_tests(select: str) -> set[str]:
    """Names of the data tests that one part of the pipeline runs."""
    arguments = ["ls", "--select", *select.split(), "--indirect-selection", "buildable"]
    folders = ["--project-dir", str(DBT_FOLDER), "--profiles-dir", str(DBT_FOLDER), "--quiet"]
    target = ["--target-path", str(MANIFEST.parent), "--log-level-file", "none"]
    found = dbtRunner().invoke([*arguments, "--resource-type", "test", "--output", "name", *folders, *target])
    assert found.success, found.exception
    assert isinstance(found.result, list)
    return set(found.result)


def test_every_data_test_runs_in_one_part_of_the_pipeline() -> None:
    manifest = json.loads(fresh_manifest().read_text(encoding="utf-8"))
    there = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    assert len(there) > 100
    parts = [selected_tests(part) for part in (intake.INTAKE, counting.BUILT, scores.BUILT)]
    assert there - set().union(*parts) == set()
    assert sum(map(len, parts)) == len(set().union(*parts)), "a test runs in two parts"


@pytest.mark.parametrize(
    ("step", "select"),
    [
        (intake.intake, intake.INTAKE),
        (counting.counting, counting.BUILT),
        (scores.scores, scores.BUILT),
    ],
    ids=["intake", "counting", "scores"],
)
def test_a_step_runs_the_checks_of_what_it_makes(step: dg.AssetsDefinition, select: str) -> None:
    checks = {key.name for key in step.check_keys}
    assert len(checks) > 10
    assert checks - selected_tests(select) == set(), "a check that runs in a later step holds nothing back"


def test_the_data_dictionary_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_the_landing_page_is_fresh() -> None:
    written = (PROJECT / "docs" / "landing.md").read_text(encoding="utf-8")
    assert written == landing_page(), "run `make docs`"


def test_the_house_page_names_every_room() -> None:
    text = (PROJECT / "docs" / "house.md").read_text(encoding="utf-8")
    rooms = [
        f"{path.relative_to(PROJECT)}/"
        for parent in (PROJECT / "orchestration", PROJECT / "dbt_project" / "models")
        for path in sorted(parent.iterdir())
        if path.is_dir() and path.name != "__pycache__"
    ]
    assert [room for room in rooms if room not in text] == []


def test_developers_and_deployment_load_the_same_module() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    workspace = yaml.safe_load((PROJECT / "workspace.yaml").read_text(encoding="utf-8"))
    deployed = workspace["load_from"][0]["python_module"]["module_name"]
    assert project["tool"]["dg"]["project"]["code_location_target_module"] == deployed


def test_every_variable_of_the_environment_is_explained() -> None:
    explained = (PROJECT / ".env.example").read_text(encoding="utf-8")
    settings = (PROJECT / "orchestration" / "settings.py").read_text(encoding="utf-8")
    named = {
        node.value
        for node in ast.walk(ast.parse(settings))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("CCR_")
    }
    names = {name for name in named if name.replace("_", "").isalpha()}
    assert "CCR_HOME" in names
    assert [name for name in sorted(names) if f"\n{name}=" not in f"\n{explained}"] == []
