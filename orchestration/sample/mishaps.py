"""What goes wrong in deliveries: rows sent twice, and the planted rows that fit no contract."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.sample.columns import Feed
from orchestration.sample.dice import Dice, Ints
from orchestration.sample.orders import DAY
from orchestration.sample.planted import PLANTED_BAD_ROWS, PlantedBadRow
from orchestration.sample.schedules import PLATFORMS

_TWICE_PER_MILLION = 2_000
_NEXT_DAY_PER_MILLION = 3_000
# Orders are not sent again on a later day: their versions stay on the day they belong to.
_SENT_AGAIN_NEXT_DAY = ("reviews", "after_sales")
_SENT_ONCE = ("im_sessions", "order_lines")


def _sent_again(feed: Feed, rows: Ints, later: int) -> Feed:
    return Feed(
        feed.source,
        pa.concat_tables([feed.rows, feed.rows.take(pa.array(rows))]).combine_chunks(),
        np.concatenate([feed.platform, feed.platform[rows]]),
        np.concatenate([feed.known, feed.known[rows] + later]),
    )


def with_duplicates(feed: Feed, seed: int) -> Feed:
    """The feed with a few rows delivered twice, on the same day or once more on the next."""
    if feed.source in _SENT_ONCE:
        return feed
    dice = Dice(seed, f"duplicates {feed.source}")
    count = feed.rows.num_rows
    twice = np.flatnonzero(dice.chance(_TWICE_PER_MILLION, count))
    again = np.flatnonzero(dice.chance(_NEXT_DAY_PER_MILLION, count))
    feed = _sent_again(feed, twice, 0)
    return _sent_again(feed, again, DAY) if feed.source in _SENT_AGAIN_NEXT_DAY else feed


def _bad_row(bad: PlantedBadRow, pattern: dict[str, Any], noon: datetime) -> dict[str, Any]:
    row = pattern | {"updated_at": noon, "created_at": noon - timedelta(minutes=5)}
    if bad.source == "orders":
        unsent = ("shipped_at", "signed_at", "closed_at", "refunded_at", "waybill_no")
        row |= dict.fromkeys(unsent) | {
            "order_id": bad.key,
            "status": "paid",
            "paid_at": noon,
            "promised_ship_by": noon + timedelta(days=2),
        }
    else:
        row |= {"review_id": bad.key, "created_at": noon}
    if bad.column == "paid_at":
        return row | {"paid_at": row["created_at"] - timedelta(hours=1)}
    is_number = isinstance(pattern[bad.column], int)
    return row | {bad.column: int(bad.value) if is_number and bad.value else bad.value}


def with_bad_rows(feed: Feed, start: int) -> Feed:
    """The feed with the planted rows that must be quarantined."""
    for bad in PLANTED_BAD_ROWS:
        if bad.source != feed.source:
            continue
        platform = PLATFORMS.index(bad.platform)
        like = int(np.flatnonzero(feed.platform == platform)[0])
        pattern = feed.rows.slice(like, 1).to_pylist()[0]
        at = start + bad.day * DAY + DAY // 2
        noon = datetime(1970, 1, 1) + timedelta(seconds=at)  # noqa: DTZ001  clock time, as the feed has it
        row = pa.Table.from_pylist([_bad_row(bad, pattern, noon)], schema=feed.rows.schema)
        feed = Feed(
            feed.source,
            pa.concat_tables([feed.rows, row]).combine_chunks(),
            np.r_[feed.platform, platform],
            np.r_[feed.known, at],
        )
    return feed
