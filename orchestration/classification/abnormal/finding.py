"""What is found in an evaluation, and the form of a text in which texts are compared."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from orchestration.classification.normal import READ_AT_MOST, in_normal_letters

AbnormalCode = Literal[
    "advertising",
    "logistics_only",
    "meaningless_text",
    "near_duplicate_burst",
    "rating_text_contradiction",
    "template_text",
    "wrong_product_review",
]
ABNORMAL_CODES: tuple[str, ...] = get_args(AbnormalCode)
LONGEST_EVIDENCE = 200

_NO_LETTER = re.compile(r"[\W\d_]+")


class Finding(NamedTuple):
    """One reason; start and end are code points of the text as the warehouse keeps it."""

    code: AbnormalCode
    detail: str
    start: int
    end: int


@lru_cache(maxsize=8)
def first_letters(text: str) -> str:
    """The first part of a text in normal letters; the same for all findings of one text."""
    return in_normal_letters(text[:READ_AT_MOST])


@lru_cache(maxsize=8)
def letters_of(text: str) -> str:
    """The letters of the first part of a text, in lower case, half width and simplified.

    Digits, punctuation and pictures are left out: what remains is the skeleton by which texts are
    the same.
    """
    return _NO_LETTER.sub("", first_letters(text))


def whole(code: AbnormalCode, detail: str, text: str) -> Finding:
    """A finding that rests on the whole text, or on as much of it as evidence may hold."""
    start = len(text) - len(text.lstrip())
    return Finding(code, detail, start, min(len(text.rstrip()), start + LONGEST_EVIDENCE))
