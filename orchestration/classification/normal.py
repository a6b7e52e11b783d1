"""Brings spellings to one form and keeps the way back to the original text, in code points."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import yaml

from orchestration.classification.taxonomy import TAXONOMY_FILE

# The rest of a longer text is not read: a review is decided in its first lines, and one
# megabyte in one cell must not stop a day.
READ_AT_MOST = 4_000

TRADITIONAL_FILE = TAXONOMY_FILE.with_name("lexicon") / "traditional.yaml"

_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_PICTURES = "\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff"
_BETWEEN = rf"[\s*·.\-_~|/^+=`'\"{_PICTURES}]{{1,4}}"
_INVISIBLE = (
    "\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\ufe00-\ufe0f\ufeff\ud800-\udfff\x00-\x08\x0e-\x1f"
)
_CHINESE = re.compile(rf"[{_CJK}]+")
_LATIN = re.compile("[a-z]+")
_DROPPED = re.compile(
    rf"(?P<invisible>[{_INVISIBLE}]+)"
    r"|(?P<markup><[^<>]{1,200}>|&(?:[a-z]{2,8}|#\d{1,6});)"
    # Spelled-out words dodge filters: 垃 圾, 垃*圾. A gap between two longer runs stays a gap.
    rf"|(?<![{_CJK}])[{_CJK}](?P<after_lone>{_BETWEEN})(?=[{_CJK}])"
    rf"|(?<=[{_CJK}])(?P<before_lone>{_BETWEEN})(?=[{_CJK}](?![{_CJK}]))"
    r"|(?P<letter>.)(?P=letter){2}(?P<repeated>(?P=letter)+)",
    re.DOTALL,
)


class Normal(NamedTuple):
    """A text in normal form; `offsets[i]` is where character `i` stood, None means unmoved."""

    text: str
    offsets: list[int] | None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original text that normal characters start..end came from."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


@cache
def _one_to_one() -> dict[int, str]:
    """Characters that change alone and stay one character, so that offsets do not move."""
    table: dict[int, str] = {}
    for code in range(0x80, 0x10000):
        if 0xD800 <= code <= 0xDFFF or 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3:
            continue
        bare = unicodedata.normalize("NFKD", chr(code))
        if bare and not unicodedata.combining(bare[0]):
            letter = bare[0] if all(unicodedata.combining(mark) for mark in bare[1:]) else chr(code)
            lowered = letter.lower()
            if len(lowered) == 1 and lowered != chr(code):
                table[code] = lowered
    table.update({0x2018: "'", 0x2019: "'", 0x00B4: "'"})
    table.update({code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
    pairs = yaml.safe_load(TRADITIONAL_FILE.read_text("utf-8"))["pairs"].split()
    table.update({ord(pair[0]): pair[1] for pair in pairs})
    return table


def in_normal_letters(text: str) -> str:
    """The text letter by letter in lower case, half width, simplified, unaccented."""
    return text.translate(_one_to_one())


def normalise(text: str) -> Normal:
    """The first part of the text in lower case, half width, simplified, unaccented, unspaced."""
    moved = in_normal_letters(text[:READ_AT_MOST])
    if _DROPPED.search(moved) is None:
        return Normal(moved, None)
    keep = bytearray(b"\x01") * len(moved)
    for match in _DROPPED.finditer(moved):
        for name in ("invisible", "after_lone", "before_lone", "repeated"):
            start, end = match.span(name)
            keep[start:end] = bytes(end - start)
        if match["markup"]:
            start, end = match.span("markup")
            keep[start + 1 : end] = bytes(end - start - 1)
            moved = moved[:start] + " " * (end - start) + moved[end:]
    offsets = [position for position, kept in enumerate(keep) if kept]
    return Normal("".join([moved[position] for position in offsets]), offsets)


def has_letters(text: str) -> bool:
    """Whether anything in the text is a letter or a Chinese character."""
    return any(letter.isalpha() for letter in text[:READ_AT_MOST])


def is_chinese(text: str) -> bool:
    """Whether Chinese characters carry the text, rather than Latin letters."""
    chinese = len(text) - len(_CHINESE.sub("", text))
    return chinese > 0 and chinese * 4 >= len(text) - len(_LATIN.sub("", text))
