"""Each command of the README does what it says."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.unit.landing.olist_folder import write_olist_folder

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def commands() -> list[str]:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_readme_has_two_commands_five_more_one_for_spark_and_two_for_texts() -> None:
    assert [command.split()[0:2] for command in commands()[:2]] == [["make", "run"], ["make", "ui"]]
    assert len(commands()) == 10


@pytest.mark.parametrize("target", ["run", "ui", "test", "lint", "bench", "spark", "clean", "docs", "help"])
def test_make_knows_its_targets_and_what_they_do(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=PROJECT, capture_output=True, text=True, check=True)
    said = {
        "run": "ccr run --from 2026-09-01 --to 2026-10-15",
        "ui": "--host 127.0.0.1 --port 3000",
        "test": "-m pytest",
        "lint": "lint-imports",
        "bench": "tests.bench.pipeline",
        "spark": "ccr spark",
        "clean": ".ccr",
        "docs": "orchestration.cli.data_dictionary",
        "help": "grep",
    }
    assert said[target] in done.stdout


def test_the_tests_bring_spark_with_them() -> None:
    command = ["make", "-n", "-W", "pyproject.toml", "test"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "'.[dev,spark]'" in done.stdout


def test_ci_and_the_readme_run_the_same_tests() -> None:
    assert "make test" in commands()
    assert "make test" in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_commands_of_the_readme_run_as_written(tmp_path: Path) -> None:
    write_olist_folder(tmp_path / "olist")
    (tmp_path / "feedback.jsonl").write_text('{"id": "1", "text": "发错货了"}\n', encoding="utf-8")
    environment = {**os.environ, "CCR_BUYER_KEY": "a key of the tests", "PYTHONWARNINGS": "ignore"}
    own = [command for command in commands() if command.startswith(".venv/bin/ccr")]
    assert len(own) == 6
    for command in own:
        arguments = shlex.split(command)
        arguments[0] = str(BIN / "ccr")
        done = subprocess.run(
            arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    header = (tmp_path / "ccr.csv").read_text(encoding="utf-8").splitlines()[0].replace('"', "")
    assert header.startswith("business_day,platform,subject_type")
    assert list((tmp_path / "home" / "published").glob("business_day=*/penalty_list.csv"))
    answer = json.loads((tmp_path / "answers.jsonl").read_text(encoding="utf-8"))
    assert (answer["id"], answer["decision"]) == ("1", "negative")
    assert list((tmp_path / "olist_landing" / "olist" / "orders").glob("*.*"))


def test_help_explains_every_command() -> None:
    done = subprocess.run([BIN / "ccr", "--help"], capture_output=True, text=True, check=True)
    pipeline = ("sample", "run", "result", "export", "policy", "review", "retag", "train", "import")
    words = ("classify", "explain-text", "lexicon", "appeal")
    for command in (*pipeline, *words):
        assert re.search(rf"{command}\W+\w{{3,}}", done.stdout), command


def test_the_ui_answers_on_this_machine_only_and_knows_the_assets(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CCR_HOME": str(tmp_path / "home"), "PYTHONWARNINGS": "ignore"}
    with (tmp_path / "ui.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["make", "ui", f"PORT={port}"],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            query = b'{"query": "{ assetNodes { assetKey { path } } }"}'
            assert b"penalty_list" in _answer(f"http://127.0.0.1:{port}/graphql", query, process)
        finally:
            _stop(process)
    said = (tmp_path / "ui.log").read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{port}" in said


def _stop(process: "subprocess.Popen[str]") -> None:
    """As Ctrl-C in a terminal does; Dagster gives its two servers a minute each before it kills them."""
    for sign, seconds in ((signal.SIGINT, 180), (signal.SIGKILL, 60)):
        os.killpg(process.pid, sign)
        try:
            process.wait(timeout=seconds)
            return
        except subprocess.TimeoutExpired:
            continue


def _answer(url: str, query: bytes, process: "subprocess.Popen[bytes]") -> bytes:
    request = urllib.request.Request(url, query, {"Content-Type": "application/json"})
    for _ in range(180):
        assert process.poll() is None, "make ui ended"
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                found = answer.read()
                if b"penalty_list" in found:
                    return found
        except OSError:
            pass
        time.sleep(1)
    return b""
