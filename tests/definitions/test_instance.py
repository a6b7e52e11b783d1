"""Several processes may open a new home at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import Settings

OPEN = """
import sys
from orchestration.settings import Settings
from orchestration.wiring.instance import opened_instance
settings = Settings.from_environment()
settings.prepare_home()
print("ready", flush=True)
sys.stdin.readline()
with opened_instance(settings.home) as instance:
    print(instance.get_runs_count(), type(instance.event_log_storage).__name__)
"""


@pytest.mark.parametrize("home", ["one", "another"])
def test_processes_that_open_a_new_home_at_once_all_get_it(tmp_path: Path, home: str) -> None:
    environment = {
        **os.environ,
        "CCR_HOME": str(tmp_path / home),
        "DAGSTER_HOME": str(tmp_path / home),
        "PYTHONWARNINGS": "ignore",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in processes]
    assert said == ["0 BatchingSqliteEventLogStorage\n"] * 3


def test_preparing_a_home_leaves_the_settings_of_dagster_and_nothing_half_written(tmp_path: Path) -> None:
    settings = Settings.from_environment({"CCR_HOME": str(tmp_path)})
    settings.prepare_home()
    settings.prepare_home()
    assert [path.name for path in tmp_path.glob("dagster.yaml*")] == ["dagster.yaml"]
    assert "BatchingSqliteEventLogStorage" in (tmp_path / "dagster.yaml").read_text(encoding="utf-8")
