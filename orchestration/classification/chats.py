"""Judges the chats of a table: every wording of a batch is read once, in compiled code."""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.clock import open_at
from orchestration.classification.dialogue import Session, judge_session
from orchestration.classification.dissatisfaction import Dissatisfaction
from orchestration.classification.keyed import in_turn, turns_of_chats
from orchestration.classification.schemas import MESSAGES_SCHEMA
from orchestration.classification.spans import SpanFinder
from orchestration.classification.turns import Turn, Words
from orchestration.classification.verdict import Verdict
from orchestration.classification.weighing import TextModel

# So many turns are objects at a time, or those of one chat that has more.
BATCH = 16_384

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 12:00 in Shanghai: service is open where nobody knows when a message was sent.
_NOON = 4 * 3_600_000_000

Integers = npt.NDArray[np.int64]
# Who speaks, what is said, and whether service is open.
_Said = tuple[str, str, bool]


class ChatJudge:
    """Judges chats; a verdict depends on the chat's own turns and stars alone."""

    def __init__(
        self, texts: TextModel, chats: TextModel, agents: SpanFinder, dissatisfaction: Dissatisfaction
    ) -> None:
        self._texts, self._chats, self._agents = texts, chats, agents
        self._dissatisfaction = dissatisfaction

    def judge(self, sessions: pa.Table, messages: pa.Table) -> Iterator[Verdict]:
        """One verdict for each session, in order; a session without messages has no turns."""
        stars = _stars(sessions)
        keys = sessions["feedback_key"].combine_chunks()
        ours = messages.select(MESSAGES_SCHEMA.names)
        ours = in_turn(ours.filter(pc.is_in(ours["feedback_key"], value_set=keys)))
        chats, bounds = turns_of_chats(ours["feedback_key"])
        first, last = _places(pc.index_in(keys, value_set=chats), bounds.to_numpy())
        for begin, end in _batches(last - first):
            # The chats of sessions in order are in order too: those of a batch stand side by side.
            start, stop = int(first[begin]), int(last[end - 1])
            turns = self._turns(ours.slice(start, stop - start))
            for session in range(begin, end):
                own = turns[int(first[session]) - start : int(last[session]) - start]
                yield judge_session(Session(own, stars[session]), self._dissatisfaction)

    def _turns(self, messages: pa.Table) -> list[Turn]:
        sent = messages["sent_at"].combine_chunks()
        is_open = open_at(pc.fill_null(sent.cast(pa.int64()), _NOON).to_numpy(zero_copy_only=False))
        said: list[_Said] = [
            (role, text or "", served)
            for role, text, served in zip(
                messages["role"].to_pylist(), messages["text"].to_pylist(), is_open.tolist(), strict=True
            )
        ]
        words = self._words(dict.fromkeys(said))
        return [
            Turn(message_id, sent_at, words[one])
            for message_id, sent_at, one in zip(
                messages["message_id"].to_pylist(), _moments(sent), said, strict=True
            )
        ]

    def _words(self, distinct: dict[_Said, None]) -> dict[_Said, Words]:
        consumers = list(dict.fromkeys(text for role, text, _ in distinct if role == "consumer" and text))
        agents = list(dict.fromkeys(text for role, text, _ in distinct if role == "agent" and text))
        readings = self._texts.readings_with(self._chats, consumers)
        hits = dict(zip(agents, self._agents.find_all(agents), strict=True))
        words: dict[_Said, Words] = {}
        for role, text, served in distinct:
            reading, upset = readings.get(text, (None, None)) if role == "consumer" else (None, None)
            agent_hits = hits.get(text, ()) if role == "agent" else ()
            words[role, text, served] = Words(role, text, reading, agent_hits, upset, is_served=served)
        return words


def _places(chats: pa.Array, bounds: Integers) -> tuple[Integers, Integers]:
    """Where the turns of each session begin and end, by its chat; nowhere where it has none."""
    has = chats.is_valid().to_numpy(zero_copy_only=False)
    chat = pc.fill_null(chats, 0).to_numpy(zero_copy_only=False)
    last = np.maximum.accumulate(np.where(has, bounds[np.minimum(chat + 1, len(bounds) - 1)], 0))
    return np.where(has, bounds[chat], last), last


def _batches(counts: Integers) -> Iterator[tuple[int, int]]:
    """Runs of sessions with as many turns as are read together, each session in one run."""
    begin, turns = 0, 0
    for session, count in enumerate(counts.tolist()):
        if turns and turns + count > BATCH:
            yield begin, session
            begin, turns = session, 0
        # A session without turns takes room too.
        turns += max(count, 1)
    if turns:
        yield begin, len(counts)


def _moments(sent: pa.Array) -> list[datetime | None]:
    """The moments as objects; several times as quick as `to_pylist`, which looks for a time zone."""
    return [
        None if since is None else EPOCH + timedelta(microseconds=since)
        for since in sent.cast(pa.int64()).to_pylist()
    ]


def _stars(sessions: pa.Table) -> list[int | None]:
    """The stars that each session's human agent was given."""
    return [
        stars if stars is not None and scope in (None, "human") and 1 <= stars <= 5 else None
        for stars, scope in zip(
            sessions["rating_service"].to_pylist(), sessions["rated_scope"].to_pylist(), strict=True
        )
    ]
