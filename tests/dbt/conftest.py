"""Each dbt test works in a warehouse of its own; the project is parsed once."""

from pathlib import Path

import pytest

from tests.support.warehouse import DbtProject, Warehouse


@pytest.fixture(scope="session")
def dbt_project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    return DbtProject.parse(tmp_path_factory.mktemp("dbt_project"))


@pytest.fixture
def warehouse(tmp_path: Path, dbt_project: DbtProject) -> Warehouse:
    return Warehouse(tmp_path, dbt_project)
