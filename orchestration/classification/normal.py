"""Brings spellings to one form and keeps the way back to the original text, in code points."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import yaml

from orchestration.classification.compiled import letters
from orchestration.classification.compiled.letters import READ_AT_MOST, Alphabet, Classes, Sheet, new_sheet
from orchestration.classification.taxonomy import TAXONOMY_FILE

TRADITIONAL_FILE = TAXONOMY_FILE.with_name("lexicon") / "traditional.yaml"

_CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))
_PICTURES = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF))
_INVISIBLE = (
    (0x00, 0x08), (0x0E, 0x1F), (0xAD, 0xAD), (0x300, 0x36F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x2064), (0xD800, 0xDFFF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
)  # fmt: skip
_LETTERS = {
    letters.GAP: "*·.-_~|/^+=`'\"",
    letters.WORD: "_",
    letters.CLAUSE_END: "，。！？；：,.!?;:\n~…）)(（",
    letters.SENTENCE_END: "。！？；!?;\n.…",
    letters.PIECE_END: "，。！？；,.!?;\n~… ",
    letters.LATIN_PIECE_END: ",.!?;\n…",
    # "、", "和", "或" carry a negation on: 没有破损、漏液.
    letters.CARRIER: "、,和或跟与及也没有无 ",
    letters.ASKED_TAIL: "?？。,，!！~ ",
    letters.DENYING: "不没无未",
    letters.MARKUP: "<&",
}
_RANGES = {
    letters.CHINESE: _CJK,
    letters.LATIN: ((ord("a"), ord("z")),),
    letters.LETTER: ((ord("a"), ord("z")), (ord("A"), ord("Z"))),
    letters.GAP: _PICTURES,
    letters.INVISIBLE: _INVISIBLE,
}


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


@cache
def becomes() -> letters.Codes:
    """What each code point of the first plane is read as."""
    table = np.arange(letters.LAST_OF_PLANE + 1, dtype=np.uint32)
    for code, letter in _one_to_one().items():
        table[code] = ord(letter)
    return table


@cache
def traits() -> letters.Marks:
    """What each code point is, as bits."""
    each = np.arange(letters.CODE_POINTS, dtype=np.uint32).view("<U1")
    table = np.zeros(letters.CODE_POINTS, dtype=np.uint16)
    for trait, holds in (
        (letters.ALPHABETIC, np.strings.isalpha(each)),
        (letters.WORD, np.strings.isalnum(each)),
        (letters.DIGIT, np.strings.isdecimal(each)),
        (letters.GAP, np.strings.isspace(each)),
    ):
        table[holds] |= trait
    for trait, ranges in _RANGES.items():
        for first, last in ranges:
            table[first : last + 1] |= trait
    for trait, written in _LETTERS.items():
        table[[ord(letter) for letter in written]] |= trait
    return table


def alphabet(classes: Classes) -> Alphabet:
    """All that is looked up of a letter; the classes are those that phrases are searched by."""
    return Alphabet(letters.packed(becomes(), traits(), classes), traits())


@cache
def _plain_alphabet() -> Alphabet:
    return alphabet(np.zeros(letters.LAST_OF_PLANE + 1, dtype=np.uint16))


def in_normal_letters(text: str) -> str:
    """The text letter by letter in lower case, half width, simplified, unaccented."""
    return text.translate(_one_to_one())


def normalise(text: str) -> Normal:
    """The first part of the text in lower case, half width, simplified, unaccented, unspaced."""
    sheet, count = _laid_out(text)
    kept = letters.tidied(sheet, count, _plain_alphabet())
    normal = sheet.codes[1 : kept + 1].tobytes().decode("utf-32-le", "surrogatepass")
    return Normal(normal, None if kept == count else sheet.places[:kept].tolist())


def is_chinese(text: str) -> bool:
    """Whether Chinese characters carry the text, rather than Latin letters."""
    marks = traits()[framed([text])]
    return letters.read_as_chinese(marks, len(marks) - 2)


def framed(texts: Sequence[str]) -> letters.Codes:
    """The texts as one run of code points, each between two line ends."""
    joined = "".join([f"\n{text}\n" for text in texts]).encode("utf-32-le", "surrogatepass")
    # A copy, because kernels are compiled for arrays that can be written.
    return np.frombuffer(joined, dtype=np.uint32).copy()


def sheet_of(normal: Normal, classes: Classes) -> tuple[Sheet, int]:
    """A text in normal form as compiled code takes it, and how long it is."""
    codes = framed([normal.text])
    count = len(codes) - 2
    marks = traits()[codes]
    marks[0] = marks[count + 1] = 0
    known = classes[np.minimum(codes, letters.LAST_OF_PLANE)]
    known[codes > letters.LAST_OF_PLANE] = 0
    known[0] = known[count + 1] = 0
    places = np.arange(count, dtype=np.int32)
    if normal.offsets is not None:
        places[:] = normal.offsets
    return Sheet(np.zeros(0, dtype=np.uint64), codes, marks, known, places, places), count


def as_bytes(text: str) -> bytes:
    """The text as UTF-8; halves of surrogate pairs, which Python has and Arrow has not, pass through."""
    return text.encode("utf-8", "surrogatepass")


def _laid_out(text: str) -> tuple[Sheet, int]:
    data = np.frombuffer(as_bytes(text[:READ_AT_MOST]), dtype=np.uint8)
    sheet = new_sheet(len(data))
    count, _, _ = letters.decoded(data, 0, len(data), _plain_alphabet(), sheet)
    return sheet, count
