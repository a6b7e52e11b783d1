"""Runs dbt inside this process and tells Dagster what each model and test did.

A dbt process of its own costs ten seconds a call; here the second call costs one.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration.settings import Engine
from orchestration.wiring.column_lineage import ColumnLineage, Relations, relations
from orchestration.wiring.dbt_manifest import DBT_FOLDER, MANIFEST, flags, parsed_manifest, uncompiled
from orchestration.wiring.partitions import Days, days_of
from orchestration.wiring.warehouse import opened

DBT_PROJECT = DbtProject(DBT_FOLDER, profiles_dir=DBT_FOLDER, target_path=DBT_FOLDER / "target")
TRANSLATOR = DagsterDbtTranslator(settings=DagsterDbtTranslatorSettings(enable_code_references=False))

_BROKEN = {NodeStatus.Error, NodeStatus.RuntimeErr, NodeStatus.PartialSuccess}
# from harmless to bad
_WORSE = [
    NodeStatus.NoOp, NodeStatus.Success, NodeStatus.Pass, NodeStatus.Warn, NodeStatus.Skipped,
    NodeStatus.Fail, NodeStatus.PartialSuccess, NodeStatus.RuntimeErr, NodeStatus.Error,
]  # fmt: skip
_STOPPING = {NodeStatus.Skipped, *_BROKEN}
_COLUMNS_AT_FAULT = "columns_at_fault"


class ModelsBrokenError(RuntimeError):
    """Models did not build; carries dbt's own words."""


class DbtHouse(dg.ConfigurableResource):
    """dbt over one warehouse file. The manifest is parsed once in a process and reused."""

    warehouse: str

    def build(
        self, context: dg.AssetExecutionContext, select: str, windows: Sequence[Days]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Builds and tests the selected models, window after window, then reports each.

        A model that fails stops the step, after everything that did finish was reported.
        """
        results: list[Any] = []
        skipped: list[str] = []
        started = time.monotonic()
        for number, days in enumerate(windows, start=1):
            # buildable: a test of two rooms runs once both are built
            of_window = self._invoke(
                ["build", "--select", *select.split(), "--indirect-selection", "buildable",
                 "--exclude-resource-type", "unit_test", *(["--exclude", *skipped] if skipped else [])],
                days,
            )  # fmt: skip
            # what a failure held back in one window is not built for a later one either
            skipped += [result.node.name for result in of_window if result.status in _STOPPING]
            results += of_window
            if len(windows) > 1:
                context.log.info(f"{number} of {len(windows)} windows built, to {days.last}")
        built = time.monotonic()
        results = _of_all_windows(results)
        models = [result for result in results if _is_made(result, context.selected_asset_keys)]
        checks = {key.name: key for key in context.selected_asset_check_keys}
        with opened(Path(self.warehouse)) as connection:
            known = relations(connection)
            lineage = _lineage(models, known)
            read = time.monotonic()
            yield from _materialized(context, connection, models, known, lineage)
            yield from _checked(connection, results, checks)
        told = time.monotonic() - read
        a_day = told / len(days_of(context))
        context.log.info(
            f"built in {built - started:.1f} s; read column lineage in {read - built:.1f} s; "
            f"told to Dagster in {told:.1f} s, {a_day:.3f} s a day"
        )
        broken = [
            f"{result.node.name}: {' '.join(str(result.message).split())}"
            for result in results
            if result.status in _BROKEN
            or (result.status == NodeStatus.Fail and result.node.name not in checks)
        ]
        if broken:
            raise dg.Failure(
                description=f"dbt: {len(broken)} models or tests broke: " + "; ".join(broken[:5]),
                metadata={"broken": len(broken)},
            )

    def run(self, select: str, days: Days, exclude: str = "") -> None:
        """Builds the selected models for the days and tests nothing; a model that fails stops it."""
        left_out = ["--exclude", *exclude.split()] if exclude else []
        results = self._invoke(["run", "--select", *select.split(), *left_out], days)
        broken = [f"{result.node.name}: {result.message}" for result in results if result.status in _BROKEN]
        if broken:
            raise ModelsBrokenError(f"dbt: {len(broken)} models broke: " + "; ".join(broken[:5]))

    def _invoke(self, arguments: list[str], days: Days) -> list[Any]:
        variables = {"window_start": days.first.isoformat(), "window_end": days.last.isoformat()}
        target = Path(self.warehouse).parent / "dbt"
        # the results come back in memory: nobody reads dbt's files of them, nor its manifest once more
        command = [*arguments, "--vars", json.dumps(variables), *flags(target), "--no-write-json"]
        # before the settings are: where they differ from the last parse's, dbt parses every file anew
        manifest = _manifest()
        engine = Engine.from_environment()
        settings = {
            "CCR_WAREHOUSE": self.warehouse,
            "CCR_SPILL": engine.when_opened(Path(self.warehouse).parent)["temp_directory"],
            "CCR_MEMORY_LIMIT": engine.memory_limit,
            "CCR_THREADS": str(engine.threads),
        }
        with _environment(settings):
            try:
                outcome = dbtRunner(manifest=manifest).invoke(command)
            finally:
                _close_adapter()
        if outcome.exception is not None:
            raise outcome.exception
        return list(outcome.result.results)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]


def _is_made(result: Any, selected: Set[dg.AssetKey]) -> bool:
    return (
        result.node.resource_type == "model"
        and result.status == NodeStatus.Success
        and _key(result.node) in selected
    )


def _key(node: Any) -> dg.AssetKey:
    return dg.AssetKey([node.schema, node.name])


def _lineage(models: list[Any], known: Relations) -> dict[dg.AssetKey, dict[str, Any]]:
    lineage = ColumnLineage.load(MANIFEST.with_name("column_lineage.json"), known)
    read = {_key(result.node): lineage.metadata(result.node) for result in models}
    lineage.save()
    return read


def _materialized(
    context: dg.AssetExecutionContext,
    connection: Any,
    models: list[Any],
    known: Relations,
    lineage: Mapping[dg.AssetKey, dict[str, Any]],
) -> Iterator[dg.MaterializeResult]:
    for result in models:
        schema, name, key = result.node.schema, result.node.name, _key(result.node)
        # the newest day carries what is alike for all: a range has a materialization a day
        context.add_asset_metadata(
            {**_columns(known, schema, name), **lineage[key]},
            asset_key=key,
            partition_key=days_of(context).last.isoformat(),
        )
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                **_size(connection, schema, name),
                "execution_seconds": round(result.execution_time, 3),
            },
        )


def _of_all_windows(results: list[Any]) -> list[Any]:
    """One result a node: the worst of its windows', with the seconds and failures of all."""
    worst: dict[str, Any] = {}
    for result in results:
        found = worst.setdefault(result.node.unique_id, result)
        if found is result:
            continue
        keeps = _WORSE.index(found.status) >= _WORSE.index(result.status)
        kept, other = (found, result) if keeps else (result, found)
        kept.execution_time += other.execution_time
        kept.failures = (kept.failures or 0) + (other.failures or 0)
        worst[result.node.unique_id] = kept
    return list(worst.values())


def _checked(
    connection: Any, results: list[Any], checks: Mapping[str, dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckResult]:
    for result in results:
        node = result.node
        if node.resource_type == "test" and node.name in checks and result.status != NodeStatus.Skipped:
            key = checks[node.name]
            warns = node.config.severity.lower() == "warn"
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=result.status == NodeStatus.Pass,
                severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
                metadata={
                    "failing_rows": result.failures or 0,
                    "message": result.message or "",
                    "execution_seconds": round(result.execution_time, 3),
                    **_at_fault(connection, result),
                },
            )


def _at_fault(connection: Any, result: Any) -> dict[str, str]:
    sql = result.node.compiled_code or ""
    if not result.failures or _COLUMNS_AT_FAULT not in sql:
        return {}
    return {_COLUMNS_AT_FAULT: columns_at_fault(connection, sql)}


def columns_at_fault(connection: Any, sql: str) -> str:
    """Which columns the failing rows of a test are about (macro rows_at_fault), and how many rows."""
    found = connection.execute(
        f"select {_COLUMNS_AT_FAULT}, count(*) from ({sql}) group by all order by count(*) desc, 1 limit 10"
    ).fetchall()
    return "; ".join(f"{columns}: {rows}" for columns, rows in found)


def _size(connection: Any, schema: str, name: str) -> dict[str, Any]:
    counted = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
    return {"dagster/row_count": counted[0], "dagster/relation_identifier": f"{schema}.{name}"}


def _columns(known: Relations, schema: str, name: str) -> dict[str, Any]:
    columns = known.get(schema, {}).get(name, {})
    return {
        "dagster/column_schema": dg.TableSchema(
            [dg.TableColumn(name=column, type=kind) for column, kind in columns.items()]
        )
    }


_parsed: dict[Path, Manifest] = {}


def _manifest() -> Manifest:
    if DBT_FOLDER not in _parsed:
        _parsed[DBT_FOLDER] = parsed_manifest()
    return uncompiled(_parsed[DBT_FOLDER])


def _close_adapter() -> None:
    # dbt-duckdb keeps the file open after a run; the next reader in this process opens it otherwise
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
    reset_adapters()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
