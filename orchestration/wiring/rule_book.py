"""The policies' tables as the rooms take them: by name, in one order."""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from orchestration.wiring.warehouse import arrow


def rule_tables(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> dict[str, pa.Table]:
    """Tables of the schema `policies`, each sorted: the same rule book is read in the same order."""
    return {name: arrow(connection, f"select * from policies.{name} order by all") for name in names}
