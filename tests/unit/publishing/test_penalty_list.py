"""The lists say who, what, how much, why and in which words."""

import csv
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.penalties.ledger import Ledger
from orchestration.penalties.snapshot import write_snapshot
from orchestration.publishing.penalty_list import LINE, LISTED, publish_day
from tests.unit.penalties.bench import posted, shop, ticket, url_of
from tests.unit.publishing.decided import DAY, decision, measure, t1, tables, word

FILES = {
    "manifest.json",
    *(f"{name}.{kind}" for name in ("penalty_list", "shadow_list") for kind in ("parquet", "csv", "json")),
}


def contents(published: Path) -> dict[str, bytes]:
    folder = published / f"business_day={DAY}"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def lines(published: Path, name: str = "penalty_list") -> list[dict[str, Any]]:
    return json.loads(contents(published)[f"{name}.json"])


def test_a_day_has_a_list_and_a_shadow_of_it(tmp_path: Path) -> None:
    publish_day(tmp_path, DAY, **tables())
    assert set(contents(tmp_path)) == FILES
    assert [line["decision_id"] for line in lines(tmp_path)] == ["s2", "s1"]
    assert [line["decision_id"] for line in lines(tmp_path, "shadow_list")] == ["s3"]
    assert [path.name for path in tmp_path.iterdir()] == [f"business_day={DAY}"]


def test_a_line_carries_its_reasons(tmp_path: Path) -> None:
    publish_day(tmp_path, DAY, **tables())
    line = lines(tmp_path)[1]
    assert set(line) == set(LINE.names)
    assert line["measures"] == [
        "4 violation points",
        "fine 2000.00 yuan",
        "withdrawal restricted for 7 days",
    ]
    assert line["measures_zh"] == ["违规扣分 4 分", "罚款 2000.00 元", "限制提现 7 天"]
    assert (line["amount_fen"], line["points"]) == (200_000, 4)
    assert line["status"] == "noticed"  # the execution, on a later day, is of that day's
    assert (line["num"], line["den"], line["rate"], line["ratio_low"]) == (12, 200, 0.06, 1.73)
    assert (line["calculation"], line["calculation_zh"]) == ("twelve orders", "十二单")
    assert (line["appealable"], line["appeal_deadline"]) == (True, "2026-10-18")
    assert line["words"] == [{"issue_code": "quality_defect", "text": "坏了", "orders": 1}]


def test_a_compensation_says_how_it_is_paid(tmp_path: Path) -> None:
    compensation = measure(
        "s1",
        1,
        "consumer_compensation",
        amount_fen=617,
        params='{"payout":"coupon_no_threshold_50y"}',
    )
    publish_day(tmp_path, DAY, **tables([decision("s1")], [compensation]))
    (line,) = lines(tmp_path)
    assert line["measures"] == [
        "consumer compensation 6.17 yuan, paid as a cash coupon without threshold, valid for 50 years"
    ]
    assert line["measures_zh"] == ["消费者赔付金 6.17 元，以 50 年有效的无门槛现金券发放"]


def test_the_words_of_most_orders_come_first_and_ten_are_enough(tmp_path: Path) -> None:
    words = [word("s1", f"o{number}", "坏了") for number in range(3)]
    words += [word("s1", "o1", "坏了", "quality_flaw")]
    wrong = [word("s1", "o0", "发错", "wrong_item") | {"feedback_key": f"review:{n}"} for n in range(4)]
    words += [*wrong, word("s1", "o9", "发错", "wrong_item")]
    words += [word("s1", "o0", f"词{number:02d}") for number in range(20)]
    publish_day(tmp_path, DAY, **tables([decision("s1")], t1("s1"), words))
    (line,) = lines(tmp_path)
    assert [(each["text"], each["issue_code"], each["orders"]) for each in line["words"][:3]] == [
        ("坏了", "quality_defect", 3),
        ("发错", "wrong_item", 2),
        ("坏了", "quality_flaw", 1),
    ]
    assert [each["text"] for each in line["words"][3:]] == [f"词{number:02d}" for number in range(7)]
    assert line["order_count"] == 4


def test_publishing_again_writes_the_same_bytes(tmp_path: Path) -> None:
    publish_day(tmp_path, DAY, **tables())
    before = contents(tmp_path)
    publish_day(tmp_path, DAY, **tables())
    assert contents(tmp_path) == before


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    given = tables(words=[word("s1", f"o{number}", f"词{number % 4}") for number in range(12)])
    publish_day(tmp_path / "sorted", DAY, **given)
    chance = random.Random(3)  # noqa: S311
    shuffled = {
        name: table.take(pa.array(chance.sample(range(table.num_rows), table.num_rows)))
        for name, table in given.items()
    }
    publish_day(tmp_path / "shuffled", DAY, **shuffled)
    assert contents(tmp_path / "sorted") == contents(tmp_path / "shuffled")


def test_a_list_that_shrank_leaves_no_ghost(tmp_path: Path) -> None:
    publish_day(tmp_path, DAY, **tables())
    (tmp_path / f"business_day={DAY}" / "left_over.csv").write_text("old", encoding="utf-8")
    publish_day(tmp_path, DAY, **tables([decision("s1", mode="shadow")]))
    assert set(contents(tmp_path)) == FILES
    assert lines(tmp_path) == []


def test_a_day_without_decisions_has_typed_empty_lists(tmp_path: Path) -> None:
    manifest = publish_day(tmp_path, DAY, **{name: table.slice(0, 0) for name, table in tables().items()})
    assert manifest.line_count == 0
    table = pq.read_table(tmp_path / f"business_day={DAY}" / "penalty_list.parquet")
    assert (table.num_rows, table.schema) == (0, LINE)
    header = contents(tmp_path)["penalty_list.csv"].decode().splitlines()
    assert len(header) == 1
    assert lines(tmp_path) == []


def test_the_manifest_is_true(tmp_path: Path) -> None:
    manifest = publish_day(tmp_path, DAY, **tables(), versions={"lexicon": "3", "classifier": "x"})
    found = contents(tmp_path)
    told = json.loads(found["manifest.json"])
    assert {each["name"] for each in told["files"]} == FILES - {"manifest.json"}
    for each in told["files"]:
        content = found[each["name"]]
        assert (each["sha256"], each["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
        assert each["rows"] == (2 if each["name"].startswith("penalty") else 1)
    assert told["lists"] == {
        "penalty_list": {"line_count": 2, "amount_fen": 900_000, "tiers": {"T1": 1, "T2": 1}},
        "shadow_list": {"line_count": 1, "amount_fen": 200_000, "tiers": {"T1": 1}},
    }
    assert told["versions"] == {"classifier": "x", "lexicon": "3"}
    assert told["policies"] == [{"policy_id": "douyin_ccr", "version": "2026-07-14", "sha256": "a" * 64}]
    assert manifest.line_count == 3
    assert str(tmp_path) not in found["manifest.json"].decode()


def test_the_three_kinds_of_file_agree(tmp_path: Path) -> None:
    publish_day(tmp_path, DAY, **tables())
    folder = tmp_path / f"business_day={DAY}"
    table = pq.read_table(folder / "penalty_list.parquet").to_pylist()
    with (folder / "penalty_list.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    spoken = lines(tmp_path)
    for key in ("decision_id", "tier", "shop_key"):
        assert [row[key] for row in table] == [row[key] for row in cells] == [row[key] for row in spoken]
    assert [float(row["rate"]) for row in cells] == [row["rate"] for row in spoken]
    assert cells[0]["measures"] == "4 violation points;fine 2000.00 yuan;withdrawal restricted for 7 days"
    assert cells[0]["words"] == "坏了 (quality_defect ×1)"


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1"]
)
def test_no_cell_of_a_list_is_a_live_formula(tmp_path: Path, text: str) -> None:
    shop = decision("s1", shop_key=text, subject_key=text, issue_codes=[text])
    publish_day(tmp_path, DAY, **tables([shop], t1("s1"), [word("s1", "o1", text)]))
    with (tmp_path / f"business_day={DAY}" / "penalty_list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1
    for column in ("shop_key", "subject_key", "issue_codes", "words"):
        assert rows[0][column].startswith("'" + text)
    assert lines(tmp_path)[0]["shop_key"] == text


def test_what_the_ledger_holds_is_published_through_the_warehouse(tmp_path: Path) -> None:
    ledger = Ledger(url_of(tmp_path / "ledger.sqlite"))
    posted(ledger, shop("s1"), shop("s2", mode="shadow"), ticket())
    write_snapshot(ledger, tmp_path / "lake")
    ledger.close()
    with duckdb.connect() as connection:
        read = {
            name: connection.sql(
                f"select * from '{tmp_path}/lake/penalties/{name}.parquet' order by all"
            ).to_arrow_table()
            for name in LISTED
        }
    manifest = publish_day(tmp_path / "published", DAY, **read)
    assert [(each.name, each.line_count, each.amount_fen) for each in manifest.lists] == [
        ("penalty_list", 2, 200_617),
        ("shadow_list", 1, 200_000),
    ]
    damaged, bad_rate = lines(tmp_path / "published")
    assert (damaged["subject_type"], damaged["order_count"]) == ("order", 1)
    assert bad_rate["order_count"] == bad_rate["num"] == 12
    assert bad_rate["words"] == [{"issue_code": "quality_defect", "text": "用了两天就坏了", "orders": 12}]
    assert bad_rate["calculation"].startswith("In the window that ended on 2026-10-11, 12 of 200")
