"""Stars and words that say opposite things (C30): found only where both sides are sure."""

import re
from functools import cache

from orchestration.classification.abnormal.finding import Finding
from orchestration.classification.lexicon_files import consumer_finder, shipped_lexicon
from orchestration.classification.normal import in_normal_letters
from orchestration.classification.prevalence import evidence_of
from orchestration.classification.spans import SpanFinder
from orchestration.classification.verdict import NATURAL_PRIOR

LOW, HIGH = 2, 5
# The most and the least evidence, in log-odds, with which the words are surely not, or surely, negative.
SURE_OF_PRAISE, SURE_OF_BLAME = -1.0, 3.4

_BLAME = re.compile(
    "垃圾|太差|很差|极差|超差|真差|差评|差劲|劣质|假货|骗子|骗人|坑人|恶心|烂透|稀烂|别买(?!错)|不要买|千万别(?:买|来|信)|再也不(?:买|来)|后悔(?:买|死)"
    "|上当|质量问题|质量差|坏了|没法用|不能用"
)
_PRAISE = re.compile(
    "好评|(?:很|非常|十分|特别|挺|超级|超|真的|太)(?:满意|好|喜欢|棒|赞|漂亮|舒服|实用|好用|好看|好吃|不错)|不错|喜欢|完美|超赞|点赞|推荐|物超所值"
    "|值得(?:购买|信赖|推荐)|(?:会)?(?:再来|回购)"
)
# Praise that is quoted, paid for, or not meant.
_DOUBTFUL = re.compile(
    "(?:看|因为|冲着|刷|骗|买|假|要|求|催|让|给|删|改).{0,4}好评|好评(?:返|都|全|如潮|那么|这么|是|率)|呵呵|服了|醉了|无语|可惜|失望"
    "|但|就是|不过|然而|却|除了|只是|唯|结果|本来|以为|原来|之前|以前|上次|图片|描述|宣传|希望|建议|如果|为什么|怎么|吗|？|\\?"
    "|退|换|赔|坏|破|差|假|痛|疼|臭|丑|脏|慢|硬|少了|没有|没收|不给|不理|太贵|太小|太大"
)
# The stars were given first, then all was put right; or they were given by mistake and it says so.
_NOT_MEANT_STARS = re.compile("手滑|点错|按错|误点|改(?:成|为)?(?:好评|五星)|追评|追加")


@cache
def _finder() -> SpanFinder:
    return consumer_finder(shipped_lexicon())


def find_contradiction(
    text: str,
    *,
    lowest_stars: int | None,
    highest_stars: int | None,
    text_probability: float | None = None,
) -> Finding | None:
    """The words that contradict the stars.

    `lowest_stars` and `highest_stars` are those of the order and the product. `text_probability`
    is the classifier's opinion of the words, where there is one: it must agree.
    """
    if lowest_stars is None or highest_stars is None:
        return None
    if highest_stars <= LOW:
        return _praise_under_low_stars(text, text_probability)
    if lowest_stars >= HIGH:
        return _blame_under_high_stars(text, text_probability)
    return None


def _evidence(text_probability: float | None) -> float | None:
    # Evidence does not move with the share of negatives that probabilities are made for.
    return None if text_probability is None else float(evidence_of(text_probability, NATURAL_PRIOR))


def _praise_under_low_stars(text: str, text_probability: float | None) -> Finding | None:
    letters = in_normal_letters(text)
    match = _PRAISE.search(letters)
    if match is None or _DOUBTFUL.search(letters):
        return None
    evidence = _evidence(text_probability)
    if evidence is not None and evidence > SURE_OF_PRAISE:
        return None
    for hit in _finder().find(text):
        if hit.entry.role == "guard" or (
            hit.entry.role in ("issue", "dissatisfaction") and hit.state != "negated"
        ):
            return None
    return Finding("rating_text_contradiction", "praise_under_low_stars", *match.span())


def _blame_under_high_stars(text: str, text_probability: float | None) -> Finding | None:
    letters = in_normal_letters(text)
    match = _BLAME.search(letters)
    if match is None or _NOT_MEANT_STARS.search(letters):
        return None
    evidence = _evidence(text_probability)
    if evidence is not None and evidence < SURE_OF_BLAME:
        return None
    hits = _finder().find(text)
    if any(hit.entry.role in ("praise", "guard", "acceptance") for hit in hits):
        return None
    is_blamed = any(
        hit.entry.role in ("issue", "dissatisfaction")
        and hit.state == "asserted"
        and hit.start < match.end()
        and match.start() < hit.end
        for hit in hits
    )
    if not is_blamed:
        return None
    return Finding("rating_text_contradiction", "blame_under_high_stars", *match.span())
