"""Complaints to the platform: opened in one version, resolved in a later one."""

import numpy as np
import pyarrow as pa

from orchestration.sample.after_sales import BLAMES
from orchestration.sample.catalogue import read_texts
from orchestration.sample.columns import Feed, choice, flag, moment, number, stacked, text_where
from orchestration.sample.dice import Dice
from orchestration.sample.feedback import Events
from orchestration.sample.issues import DIMENSION_OF, DIMENSIONS, ISSUES
from orchestration.sample.lives import HOUR
from orchestration.sample.market_keys import feedback_ids
from orchestration.sample.orders import DAY
from orchestration.sample.phrases import MANNER
from orchestration.sample.world import World

STATUSES = ("open", "resolved", "closed")
_WITHOUT_ORDER_PER_MILLION = 200_000


def write_complaints(events: Events, world: World) -> Feed:
    """Every version of every complaint."""
    orders, keys = world.orders, world.keys
    dice = Dice(world.seed, "complaints")
    count = len(events.order)
    order, topic = events.order, events.topic
    is_bad = topic < len(ISSUES)
    is_planted = orders.plan[order] >= 0
    text = world.phrases.compose(
        subject="complaints",
        topic=topic,
        manner=np.where(is_bad, MANNER["complaint"], MANNER["calm"]),
        words=events.words,
        is_ironic=np.zeros(count, dtype=np.bool_),
        shop=orders.shop[order],
        noun=world.noun[order],
    )
    raw = read_texts("reasons")["complaint"]
    names = [*DIMENSIONS, "none"]
    texts = [entry for name in names for entry in raw[name]]
    sizes = np.array([len(raw[name]) for name in names])
    dimension = np.where(is_bad, DIMENSION_OF[np.where(is_bad, topic, 0)], len(DIMENSIONS))
    category = (np.cumsum(sizes) - sizes)[dimension] + dice.below(sizes[dimension], count)
    gives_order = is_planted | ~dice.chance(_WITHOUT_ORDER_PER_MILLION, count)
    evidence = np.where(is_bad, dice.between(0, 3, count), 0)
    valid = is_bad & (evidence > 0) & (is_planted | dice.chance(800_000, count))
    admitted = valid & dice.chance(500_000, count)
    accepted = ~is_bad | (~is_planted & dice.chance(300_000, count))
    compensated = is_bad & accepted & dice.chance(500_000, count)
    resolved_at = events.at + dice.between(6 * HOUR, 4 * DAY, count)
    identity = feedback_ids("c", world.keys, order)
    unknown, nobody = BLAMES.index("unknown"), BLAMES.index("none")
    merchant, logistics = BLAMES.index("merchant"), BLAMES.index("logistics")
    by_carrier = dimension == DIMENSIONS.index("logistics")
    blame = np.where(is_bad, np.where(by_carrier, logistics, merchant), nobody)

    def version(*, is_resolved: bool) -> pa.Table:
        taken = pa.array(order)
        known = np.full(count, is_resolved)
        status = np.where(accepted, 1, 2) if is_resolved else np.zeros(count, dtype=np.int64)
        return pa.table(
            {
                "complaint_id": identity,
                "order_id": text_where(gives_order, keys.order.take(taken)),
                "shop_id": keys.shop_of_order.take(taken),
                "buyer_id": keys.buyer.take(taken),
                "category": choice(texts, category),
                "text": text,
                "blame": choice(BLAMES, blame if is_resolved else np.full(count, unknown)),
                "evidence_count": number(evidence),
                "evidence_valid": flag(valid, known),
                "merchant_admitted": flag(admitted, known),
                "consumer_accepted": flag(accepted, known),
                "compensated": flag(compensated, known),
                "status": choice(STATUSES, status),
                "created_at": moment(events.at),
                "updated_at": moment(resolved_at if is_resolved else events.at),
            }
        )

    return Feed(
        "complaints",
        stacked([version(is_resolved=False), version(is_resolved=True)]),
        np.tile(keys.platform[order], 2),
        np.concatenate([events.at, resolved_at]),
    )
