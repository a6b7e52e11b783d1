"""Eight days of deliveries in which everything that may become known late does, from a seed."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import numpy as np

from tests.support.raw_rows import (
    Row,
    after_sale,
    complaint,
    days,
    line,
    message,
    order,
    review,
    session,
)

FIRST: Final = "2026-09-01"
LAST: Final = "2026-09-08"
DAYS: Final = days(FIRST, LAST)

SOURCES: Final = (
    "orders", "order_lines", "reviews", "after_sales", "complaints", "im_sessions", "im_messages",
)  # fmt: skip

_STATUSES: Final = ("created", "paid", "shipped", "signed", "cancelled", "closed")
_KINDS: Final = ("normal", "normal", "normal", "sample", "gift", "lottery", "top_up", "internal")
_FLAGS: Final = ("none", "none", "none", "risk_review", "abnormal_cancel")
_AMOUNTS: Final = (0, 50, 2_000, 10_000, 10_000, 10_000)
_WAYBILLS: Final = (None, "w1", "w2", "w3", "w4", "w5", "w6")
_TEXTS: Final = (
    None,
    "。。。。",
    "差差差差",
    "寄到幸福路12号，打13812345678",
    "包装精美物流很快质量非常好",
    "包装精美物流很快质量非常好",
)

Value = TypeVar("Value")


class _Chance:
    """Draws from a seed, as plain Python values."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def below(self, limit: int) -> int:
        return int(self._generator.integers(limit))

    def of(self, values: Sequence[Value]) -> Value:
        return values[self.below(len(values))]

    def moment(self) -> str:
        return f"{self.of(DAYS)} {self.below(24):02}:{self.below(60):02}:00"


def restless_deliveries(seed: int = 7, orders: int = 60, feedback: int = 60) -> dict[str, list[Row]]:
    """Rows by source. Every row knows its day; versions come twice, late and in the wrong order."""
    chance = _Chance(seed)
    delivered: dict[str, list[Row]] = {source: [] for source in SOURCES}
    for number in range(orders):
        _order(f"o{number}", chance, delivered)
    for number in range(feedback):
        order_id = f"o{chance.below(orders + 5)}"
        delivered["reviews"] += _versions(f"r{number}", chance, _review, order_id)
        delivered["after_sales"] += _versions(f"a{number}", chance, _after_sale, order_id)
        delivered["complaints"] += _versions(f"c{number}", chance, _complaint, order_id)
        delivered["im_sessions"] += _versions(f"s{number}", chance, _session, order_id)
        delivered["im_messages"] += [
            message(f"s{number}", chance.of(DAYS), seq, role=chance.of(("consumer", "bot", "agent")))
            for seq in range(chance.below(4))
        ]
    return delivered


def _order(order_id: str, chance: _Chance, delivered: dict[str, list[Row]]) -> None:
    buyer, shop, created = f"b{chance.below(6)}", f"s{chance.below(3)}", chance.moment()
    for _ in range(1 + chance.below(4)):
        row = order(
            order_id,
            chance.of(DAYS),
            shop_id=shop,
            buyer_id=buyer,
            created_at=created,
            paid_at=chance.of((None, f"{FIRST} 12:00:00", f"{FIRST} 12:00:00", created)),
            status=chance.of(_STATUSES),
            order_kind=chance.of(_KINDS),
            risk_flag=chance.of(_FLAGS),
            pay_amount_fen=chance.of(_AMOUNTS),
            waybill_no=chance.of(_WAYBILLS),
            refunded_at=chance.of((None, None, f"{FIRST} 12:10:00")),
            updated_at=chance.of((f"{FIRST} 10:00:00", f"{LAST} 10:00:00", chance.moment())),
        )
        delivered["orders"] += _perhaps_again(row, chance)
    for line_id in range(chance.below(3)):
        for _ in range(1 + chance.below(2)):
            row = line(
                order_id,
                chance.of(DAYS),
                line_id=str(line_id),
                product_id=f"p{chance.below(2)}",
                is_gift=chance.of((False, False, True)),
                theme=chance.of(("shop", "live", "short_video")),
            )
            delivered["order_lines"] += _perhaps_again(row, chance)


def _versions(feedback_id: str, chance: _Chance, version: Callable[..., Row], order_id: str) -> list[Row]:
    rows: list[Row] = []
    for _ in range(chance.below(3)):
        row = version(feedback_id, chance.of(DAYS), chance, order_id)
        rows += _perhaps_again(row | {"shop_id": "s0", "updated_at": chance.moment()}, chance)
    return rows


def _perhaps_again(row: Row, chance: _Chance) -> list[Row]:
    again = chance.of((None, None, row["business_day"], chance.of(DAYS)))
    return [row] if again is None else [row, row | {"business_day": again}]


def _buyer(chance: _Chance) -> str | None:
    return chance.of((None, "b0", "b1", "b2", "b3", "b4", "b5"))


def _review(feedback_id: str, day: str, chance: _Chance, order_id: str) -> Row:
    return review(
        feedback_id,
        day,
        order_id=order_id,
        buyer_id=_buyer(chance),
        rating_overall=chance.of((None, 1, 5)),
        text=chance.of(_TEXTS),
        **_flags(chance, "is_default", "is_append", "platform_abnormal"),
    )


def _after_sale(feedback_id: str, day: str, chance: _Chance, order_id: str) -> Row:
    return after_sale(
        feedback_id,
        day,
        order_id=order_id,
        remark=chance.of(_TEXTS),
        **_flags(chance, "platform_exempt", "evidence_valid", "merchant_admitted"),
    )


def _complaint(feedback_id: str, day: str, chance: _Chance, order_id: str) -> Row:
    return complaint(
        feedback_id,
        day,
        order_id=chance.of((None, None, order_id)),
        buyer_id=_buyer(chance),
        created_at=chance.moment(),
    )


def _session(feedback_id: str, day: str, chance: _Chance, order_id: str) -> Row:
    return session(
        feedback_id,
        day,
        order_id=chance.of((None, None, order_id)),
        buyer_id=_buyer(chance),
        started_at=chance.moment(),
        rating=chance.of((None, None, 1)),
        rated_scope=chance.of((None, "human", "bot")),
    )


def _flags(chance: _Chance, *names: str) -> dict[str, Any]:
    return {name: chance.of((None, False, False, True)) for name in names}
