"""What is masked in a free text."""

import pytest

from tests.support.raw_rows import after_sale, complaint, deliver, review
from tests.support.warehouse import DbtProject, Warehouse

DAY = "2026-09-01"

MASKED = {
    "打13812345678没人接": "打[phone]没人接",
    "电话是138-1234-5678，太慢": "电话是[phone]，太慢",
    "+86 138 1234 5678": "[phone]",
    "tel13812345678wx": "tel[phone]wx",
    "１３８１２３４５６７８": "[phone]",
    "13812345678 13912345678 13712345678": "[phone] [phone] [phone]",
    "座机010-62345678打不通": "座机[phone]打不通",
    "(0755)26123456": "[phone]",
    "客服400-820-8820": "客服[phone]",
    "发到zhang.san+1@mail.example.com.cn吧": "发到[email]吧",
    "身份证11010519491231002X给了": "身份证[id]给了",
    "号码110105194912310021,": "号码[id],",
    "寄到幸福路12号了": "寄到[address]了",
    "质量差退到中山北路一百二十号": "质量差退到[address]",
    "就在3栋2单元501门口": "就在[address]门口",
    "12号楼1单元302室没收到": "[address]没收到",
    "住5栋1203": "住[address]",
    "王家村36号": "[address]",
}

KEPT = [
    "太硬",
    "订单2026090113812345678没发货",
    "运单号SF1381234567890",
    "等了15天，花了1299元",
    "9月12号才到",
    "物流一路12号才到",
    "知道12号发货",
    "2号楼没有电梯",
    "3座沙发坏了",
    "1.5米的床，2.0升的锅",
    "@客服 人呢",
    "百分之100不会再买",
    "[phone] [email] [id] [address]",
    "换行\n和😀表情",
    "",
]


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("texts"), dbt_project)
    texts = [*MASKED, *MASKED.values(), *KEPT]
    deliver(
        warehouse,
        reviews=[review(f"r{number}", DAY, text=text) for number, text in enumerate(dict.fromkeys(texts))],
        complaints=[complaint("c", DAY, text="？？？？ 13812345678")],
        after_sales=[after_sale("a", DAY, remark="电13812345678", reason_text="打13812345678")],
    )
    warehouse.run(DAY, DAY, select="staging")
    return warehouse


def text_after(warehouse: Warehouse, text: str) -> str:
    rows = warehouse.query(
        "select staged.text from staging.stg_reviews as staged inner join raw.reviews as landed"
        f" using (review_id) where landed.text = '{text}'"
    )
    return rows[0]["text"]


@pytest.mark.parametrize("text", MASKED)
def test_what_points_at_a_person_is_masked(built: Warehouse, text: str) -> None:
    assert text_after(built, text) == MASKED[text]


@pytest.mark.parametrize("text", MASKED.values())
def test_masking_a_masked_text_changes_nothing(built: Warehouse, text: str) -> None:
    assert text_after(built, text) == text


@pytest.mark.parametrize("text", KEPT)
def test_numbers_of_other_kinds_are_kept(built: Warehouse, text: str) -> None:
    assert text_after(built, text) == text


def test_every_free_text_is_masked(built: Warehouse) -> None:
    (request,) = built.rows("staging.stg_after_sales")
    (said,) = built.rows("staging.stg_complaints")
    assert (request["remark"], request["reason_text"]) == ("电[phone]", "打[phone]")
    assert said["text"] == "？？？？ [phone]"
