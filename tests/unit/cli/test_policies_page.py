"""Each command on the page about policies does what the page says."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.policy.model import PolicyBase, RatePolicy, TicketPolicy
from tests.unit.policy.test_own_policies import OWN

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policies.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```bash\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()
]
TRIALS = [command for command in COMMANDS if shlex.split(command)[2] == "simulate"]  # they need a house
BEGINS = {
    "check": "12 versions of 11 policies are sound",
    "show": "douyin_ccr 20",
    "diff": "policy\n  mode: enforce becomes score_only",
    "schema": "",
}


def test_the_page_has_every_command() -> None:
    assert {shlex.split(command)[2] for command in COMMANDS} == {*BEGINS, "simulate"}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in TRIALS])
def test_a_command_of_the_page_runs_as_written(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(OWN, tmp_path / "my_policies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CCR_SHIPPED_POLICIES", raising=False)
    monkeypatch.setenv("CCR_POLICIES", "my_policies")
    _, *arguments = shlex.split(command)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert (done.stdout or done.stderr).startswith(BEGINS[arguments[1]])
    assert (tmp_path / "policy.schema.json").is_file() == (arguments[1] == "schema")


def test_the_page_names_every_part_of_a_document() -> None:
    parts = {*RatePolicy.model_fields, *TicketPolicy.model_fields} - {*PolicyBase.model_fields}
    parts |= {"mode", "dates", "execution", "exemptions"}
    unnamed = [part for part in sorted(parts - {"kind", "rules"}) if f"`{part}" not in TEXT]
    assert unnamed == []
