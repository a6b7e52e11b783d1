"""`ccr statement` shows a decision of the ledger's copy in the lake, or says why it cannot."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.wiring.house import House
from orchestration.wiring.statements import statements_of
from tests.support.decided_home import OLD, decide
from tests.unit.penalties.bench import SUNDAY


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CCR_HOME", "DAGSTER_HOME"):  # the command sets them
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "500")
    decide(tmp_path)
    return tmp_path


def ids(home: Path) -> list[str]:
    with House(home=str(home), landing=str(home)).warehouse() as connection:
        return [each["decision"]["decision_id"] for each in statements_of(connection, SUNDAY)]


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["statement", *arguments])


def test_a_day_has_the_statements_of_its_decisions_and_older_decisions_have_none(home: Path) -> None:
    found = ids(home)
    assert len(found) == 2
    assert found == sorted(found)
    assert OLD not in found
    with House(home=str(home), landing=str(home)).warehouse() as connection:
        assert list(statements_of(connection, date(2026, 10, 12))) == []


def test_the_beginning_of_an_id_shows_markdown_in_chinese(home: Path) -> None:
    for decision_id in ids(home):
        done = ask(decision_id[:12])
        assert done.exit_code == 0
        assert done.stdout.startswith("# 处罚决定说明书\n")
        assert decision_id in done.stdout


def test_it_is_written_as_the_file_ends_or_as_it_is_asked(home: Path, tmp_path: Path) -> None:
    (decision_id, _) = ids(home)
    for name, options, begins in (
        ("statement.html", ["--lang", "en"], '<!doctype html>\n<html lang="en">'),
        ("statement.json", [], "{\n"),
        ("statement", ["--lang", "en"], "# Statement of reasons\n"),
        ("statement.txt", ["--format", "html"], '<!doctype html>\n<html lang="zh-CN">'),
    ):
        file = tmp_path / name
        done = ask(decision_id, "--to", str(file), *options)
        assert (done.exit_code, done.stdout) == (0, "")
        assert file.read_text(encoding="utf-8").startswith(begins)
    told = json.loads((tmp_path / "statement.json").read_text(encoding="utf-8"))
    assert told["decision"]["decision_id"] == decision_id
    assert told["advice"] != {}


def test_what_cannot_be_shown_is_refused_with_a_reason(home: Path, tmp_path: Path) -> None:
    (decision_id, _) = ids(home)
    for arguments, says in (
        (["f" * 12], "no decision"),
        ([OLD], "posted before statements were kept"),
        ([decision_id, "--to", str(tmp_path / "nowhere" / "a.md")], "name a file in a folder that is there"),
    ):
        done = ask(*arguments)
        assert done.exit_code == 1
        assert says in done.stderr
