"""One DuckDB in memory for the process: starting one costs as much as landing a small file."""

import os

import duckdb

from orchestration.settings import Engine

_DATABASES: dict[int, duckdb.DuckDBPyConnection] = {}


def connect() -> duckdb.DuckDBPyConnection:
    """A connection with its own temporary views, in UTC; the caller closes it."""
    process = os.getpid()  # a fork has the database of its parent, but not its threads
    if process not in _DATABASES:
        engine = Engine.from_environment()
        _DATABASES[process] = duckdb.connect(
            config={"python_enable_replacements": False, **engine.when_opened(), **engine.once_open()}
        )
    connection = _DATABASES[process].cursor()
    connection.execute("SET TimeZone = 'UTC'")
    return connection
