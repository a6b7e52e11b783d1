"""Opens and closes the Spark session that dbt and the classifier share."""

# pyspark is an optional extra
# pyright: reportMissingImports=false

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import PROJECT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOG_SETTINGS = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n%ex
"""
# Planning costs more than computing on one machine, and is over before the second compiler would pay.
_JVM = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseParallelGC"


class SparkMissingError(RuntimeError):
    """pyspark or Java is not there; says which and how to get it."""


@contextmanager
def opened(folder: Path, cores: int = 2, memory: str = "3g") -> Iterator["SparkSession"]:
    """A session on this machine that keeps its tables below `folder`; whatever was there is gone.

    The catalogue lives as long as the session. The ports it opens are of 127.0.0.1 alone.
    """
    require()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "log4j2.properties").write_text(_LOG_SETTINGS, encoding="utf-8")
    # read by the JVM when it starts, and by the workers that it starts
    os.environ.update(
        SPARK_CONF_DIR=str(folder / "conf"),
        SPARK_LOCAL_IP="127.0.0.1",
        PYSPARK_PYTHON=sys.executable,
        PYSPARK_DRIVER_PYTHON=sys.executable,
    )
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{cores}]").appName("ccr")
    for name, value in _settings(folder, cores, memory).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        shutil.rmtree(folder / "scratch", ignore_errors=True)


def require() -> None:
    """Raises SparkMissingError unless pyspark, dbt-spark and Java are there."""
    from importlib.util import find_spec

    absent = [name for name in ("pyspark", "dbt.adapters.spark") if find_spec(name) is None]
    if absent:
        raise SparkMissingError(
            f"{' and '.join(absent)} cannot be imported: Spark is an optional extra. Use `make spark`, "
            "or install the project as '.[spark]'"
        )
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise SparkMissingError("java is not found: Spark needs Java 17 or 21. Install it or set JAVA_HOME")


def _settings(folder: Path, cores: int, memory: str) -> dict[str, str]:
    return {
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": _JVM,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder / "scratch"),
        "spark.executorEnv.PYTHONPATH": str(PROJECT),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(cores),
        "spark.sql.sources.partitionOverwriteMode": "dynamic",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    }
