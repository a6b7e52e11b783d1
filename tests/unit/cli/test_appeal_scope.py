"""`ccr appeal` within a scope: a merchant appeals for own shops, hears of no others, and decides nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from orchestration.appeals.book import Book
from orchestration.appeals.schemas import APPEALS_TABLES
from orchestration.cli.app import app
from orchestration.penalties.snapshot import SNAPSHOTS
from orchestration.wiring.lake import write_partition
from tests.support.appealed_home import DOUYIN, PRODUCT, SERVICE, make_home

Ccr = Callable[..., Result]
OWN = "shop:pinduoduo:s1"
OTHERS = "is outside the scope"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CCR_HOME", "CCR_LANDING", "DAGSTER_HOME", "CCR_REVIEWER", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")
    (tmp_path / "photo.jpg").write_bytes(b"a photo")
    (tmp_path / "chat.txt").write_text("a chat", encoding="utf-8")
    return make_home(tmp_path / "home")


@pytest.fixture
def ccr(home: Path, monkeypatch: pytest.MonkeyPatch) -> Ccr:
    def run(*arguments: str, scope: str = OWN, by: str | None = "shop s1") -> Result:
        monkeypatch.setenv("CCR_SCOPE", scope)
        told = [*arguments, "--home", str(home), "--day", "2026-09-05", *(["--by", by] if by else [])]
        return CliRunner().invoke(app, ["appeal", *told])

    return run


def said(result: Result) -> str:
    return " ".join(result.output.split())


def filed(ccr: Ccr, home: Path, subject: str, *more: str, scope: str = OWN) -> Result:
    photo, chat = str(home.parent / "photo.jpg"), str(home.parent / "chat.txt")
    given = ["--reason", "19", "--statement", "已补偿", "--evidence", photo, "--evidence", chat]
    return ccr("file", "--subject", subject, *given, *more, scope=scope)


def decide_on(home: Path, decision_id: str, shop_key: str) -> None:
    row = {
        "decision_id": decision_id, "platform": "pinduoduo", "shop_key": shop_key, "mode": "enforce",
        "business_day": date(2026, 9, 4),
    }  # fmt: skip

    folder = home / "lake" / "penalties"
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist([row], schema=SNAPSHOTS["decisions"])
    pq.write_table(table, folder / "decisions.parquet")


@pytest.mark.parametrize("scope", [OWN, "group:pinduoduo:g1", f"{OWN},shop:douyin:s3"])
def test_an_own_appeal_goes_all_its_way_but_to_a_decision(ccr: Ccr, home: Path, scope: str) -> None:
    result = filed(ccr, home, PRODUCT, scope=scope)
    assert "now submitted" in said(result), said(result)
    key = Book(home / "landing").lines()[0].as_event().appeal_key
    assert "now human_review" in said(ccr("human", key, scope=scope))
    refused = ccr("decide", key, "--uphold", scope=scope)
    assert refused.exit_code == 1
    assert "CCR_SCOPE is" in said(refused)
    assert "now rejected" in said(ccr("decide", key, "--reject", "--reason", "untrue", scope="", by="ann"))
    chat = home.parent / "new.txt"
    chat.write_text("another chat", encoding="utf-8")
    again = ccr("reconsider", key, "--evidence", str(chat), scope=scope)
    assert "now reconsidering" in said(again), said(again)
    assert "now withdrawn" in said(ccr("withdraw", key, scope=scope))
    assert f"appeal {key} about it is withdrawn" in said(
        ccr("suggest", "--subject", PRODUCT, scope=scope, by=None)
    )


@pytest.mark.parametrize("subject", [SERVICE, DOUYIN, "pinduoduo:nothing"])
def test_a_subject_of_another_shop_is_told_like_one_that_is_not_there(
    ccr: Ccr, home: Path, subject: str
) -> None:
    for result in (
        filed(ccr, home, subject),
        filed(ccr, home, subject, "--shop", "s1"),
        ccr("suggest", "--subject", subject, by=None),
    ):
        assert result.exit_code == 1
        assert f"{subject} {OTHERS} '{OWN}'" in said(result)
    assert Book(home / "landing").lines() == []


def test_nobody_files_for_another_shop(ccr: Ccr, home: Path) -> None:
    assert f"--shop 's2' {OTHERS}" in said(filed(ccr, home, PRODUCT, "--shop", "s2"))
    assert f"--shop 's2' {OTHERS}" in said(filed(ccr, home, "pinduoduo:bill:b1", "--shop", "s2"))
    assert "name the shop with --shop" in said(
        ccr("file", "--subject", "pinduoduo:bill:b1", "--reason", "99", "--statement", "没有依据")
    )
    assert Book(home / "landing").lines() == []


@pytest.mark.parametrize("said_by", ["CCR_SCOPE", "--as"])
def test_an_appeal_of_another_shop_is_not_spoken_for(ccr: Ccr, home: Path, said_by: str) -> None:
    filed(ccr, home, PRODUCT, scope="")
    key = Book(home / "landing").lines()[0].as_event().appeal_key
    more, scope = ([], "shop:douyin:s3") if said_by == "CCR_SCOPE" else (["--as", "shop:douyin:s3"], "")
    chat = str(home.parent / "chat.txt")
    for command in (["withdraw", key], ["human", key], ["reconsider", key, "--evidence", chat]):
        result = ccr(*command, *more, scope=scope)
        assert (result.exit_code, f"{key} {OTHERS}" in said(result)) == (1, True)
    assert [line.event for line in Book(home / "landing").lines()] == ["filed"]


def test_the_list_has_own_appeals_alone(ccr: Ccr, home: Path) -> None:
    filed(ccr, home, PRODUCT, scope="")
    rows = [
        {
            "platform": platform, "appeal_key": f"{platform}:appeal:{shop}", "seq": 1, "round": 1,
            "to_state": "submitted", "shop_key": f"{platform}:{shop}",
            "subject_type": "order", "subject_key": f"{platform}:o",
            "human_requested": False,
        }
        for platform, shop in (("pinduoduo", "s1"), ("pinduoduo", "s2"), ("douyin", "s3"))
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=APPEALS_TABLES["appeal_events"])
    write_partition(home / "lake", "appeals", "appeal_events", date(2026, 9, 4), table)
    assert "3 appeals as known" in said(ccr("list", scope="", by=None))
    own = said(ccr("list", by=None))
    assert "1 appeals as known" in own
    assert "pinduoduo:appeal:s1" in own
    assert "waits in the book" in own
    assert "waits in the book" not in said(ccr("list", scope="shop:douyin:s3", by=None))
    assert "1 appeals as known" in said(ccr("list", "--shop", "s1", by=None))
    assert f"--shop 's2' {OTHERS}" in said(ccr("list", "--shop", "s2", by=None))


@pytest.mark.parametrize("scope", ["", OWN])
def test_a_decision_named_beside_a_subject_is_the_shops(ccr: Ccr, home: Path, scope: str) -> None:
    decide_on(home, "d1", "pinduoduo:s2")
    result = filed(ccr, home, PRODUCT, "--decision", "d1", scope=scope)
    assert "refused: wrong_shop: d1 is no decision against pinduoduo:s1" in said(result)
    decide_on(home, "d1", "pinduoduo:s1")
    assert "now submitted" in said(filed(ccr, home, PRODUCT, "--decision", "d1", scope=scope))


def test_a_decision_of_another_shop_is_not_appealed(ccr: Ccr, home: Path) -> None:
    decide_on(home, "d1", "pinduoduo:s2")
    assert f"d1 {OTHERS}" in said(filed(ccr, home, "d1"))
    decide_on(home, "d1", "pinduoduo:s1")
    assert "now submitted" in said(filed(ccr, home, "d1"))
