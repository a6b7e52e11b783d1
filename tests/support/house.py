"""A house of its own for a pipeline test: run through the real command line and executor, read back whole."""

import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.wiring.house import House

PROJECT = Path(__file__).resolve().parents[2]
CCR = [sys.executable, "-m", "orchestration.cli"]


class RunFailedError(AssertionError):
    """The command failed; carries what it printed."""


@dataclass
class TestHouse:
    """One home and one landing folder. Ranges are run in one process unless a test wants it killed."""

    __test__ = False  # a house for tests, not a test

    home: Path
    landing: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *ranges: str) -> str:
        """Runs `first..last` ranges (or single days) one after another; gives back what was said."""
        process = self.start(*ranges)
        said, _ = process.communicate(timeout=900)
        if process.returncode != 0:
            raise RunFailedError(said[-6000:])
        return said

    def decide(self, days: str) -> str:
        """Runs the checks, the posting and the publishing alone, on the scores as they stand."""
        return self.run(f"decide:{days}")

    def start(self, *ranges: str) -> "subprocess.Popen[str]":
        """Starts a run and does not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.run_ranges", *ranges],
            cwd=PROJECT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def kill_when(self, sign: str, *ranges: str) -> str:
        """Starts a run and kills it (SIGKILL) as soon as a line with the sign appears."""
        process = self.start(*ranges)
        said: list[str] = []
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                said.append(line)
                if sign in line:
                    os.killpg(process.pid, signal.SIGKILL)
                    break
        process.wait(timeout=60)
        if process.returncode != -signal.SIGKILL:
            raise RunFailedError(f"the run ended before it said {sign!r}: " + "".join(said)[-3000:])
        return "".join(said)

    def ccr(self, *arguments: str, expect: int = 0, cwd: Path = PROJECT) -> str:
        """Runs the command line itself and gives back stdout and stderr."""
        done = subprocess.run(
            [*CCR, *arguments],
            cwd=cwd,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )
        if done.returncode != expect:
            raise RunFailedError(f"exit {done.returncode}: {done.stdout[-6000:]}")
        return done.stdout

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a statement over the warehouse and the lake."""
        with House(home=str(self.home), landing=str(self.landing)).warehouse() as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        """Changes the warehouse behind the pipeline's back."""
        with House(home=str(self.home), landing=str(self.landing)).warehouse() as connection:
            connection.execute(sql)

    def state(self) -> dict[str, str]:
        """Everything the pipeline leaves behind, as name -> hash: lake and lists by byte, tables by row."""
        found = {
            str(path.relative_to(self.home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in ("lake", "published")
            for path in sorted((self.home / folder).rglob("*"))
            if path.is_file() and "data_docs" not in path.parts
        }
        with House(home=str(self.home), landing=str(self.landing)).warehouse() as connection:
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_schema in ('intermediate', 'ccr', 'penalties') order by all"
            ).fetchall():
                found[f"{schema}.{table}"] = _rows_hash(connection, f"{schema}.{table}")
        return found

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "CCR_HOME": str(self.home),
            "CCR_LANDING": str(self.landing),
            "DAGSTER_HOME": str(self.home),
            "CCR_BUYER_KEY": "a key of the tests",
            "CCR_ENFORCEMENT_HORIZON_DAYS": "60",  # the sample's first days are enforced too
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "DAGSTER_EVENT_BATCH_SIZE": "500",
            "PYTHONWARNINGS": "ignore",
            "COLUMNS": "200",
            **self.environment,
        }


def differences(left: dict[str, str], right: dict[str, str]) -> list[str]:
    """Names that are not the same on both sides."""
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def _rows_hash(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    rows = connection.execute(f"select * from {table} order by all").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()
