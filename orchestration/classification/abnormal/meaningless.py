"""Texts that say nothing: no letter, one letter repeated, a hand on the keyboard, a default, mere filler.

No length decides: 差 is two strokes of a pen and a complaint.
"""

import re

from orchestration.classification.abnormal.finding import Finding, letters_of, whole

# However often they are repeated, these blame.
_BLAMING = frozenset("差烂坏假臭骗慢破脏丑渣坑滚垃圾退呵唉苦")
_ANGRY_PICTURES = re.compile(
    "[\U0001f44e\U0001f620\U0001f621\U0001f92c\U0001f624\U0001f4a9\U0001f92e\U0001f922\U0001f47f\U0001f595"
    "\U0001f494\U0001f62d\U0001f622\U0001f61e\U0001f612\U0001f644]"
)
_KEYBOARD = re.compile(
    r"[a-z]*(?:asdf|sdfg|dfgh|fghj|ghjk|hjkl|fdsa|gfds|hgfd|jhgf|kjhg|lkjh|qwer|rewq|poiu|zxcv|xcvb|cvbn"
    r"|vbnm|vcxz|[bcdfghjklmnpqrstvwxz]{5})[a-z]*"
)
_DEFAULT = re.compile(
    r"(?:(?:此|该|本|这个|您|买家|顾客|消费者|评价)?(?:用户|买家|顾客|会员)?(?:没有?|未|尚未)(?:及时)?"
    r"(?:填写|作出|做出|写|发表|给出|留下)(?:任何|文字)?(?:评价|评论)?(?:内容|详情)?)?"
    r"(?:(?:系统|平台)?(?:自动|默认)(?:给予|给出|为)?(?:好评|五星好评|五星|评价)(?:内容)?)?"
)
_DEGREE = "很|挺|还|非常|特别|十分|真的|真是|真心|真|都|也|蛮|太|超级|超|比较|相当|确实|总体|整体|感觉|就|是"
_PRAISE = "不错|好评|好的|好|可以|还行|满意|喜欢|完美|给力|赞|棒|ok|good|nice|perfect|great|very|yes"
_PARTICLE = "的|了|吧|啊|呀|哦|呢|哈|啦|嘛|哟|噢|嗯|呗|哇|诶|耶|喽"
_FILLER = re.compile(
    rf"(?:(?:{_DEGREE})*(?:{_PRAISE}|还行|行)(?:{_PARTICLE})*|(?:嗯|哦|噢|啊|呀|额|呃|哈|嘻)+)+"
)


def find_meaningless(text: str, *, lowest_stars: int | None) -> Finding | None:
    """Why a text says nothing, or None. A bad rating needs no words: with it nothing is found."""
    if not text.strip() or needs_no_words(lowest_stars):
        return None
    detail = _detail(text)
    return None if detail is None else whole("meaningless_text", detail, text)


def needs_no_words(lowest_stars: int | None) -> bool:
    """Whether the stars say enough by themselves."""
    return lowest_stars is not None and lowest_stars <= 2


def _detail(text: str) -> str | None:
    letters = letters_of(text)
    if not letters:
        return None if _ANGRY_PICTURES.search(text) else "no_letters"
    if len(letters) >= 4 and len(set(letters)) == 1:
        return None if letters[0] in _BLAMING else "one_letter_repeated"
    if letters.isascii() and _KEYBOARD.fullmatch(letters):
        return "keyboard_mash"
    if _DEFAULT.fullmatch(letters):
        return "default_text"
    if _ANGRY_PICTURES.search(text) is None and _FILLER.fullmatch(letters):
        return "filler"
    return None
