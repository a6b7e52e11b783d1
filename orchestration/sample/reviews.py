"""Reviews: stars and words, default ones, appended ones, and ones edited afterwards."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.sample.catalogue import read_texts
from orchestration.sample.columns import Feed, choice, either, flag, joined, moment, number, stacked
from orchestration.sample.dice import Dice, Flags, Ints
from orchestration.sample.feedback import Events
from orchestration.sample.issues import DIMENSION_OF, DIMENSIONS, ISSUES, TOPIC
from orchestration.sample.market_keys import feedback_ids, line_where
from orchestration.sample.orders import DAY, Orders
from orchestration.sample.phrases import MANNER, REVIEW_MANNER
from orchestration.sample.schedules import SHOP_PLANS
from orchestration.sample.world import World

# Stars by topic; each of a list equally often.
_BAD_STARS = (1, 1, 1, 2, 2, 3)
_CALM_STARS = {
    "praise": (5, 5, 5, 5, 5, 4),
    "negation": (5, 5, 4),
    "neutral": (3, 4, 4, 5),
    "usage_question": (5, 4, 4),
    "remorse": (4, 4, 3, 5),
    "price_only": (4, 4, 5, 3),
    "mistaken_stars": (1, 1, 2),
    "meaningless": (5, 5, 1, 4),
    "default": (5,),
    "brushing": (5,),
}
_EDITED_PER_MILLION = 80_000
_ABNORMAL_PER_MILLION = 10_000
_APPENDED_PER_MILLION = 60_000


class _Stars(NamedTuple):
    overall: Ints
    product: Ints
    service: Ints
    logistics: Ints


def _drawn(options: dict[int, tuple[int, ...]], topic: Ints, dice: Dice) -> Ints:
    longest = max(map(len, options.values()))
    table = np.array([np.resize(options[t], longest * 6) for t in sorted(options)])
    return table[topic, dice.below(longest * 6, len(topic))]


def _stars(events: Events, orders: Orders, dice: Dice) -> _Stars:
    topic = events.topic
    options: dict[int, tuple[int, ...]] = dict.fromkeys(range(len(ISSUES)), _BAD_STARS)
    options |= {TOPIC[name]: stars for name, stars in _CALM_STARS.items()}
    overall = _drawn(options, topic, dice)
    is_bad = topic < len(ISSUES)
    overall = np.where(is_bad & (events.words >= 0), 1, overall)
    # one ironic review in five keeps its irony to the stars
    overall = np.where(events.is_sarcastic & dice.chance(200_000, len(topic)), 5, overall)
    plans = [plan.shop_id for plan in SHOP_PLANS]
    plan = orders.plan[events.order]
    filled = (plan == plans.index("planted_default_reviews")) & (orders.nth[events.order] % 3 == 0)
    overall = np.where(filled, 1, overall)
    dimension = np.where(is_bad, DIMENSION_OF[np.where(is_bad, topic, 0)], -1)
    other = 5 - dice.below(2, len(topic))
    fallen = (topic == TOPIC["mistaken_stars"]) | (topic == TOPIC["default"])

    def part(*names: str) -> Ints:
        is_meant = np.isin(dimension, [DIMENSIONS.index(name) for name in names])
        stars = np.where(is_bad, np.where(is_meant, np.minimum(overall, 2), other), overall)
        # a default review has no stars but the overall ones
        return np.where(fallen, np.where(topic == TOPIC["default"], -1, overall), stars)

    return _Stars(overall, part("product", "content"), part("service"), part("logistics"))


def write_reviews(events: Events, world: World) -> Feed:
    """Every version of every review."""
    orders, opinions, keys = world.orders, world.opinions, world.keys
    dice = Dice(world.seed, "reviews")
    count = len(events.order)
    order, topic = events.order, events.topic
    shop = orders.shop[order]
    manner = np.where(events.is_sarcastic, MANNER["ironic"], REVIEW_MANNER[topic])
    satisfied = (topic == TOPIC["praise"]) & (events.words >= 0)
    manner = np.where(satisfied, MANNER["relieved"], manner)
    texts = world.phrases.compose(
        subject="reviews",
        topic=topic,
        manner=manner,
        words=events.words,
        is_ironic=events.is_sarcastic,
        shop=shop,
        noun=world.noun[order],
    )
    stars = _stars(events, orders, dice)
    is_bad = topic < len(ISSUES)
    is_planted = orders.plan[order] >= 0
    abnormal = is_bad & ~is_planted & dice.chance(_ABNORMAL_PER_MILLION, count)
    abnormal |= opinions.is_abnormal[order] & (topic == TOPIC["quality_defect"])
    names_line = ((topic < 6) | ~is_bad) & dice.chance(600_000, count)
    review_id = feedback_ids("r", world.keys, order)

    def version(rows: Ints, text: pa.Array, rated: _Stars, updated: Ints, **marks: Flags) -> pa.Table:
        taken = pa.array(order[rows])
        append = marks.get("append", np.zeros(len(rows), dtype=np.bool_))
        created = np.where(append, updated, events.at[rows])
        name = review_id.take(pa.array(rows))
        return pa.table(
            {
                "review_id": either(append, joined(name, "a"), name),
                "order_id": keys.order.take(taken),
                "line_id": line_where(names_line[rows], keys, order[rows]),
                "shop_id": keys.shop_of_order.take(taken),
                "buyer_id": keys.buyer.take(taken),
                "rating_overall": number(rated.overall[rows]),
                "rating_product": number(rated.product[rows]),
                "rating_service": number(rated.service[rows]),
                "rating_logistics": number(rated.logistics[rows]),
                "text": text,
                "is_default": flag(topic[rows] == TOPIC["default"]),
                "is_append": flag(append),
                "platform_abnormal": flag(abnormal[rows]),
                "created_at": moment(created),
                "updated_at": moment(updated),
            }
        )

    everything = np.arange(count)
    edited = is_bad & ~is_planted & dice.chance(_EDITED_PER_MILLION, count)
    edited |= is_bad & is_planted & (opinions.rank[order] % 5 == 4)
    edited = np.flatnonzero(edited & ~abnormal)
    appended = np.flatnonzero((topic == TOPIC["praise"]) & dice.chance(_APPENDED_PER_MILLION, count))
    edits = read_texts("neutral")["praise_after_edit"]
    edit_texts = choice(edits, dice.below(len(edits), len(edited)))
    append_texts = choice(_APPENDS, dice.below(len(_APPENDS), len(appended)))
    edited_at = events.at[edited] + dice.between(DAY, 5 * DAY, len(edited))
    appended_at = events.at[appended] + dice.between(DAY, 9 * DAY, len(appended))
    praised = _Stars(*[np.full(count, 5, dtype=np.int64)] * 4)
    yes = np.ones(len(appended), dtype=np.bool_)
    rows = np.concatenate([everything, edited, appended])
    return Feed(
        "reviews",
        stacked(
            [
                version(everything, texts, stars, events.at),
                version(edited, edit_texts, praised, edited_at),
                version(appended, append_texts, praised, appended_at, append=yes),
            ]
        ),
        keys.platform[order[rows]],
        np.concatenate([events.at, edited_at, appended_at]),
    )


_APPENDS = (
    "用了一段时间来追评，依旧很好",
    "追加评价，越用越喜欢",
    "追评，家里人都说不错",
    "过了几天再来说，没有任何问题",
    "追评一下，准备再买一个",
)
