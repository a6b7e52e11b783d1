"""One run at a time, and a dead run leaves no lock behind."""

import subprocess
import sys
import time
from pathlib import Path

import dagster as dg

from orchestration.wiring.lock import held

HOLD = """
import sys, time
from pathlib import Path
from orchestration.wiring.lock import held
with held(Path(sys.argv[1]), sys.argv[2], None, print):
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
"""


def holder(lock: Path, run_id: str, seconds: float) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock), run_id, str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    return process


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    said: list[str] = []
    with holder(lock, "first", 1.5) as first:
        before = time.monotonic()
        with held(lock, "second", None, said.append):
            waited = time.monotonic() - before
        first.wait(timeout=10)
    assert said == ["another run holds the house; waiting for it to end"]
    assert waited > 0.5


def test_a_killed_run_frees_the_lock_and_is_marked_failed(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with dg.instance_for_test() as instance:
        dead = instance.create_run_for_job(job_def=_job())
        with holder(lock, dead.run_id, 60) as process:
            process.kill()
            process.wait(timeout=10)
        with held(lock, "next", instance, print):
            assert lock.read_text(encoding="utf-8") == "next"
        record = instance.get_run_by_id(dead.run_id)
        assert record is not None
        assert record.status == dg.DagsterRunStatus.FAILURE


def test_a_finished_run_leaves_an_empty_lock(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with held(lock, "only", None, print):
        assert lock.read_text(encoding="utf-8") == "only"
    assert lock.read_text(encoding="utf-8") == ""


def _job() -> dg.JobDefinition:
    @dg.op
    def nothing() -> None:
        return None

    @dg.job
    def some_job() -> None:
        nothing()

    return some_job
