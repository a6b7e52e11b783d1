"""The turns of a chat: who spoke, what the words show, and how long the consumer waited."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from orchestration.classification.clock import is_open, service_seconds, until_closing
from orchestration.classification.spans import Hit, asserted_issues
from orchestration.classification.verdict import OTHER
from orchestration.classification.weighing import Reading

# C8: an unanswered turn counts from ten minutes on.
UNANSWERED_FROM = 600
_CERTAINLY_ANSWERED = timedelta(seconds=UNANSWERED_FROM - 1)
# A turn is upset by its words alone from this evidence on; short turns say too little.
UPSET_EVIDENCE = 2.2
LEAST_LETTERS = 4

# Problems that are established by being told, and those that are as often a question.
TOLD = frozenset(
    {
        "quality_defect", "quality_flaw", "damaged_on_arrival", "wrong_item", "missing_item",
        "not_as_described", "misleading_listing", "counterfeit", "safety_hazard",
        "live_display_mismatch", "content_promise_mismatch", "late_ship_false_voucher",
    }
)  # fmt: skip
ASKED = frozenset({"late_ship", "lost_or_stalled", "packaging_poor", "courier_service"})
SERVICE = frozenset(
    {
        "no_reply", "perfunctory_reply", "rude_or_mocking", "shirking", "unjustified_refusal",
        "promise_not_kept", "ticket_overdue_after_track_stall", "platform_escalation",
    }
)  # fmt: skip

_YES = frozenset(
    {
        "好", "好的", "好吧", "好滴", "好哒", "好嘞", "好了", "好好", "好呀", "好啊", "行", "行吧",
        "可以", "嗯", "嗯嗯", "嗯好", "嗯好的", "哦", "哦哦", "噢", "ok", "恩", "恩恩", "是", "是的",
        "对", "对的", "中", "成",
        "了解", "明白", "哦好", "哦哦好", "好嘛", "得", "收到", "晓得了", "没", "没有", "没了", "没有了",
        "不用", "不用了", "不客气", "再见", "拜拜",
    }
)  # fmt: skip
_YES_AND = frozenset({"好", "好的", "好滴", "好嘞", "行", "可以", "嗯", "嗯嗯", "ok", "收到", "了解", "明白"})
# 什么态度 and 怎么能这样 ask nothing.
_QUESTION = re.compile(r"[?？吗]|呢$|什么时候|怎么(?!这|能|可以|又)|多久|几天|哪天|在哪|能不能")
# A picture or film is sent, or said to have been sent; a request for one shows nothing.
_SHOWN = re.compile(
    r"[\[【#](图片|照片|视频|影片|image|picture|photo|video)"
    r"|(图|图片|照片|视频|录像|截图|单子)(都|也|已|已经|我)?(发|传|拍|上传|发送|提供|给)(了|过|好|你|您|给|完|过去|去|$)"
    r"|(已|已经|都|我)(拍|上传)(了|过|好|给|照|$)|^拍(了|好|给)|拍(了照|照了|了图|给你|给您)|全程录像|有(开箱|拆箱)?视频|录(了|着)像|录了视频",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[\s，,。.!！~～;；]+")
_TRAILING = "。，,.!！~～?？ 的呢哈啊呀哦喔亲#"


class Words:
    """What a speaker says, and what that shows: worked out once for all turns of the same words.

    Consumers' words carry a reading, agents' the hits of their lexicon. `upset_evidence` is what the
    model of chats says of a consumer's words: log-odds without a prior. `is_served`: service is open.
    """

    def __init__(
        self,
        role: str,
        text: str,
        reading: Reading | None = None,
        agent_hits: tuple[Hit, ...] = (),
        upset_evidence: float | None = None,
        *,
        is_served: bool = True,
    ) -> None:
        self.role, self.text = role, text
        self.reading, self.agent_hits, self.upset_evidence = reading, agent_hits, upset_evidence
        self._is_served = is_served
        self._of_role: dict[str, list[Hit]] = {}

    def hits(self, role: str) -> list[Hit]:
        """The consumer's words of one role that stand as said."""
        known = self._of_role.get(role)
        if known is None:
            found = self.reading.hits if self.reading else ()
            known = [hit for hit in found if hit.entry.role == role and hit.state == "asserted"]
            self._of_role[role] = known
        return known

    @cached_property
    def is_said(self) -> bool:
        """Whether there is anything but blanks."""
        return bool(self.text.strip())

    @cached_property
    def complaints(self) -> list[Hit]:
        """The problems the consumer tells in the turn; nobody is silent while service is closed."""
        told = asserted_issues(self.reading.hits) if self.reading else []
        return told if self._is_served else [hit for hit in told if hit.entry.code != "no_reply"]

    @cached_property
    def is_upset(self) -> bool:
        """Whether the turn shows dissatisfaction, rather than telling a problem calmly."""
        if self.reading is None:
            return False
        if self.reproaches:
            return True
        return len(self.text) >= LEAST_LETTERS and self.reading.evidence >= UPSET_EVIDENCE

    @cached_property
    def reproaches(self) -> bool:
        """Whether phrases of the turn blame the shop: dissatisfaction, or a complaint of its service."""
        return bool(self.hits("dissatisfaction")) or any(
            hit.entry.code in SERVICE or (hit.entry.code == OTHER and hit.entry.severity > 1)
            for hit in self.complaints
        )

    @cached_property
    def is_acceptance(self) -> bool:
        """Whether the consumer takes the answer, or says that all is well."""
        if self.role != "consumer":
            return False
        if self.is_upset:
            return False
        if self.hits("acceptance") or self.text.strip(_TRAILING).lower() in _YES:
            return True
        # 好的 我试试: a yes and what is done next.
        first, *rest = _CLAUSE.split(self.text.strip().lower())
        if rest and first in _YES_AND and not (_QUESTION.search(self.text) or self.complaints):
            return True
        return any(hit.entry.code == "misunderstanding" for hit in self.hits("guard"))

    @cached_property
    def shows(self) -> bool:
        """Whether the consumer sends evidence, or says that it was sent."""
        return self.role == "consumer" and _SHOWN.search(self.text) is not None

    @cached_property
    def asks(self) -> bool:
        """Whether the turn is a question or a demand."""
        if self.is_acceptance:
            return False
        return _QUESTION.search(self.text) is not None or bool(self.hits("demand"))

    @cached_property
    def wants_answer(self) -> bool:
        """Whether silence after the turn leaves the consumer waiting."""
        if self.is_acceptance:
            return False
        return self.asks or bool(self.complaints) or self.is_upset


class Turn(NamedTuple):
    """One message of a chat."""

    message_id: str
    sent_at: datetime | None
    words: Words

    @property
    def field(self) -> str:
        """How evidence cites the turn."""
        return f"message:{self.message_id}"

    @property
    def role(self) -> str:
        """Who speaks."""
        return self.words.role

    @property
    def text(self) -> str:
        """What is said."""
        return self.words.text


class Wait(NamedTuple):
    """A consumer's turn that stayed unanswered, and for how many seconds of open service."""

    turn: Turn
    seconds: int
    was_answered: bool


def unanswered(turns: Sequence[Turn]) -> list[Wait]:
    """Waits of ten minutes and more; a bot's words are no answer."""
    waits: list[Wait] = []
    waiting: Turn | None = None
    roles = {turn.words.role for turn in turns}
    if "bot" in roles and "agent" not in roles:
        return waits
    for turn in turns:
        if turn.role == "consumer" and turn.sent_at is not None:
            if waiting is None and turn.words.wants_answer:
                waiting = turn
        elif turn.role == "agent" and turn.sent_at is not None:
            if waiting is not None and waiting.sent_at is not None:
                seconds = _waited(waiting.sent_at, turn.sent_at)
                if seconds >= UNANSWERED_FROM:
                    waits.append(Wait(waiting, seconds, True))
            waiting = None
    if (
        waiting is not None
        and waiting.sent_at is not None
        and is_open(waiting.sent_at)
        and waiting.words.asks
    ):
        # Nobody answered that day: service was open for so long and stayed silent.
        seconds = until_closing(waiting.sent_at)
        if seconds >= UNANSWERED_FROM:
            waits.append(Wait(waiting, seconds, False))
    return waits


def _waited(first: datetime, last: datetime) -> int:
    """Seconds of open service between two moments; 0 where there cannot be enough of them to count."""
    # Whole seconds of either moment are counted: the sum may be one above the time between them.
    if last - first < _CERTAINLY_ANSWERED:
        return 0
    return service_seconds(first, last)
