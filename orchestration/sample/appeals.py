"""The appeals that every sample market holds, with what should become of them."""

# pyright: reportAttributeAccessIssue=false
# pyarrow makes its compute functions when it is imported; a type checker cannot see them.

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sample.columns import Feed
from orchestration.sample.feedback import COMPLAINT, IM_SESSION, REVIEW, Events
from orchestration.sample.issues import TOPIC
from orchestration.sample.market_keys import feedback_ids
from orchestration.sample.orders import DAY
from orchestration.sample.schedules import CASE_SHOP, DOUYIN, PINDUODUO, PLATFORMS
from orchestration.sample.world import World

_PLANTED = '{"appeal_id": "planted_'
# the plainest first: who is not answered complains of nothing else
_SERVICE = tuple(
    TOPIC[issue]
    for issue in ("no_reply", "unjustified_refusal", "shirking", "perfunctory_reply", "rude_or_mocking")
)
REPORTED_SHOP = "planted_offender_severe"


@dataclass(frozen=True)
class Step:
    """One event of a planted appeal, so many days after its filing."""

    event: str
    after: int = 0
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlantedAppeal:
    """A planted appeal: about a planted order, or about what a market holds of its own."""

    appeal_id: str
    platform: str
    why: str
    state: str | None  # how it ends; None where its filing is refused
    refusal: str | None
    steps: tuple[Step, ...]
    order_id: str | None = None
    filed_on: int = 0  # index of the day; of what the market holds: days after it was said


def _evidence(*pieces: str) -> str:
    """Pieces of evidence by the hash of a name of their own."""
    hashed = (
        f"{kind}:{hashlib.sha256(f'{kind} {number}'.encode()).hexdigest()}"
        for kind, _, number in (piece.partition(" ") for piece in pieces)
    )
    return ";".join(hashed)


def _filed(reason: str, statement: str, *pieces: str) -> Step:
    return Step("filed", 0, {"reason_code": reason, "statement": statement, "evidence": _evidence(*pieces)})


def _decided(event: str, after: int, reviewer: str, why: str = "") -> Step:
    return Step(event, after, {"reviewer_kind": reviewer} | ({"result_reason": why} if why else {}))


PLANTED_APPEALS: tuple[PlantedAppeal, ...] = (
    PlantedAppeal(
        "planted_appeal_upheld", "pinduoduo", "damaged on the way, sent again, and the consumer accepted it",
        "approved", None,
        (
            _filed("18", "商品在运输途中破损，已与消费者协商补发。", "photo 1", "chat_record 1"),
            Step("checked", 1),
            _decided("upheld", 3, "human"),
        ),
        order_id="planted_s77_damaged_by_logistics", filed_on=20,
    ),
    PlantedAppeal(
        "planted_appeal_untrue", "pinduoduo", "the pictures handed in were of another parcel",
        "rejected", None,
        (
            _filed("20", "消费者从未说过发错货。", "photo 2", "chat_record 2"),
            _decided("rejected", 3, "human", "untrue"),
        ),
        order_id="planted_s75_wrong_item_admitted", filed_on=18,
    ),
    PlantedAppeal(
        "planted_appeal_reconsidered", "pinduoduo", "too little at first; the weight of the parcel was new",
        "approved", None,
        (
            _filed("21", "消费者误以为少件，实际已全部发出。", "photo 3", "chat_record 3"),
            _decided("rejected", 2, "auto", "insufficient_evidence"),
            Step("reconsideration_filed", 3, {"evidence": _evidence("logistics_record 4", "chat_record 5")}),
            _decided("upheld", 6, "human"),
        ),
        order_id="planted_missing_item_late_evidence", filed_on=24,
    ),
    PlantedAppeal(
        "planted_appeal_withdrawn", "pinduoduo", "the shop thought better of it",
        "withdrawn", None,
        (_filed("99", "已补发缺少的商品。", "photo 6", "chat_record 6"), Step("withdrawn", 1)),
        order_id="planted_s76_missing_item_evidence", filed_on=19,
    ),
    PlantedAppeal(
        "planted_appeal_service", "pinduoduo", "a consumer who was served badly: no product problem",
        None, "not_appealable",
        (_filed("99", "客服当时不在线。", "chat_record 7"),), filed_on=2,
    ),
    PlantedAppeal(
        "planted_report_upheld", "douyin", "a review of an offender that the platform found abnormal",
        "approved", None,
        (
            _filed("rating_against_words", "评价等级与内容不符，请核实。", "photo 8"),
            _decided("upheld", 3, "human"),
        ),
        filed_on=3,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """What an appeal is about, in the market at hand."""

    shop_id: str
    subject: dict[str, str]
    day: int  # index of the day it is filed


def write_appeals(
    landing: Path, world: World, channels: Mapping[int, Events], feeds: Sequence[Feed], first_day: date
) -> int:
    """Writes the planted appeals, a file a platform and day that has any; returns the rows written."""
    by_source = {feed.source: feed for feed in feeds}
    lines: dict[tuple[str, int], list[str]] = defaultdict(list)
    for planted in PLANTED_APPEALS:
        found = _subject_of(planted, world, channels, by_source)
        if found is None:
            continue
        for number, step in enumerate(planted.steps, start=1):
            day = found.day + step.after
            if day < world.days:
                row = _row(planted, found, number, first_day + timedelta(days=day))
                lines[planted.platform, day].append(json.dumps(row, ensure_ascii=False) + "\n")
    for platform in PLATFORMS:
        _clear(landing / platform / "appeals")
    for (platform, day), of_day in lines.items():
        file = landing / platform / "appeals" / f"{first_day + timedelta(days=day)}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(of_day), encoding="utf-8")
    return sum(map(len, lines.values()))


def _clear(folder: Path) -> None:
    """Takes away what another market planted; what `ccr appeal` wrote lies in folders and stays."""
    for file in sorted(folder.glob("*.jsonl")):
        if not all(line.startswith(_PLANTED) for line in file.read_text(encoding="utf-8").splitlines()):
            raise FileExistsError(
                f"{file} holds appeals that no market planted: a sample market needs a landing folder of "
                "its own; choose an empty one"
            )
        file.unlink()


def _row(planted: PlantedAppeal, found: _Found, number: int, day: date) -> dict[str, str | int]:
    step = planted.steps[number - 1]
    by_shop = step.event in ("filed", "reconsideration_filed", "withdrawn")
    return {
        "appeal_id": planted.appeal_id,
        "event_no": number,
        "event": step.event,
        "shop_id": found.shop_id,
        **(found.subject if number == 1 else {}),
        **step.more,
        "actor": f"service_of_{found.shop_id}" if by_shop else "platform_review",
        "happened_at": f"{day}T10:{number:02}:00+08:00",
    }


def _subject_of(
    planted: PlantedAppeal, world: World, channels: Mapping[int, Events], feeds: dict[str, Feed]
) -> _Found | None:
    if planted.order_id is not None:
        return _Found(CASE_SHOP, {"subject_type": "order", "subject_id": planted.order_id}, planted.filed_on)
    if planted.platform == "douyin":
        return _review(planted, world, feeds["reviews"])
    return _badly_served(planted, world, channels, feeds)


def _review(planted: PlantedAppeal, world: World, feed: Feed) -> _Found | None:
    """The first bad review of the shop that is reported."""
    rows = feed.rows
    wanted = pc.and_(
        pc.equal(rows["shop_id"], REPORTED_SHOP), pc.less_equal(pc.fill_null(rows["rating_overall"], 5), 2)
    )
    wanted = pc.and_(wanted, pc.invert(rows["is_append"]))
    first = _first(feed, wanted, DOUYIN, world)
    if first is None:
        return None
    place, day = first
    subject = {
        "subject_type": "feedback",
        "channel": "review",
        "subject_id": rows["review_id"][place].as_py(),
    }
    return _Found(REPORTED_SHOP, subject, day + planted.filed_on)


def _badly_served(
    planted: PlantedAppeal, world: World, channels: Mapping[int, Events], feeds: dict[str, Feed]
) -> _Found | None:
    """The first chat, else complaint, else review about an order whose consumer was served badly."""
    for topic, channel in product(_SERVICE, _CHANNELS):
        source, prefix, column, subject = _CHANNELS[channel]
        events, feed = channels[channel], feeds[source]
        ids = feedback_ids(prefix, world.keys, events.order)
        wanted = ids.filter(pa.array(events.topic == topic))
        first = _first(feed, pc.is_in(feed.rows[column], value_set=wanted), PINDUODUO, world)
        if first is not None:
            place, day = first
            named = {**subject, "subject_id": feed.rows[column][place].as_py()}
            return _Found(feed.rows["shop_id"][place].as_py(), named, day + planted.filed_on)
    return None


# the source of a channel, how its ids begin and in which column they are, and what an appeal calls it
_CHANNELS: dict[int, tuple[str, str, str, dict[str, str]]] = {
    IM_SESSION: ("im_sessions", "s", "session_id", {"subject_type": "session"}),
    COMPLAINT: ("complaints", "c", "complaint_id", {"subject_type": "feedback", "channel": "complaint"}),
    REVIEW: ("reviews", "r", "review_id", {"subject_type": "feedback", "channel": "review"}),
}


def _first(feed: Feed, wanted: pa.Array, platform: int, world: World) -> tuple[int, int] | None:
    """The place of the earliest wanted row of a platform, and the index of its day."""
    is_wanted = np.asarray(wanted.combine_chunks() if isinstance(wanted, pa.ChunkedArray) else wanted)
    places = np.flatnonzero(
        is_wanted.astype(np.bool_) & (feed.platform == platform) & (feed.known >= world.start)
    )
    if len(places) == 0:
        return None
    place = int(places[np.argmin(feed.known[places])])
    return place, int((feed.known[place] - world.start) // DAY)
