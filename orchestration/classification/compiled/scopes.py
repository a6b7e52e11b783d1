"""How far words of scope reach, and what stands right before or after a complaint.

Places are those of a page: character 0 and the one after the last are line ends.
"""

import numpy as np

from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import (
    ASKED_TAIL,
    CARRIER,
    CHINESE,
    CLAUSE_END,
    WORD,
    Codes,
    Marks,
)

# Questions and denials are looked for in so many characters after a complaint.
_LOOK_AHEAD = 6
_SPACE = ord(" ")
_LINE_END = ord("\n")


@kernel
def is_at(codes: Codes, at: int, until: int, letter: int) -> bool:
    """Whether a letter stands at a place before `until`."""
    return at < until and codes[at] == letter


@kernel
def reaches(codes: Codes, marks: Marks, end: int, start: int, window: int, ends: int) -> bool:
    """Whether a scope that ends at `end` covers `start`: near enough and nothing that ends it between."""
    if start < end or start - end > window:
        return False
    for at in range(end, start):
        if (marks[at] & ends) != 0:
            return False
        # A space beside a Chinese character ends a clause, one between Latin words does not.
        if ends == CLAUSE_END and codes[at] == _SPACE:
            if at + 1 < start and (marks[at + 1] & CHINESE) != 0:
                return False
            if (marks[at - 1] & CHINESE) != 0:
                return False
    return True


@kernel
def is_carried_on(codes: Codes, marks: Marks, first: int, last: int) -> bool:
    """Whether only a list goes on between a denied complaint and the next: 没有破损、漏液, A nor B."""
    if last > first and codes[last - 1] == _LINE_END:
        last -= 1
    length = last - first
    if 1 <= length <= 5:
        at = first
        while at < last and (marks[at] & CARRIER) != 0:
            at += 1
        if at == last:
            return True
    if length < 3 or codes[first] != _SPACE or codes[last - 1] != _SPACE:
        return False
    at = _after_listing_word(codes, first + 1)
    if at == 0 or at >= last or codes[at] != _SPACE:
        return False
    if at == last - 1:
        return True
    at += 1
    begin = at
    while at < last - 1 and (marks[at] & WORD) != 0:
        at += 1
    return at == last - 1 and at > begin


@kernel
def _after_listing_word(codes: Codes, at: int) -> int:
    """The place after or, nor, and, ou, e or nem, or 0; a line end closes every page."""
    first, second = codes[at], codes[at + 1]
    if first == ord("e"):
        return at + 1
    if first == ord("o") and (second == ord("r") or second == ord("u")):
        return at + 2
    if first == ord("n") or first == ord("a"):
        third = codes[at + 2] if second != _LINE_END else np.uint32(_LINE_END)
        if first == ord("a") and second == ord("n") and third == ord("d"):
            return at + 3
        if first == ord("n") and second == ord("o") and third == ord("r"):
            return at + 3
        if first == ord("n") and second == ord("e") and third == ord("m"):
            return at + 3
    return 0


@kernel
def is_denied_after(codes: Codes, end: int, count: int) -> bool:
    """一个坏的都没有, but not 坏了都没有人管."""
    until = min(end + _LOOK_AHEAD, count + 1)
    at = end
    if is_at(codes, at, until, ord("的")):
        at += 1
    if not (is_at(codes, at, until, ord("都")) or is_at(codes, at, until, ord("也"))):
        return False
    at += 1
    if is_at(codes, at, until, ord("没")):
        at += 1
        if is_at(codes, at, until, ord("有")):
            at += 1
    elif is_at(codes, at, until, ord("无")):
        at += 1
    else:
        return False
    return not (is_at(codes, at, until, ord("人")) or is_at(codes, at, until, ord("法")))


@kernel
def is_asked(codes: Codes, marks: Marks, end: int, count: int) -> bool:
    """Whether what follows makes a question: 坏了吗, 会坏的吧？还是？."""
    until = min(end + _LOOK_AHEAD, count + 1)
    for at in range(end, min(end + 4, until)):
        letter = codes[at]
        if letter == ord("吗") or letter == ord("么") or letter == ord("嘛"):
            if at - end <= 2 and _only_tail(codes, marks, at + 1, until):
                return True
            if letter == ord("吗") and _is_mark(codes, at + 1, until):
                return True
        elif letter == ord("没"):
            after = at + 2
            if is_at(codes, at + 1, until, ord("有")):
                if is_at(codes, after, until, ord("呀")):
                    after += 1
                if _is_mark(codes, after, until):
                    return True
        elif letter == ord("还"):
            if is_at(codes, at + 1, until, ord("是")) and _is_mark(codes, at + 2, until):
                return True
        elif letter == _LINE_END:
            return False
    return False


@kernel
def _is_mark(codes: Codes, at: int, until: int) -> bool:
    return at < until and (codes[at] == ord("?") or codes[at] == ord("？"))


@kernel
def _only_tail(codes: Codes, marks: Marks, at: int, until: int) -> bool:
    """Whether nothing but marks follows; a line end at the very end is no more than a mark."""
    while at < until and (marks[at] & ASKED_TAIL) != 0:
        at += 1
    return at == until or (at == until - 1 and codes[at] == _LINE_END)


@kernel
def is_rhetorical(codes: Codes, start: int, end: int) -> bool:
    """Whether a negation is 不是, 不就是 or 难道不是, which asserts in a question."""
    length = end - start
    if length < 2 or codes[end - 1] != ord("是"):
        return False
    if length == 2:
        return codes[start] == ord("不")
    if length == 3:
        return codes[start] == ord("不") and codes[start + 1] == ord("就")
    return (
        length == 4
        and codes[start] == ord("难")
        and codes[start + 1] == ord("道")
        and codes[start + 2] == ord("不")
    )
