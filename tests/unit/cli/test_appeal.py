"""`ccr appeal`: what keeps the rules is written down once, what breaks one is refused with the remedy."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from orchestration.appeals.book import Book
from orchestration.classification.abnormal.schemas import ABNORMAL_SCHEMA
from orchestration.cli.app import app
from orchestration.penalties.audit import acts
from orchestration.penalties.ledger import Ledger
from orchestration.wiring.lake import write_partition
from tests.support.appealed_home import DAY, DOUYIN, PRODUCT, SERVICE, make_home

Ccr = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CCR_HOME", "CCR_LANDING", "DAGSTER_HOME", "CCR_REVIEWER", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")
    made = make_home(tmp_path / "home")
    (tmp_path / "photo.jpg").write_bytes(b"a photo")
    (tmp_path / "chat.txt").write_text("a chat", encoding="utf-8")
    return made


@pytest.fixture
def ccr(home: Path) -> Ccr:
    def run(*arguments: str, day: str | None = "2026-09-05", by: str | None = "shop s1") -> Result:
        told = [*arguments, "--home", str(home)]
        told += ["--day", day] if day else []
        told += ["--by", by] if by else []
        return CliRunner().invoke(app, ["appeal", *told])

    return run


def file(ccr: Ccr, home: Path, subject: str = PRODUCT, *more: str, **values: str) -> Result:
    photo = str(home.parent / "photo.jpg")
    given = ["--subject", subject, "--reason", "20", "--statement", "商品没有问题", "--evidence", photo]
    return ccr("file", *given, *more, **values)


def said(result: Result) -> str:
    return " ".join(result.output.split())


def lines(home: Path) -> list[tuple[str, str, int]]:
    return [(str(line.day), line.event, line.event_no) for line in Book(home / "landing").lines()]


def appeal_of(home: Path) -> str:
    return Book(home / "landing").lines()[0].as_event().appeal_key


def audited(home: Path) -> list[tuple[str, str, str]]:
    ledger = Ledger(f"sqlite:///{home / 'ledger.sqlite'}")
    with ledger.reading() as connection:
        found = [(act.actor, act.action, act.object_key) for act in acts(connection, object_type="appeal")]
    ledger.close()
    return found


def test_who_filed_and_who_decided_is_in_the_audit_log(ccr: Ccr, home: Path) -> None:
    file(ccr, home)
    key = appeal_of(home)
    assert audited(home) == [("shop s1", "filed", key)]
    ccr("decide", key, "--uphold", by="a judge")
    assert audited(home) == [("shop s1", "filed", key), ("a judge", "upheld", key)]
    refused = ccr("decide", key, "--reject", by="a judge")
    assert refused.exit_code == 1
    assert len(audited(home)) == 2, "what was refused was not done"


def test_a_filing_is_written_down_as_a_landing_file(ccr: Ccr, home: Path) -> None:
    result = file(ccr, home)
    assert result.exit_code == 0, said(result)
    assert "now submitted (round 1)" in said(result)
    assert "known from 2026-09-05: run that day" in said(result)
    written = home / "landing" / "pinduoduo" / "appeals" / "2026-09-05" / "ccr.jsonl"
    row = json.loads(written.read_text(encoding="utf-8"))
    assert (row["event"], row["event_no"], row["shop_id"], row["subject_type"], row["subject_id"]) == (
        "filed", 1, "s1", "order", "o1",
    )  # fmt: skip
    assert row["evidence"].startswith("photo:")
    assert row["actor"] == "shop s1"


def test_what_a_day_of_rules_refuses_is_not_written(ccr: Ccr, home: Path) -> None:
    result = file(ccr, home, SERVICE)
    assert result.exit_code == 1
    assert "refused: not_appealable: no_reply: a long silence of the service (长时间不回复)" in said(result)
    assert "Settle it with the consumer" in said(result)
    assert lines(home) == []


@pytest.mark.parametrize(
    ("subject", "more", "refusal"),
    [
        ("pinduoduo:nothing", (), "subject_unknown: the order pinduoduo:nothing is not known by 2026-09-05"),
        (PRODUCT, ("--shop", "s2"), "wrong_shop: pinduoduo:o1 belongs to another shop than pinduoduo:s2"),
    ],
)
def test_a_refused_filing_says_the_rule(
    ccr: Ccr, home: Path, subject: str, more: tuple[str, ...], refusal: str
) -> None:
    result = file(ccr, home, subject, *more)
    assert result.exit_code == 1
    assert f"refused: {refusal}" in said(result)
    assert lines(home) == []


def test_a_statement_that_is_too_long_is_refused(ccr: Ccr, home: Path) -> None:
    result = ccr("file", "--subject", DOUYIN, "--statement", "长" * 101, "--reason", "rating_against_words")
    assert result.exit_code == 1
    assert "statement_too_long: the statement has 101 characters, 100 are allowed" in said(result)


def test_the_same_subject_is_appealed_once_at_a_time(ccr: Ccr, home: Path) -> None:
    assert file(ccr, home).exit_code == 0
    again = file(ccr, home, day="2026-09-06")
    assert again.exit_code == 1
    assert "refused: second_open_appeal:" in said(again)
    withdrawn = ccr("withdraw", appeal_of(home), "--note", "a mistake", day="2026-09-06")
    assert "now withdrawn" in said(withdrawn)
    assert file(ccr, home, day="2026-09-07").exit_code == 0
    assert [event for _, event, _ in lines(home)] == ["filed", "withdrawn", "filed"]
    assert len({line.appeal_id for line in Book(home / "landing").lines()}) == 2


def test_a_rejected_appeal_is_reconsidered_with_new_evidence_and_decided_by_a_person(
    ccr: Ccr, home: Path
) -> None:
    file(ccr, home)
    key = appeal_of(home)
    photo, chat = str(home.parent / "photo.jpg"), str(home.parent / "chat.txt")
    rejected = ccr("decide", key, "--reject", "--reviewer", "auto", "--reason", "untrue", by="a machine")
    assert "now rejected (round 1)" in said(rejected)
    unchanged = ccr("reconsider", key, "--evidence", photo)
    assert unchanged.exit_code == 1
    assert "evidence_unchanged" in said(unchanged)
    assert "now reconsidering (round 2)" in said(ccr("reconsider", key, "--evidence", chat))
    assert "now human_review" in said(ccr("human", key))
    by_machine = ccr("decide", key, "--uphold", "--reviewer", "auto")
    assert by_machine.exit_code == 1
    assert "decided_by_machine_after_human_request" in said(by_machine)
    assert "now approved (round 2)" in said(ccr("decide", key, "--uphold", "--note", "seen", by="a person"))
    assert [number for _, _, number in lines(home)] == [1, 2, 3, 4, 5]


def test_an_appeal_is_not_spoken_of_before_it_is_known(ccr: Ccr, home: Path) -> None:
    file(ccr, home)
    early = ccr("withdraw", appeal_of(home), day="2026-09-04")
    assert early.exit_code == 1
    assert "known from 2026-09-05 on, and 2026-09-04 is before that" in said(early)
    assert "there is no appeal pinduoduo:appeal:x" in said(ccr("withdraw", "pinduoduo:appeal:x"))
    assert "'x' is no appeal: write platform:appeal:ID" in said(ccr("withdraw", "x"))


def test_whoever_speaks_is_named(ccr: Ccr, home: Path) -> None:
    nameless = file(ccr, home, by="")
    assert nameless.exit_code == 1
    assert "who says so? Name them with --by" in said(nameless)


def test_evidence_is_a_file_of_a_kind(ccr: Ccr, home: Path) -> None:
    unknown = ccr("file", "--subject", PRODUCT, "--evidence", str(home / "warehouse.duckdb"))
    assert "what kind of evidence is it? Write photo, video, chat_record" in said(unknown)
    missing = ccr("file", "--subject", PRODUCT, "--evidence", "logistics_record:nowhere.png")
    assert "nowhere.png: it cannot be read" in said(missing)
    assert "no subject: write platform:ORDER" in said(ccr("file", "--subject", "o1"))


def test_a_suggestion_names_reason_checklist_deadline_and_effect_and_files_nothing(
    ccr: Ccr, home: Path
) -> None:
    told = said(ccr("suggest", "--subject", PRODUCT, by=None))
    assert "an appeal is open" in told
    assert "suggested reason 19" in told
    assert "[ ] the record of the payment or the refund" in told
    assert "nothing is filed by this" in told
    closed = said(ccr("suggest", "--subject", SERVICE, by=None))
    assert "no appeal is open: no_reply: a long silence" in closed
    rated = said(ccr("suggest", "--subject", DOUYIN, by=None))
    assert "51 of 1000 orders negative become 50 of 1000" in rated
    assert "becomes" in rated.split("50 of 1000", 1)[1]
    assert lines(home) == []


def test_a_suggested_reason_is_told_by_the_policys_code_and_may_be_filed(ccr: Ccr, home: Path) -> None:
    found = {"feedback_key": DOUYIN, "code": "rating_text_contradiction", "detail": ""}
    rows = pa.Table.from_pylist([found], schema=ABNORMAL_SCHEMA)
    write_partition(home / "lake", "classified", "abnormal_evaluations", DAY, rows)
    told = said(ccr("suggest", "--subject", DOUYIN, by=None))
    assert "suggested reason rating_against_words: rating and words contradict each other" in told
    filing = ["--subject", DOUYIN, "--reason", "rating_against_words", "--statement", "评价等级与内容不符"]
    assert "now submitted" in said(ccr("file", *filing))


def test_a_suggestion_knows_of_the_appeal_that_is_open_and_of_the_one_that_was_decided(
    ccr: Ccr, home: Path
) -> None:
    file(ccr, home)
    told = said(ccr("suggest", "--subject", PRODUCT, by=None))
    assert f"appeal {appeal_of(home)} about it is submitted" in told
    assert "no appeal is open: appeal ccr-" in told
    ccr("decide", appeal_of(home), "--reject", "--reason", "untrue", by="a person")
    told = said(ccr("suggest", "--subject", PRODUCT, by=None))
    assert "was decided (rejected); only a reconsideration of that one may follow" in told
    assert "suggested reason" not in told


def test_what_waits_for_its_days_run_is_listed(ccr: Ccr, home: Path) -> None:
    assert "0 appeals as known on 2026-09-05" in said(ccr("list", by=None))
    file(ccr, home)
    listed = said(ccr("list", by=None))
    assert f"{appeal_of(home)}: filed waits in the book for the run of 2026-09-05" in listed


def test_without_a_warehouse_the_remedy_is_named(tmp_path: Path, home: Path) -> None:
    result = CliRunner().invoke(app, ["appeal", "list", "--home", str(tmp_path / "empty")])
    assert result.exit_code == 1
    assert "has no warehouse yet; `ccr run` makes one" in said(result)
