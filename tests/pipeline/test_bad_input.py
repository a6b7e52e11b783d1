"""Bad input never stops the good, end to end, and leaves with no live formula."""

import csv
import json
from pathlib import Path

from tests.pipeline.conftest import WEEK_DAYS
from tests.support.house import TestHouse

DAY = WEEK_DAYS[1]
ODD_ORDER = "o'1\"; drop table raw.orders; --"
FORMULA = '=HYPERLINK("http://example.com","打开")，质量太差，一洗就破'


def append(file: Path, *rows: dict[str, object]) -> None:
    with file.open("a", encoding="utf-8") as delivered:
        delivered.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def order(order_id: str, **changed: object) -> dict[str, object]:
    paid = f"{DAY}T10:00:00+08:00"
    return {
        "order_id": order_id,
        "shop_id": "odd_shop",
        "buyer_id": "odd buyer",
        "status": "paid",
        "created_at": paid,
        "paid_at": paid,
        "pay_amount_fen": 5000,
        "updated_at": paid,
        **changed,
    }


def review(review_id: str, order_id: str, text: str) -> dict[str, object]:
    at = f"{DAY}T12:00:00+08:00"
    return {
        "review_id": review_id,
        "order_id": order_id,
        "shop_id": "odd_shop",
        "buyer_id": "odd buyer",
        "rating_overall": 1,
        "text": text,
        "created_at": at,
        "updated_at": at,
    }


def test_a_day_of_bad_rows_and_a_broken_file_does_what_the_good_rows_say(
    empty_house: TestHouse, tmp_path: Path
) -> None:
    landing = empty_house.landing
    append(
        landing / "douyin" / "orders" / f"{DAY}.jsonl",
        order(ODD_ORDER, note_of_a_new_system="kept"),
        order("o2"),
        order("o2"),
        order("negative", pay_amount_fen=-1),
        order("future", paid_at="2031-01-01T00:00:00+08:00"),
        order("unheard", status="teleported"),
        order("backwards", paid_at="2026-09-01T00:00:00+08:00"),
    )
    append(
        landing / "douyin" / "reviews" / f"{DAY}.jsonl",
        review("formula", ODD_ORDER, FORMULA),
        review("long", "o2", "质量太差。" + "很长" * 500_000),
        review("emoji", "o2", "😡" * 5_000 + "发错货了"),
        review("markup", "o2", "<script>alert(1)</script>客服不回复"),
    )
    broken = landing / "pinduoduo" / "reviews" / f"{DAY}.jsonl"
    broken.write_text('{"review_id": "r1", "order_id": "o1", "shop_id', encoding="utf-8")
    (landing / "douyin" / "loop").symlink_to(landing / "douyin")
    (landing / "outside").symlink_to("/etc")

    empty_house.run(f"{WEEK_DAYS[0]}..{DAY}")

    refused = empty_house.query(
        f"select platform, source, refusal from raw.deliveries where status = 'refused' "
        f"and business_day = '{DAY}' and source = 'reviews' order by platform"
    )
    assert [platform for platform, _, _ in refused] == ["outside", "pinduoduo"]
    assert f"{DAY}.jsonl" in str(refused[1][2])
    quarantined = empty_house.query(
        f"select column_name, reason from raw.quarantine where business_day = '{DAY}' and source = 'orders' "
        "and row_json like '%odd_shop%' order by line"
    )
    assert [column for column, _ in quarantined] == ["pay_amount_fen", "paid_at", "status", "paid_at"]
    judged = empty_house.query(
        "select order_key, is_effective from intermediate.int_orders_counted "
        "where shop_key = 'douyin:odd_shop' order by order_key"
    )
    assert judged == [(f"douyin:{ODD_ORDER}", True), ("douyin:o2", True)]
    counted = empty_house.query(
        "select num_effective, den_effective from ccr.fct_ccr where subject_id = 'douyin:odd_shop' "
        f"and business_day = '{DAY}' and dimension = 'overall' and window_days = 7"
    )
    assert counted == [(2, 2)]
    quoted = ODD_ORDER.replace("'", "''")
    extra = empty_house.query(f"select _extra from raw.orders where order_id = '{quoted}'")
    assert json.loads(str(extra[0][0])) == {"note_of_a_new_system": "kept"}

    exported = tmp_path / "events.csv"
    empty_house.ccr("export", "intermediate.int_feedback_events", "--to", str(exported))
    csv.field_size_limit(10_000_000)
    with exported.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file) if row["shop_key"] == "douyin:odd_shop"]
    assert f"'{FORMULA}" in texts
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)
