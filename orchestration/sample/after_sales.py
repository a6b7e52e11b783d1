"""After-sales requests: asked for in one version, decided in a later one."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.sample.catalogue import read_texts
from orchestration.sample.columns import (
    NEVER,
    Feed,
    choice,
    flag,
    moment,
    number,
    stacked,
    text_where,
)
from orchestration.sample.dice import Dice, Flags, Ints
from orchestration.sample.feedback import Events
from orchestration.sample.issues import ISSUES, TOPIC
from orchestration.sample.lives import HOUR
from orchestration.sample.market_keys import feedback_ids, line_where
from orchestration.sample.orders import DAY
from orchestration.sample.phrases import MANNER
from orchestration.sample.schedules import CASES
from orchestration.sample.world import World

KINDS = ("refund_only", "return_refund", "exchange", "reship", "repair", "price_protection")
BLAMES = ("merchant", "consumer", "logistics", "platform", "none", "unknown")
STATUSES = ("requested", "refunded", "completed", "refused")
_MERCHANT, _LOGISTICS, _NONE, _UNKNOWN = (
    BLAMES.index(name) for name in ("merchant", "logistics", "none", "unknown")
)

# Which kinds are asked for, by topic; anything else asks to return or for the money.
_KIND_WEIGHTS = {
    "wrong_item": (15, 30, 45, 10, 0, 0),
    "missing_item": (40, 5, 5, 50, 0, 0),
    "damaged_on_arrival": (55, 20, 10, 15, 0, 0),
    "remorse": (0, 92, 8, 0, 0, 0),
    "price_only": (0, 0, 0, 0, 0, 100),
    "late_ship": (100, 0, 0, 0, 0, 0),
    "lost_or_stalled": (80, 0, 0, 20, 0, 0),
}
_OTHER_KINDS = (38, 48, 8, 2, 4, 0)
_BY_CARRIER = ("damaged_on_arrival", "lost_or_stalled", "courier_service")
_SEVEN_DAYS = ("seven_days_no_reason", "七天无理由")
_EXEMPT_PER_MILLION = 12_000


class Facts(NamedTuple):
    """What is known about a request."""

    status: Ints
    blame: Ints
    evidence_count: Ints
    evidence_valid: Flags
    merchant_admitted: Flags
    is_known: Flags  # whether evidence and admission are judged yet


class AfterSales(NamedTuple):
    """The feed, and when each order's money went back."""

    feed: Feed
    refunded: Ints


def _reason_tables() -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    reasons = read_texts("reasons")["after_sale"]
    codes, texts = [], []
    start = np.zeros(max(TOPIC.values()) + 1, dtype=np.int64)
    size = np.ones_like(start)
    for topic, entry in reasons.items():
        start[TOPIC[topic]], size[TOPIC[topic]] = len(texts), len(entry["texts"])
        texts.extend(entry["texts"])
        codes.extend([entry["code"]] * len(entry["texts"]))
    return codes, texts, start, size


def _case_facts(facts: Facts, case: Ints, *, is_decision: bool) -> Facts:
    blame, evidence = facts.blame.copy(), facts.evidence_count.copy()
    valid, admitted = facts.evidence_valid.copy(), facts.merchant_admitted.copy()
    for position, plan in enumerate(CASES):
        rows = case == position
        blame[rows] = BLAMES.index(plan.blame)
        evidence[rows] = plan.evidence_count
        valid[rows] = plan.evidence_valid or (is_decision and plan.evidence_valid_later)
        admitted[rows] = plan.merchant_admitted
    return facts._replace(
        blame=blame,
        evidence_count=evidence,
        evidence_valid=valid,
        merchant_admitted=admitted,
        is_known=facts.is_known | (case >= 0),
    )


def write_after_sales(events: Events, world: World) -> AfterSales:
    """Every version of every request, and the refunds that follow."""
    orders, keys, paid_fen = world.orders, world.keys, world.amounts.paid
    dice = Dice(world.seed, "after-sales")
    count = len(events.order)
    order, topic, case = events.order, events.topic, orders.case[events.order]
    codes, texts, start, size = _reason_tables()
    reason = start[topic] + dice.below(size[topic], count)
    kind = dice.pick(_OTHER_KINDS, count)
    for name, weights in _KIND_WEIGHTS.items():
        rows = np.flatnonzero(topic == TOPIC[name])
        kind[rows] = dice.pick(weights, len(rows))
    is_bad = topic < len(ISSUES)
    is_planted = orders.plan[order] >= 0
    remarks = world.phrases.compose(
        subject="after-sales",
        topic=topic,
        manner=np.full(count, MANNER["remark"]),
        words=events.words,
        is_ironic=np.zeros(count, dtype=np.bool_),
        shop=orders.shop[order],
        noun=world.noun[order],
    )
    says = is_planted | dice.chance(np.where(is_bad, 800_000, 450_000), count)
    remark = text_where(says, remarks)
    asked_fen = np.where(kind <= 1, paid_fen[order], np.where(kind == 5, paid_fen[order] // 10, -1))
    exempt = ~is_planted & dice.chance(_EXEMPT_PER_MILLION, count)
    names_line = dice.chance(700_000, count)
    identity = feedback_ids("as", world.keys, order)

    shown = np.where(is_bad, dice.between(0, 4, count), 0)
    none = np.zeros(count, dtype=np.bool_)
    asked = Facts(np.zeros(count, dtype=np.int64), np.full(count, _UNKNOWN), shown, none, none, none)
    refused = is_bad & ~is_planted & dice.chance(120_000, count)
    by_carrier = np.isin(topic, [TOPIC[name] for name in _BY_CARRIER])
    valid = is_bad & (shown > 0) & ~refused & dice.chance(750_000, count)
    decided = Facts(
        np.where(refused, 3, np.where(kind <= 1, 1, 2)),
        np.select([~is_bad, by_carrier, refused], [_NONE, _LOGISTICS, _UNKNOWN], _MERCHANT),
        shown,
        valid,
        valid & dice.chance(600_000, count),
        ~none,
    )
    decided_at = events.at + dice.between(4 * HOUR, 3 * DAY, count)
    decided_at = np.where(is_planted, events.at + dice.between(20 * HOUR, 30 * HOUR, count), decided_at)
    decided_at = np.where(case >= 0, events.at // DAY * DAY + 3 * DAY + 11 * HOUR, decided_at)
    # the reason first given counts, though some buyers are talked into another one
    changes = is_bad & ~is_planted & dice.chance(50_000, count)

    def version(facts: Facts, updated: Ints, changed: Flags) -> pa.Table:
        taken = pa.array(order)
        changed_to = len(texts)
        shown_reason = np.where(changed, changed_to, reason)
        return pa.table(
            {
                "after_sale_id": identity,
                "order_id": keys.order.take(taken),
                "line_id": line_where(names_line, keys, order),
                "shop_id": keys.shop_of_order.take(taken),
                "kind": choice(KINDS, kind),
                "reason_code": choice([*codes, _SEVEN_DAYS[0]], shown_reason),
                "reason_text": choice([*texts, _SEVEN_DAYS[1]], shown_reason),
                "remark": remark,
                "refund_amount_fen": number(asked_fen),
                "status": choice(STATUSES, facts.status),
                "blame": choice(BLAMES, facts.blame),
                "evidence_count": number(facts.evidence_count),
                "evidence_valid": flag(facts.evidence_valid, facts.is_known),
                "merchant_admitted": flag(facts.merchant_admitted, facts.is_known),
                "platform_exempt": flag(exempt),
                "requested_at": moment(events.at),
                "updated_at": moment(updated),
            }
        )

    rows = stacked(
        [
            version(_case_facts(asked, case, is_decision=False), events.at, none),
            version(_case_facts(decided, case, is_decision=True), decided_at, changes),
        ]
    )
    refunded = np.full(len(orders.shop), NEVER, dtype=np.int64)
    paid_back = (decided.status == 1) & (world.lives.refunded[order] >= NEVER)
    np.minimum.at(refunded, order[paid_back], decided_at[paid_back])
    return AfterSales(
        Feed(
            "after_sales",
            rows,
            np.tile(keys.platform[order], 2),
            np.concatenate([events.at, decided_at]),
        ),
        refunded,
    )
