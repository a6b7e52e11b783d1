"""The commands of the rule book as a person meets them."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from tests.unit.policy.books import CHATS, DOUYIN, LATER, Book
from tests.unit.policy.test_own_policies import OWN


def ccr(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["policy", *(str(argument) for argument in arguments)])


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CCR_POLICIES", "CCR_SHIPPED_POLICIES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def draft(tmp_path: Path) -> Book:
    """A copy of the rule book, to try changes in."""
    return Book(tmp_path / "draft")


def test_the_shipped_rule_book_is_sound() -> None:
    done = ccr("check")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.strip() == "11 versions of 10 policies are sound and fit together"


def test_a_folder_of_ones_own_is_checked_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCR_POLICIES", str(OWN))
    assert "12 versions of 11 policies are sound" in ccr("check").stderr
    monkeypatch.setenv("CCR_SHIPPED_POLICIES", "no")
    assert "1 versions of 1 policies are sound" in ccr("check").stderr


def test_every_fault_is_told_with_file_line_rule_and_remedy(draft: Book) -> None:
    file = draft.edit(DOUYIN, "mode: enforce", "mode: enforced")
    draft.edit(DOUYIN, "  min_orders: 30", "  min_orders: -30")
    other = draft.edit(CHATS, "grain: session", "grain: order")
    done = ccr("check", draft.folder)
    assert done.exit_code == 2
    said = done.stdout.splitlines()
    assert len(said) == 3
    assert said[0].startswith(f"{file}:9: unknown code 'enforced' for mode [unknown_code]. Did you mean")
    assert re.fullmatch(rf"{file}:\d+: min_orders is -30 \[negative_amount\]\. Give a number.*", said[1])
    assert re.fullmatch(
        rf"{other}:\d+: grain is 'order', but .* \[wrong_for_metric\]\. Write session\.", said[2]
    )
    assert done.stderr.strip() == "ccr: 3 faults; nothing is put in force"


def test_a_draft_is_checked_within_the_rule_book(draft: Book) -> None:
    done = ccr("check", draft.next_version(DOUYIN, "2027-09-01", supersedes=LATER.stem))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "12 versions of 10 policies" in done.stderr


def test_a_draft_that_does_not_fit_the_rule_book_is_refused(draft: Book) -> None:
    added = draft.next_version(DOUYIN, "2026-11-01", supersedes=DOUYIN.stem)
    done = ccr("check", added)
    assert done.exit_code == 2
    assert "it supersedes '2026-07-14', but comes after '2026-11-01' [supersedes_unknown]" in done.stdout


def test_a_path_that_is_not_there_is_a_fault() -> None:
    done = ccr("check", "nowhere")
    assert done.exit_code == 2
    assert done.stdout == "nowhere:0: this is no folder [no_such_folder]. Correct its name.\n"


def test_a_version_is_shown_with_the_source_of_each_number() -> None:
    said = ccr("show", "douyin_ccr", "--version", "2026-07-14").stdout
    assert "in force from 2026-07-14 until the day before 2027-03-01" in said
    assert "ccr_rate is orders with valid negative feedback ÷ effective orders" in said
    for line in (
        r"tier T2 measures fine\s+7,000 yuan\s+S4, S5, S6, OURS-LADDER",
        r"at 1.3 times the benchmark\s+60\s+OURS-SCORE",
        r"small n flagship\s+80 below 300 orders with at most 3 negatives\s+C2, C5",
        r"straddle\s+lenient\s+C11, C12, OURS-STRADDLE",
        r"S4\s+press\s+Some shops were fined 7000 yuan\.\s+en\.shxuanming",
    ):
        assert re.search(line, said), line


@pytest.mark.parametrize(
    ("options", "version"),
    [([], "2027-03-01"), (["--on", "2026-09-01"], "2026-07-14"), (["--on", "2027-03-01"], "2027-03-01")],
)
def test_the_version_of_a_day_or_the_last_one_is_shown(options: list[str], version: str) -> None:
    assert ccr("show", "douyin_ccr", *options).stdout.startswith(f"douyin_ccr {version}\n")


def test_what_waits_for_its_counts_says_so() -> None:
    said = ccr("show", "amazon_ncx").stdout
    assert "its counts do not exist here, so nothing is scored by it" in said
    assert re.search(r"dimensions content\s+counts as product", said)
    assert re.search(r"dimensions logistics\s+does not count", said)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "douyin_crr"], "no policy 'douyin_crr'; did you mean douyin_ccr?"),
        (
            ["show", "douyin_ccr", "--on", "2026-07-13"],
            "no version of 'douyin_ccr' is in force on 2026-07-13",
        ),
        (["show", "douyin_ccr", "--version", "2"], "has no version '2'; it has 2026-07-14 or 2027-03-01"),
        (["show", "douyin_ccr", "--version", "2", "--on", "2026-09-01"], "give one of them"),
        (["diff", "douyin_ccr", "2026-07-14", "2"], "has no version '2'"),
        (["schema", "--to", "no/such/folder/policy.json"], "name a file in a folder that exists"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_remedy(arguments: list[str], says: str) -> None:
    done = ccr(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in " ".join(done.stderr.split())


def test_a_setting_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCR_SHIPPED_POLICIES", "maybe")
    done = ccr("check")
    assert done.exit_code == 1
    assert "Write yes or no" in done.stderr


def test_two_versions_are_compared_in_words() -> None:
    done = ccr("diff", "douyin_ccr", DOUYIN.stem, LATER.stem)
    assert done.exit_code == 0
    said = done.stdout.splitlines()
    assert said[:2] == ["policy", "  mode: enforce becomes score_only"]
    assert "  effective from: 2026-07-14 becomes 2027-03-01" in said
    assert "  C11: is gone" in said
    assert not [line for line in said if line.startswith(("ladder", "score", "exclusions"))]


def test_a_version_is_like_itself() -> None:
    done = ccr("diff", "douyin_ccr", DOUYIN.stem, DOUYIN.stem)
    assert (done.exit_code, done.stdout) == (0, "douyin_ccr 2026-07-14 and 2026-07-14 say the same\n")


def test_the_schema_is_written_for_an_editor(tmp_path: Path) -> None:
    schema = json.loads(ccr("schema").stdout)
    Draft202012Validator.check_schema(schema)
    assert ccr("schema", "--to", tmp_path / "policy.json").exit_code == 0
    assert json.loads((tmp_path / "policy.json").read_text(encoding="utf-8")) == schema


@pytest.mark.parametrize("command", ["check", "show", "diff", "schema", "simulate"])
def test_help_says_what_a_command_does(command: str) -> None:
    assert re.search(rf"{command}\W+\w{{3,}}", ccr("--help").stdout)
    assert "Usage" in ccr(command, "--help").stdout
