"""The commands of the classifier as a person or a shell script meets them."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.classification import trained
from orchestration.classification.corpus import cut, read_corpora
from orchestration.classification.training import train
from orchestration.cli import classifying
from orchestration.cli.app import app

ROWS = '{"id": "a", "text": "发错货了"}\n{"id": "b", "text": "不错"}\n{"id": "c"}\n'


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(folder, cut(read_corpora(), every=40))
    return folder


def ccr(*arguments: str | Path, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


def test_a_file_is_answered_and_summed_up_on_stderr(tmp_path: Path, model: Path) -> None:
    (tmp_path / "in.jsonl").write_text(ROWS, "utf-8")
    done = ccr("classify", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--model", model)
    assert (done.exit_code, done.stdout) == (0, "")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert "3 rows; 1 negative, 1 not_negative; 1 errors" in done.stderr
    assert "row 3: text: is missing" in done.stderr


def test_a_pipe_is_answered_with_nothing_but_answers(model: Path) -> None:
    done = ccr("classify", "-", "--out", "-", "--model", model, given=ROWS)
    assert done.exit_code == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b", "c"]
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(("rows", "code"), [(ROWS, 1), (ROWS[: ROWS.index("\n")], 0)])
def test_strict_fails_when_any_row_did(tmp_path: Path, model: Path, rows: str, code: int) -> None:
    (tmp_path / "in.jsonl").write_text(rows, "utf-8")
    done = ccr("classify", tmp_path / "in.jsonl", "--out", tmp_path / "o.jsonl", "--strict", "--model", model)
    assert done.exit_code == code
    assert (tmp_path / "o.jsonl").is_file()


def test_refusals_name_the_file_and_the_remedy(tmp_path: Path, model: Path) -> None:
    done = ccr("classify", tmp_path / "none.jsonl", "--out", "-", "--model", model)
    assert done.exit_code == 1
    assert "none.jsonl: there is no such file; check the name" in done.stderr
    done = ccr("classify", "-", "--out", "-", "--model", tmp_path, given="")
    assert done.exit_code == 1
    assert "train the classifier first" in done.stderr


def test_the_model_of_the_home_is_trained_on_first_use_and_kept(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CCR_HOME", "DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")
    asked: list[Path] = []

    def ensure_trained(folder: Path) -> None:
        asked.append(folder)
        for file in model.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / trained.INPUTS_FILE).write_text(trained.inputs_fingerprint(folder), "utf-8")

    monkeypatch.setattr(trained, "ensure_trained", ensure_trained)
    first = ccr("classify", "-", "--out", "-", "--home", tmp_path, given=ROWS)
    again = ccr("classify", "-", "--out", "-", "--home", tmp_path, given=ROWS)
    assert asked == [tmp_path / "model"]
    assert "training the model" in first.stderr
    assert "training the model" not in again.stderr
    assert first.stdout == again.stdout != ""


def test_an_explanation_names_each_phrase_and_its_reason(model: Path) -> None:
    done = ccr("explain-text", "质量太差，没有破损，客服不理人", "--model", model)
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[0] == "质量太差，没有破损，客服不理人"
    assert re.match(r"negative, probability [01]\.\d{3}", lines[2])
    [silent] = [line for line in lines if "no_reply:不理人" in line]
    assert "issue" in silent
    assert "the merchant does not answer" in silent
    assert any("praise by denying a fault" in line for line in lines)
    assert any(line.startswith("heaviest clause: ") for line in lines)


def test_columns_stand_straight_though_chinese_letters_are_wide(model: Path) -> None:
    done = ccr("explain-text", "质量太差，没有破损，坏了", "--model", model)
    table = done.stdout.split("words")[1].splitlines()[1:]
    assert len({line_start(line) for line in table if line}) == 1


def line_start(line: str) -> int:
    """The column of a terminal in which the second cell begins."""
    first = re.match(r"\S+\s+", line)
    assert first is not None
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in first[0])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("质量太差", {"issue"}),
        ("没有发现破损", {"negated"}),
        ("要是坏了怎么办", {"hypothetical", "demand"}),
        ("会不会掉色", {"questioned"}),
        ("很好用", {"praise"}),
        ("怎么安装", {"guard"}),
    ],
)
def test_an_explanation_as_json_tells_what_each_phrase_counts_as(
    model: Path, text: str, kinds: set[str]
) -> None:
    told = json.loads(ccr("explain-text", text, "--json", "--model", model).stdout)
    assert {found["kind"] for found in told["found"]} == kinds
    for found in told["found"]:
        assert text[found["start"] : found["end"]] == found["text"]
        assert found["reason"]
    start, end = told["heaviest"]["start"], told["heaviest"]["end"]
    assert text[start:end] == told["heaviest"]["text"] != ""


def test_channel_and_rating_are_those_of_a_row(model: Path) -> None:
    chat = json.loads(
        ccr("explain-text", "什么态度", "--channel", "im_session", "--json", "--model", model).stdout
    )
    assert (chat["dissatisfied"], chat["issues"][0]["spans"][0]["field"]) == (True, "message:0")
    low = json.loads(ccr("explain-text", "", "--rating", "1", "--json", "--model", model).stdout)
    assert (low["decision"], low["heaviest"]) == ("negative", None)
    for wrong in (("--rating", "9"), ("--channel", "mail")):
        done = ccr("explain-text", "x", *wrong, "--model", model)
        assert done.exit_code == 1
        assert wrong[0].removeprefix("--") in done.stderr


def test_nothing_in_a_text_is_obeyed_by_the_terminal(model: Path) -> None:
    done = ccr("explain-text", "坏\x1b[31m了 [red]差[/red]", "--model", model)
    assert "\x1b" not in done.stdout
    assert "[red]差[/red]" in done.stdout


def test_the_lexicon_is_checked_by_folder(tmp_path: Path) -> None:
    assert ccr("lexicon", "check").exit_code == 0
    text = "groups:\n  - {issue: wrong_item, reason: r, phrases: [发错货, 发错货, 差差差差差]}\n"
    (tmp_path / "some.yaml").write_text(text, "utf-8")
    done = ccr("lexicon", "check", tmp_path)
    assert done.exit_code == 1
    assert [line.split(": ")[0] for line in done.stdout.splitlines()] == ["some.yaml:2", "some.yaml:2"]
    assert "2 phrases break a rule" in done.stderr
    (tmp_path / "some.yaml").write_text("groups: [", "utf-8")
    assert "some.yaml:2: not YAML" in ccr("lexicon", "check", tmp_path).stderr
    assert "holds no .yaml file" in ccr("lexicon", "check", tmp_path / "none").stderr


def test_phrases_are_listed_by_issue() -> None:
    lines = ccr("lexicon", "list", "--issue", "counterfeit").stdout.splitlines()
    assert "counterfeit\t3\t假货\tfake or suspected fake goods" in lines
    assert {line.split("\t")[0] for line in lines} == {"counterfeit"}
    done = ccr("lexicon", "list", "--issue", "bad_luck")
    assert done.exit_code == 1
    assert "'bad_luck' is unknown" in done.stderr


def test_a_command_that_needs_no_home_makes_none(tmp_path: Path, model: Path) -> None:
    assert classifying.model_folder(model, tmp_path / "home") == model
    assert not (tmp_path / "home").exists()
