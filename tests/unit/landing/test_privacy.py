import hashlib
import hmac
from contextlib import closing
from pathlib import Path

import pytest

from orchestration.landing import land_source_day
from orchestration.landing.engine import connect
from orchestration.landing.privacy import buyer_hash, hashed, pads
from tests.unit.landing.parcels import DAY, KEY, deliver, jsonl, land_orders, order, quarantine, raw


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 65, bytes(range(256))])
@pytest.mark.parametrize("buyer", ["b1", "张三", "13800138000", "x" * 1000])
def test_the_hash_is_hmac_sha256(key: bytes, buyer: str) -> None:
    with closing(connect()) as connection:
        row = connection.execute(
            f"SELECT {hashed('t')} FROM (SELECT $t::VARCHAR AS t)", {"t": buyer, **pads(key)}
        ).fetchone()
    expected = hmac.new(key, buyer.encode(), hashlib.sha256).hexdigest()[:32]
    assert row == (expected,)
    assert buyer_hash(buyer, key) == expected


def test_a_buyer_is_the_same_under_one_key_and_another_under_another(tmp_path: Path) -> None:
    rows = [order(order_id="o1"), order(order_id="o2"), order(order_id="o3", buyer_id="b2")]
    deliver(tmp_path / "landing", f"douyin/orders/{DAY}.jsonl", jsonl(rows))
    buyers = []
    for key in (b"one", b"two"):
        land_source_day(tmp_path / "landing", tmp_path / "lake", "orders", DAY, key)
        buyers.append([row["buyer_id"] for row in raw(tmp_path / "lake")])
    first, second = buyers
    assert first[0] == first[1] != first[2]
    assert not set(first) & set(second)


def test_no_buyer_id_is_written_anywhere(tmp_path: Path) -> None:
    buyer = "buyer-who-wants-no-name"
    broken = jsonl([order(buyer_id=buyer)]).replace(b'paid"', b'paid\\ud83d"')
    rows = [
        order(buyer_id=buyer),
        order(buyer_id=buyer, status="unheard of"),
        order(buyer_id=f"{buyer}\0"),
        order(buyer_id=[buyer]),
    ]
    delivery = land_orders(tmp_path, jsonl(rows) + broken)
    assert (delivery.row_count, delivery.quarantined_count) == (1, 4)
    assert buyer not in str(raw(tmp_path / "lake")) + str(quarantine(tmp_path / "lake"))
    assert buyer_hash(buyer, KEY) in quarantine(tmp_path / "lake")[0]["row_json"]


def test_no_buyer_stays_no_buyer(tmp_path: Path) -> None:
    row = {
        "review_id": "r",
        "order_id": "o",
        "shop_id": "s",
        "buyer_id": None,
        "created_at": 1788228000,
        "updated_at": 1788228000,
    }
    deliver(tmp_path / "landing", f"douyin/reviews/{DAY}.jsonl", jsonl([row]))
    land_source_day(tmp_path / "landing", tmp_path / "lake", "reviews", DAY, KEY)
    assert raw(tmp_path / "lake", "reviews")[0]["buyer_id"] is None


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    deliver(tmp_path / "landing", f"douyin/orders/{DAY}.jsonl", jsonl([order()]))
    with pytest.raises(ValueError, match="set a key"):
        land_source_day(tmp_path / "landing", tmp_path / "lake", "orders", DAY, b"")
