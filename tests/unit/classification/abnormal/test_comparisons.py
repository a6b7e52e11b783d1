"""When texts of many buyers are a template or a burst, and when they are common speech."""

from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from orchestration.classification.abnormal.comparisons import Repeated, find_repeated, hold_prints
from orchestration.classification.abnormal.prints import print_of, prints_of, resemblance
from orchestration.classification.abnormal.schemas import REVIEWS_SCHEMA

LONG = "宝贝收到了非常喜欢质量超级好卖家服务态度也很好物流超快强烈推荐"
TEXT = "包装精美物流很快质量非常好"
DAY = date(2026, 9, 10)

Sent = tuple[str, int, str, str | None, str]  # key, day, shop, buyer, text


def found(sent: Iterable[Sent], day: date = DAY) -> list[Repeated]:
    connection = duckdb.connect()
    connection.execute("create schema classified; create schema intermediate")
    connection.execute(
        "create table intermediate.int_feedback_events"
        " (feedback_key varchar, text varchar, is_first_version boolean, business_day date)"
    )
    rows = [
        {"feedback_key": key, "shop_key": shop, "buyer_key": buyer, "text": text, "day": date(2026, 9, at)}
        for key, at, shop, buyer, text in sent
    ]
    connection.executemany(
        "insert into intermediate.int_feedback_events values (?, ?, true, ?)",
        [(row["feedback_key"], row["text"], row["day"]) for row in rows],
    )
    days = sorted({row["day"] for row in rows})
    tables = []
    for known in days:
        table = pa.Table.from_pylist([row for row in rows if row["day"] == known], REVIEWS_SCHEMA)
        made = prints_of(table)
        tables.append(made.append_column("business_day", pa.array([known] * made.num_rows, pa.date32())))
    connection.register("made", pa.concat_tables(tables))
    connection.execute("create table classified.text_prints as select * from made")
    hold_prints(connection, day, day)
    return find_repeated(connection, day)


def same(text: str, buyers: Iterable[str | None], *, day: int = 10, shop: str = "s") -> list[Sent]:
    return [(f"{shop}{day}{number}", day, shop, buyer, text) for number, buyer in enumerate(buyers)]


def test_the_same_words_of_five_buyers_are_a_template_for_the_reviews_of_that_day() -> None:
    before = same(TEXT, "abcd", day=3)
    assert found(before, date(2026, 9, 3)) == []
    assert found([*before, *same(f" {TEXT}！", "e")]) == [
        Repeated("s100", "template_text", "same_text_in_shop", 5)
    ]


@pytest.mark.parametrize(
    ("sent", "why_not"),
    [
        (same(TEXT, "abcdd"), "four buyers, one of them twice"),
        (same("质量非常好", "abcdef"), "words of everyone"),
        (same("很好", "ab"), "two families"),
        (same(TEXT, ["a", "b", "c", "d", None]), "an unnamed buyer may be one of the four"),
        ([*same(TEXT, "abc"), *same(TEXT, "de", shop="t")], "short, and two shops"),
        ([*same(LONG, "abc"), *same(LONG, "de", shop="t")], "long, but two shops"),
        (same("质量太差", "abcdef"), "a short complaint of many buyers"),
    ],
)
def test_words_used_often_are_not_always_a_template(sent: list[Sent], why_not: str) -> None:
    assert found(sent) == [], why_not


def test_a_long_text_is_a_template_across_three_shops() -> None:
    sent = [*same(LONG, "ab", day=9), *same(LONG, "cd", shop="t"), *same(LONG, "e", shop="u")]
    assert {each.detail for each in found(sent)} == {"same_text_across_shops"}
    assert [each.feedback_key for each in found(sent)] == ["t100", "t101", "u100"]


def test_what_is_known_later_does_not_count_and_what_is_old_is_forgotten() -> None:
    sent = [*same(TEXT, "abcd", day=12), *same(TEXT, "e", day=10)]
    assert found(sent) == []
    old = [(f"o{buyer}", 1, "s", buyer, TEXT) for buyer in "abcd"]
    assert len(found([*old, *same(TEXT, "e", day=30)], date(2026, 9, 30))) == 1
    october = date(2026, 10, 1)
    assert found([*old, *same(TEXT, "e", day=30)], october) == []


VARIANTS = [
    "这款豆浆机真的太好用了打出来特别细腻全家都爱喝推荐购买",
    "这款豆浆机真的太好用了打出来特别细腻全家都爱喝强烈推荐",
    "这款豆浆机真的很好用打出来特别细腻全家都爱喝推荐购买",
    "这个豆浆机真的太好用了打出来特别细腻全家都爱喝推荐购买",
    "这款豆浆机真的太好用了打出来非常细腻全家都爱喝推荐购买",
]


def varied(texts: Iterable[str], *, days: int = 1) -> list[Sent]:
    return [
        (f"v{number}", 10 - number % days, "s", f"buyer {number}", text) for number, text in enumerate(texts)
    ]


def test_near_duplicates_of_five_buyers_within_a_week_are_a_burst() -> None:
    bursts = found(varied(VARIANTS))
    assert [each.feedback_key for each in bursts] == ["v0", "v1", "v2", "v3", "v4"]
    assert {(each.code, each.buyers) for each in bursts} == {("near_duplicate_burst", 5)}
    assert [each.feedback_key for each in found(varied(VARIANTS, days=2))] == ["v0", "v2", "v4"]


@pytest.mark.parametrize(
    "texts",
    [
        VARIANTS[:4],
        [
            "穿了一次鞋底就开胶了质量太差",
            "鞋底穿两天开胶客服也不理人",
            "开胶严重做工粗糙不值这个价",
            "一周就断底了还不给退货",
            "鞋面开裂鞋底脱胶很失望啊啊",
        ],
        [f"第{word}次购买了一直都是很好的" for word in "一二三"],
    ],
)
def test_people_who_mean_the_same_are_no_burst(texts: list[str]) -> None:
    assert found(varied(texts)) == []


def test_a_burst_is_of_one_shop_and_one_week() -> None:
    sent = varied(VARIANTS)
    apart = [(key, day, f"s{key}", buyer, text) for key, day, _, buyer, text in sent]
    assert found(apart) == []
    late = [(key, 3 if key == "v0" else 10, shop, buyer, text) for key, _, shop, buyer, text in sent]
    assert found(late) == []


def test_prints_are_the_same_wherever_they_are_made() -> None:
    assert print_of("包装精美物流很快质量非常好") == print_of("包装精美物流很快质量非常好")
    assert print_of("包装精美物流很快质量非常好").skeleton == -8082436139514530358
    assert print_of("包装精美物流很快质量非常好").bands[0] == -3154127684837733345


@pytest.mark.parametrize(
    ("left", "right", "share"), [("abcd", "abcd", 1.0), ("abcd", "abce", 0.5), ("a", "b", 0.0)]
)
def test_resemblance_is_the_share_of_pairs_in_common(left: str, right: str, share: float) -> None:
    assert resemblance(left, right) == share
