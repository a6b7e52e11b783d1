"""Which columns a model's column is made of, read from its compiled SQL."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

_DATES = re.compile(r"'\d{4}-\d{2}-\d{2}'")

Columns = dict[str, list[tuple[str, str, str]]]


class ColumnLineage:
    """Column lineage of models, kept by the text of their SQL: it costs about a second a model."""

    def __init__(self, cache: Path, known: dict[str, Columns], schema: dict[str, Any]) -> None:
        self._cache = cache
        self._known = known
        self._schema = schema

    @classmethod
    def load(cls, cache: Path, connection: duckdb.DuckDBPyConnection) -> "ColumnLineage":
        """Reads what earlier runs worked out, and the columns of every relation there is."""
        known = json.loads(cache.read_text(encoding="utf-8")) if cache.exists() else {}
        schema: dict[str, dict[str, dict[str, str]]] = {}
        for table_schema, table, column, kind in connection.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns order by all"
        ).fetchall():
            schema.setdefault(table_schema, {}).setdefault(table, {})[column] = kind
        return cls(cache, known, schema)

    def save(self) -> None:
        """Keeps what was worked out for the next run."""
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        staged = self._cache.with_suffix(f".{os.getpid()}")
        staged.write_text(json.dumps(self._known, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        staged.replace(self._cache)

    def metadata(self, node: Any) -> dict[str, Any]:
        """The metadata entry of one model; empty where its SQL is beyond the parser."""
        # the window's dates change every day and the lineage does not
        text = _DATES.sub("'day'", node.compiled_code)
        key = hashlib.sha256(f"{node.schema}.{node.name}\n{text}".encode()).hexdigest()[:24]
        if key not in self._known:
            self._known[key] = self._trace(node.schema, node.name, text)
        columns = self._known[key]
        if not columns:
            return {}
        return {
            "dagster/column_lineage": dg.TableColumnLineage(
                {
                    column: [
                        dg.TableColumnDep(asset_key=dg.AssetKey([schema, table]), column_name=name)
                        for schema, table, name in sources
                    ]
                    for column, sources in columns.items()
                }
            )
        }

    def _trace(self, schema: str, name: str, sql: str) -> Columns:
        try:
            tree = parse_one(sql, dialect="duckdb")
            for table in tree.find_all(exp.Table):
                table.set("catalog", None)
            qualified = qualify(
                tree, dialect="duckdb", schema=self._schema, validate_qualify_columns=False,
                identify=False,
            )  # fmt: skip
            scope = build_scope(qualified)
            return {
                column: _sources(lineage(column, qualified, schema=self._schema, scope=scope))
                for column in self._schema.get(schema, {}).get(name, {})
            }
        except (SqlglotError, ValueError, KeyError):
            return {}


def _sources(node: Any) -> list[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for leaf in node.walk():
        table = leaf.expression
        if isinstance(table, exp.Table) and table.db:
            found.add((table.db, table.name, leaf.name.rsplit(".", 1)[-1].strip('"')))
    return sorted(found)
