"""Counts a landing folder the slow and obvious way, as a careful reader of its files would."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]

CALM_REASONS = ("七天无理由", "七天无理由退换货", "不想要了", "多拍/拍错/不想要", "拍错了", "不喜欢/效果不好")
CALM_REASONS += ("尺码/规格不合适", "价格保护", "商品降价")
BAD_WORDS = ("质量太差", "质量差", "质量真的很差", "不理人", "不回复", "不回消息", "没人回", "没人理", "骂人")
BAD_WORDS += ("态度恶劣", "态度太差", "敷衍", "推卸责任", "踢皮球", "推来推去", "全推给我", "拒绝退款")
BAD_WORDS += ("都不给退", "发错", "少发了一件", "漏发了", "破损", "压坏了", "描述不符", "假货", "质量真差")
BAD_WORDS += ("就是假的", "质量问题，")
GOOD_WORDS = ("明白了", "弄好了", "谢谢", "可以用了", "误会", "没问题", "有问题随时找我", "有问题我一直在")


def read_rows(landing: Path, platform: str, source: str) -> list[tuple[str, Row]]:
    """(delivery day, row) of every row delivered."""
    found: list[tuple[str, Row]] = []
    for path in sorted((landing / platform / source).iterdir()):
        day = path.name[:10]
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                found.extend((day, json.loads(line)) for line in lines)
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                found.extend((day, row) for row in csv.DictReader(lines))
        else:
            found.extend((day, row) for row in pq.read_table(path).to_pylist())
    return found


@dataclass
class Reading:
    """A platform's landing folder, read."""

    orders: list[tuple[str, Row]]
    lines: list[tuple[str, Row]]
    reviews: list[tuple[str, Row]]
    after_sales: list[tuple[str, Row]]
    complaints: list[tuple[str, Row]]
    sessions: list[tuple[str, Row]]
    words: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    shops: dict[str, Row] = field(default_factory=dict)


def read_platform(landing: Path, platform: str) -> Reading:
    names = ("orders", "order_lines", "reviews", "after_sales", "complaints", "im_sessions")
    reading = Reading(*(read_rows(landing, platform, name) for name in names))
    sent = {message["message_id"]: message for _, message in read_rows(landing, platform, "im_messages")}
    for message in sent.values():
        reading.words[message["session_id"]].append(message)
    lines = (landing / platform / "shops.jsonl").read_text(encoding="utf-8").splitlines()
    reading.shops = {row["shop_id"]: row for row in map(json.loads, lines)}
    return reading


def latest(rows: Iterable[tuple[str, Row]], key: str, until: str) -> dict[str, Row]:
    """The newest version of each key delivered until a day."""
    newest: dict[str, Row] = {}
    for day, row in rows:
        if day <= until and (row[key] not in newest or newest[row[key]]["updated_at"] <= row["updated_at"]):
            newest[row[key]] = row
    return newest


def earliest(rows: Iterable[tuple[str, Row]], key: str, until: str) -> dict[str, Row]:
    """The oldest version of each key delivered until a day."""
    oldest: dict[str, Row] = {}
    for day, row in rows:
        if day <= until and (row[key] not in oldest or row["updated_at"] < oldest[row[key]]["updated_at"]):
            oldest[row[key]] = row
    return oldest


def effective_orders(reading: Reading, until: str, *, exclude: bool = True) -> dict[str, Row]:
    """Paid orders that count, as known by the end of a day."""
    known = latest(reading.orders, "order_id", until)
    product = {row["order_id"]: row["product_id"] for _, row in reading.lines}
    paid = {key: row for key, row in known.items() if row["paid_at"]}
    if not exclude:
        return paid
    parcels = Counter((row["shop_id"], row["waybill_no"]) for row in paid.values())
    bursts = Counter(_burst(row, product) for row in paid.values())
    return {
        key: row
        for key, row in paid.items()
        if row["order_kind"] in ("normal", "presale")
        and row["risk_flag"] == "none"
        and not (row["status"] in ("cancelled", "closed") and not row["shipped_at"])
        and row["pay_amount_fen"] >= max(100, 0.3 * row["list_amount_fen"])
        and (row["waybill_no"] is None or parcels[row["shop_id"], row["waybill_no"]] < 3)
        and bursts[_burst(row, product)] < 5
    }


def _burst(row: Row, product: dict[str, str]) -> tuple[Any, ...]:
    return row["shop_id"], row["buyer_id"], row["paid_at"][:10], product.get(row["order_id"])


def is_bad_session(messages: list[Row]) -> bool:
    """Bad words, and no happy end."""
    ordered = sorted(messages, key=lambda message: message["seq"])
    said = "\n".join(message["text"] for message in ordered)
    is_happy = any(word in message["text"] for message in ordered[-2:] for word in GOOD_WORDS)
    return any(word in said for word in BAD_WORDS) and not is_happy


def negative_orders(reading: Reading, until: str, *, exclude: bool = True) -> dict[str, set[str]]:
    """Orders with a valid complaint known by the end of a day, and the channels it came through."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in earliest(reading.reviews, "review_id", until).values():
        is_valid = not (exclude and (row["is_default"] or row["platform_abnormal"]))
        if is_valid and (row["rating_overall"] or 5) <= 2 and row["order_id"]:
            found[row["order_id"]].add("review")
    for row in earliest(reading.after_sales, "after_sale_id", until).values():
        if row["reason_text"] not in CALM_REASONS and not row["platform_exempt"]:
            found[row["order_id"]].add("after_sale")
    for row in earliest(reading.complaints, "complaint_id", until).values():
        if row["category"] not in ("咨询求助", "其他") and row["order_id"]:
            found[row["order_id"]].add("complaint")
    for key, row in earliest(reading.sessions, "session_id", until).items():
        if row["order_id"] and is_bad_session(reading.words[key]):
            found[row["order_id"]].add("im_session")
    return found


@dataclass(frozen=True)
class Score:
    """A shop's window."""

    orders: int
    negatives: int
    buyers: int
    benchmark: float
    peers: int

    @property
    def low_ratio(self) -> float:
        """Lower Wilson bound over the benchmark."""
        return wilson_low(self.negatives, self.orders) / self.benchmark


def wilson_low(count: int, total: int) -> float:
    z, share = 1.959964, count / total
    centre = share + z * z / (2 * total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (centre - half) / (1 + z * z / total)


def scores(reading: Reading, last: date, *, exclude: bool = True) -> dict[str, Score]:
    """Every shop's thirty days up to a day, with the pooled rate of the rest of its category."""
    until, first = last.isoformat(), (last - timedelta(days=29)).isoformat()
    orders = effective_orders(reading, until, exclude=exclude)
    window = {key: row for key, row in orders.items() if first <= row["paid_at"][:10] <= until}
    bad = negative_orders(reading, until, exclude=exclude)
    total, negative = Counter[str](), Counter[str]()
    buyers: dict[str, set[str]] = defaultdict(set)
    for key, row in window.items():
        total[row["shop_id"]] += 1
        if key in bad:
            negative[row["shop_id"]] += 1
            buyers[row["shop_id"]].add(row["buyer_id"])
    category = {shop: row["main_category_id"] for shop, row in reading.shops.items()}
    found = {}
    for shop in total:
        others = [other for other in total if other != shop and category[other] == category[shop]]
        den = sum(total[other] for other in others)
        rate = sum(negative[other] for other in others) / den if den else 0.0
        found[shop] = Score(total[shop], negative[shop], len(buyers[shop]), max(rate, 1e-9), len(others))
    return found


def evaluation_days(first_day: date, days: int) -> list[date]:
    """Sundays whose thirty days lie wholly inside the run."""
    run = [first_day + timedelta(days=number) for number in range(29, days)]
    return [day for day in run if day.isoweekday() == 7]
