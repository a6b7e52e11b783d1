"""Runs the dbt project on the open Spark session."""

import json
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration.wiring.dbt import ModelsBrokenError
from orchestration.wiring.dbt_manifest import DBT_FOLDER, flags, fresh_manifest, uncompiled
from orchestration.wiring.partitions import Days

# what Spark says goes on with the statement and where in Spark it failed
_SHOWN = 600


class SparkModels:
    """The project as parsed for Spark; parsed once."""

    def __init__(self, target: Path) -> None:
        self._flags = ["--target", "spark", *flags(target)]
        outcome = dbtRunner().invoke(["parse", *self._flags])
        if not isinstance(outcome.result, Manifest):
            raise ModelsBrokenError(f"dbt could not parse {DBT_FOLDER.name} for Spark: {outcome.exception}")
        self._manifest = outcome.result

    def run(self, select: str, days: Days) -> dict[str, float]:
        """Builds the selected models for the days; gives back the seconds each took."""
        variables = {"window_start": days.first.isoformat(), "window_end": days.last.isoformat()}
        outcome = dbtRunner(manifest=uncompiled(self._manifest)).invoke(
            ["run", "--select", *select.split(), "--vars", json.dumps(variables), *self._flags]
        )
        if outcome.exception is not None:
            raise outcome.exception
        results: list[Any] = list(outcome.result.results)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        broken = [
            f"{result.node.name}: {' '.join(str(result.message).split())[:_SHOWN]}"
            for result in results
            if result.status not in ("success", "skipped")
        ]
        if broken:
            raise ModelsBrokenError(f"dbt on Spark: {len(broken)} models broke: " + "; ".join(broken[:5]))
        return {result.node.name: result.execution_time for result in results}

    def stored(self) -> list[tuple[str, str]]:
        """Schema and name of the warehouse's models that Spark keeps the rows of, in alphabetical order."""
        return self._made_as("incremental", "table")

    def views(self) -> list[tuple[str, str]]:
        """The same of models that Spark works out when they are asked for."""
        return self._made_as("view")

    def _made_as(self, *materialized: str) -> list[tuple[str, str]]:
        warehouse = json.loads(fresh_manifest().read_bytes())["nodes"]
        return sorted(
            (node.schema, node.name)
            for key, node in self._manifest.nodes.items()
            if node.resource_type == "model"
            and node.config.materialized in materialized
            and warehouse[key]["config"]["materialized"] != "ephemeral"
        )
