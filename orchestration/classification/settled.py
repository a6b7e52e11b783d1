"""What a chat settles by the order of its turns: asked and answered, feared and cleared."""

import re
from collections.abc import Sequence

from orchestration.classification.spans import Hit
from orchestration.classification.turns import SERVICE, TOLD, UPSET_EVIDENCE, Turn
from orchestration.classification.verdict import Span, cited

Guarded = tuple[str, Span]
Placed = tuple[int, Turn, Hit]

# What who cannot use a thing takes it to be.
FEARED = frozenset({"quality_defect", "quality_flaw"})
# What a question of use is worded with: 每次称的数不一样，怎么校准.
WORDED = frozenset({"not_as_described"})
# Kinds of words in the lexicon: who blames the own handling had a question of use, and an agent
# who says why it only seems so explains.
MISUSE = "misuse"
EXPLAINS = "explains"
WORKS = "works"
ADMITTED = "admitted"
# Words that take an answer and do not say that anything works.
_TAKES = ("谢", "知道", "收到", "已收到", "款", "麻烦", "辛苦", "没有了", "没其", "没别", "不用", "不要紧")
_QUESTIONS = ("usage_question", "spec_question")
# How something is done or chosen, where no phrase of the lexicon names the question.
_HOW = re.compile(r"怎么|怎样|如何|咋|多久|多少|几|哪|能不能|要不要|是不是|(可以|能|需要).{0,8}[吗么?？]")
# Questions of the order are none of use.
_OF_ORDER = re.compile(
    r"退|换货|发货|快递|物流|送货|配送|发票|地址|订单|价保|差价|优惠|券|赔|补发|到货|取消|投诉|客服|返现|售后"
    r"|签收|取件|报修|维修"
)
_MEASURE = re.compile(
    r"[0-9一二两三四五六七八九十百千]+点?[0-9一二三四五六七八九]*"
    r"(瓦|升|毫升|厘米|毫米|公分|米|公斤|千克|斤|克|寸|码|度|层|档|伏|安|小时|分钟|秒|遍|次|条|片|个|岁|乘|年|天)"
)
_OF_MEASURE = re.compile(r"[0-9]+[a-zA-Z]+")


def settled(turns: Sequence[Turn]) -> Guarded | None:
    """The guard of a chat that was a question or a misunderstanding, with the words that show it."""
    admitted = [place for place, turn in enumerate(turns) if any(map(is_admission, turn.words.agent_hits))]
    cleared = _cleared(turns, since=admitted[-1] + 1 if admitted else _first_agent(turns))
    if cleared is not None or admitted:
        return cleared
    return _answered(turns) or _explained(turns) or _asked_how(turns)


def is_admission(hit: Hit) -> bool:
    """Whether an agent's words say which fault the shop made."""
    return hit.entry.kind == ADMITTED and hit.state == "asserted"


def _cleared(turns: Sequence[Turn], since: int) -> Guarded | None:
    """The consumer says after an answer that it was a mistake, and complains of nothing after."""
    clearing = _first(turns, ("misunderstanding",), since)
    if clearing is None or _complains(turns[clearing[0] + 1 :]):
        return None
    _, turn, hit = clearing
    if hit.entry.kind != MISUSE:
        return "misunderstanding", cited(hit, turn.text, turn.field)
    if _teaching(turns) and not _told(turns) & ((TOLD | SERVICE) - FEARED):
        return "usage_question", cited(hit, turn.text, turn.field)
    return None


def _answered(turns: Sequence[Turn]) -> Guarded | None:
    """A question was answered; who feared a fault says besides that it works."""
    question = _first(turns, _QUESTIONS, since=0)
    told = _told(turns)
    if question is not None and not _told([turn for turn in turns if turn is not question[1]]) & TOLD:
        told -= WORDED
    if told & ((TOLD | SERVICE) - FEARED):
        return None
    accepted = _accepted(turns)
    if question is not None:
        place, turn, hit = question
        is_spec = hit.entry.code == "spec_question"
        answers = [one for one in turns[place + 1 :] if one.role == "agent" and _answers(one, is_spec)]
        goes_on = any(_speaks(one) for one in turns[place + 1 :])
        if answers and goes_on and (accepted or not told & FEARED):
            return hit.entry.code or "usage_question", cited(hit, turn.text, turn.field)
    if (
        _teaching(turns)
        and (told & FEARED or _says_works(accepted))
        and (works := _works_now(accepted)) is not None
    ):
        return "usage_question", works
    return None


def _explained(turns: Sequence[Turn]) -> Guarded | None:
    """A fault was feared, an agent said why it only seems so, and the consumer took it."""
    fear = next((place for place, turn in enumerate(turns) if _fears(turn)), None)
    if fear is None or offers(turns):
        return None
    explained = next(
        (
            place
            for place, turn in enumerate(turns)
            if place > fear and any(hit.entry.kind == EXPLAINS for hit in turn.words.agent_hits)
        ),
        None,
    )
    if explained is None:
        return None
    after = [turn for turn in turns[explained + 1 :] if _speaks(turn)]
    if not after or not after[-1].words.is_acceptance or _complains(after):
        return None
    return "misunderstanding", _words(after[-1])


def _asked_how(turns: Sequence[Turn]) -> Guarded | None:
    """A calm question of use in other words, taught at once and taken at last."""
    own = [turn for turn in turns if _speaks(turn)]
    if not own or not own[-1].words.is_acceptance or any(map(_reproaches, own)) or offers(turns):
        return None
    if _told(turns) - FEARED or any(_OF_ORDER.search(turn.text) for turn in own):
        return None
    if _told(turns) and _works_now(own[-2:]) is None and not own[-1].words.hits("acceptance"):
        return None
    for place, turn in enumerate(turns):
        asked = _HOW.search(turn.text) if _speaks(turn) else None
        if asked and any(one.role == "agent" and _answers(one, True) for one in turns[place + 1 : place + 3]):
            if len(_teaching(turns)) < 2:
                return None
            start, end = asked.span()
            span = Span(turn.field, start, end, turn.text[start:end], "keyword", "usage_question:asked_how")
            return "usage_question", span
    return None


def _works_now(accepted: Sequence[Turn]) -> Span | None:
    """The words that say what seemed broken works once it was explained."""
    for turn in accepted:
        for hit in (*turn.words.hits("acceptance"), *turn.words.hits("praise")):
            phrase = hit.entry.phrase
            if phrase.startswith(_TAKES):
                continue
            if phrase.startswith(("没", "不")) or phrase.endswith(("了", "now", "certo", "consegui")):
                return cited(hit, turn.text, turn.field)
    return None


def _says_works(accepted: Sequence[Turn]) -> bool:
    return any(hit.entry.kind == WORKS for turn in accepted for hit in turn.words.hits("acceptance"))


def _words(turn: Turn) -> Span:
    """The words of a turn that take an answer, or the whole turn where they are ordinary ones."""
    hits = turn.words.hits("acceptance")
    if hits:
        return cited(hits[0], turn.text, turn.field)
    return Span(turn.field, 0, len(turn.text), turn.text, "keyword", "acceptance:yes")


def _first(turns: Sequence[Turn], codes: Sequence[str], since: int) -> Placed | None:
    for place, turn in enumerate(turns):
        if place >= since and turn.role == "consumer":
            for hit in turn.words.hits("guard"):
                if hit.entry.code in codes:
                    return place, turn, hit
    return None


def _first_agent(turns: Sequence[Turn]) -> int:
    return next((place for place, turn in enumerate(turns) if turn.role == "agent"), len(turns))


def _speaks(turn: Turn) -> bool:
    return turn.words.role == "consumer" and turn.words.is_said


def _accepted(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in [turn for turn in turns if _speaks(turn)][-3:] if turn.words.is_acceptance]


def _told(turns: Sequence[Turn]) -> set[str | None]:
    return {hit.entry.code for turn in turns if _speaks(turn) for hit in turn.words.complaints}


def _complains(turns: Sequence[Turn]) -> bool:
    return bool(_told(turns) & (TOLD | SERVICE)) or any(map(_reproaches, turns))


def _reproaches(turn: Turn) -> bool:
    """Whether a consumer's turn reproaches the shop: telling of a fault is none."""
    return _speaks(turn) and ((turn.words.upset_evidence or 0.0) >= UPSET_EVIDENCE or turn.words.reproaches)


def _fears(turn: Turn) -> bool:
    """Whether a consumer tells of a fault, or asks whether there is one."""
    found = turn.words.reading.hits if turn.role == "consumer" and turn.words.reading else ()
    return any(hit.entry.role == "issue" and hit.entry.code in TOLD for hit in found)


def offers(turns: Sequence[Turn]) -> bool:
    """Whether an agent offers to put something right, or admits a fault."""
    return any(
        hit.entry.role == "remedy" or is_admission(hit) for turn in turns for hit in turn.words.agent_hits
    )


def _teaching(turns: Sequence[Turn]) -> list[Hit]:
    return [hit for turn in turns for hit in turn.words.agent_hits if hit.entry.role == "teaching"]


def _answers(turn: Turn, is_spec: bool) -> bool:
    """Whether an agent teaches, or states the measure that was asked for."""
    if any(hit.entry.role == "teaching" for hit in turn.words.agent_hits):
        return True
    return is_spec and (_MEASURE.search(turn.text) or _OF_MEASURE.search(turn.text)) is not None
